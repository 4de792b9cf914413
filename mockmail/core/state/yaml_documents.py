"""Read YAML as strictly as JSON: the same types, no name twice, and a bound on values that aliases repeat."""

from __future__ import annotations

import math
import re
from typing import Any

import yaml

MERGE = "tag:yaml.org,2002:merge"
TEXT = "tag:yaml.org,2002:str"
MAX_VALUES = 3_000_000
"""The most values of a document. A value counts each time that an alias repeats it."""


class _Loader(yaml.SafeLoader):  # type: ignore[misc]  # PyYAML has no annotations
    """Reads what JSON can express: `2030-01-31`, `yes` and `0755` are strings, as they look."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  # declared by PyYAML

    def compose_mapping_node(self, anchor: str | None) -> yaml.MappingNode:
        """Return a mapping whose names are strings, each once. Raise ValueError."""
        node = super().compose_mapping_node(anchor)
        seen = set()
        for name, _ in node.value:
            line = name.start_mark.line + 1
            if name.tag == MERGE:
                continue
            if name.tag != TEXT:
                raise ValueError(f"line {line}: a name must be a string; write it in quotes")
            if name.value in seen:
                raise ValueError(f"line {line}: an object has the name {name.value!r} twice")
            seen.add(name.value)
        return node


for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:null", r"~|null|", ["~", "n", ""]),
    ("tag:yaml.org,2002:bool", r"true|false", ["t", "f"]),
    ("tag:yaml.org,2002:int", r"-?(?:0|[1-9][0-9]*)", list("-0123456789")),
    ("tag:yaml.org,2002:float", r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?", list("-0123456789")),
    (MERGE, "<<", ["<"]),
):
    _Loader.add_implicit_resolver(_tag, re.compile(rf"(?:{_pattern})\Z"), _first)


def strict_yaml(text: str) -> Any:
    """Return the value of a YAML text that JSON could express too. Raise ValueError, RecursionError."""
    try:
        document = yaml.load(text, _Loader)  # noqa: S506  # it is a SafeLoader
    except yaml.MarkedYAMLError as error:
        where = f"line {error.problem_mark.line + 1}: " if error.problem_mark is not None else ""
        raise ValueError(f"{where}{error.problem}") from error
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error
    _check(document)
    return document


def _check(document: Any) -> None:
    # Without recursion, so that an object that contains itself reaches the bound.
    left, count = [document], 0
    while left:
        value = left.pop()
        count += 1
        if count > MAX_VALUES:
            raise ValueError(f"more than {MAX_VALUES} values")
        if isinstance(value, dict):
            left.extend(value.values())
        elif isinstance(value, list):
            left.extend(value)
        elif isinstance(value, float):
            if not math.isfinite(value):
                raise ValueError(f"{value} is beyond the bounds of a number")
        elif not isinstance(value, str | int | None):
            raise ValueError(  # noqa: TRY004  # it is the document that is wrong
                f"a {type(value).__name__} is not a JSON value; write a string, number, list or object"
            )
