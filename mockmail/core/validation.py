"""Convert plain values to typed ones, with errors in plain words."""

from __future__ import annotations

import re
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from mockmail.core.errors import InvalidValue, is_mistake

__tracebackhide__ = is_mistake

T = TypeVar("T")

_MESSAGE = re.compile(r"(?P<words>.*?)(?: - at `\$\.?(?P<path>.*)`)?", re.DOTALL)
_EXPECTED = re.compile(r"Expected `(?P<kinds>[^`]+)`(?P<bound>[^,]*).*", re.DOTALL)
_KINDS = {
    "int": "an integer",
    "float": "a number",
    "str": "a string",
    "bool": "true or false",
    "array": "an array",
    "object": "an object",
    "null": "null",
}


def convert(document: Mapping[str, Any], model: type[T], *, where: str = "", is_text: bool = False) -> T:
    """Return a document as an instance of a msgspec Struct or a dataclass.

    where: the path of the document, which begins every path in an error. is_text: read numbers and booleans from text.
    Raise InvalidValue, which names the field, the expected value and the given one.
    """
    try:
        return msgspec.convert(document, model, strict=not is_text)
    except msgspec.ValidationError as error:
        raise InvalidValue(_explain(str(error), document, model, where)) from None


def _explain(error: str, document: Mapping[str, Any], model: Any, where: str) -> str:
    found = _MESSAGE.fullmatch(error)
    words, path = found.group("words", "path") if found else (error, None)
    hints = _hints(model)
    if path is None and words.startswith("Object contains unknown field"):
        return f"{words.split('`')[1][:80]!r} is unknown; expected {', '.join(hints) or 'no field'}"
    if path is None and words.startswith("Object missing required field"):
        name = words.split("`")[1]
        return f"{_join(where, name)} is missing: {_description(hints[name])}"
    if path is None:
        return f"{where}: {words}" if where else words
    value, is_inside = _value_at(document, path)
    subject = f"every value of {_join(where, path.partition('[...]')[0])}" if is_inside else _join(where, path)
    return f"{subject} must be {_expected(words, hints[re.split('[.[]', path)[0]])}, not {_shown(value)}"


def _expected(words: str, hint: Any) -> str:
    found = _EXPECTED.fullmatch(words)
    kinds = found["kinds"].split(" | ") if found else []
    if found and all(kind in _KINDS for kind in kinds):
        return " or ".join(_KINDS[kind] for kind in kinds) + found["bound"]
    if words.endswith("out of range"):
        return "a smaller number"
    choices = typing.get_args(hint) if typing.get_origin(hint) is typing.Literal else ()
    return f"one of {', '.join(map(repr, choices))}" if choices else _description(hint)


def _hints(model: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(model, include_extras=True)
    if not issubclass(model, msgspec.Struct):
        return hints
    names = zip(model.__struct_encode_fields__, model.__struct_fields__, strict=True)
    return {name: hints[field] for name, field in names}


def _description(hint: Any) -> str:
    for part in (hint, *typing.get_args(hint)):
        for meta in getattr(part, "__metadata__", ()):
            if meta.description:
                return str(meta.description)
    return f"of type {hint}"


def _value_at(document: Any, path: str) -> tuple[Any, bool]:
    """Return `(value, False)` of a path, or `(container, True)` if the path does not contain the last key."""
    for name, index in re.findall(r"(\w+)|\[(\d+|\.\.\.)\]", path):
        if index == "...":
            return document, True
        document = document[int(index)] if index else document[name]
    return document, False


def _shown(value: object) -> str:
    return "null" if value is None else repr(value)[:80]


def _join(where: str, path: str) -> str:
    return f"{where}.{path}" if where else path
