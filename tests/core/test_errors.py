"""The exception tree in the docstring of `core/errors.py` is the tree of its classes."""

from __future__ import annotations

import inspect
import re

from mockmail.core import errors
from mockmail.core.errors import MockMailError


def test_docstring_lists_every_exception_with_its_bases():
    classes = [found for _, found in inspect.getmembers(errors, inspect.isclass) if issubclass(found, MockMailError)]

    tree = re.findall(r"^([ │├└─]*)(\w+)(?: \((\w+)\))?(?:  |$)", errors.__doc__, re.MULTILINE)[1:]

    parents = {}
    bases = {}
    for indent, name, builtin in tree:
        depth = len(indent) // 4
        parents[depth] = name
        bases[name] = [parents.get(depth - 1, "Exception"), *([builtin] if builtin else [])]
    assert bases == {found.__name__: [base.__name__ for base in found.__bases__] for found in classes}
