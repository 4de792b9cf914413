"""The exceptions that users of the Python API meet."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import mockmail
from docs.site.reference.markdown import code, plain, table
from mockmail.core.errors import MockMailError, VendorError


def exceptions() -> list[type[MockMailError]]:
    """Return every exception of mockmail, except those of single vendors, by name."""
    for module in pkgutil.walk_packages(mockmail.__path__, "mockmail."):
        if not module.name.startswith(("mockmail.vendors.", "mockmail.__main__")):
            importlib.import_module(module.name)
    found, left = {MockMailError}, [MockMailError]
    while left:
        below = [child for child in left.pop().__subclasses__() if child.__module__.startswith("mockmail.")]
        left += below
        found |= set(below)
    public = [error for error in found if not error.__module__.startswith("mockmail.vendors.")]
    return sorted((error for error in public if not error.__name__.startswith("_")), key=lambda error: error.__name__)


def page() -> str:
    """Return the page."""
    rows = [
        (code(error.__name__), code(", ".join(base.__name__ for base in error.__bases__)), plain(_words(error)))
        for error in exceptions()
    ]
    return "\n".join(
        [
            "# Errors\n",
            (
                f"Every error that mockmail raises for its users is a {code(MockMailError.__name__)}. Its text says"
                " what is wrong, where, what was expected and what to do. An error that is a `ValueError`, a"
                " `TimeoutError` or an `AssertionError` too can be caught as that.\n"
            ),
            table(("error", "is a", "meaning"), rows),
            (
                f"A {code(VendorError.__name__)} and a `Problem` become responses to a client; a test does not catch"
                " them. [A vendor's own errors](../faults.md#the-vendors-own-errors) can be injected.\n"
            ),
            (
                'Over HTTP, the control API answers with one of these statuses and `{"error": "..."}`;'
                " [the control API](control-api.md#errors) lists them.\n"
            ),
        ]
    )


def _words(error: type[Exception]) -> str:
    return inspect.cleandoc(error.__doc__ or "").replace("\n", " ")
