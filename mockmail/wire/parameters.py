"""From a form's texts to an operation's typed parameters: a frozen dataclass whose fields say how they are written.

A field's name on the wire is its Python name in camelCase unless `on_wire` says otherwise. Types: `str`, `int`,
`float`, `bool`, `tuple[int, ...]`, `tuple[str, ...]`, and each of them `| None`. A field without a default is required.
"""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast

P = TypeVar("P")

_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")


class Trouble(Enum):
    """What is wrong with a parameter."""

    MISSING = "is missing"
    NOT_AN_INTEGER = "is not an integer"
    NOT_A_NUMBER = "is not a number"
    NOT_A_BOOLEAN = "is not true or false"


class ParameterError(ValueError):
    """A parameter that does not fit. name: as the wire has it; value: what came, None where nothing did."""

    def __init__(self, name: str, trouble: Trouble, value: str | None = None) -> None:
        super().__init__(f"{name} {trouble.value}")
        self.name = name
        self.trouble = trouble
        self.value = value


@dataclasses.dataclass(frozen=True, slots=True)
class _Slot:
    """How one field is read."""

    field: str
    wire: str
    kind: type
    many: bool
    required: bool


def on_wire(name: str, *, default: Any = dataclasses.MISSING) -> Any:
    """A field of parameters with a name of its own on the wire."""
    return dataclasses.field(default=default, metadata={"wire": name})


def read(
    model: type[P], values: Mapping[str, Sequence[str]], *, fold: bool = False, blank_is_missing: bool = False
) -> P:
    """The parameters that some form values make; unknown names are ignored.

    values: every value of each name, in order; where one is wanted the last one counts.
    fold: whether names are found in any case (the keys of `values` are then in lower case).
    blank_is_missing: whether an empty value is as good as none.
    Raises ParameterError for the first field, in the model's order, that is missing or does not fit.
    """
    given: dict[str, Any] = {}
    for slot in slots(model):
        found = values.get(slot.wire.lower() if fold else slot.wire)
        if blank_is_missing and found is not None:
            found = [value for value in found if value != ""]
        if found:
            given[slot.field] = tuple(_one(slot, text) for text in found) if slot.many else _one(slot, found[-1])
        elif slot.required:
            raise ParameterError(slot.wire, Trouble.MISSING)
    return model(**given)


def slots(model: type[Any]) -> tuple[_Slot, ...]:
    """How each field of some parameters is read."""
    return _slots(cast("Any", model))


def _one(slot: _Slot, text: str) -> Any:
    if slot.kind is int:
        if not _INTEGER.fullmatch(text.strip()):
            raise ParameterError(slot.wire, Trouble.NOT_AN_INTEGER, text)
        return int(text)
    if slot.kind is bool:
        if text.strip().lower() not in ("true", "false", "1", "0"):
            raise ParameterError(slot.wire, Trouble.NOT_A_BOOLEAN, text)
        return text.strip().lower() in ("true", "1")
    if slot.kind is float:
        try:
            return float(text)
        except ValueError:
            raise ParameterError(slot.wire, Trouble.NOT_A_NUMBER, text) from None
    return text


@cache
def _slots(model: Any) -> tuple[_Slot, ...]:
    hints = typing.get_type_hints(model)
    return tuple(_slot(field, hints[field.name]) for field in dataclasses.fields(model))


def _slot(field: dataclasses.Field[Any], hint: Any) -> _Slot:
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        hint = next(option for option in typing.get_args(hint) if option is not types.NoneType)
    many = typing.get_origin(hint) is tuple
    kind = typing.get_args(hint)[0] if many else hint
    required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    return _Slot(field.name, field.metadata.get("wire") or _camel(field.name), kind, many, required)


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)
