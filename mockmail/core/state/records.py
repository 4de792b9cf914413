"""Records: what a vendor's state is made of, as typed, immutable values and as JSON documents."""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any, ClassVar, Self, TypeVar, cast

from mockmail.core.errors import SeedError

Document = dict[str, Any]
Index = Callable[[Any], Hashable]
Sum = tuple[Index, Callable[[Any], int]]
R = TypeVar("R", bound="Record")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A row of a vendor's state. Derive it as a frozen dataclass and give it a table and a natural key.

    Fields hold what JSON holds: str, int, float, bool, None, tuples of those, and dicts.
    `indexes` names further ways to look a record up; a value of None leaves the record out of that index.
    `sums` names running totals: what the records are grouped by, and the number that is added up.
    """

    table: ClassVar[str]
    indexes: ClassVar[Mapping[str, Index]] = {}
    sums: ClassVar[Mapping[str, Sum]] = {}

    @property
    def key(self) -> str:
        """The natural key: what the record is found by, unique in its table."""
        raise TypeError(f"{type(self).__name__} needs a `key` property")

    def to_document(self) -> Document:
        """The record as a JSON document."""
        fields = shape(type(self))
        document = dict(zip(fields.names, fields.values(self), strict=True))
        for name in fields.tuples:
            document[name] = list(document[name])
        return document

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """The record of a document that `to_document` made; see `checked` for one from outside."""
        tuples = shape(cls).tuples
        if not tuples:
            return cls(**document)
        values = dict(document)
        for name in tuples:
            if name in values:
                values[name] = tuple(values[name])
        return cls(**values)

    def replace(self, **changes: Any) -> Self:
        """A copy with some fields changed."""
        return dataclasses.replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a record is made of: its fields' names and types, and those that are tuples, which JSON knows as arrays.

    values: what gives a record's values, in the order of the names.
    """

    names: tuple[str, ...]
    values: Callable[[Any], tuple[Any, ...]]
    tuples: tuple[str, ...]
    hints: Mapping[str, Any]


def shape(model: type[Record]) -> Shape:
    """What a record is made of."""
    return _shape(cast("Any", model))  # a class is hashable, whatever its instances are


@cache
def _shape(model: Any) -> Shape:
    hints = typing.get_type_hints(model)
    names = tuple(field.name for field in dataclasses.fields(model))
    tuples = tuple(name for name in names if typing.get_origin(hints[name]) is tuple)
    return Shape(names, getter(*names), tuples, hints)


def getter(*names: str) -> Callable[[Any], tuple[Any, ...]]:
    """What gives some attributes of an object as a tuple, also where it is one alone."""
    if len(names) == 1:
        return lambda record: (getattr(record, names[0]),)
    return attrgetter(*names)


def checked(model: type[R], document: object, where: str) -> R:
    """The record of a document from outside, such as a seed.

    Raises SeedError, which names the place (`where`), the field, what was expected and what came.
    """
    if not isinstance(document, Mapping):
        raise SeedError(f"{where}: expected an object, came {document!r}")
    fields = shape(model)
    unknown = [str(name) for name in document if name not in fields.names]
    if unknown:
        raise SeedError(f"{where}.{unknown[0]}: no such field; {model.__name__} has {', '.join(fields.names)}")
    for field in dataclasses.fields(model):
        if field.name in document:
            _check_value(fields.hints[field.name], document[field.name], f"{where}.{field.name}")
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise SeedError(f"{where}.{field.name}: is required and missing")
    return model.from_document(document)


def _check_value(hint: Any, value: object, where: str) -> None:
    if not _fits(hint, value):
        raise SeedError(f"{where}: expected {_in_words(hint)}, came {value!r}")


def _fits(hint: Any, value: object) -> bool:
    origin = typing.get_origin(hint)
    options = typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return any(_fits(option, value) for option in options)
    if origin is typing.Literal:
        return value in options
    if origin is tuple:
        return isinstance(value, list | tuple) and all(_fits(options[0], one) for one in value)
    return _is_a(origin or hint, value)


def _is_a(kind: Any, value: object) -> bool:
    if kind in (int, float) and isinstance(value, bool):
        return False
    if isinstance(value, str) and not _is_text(value):
        return False
    if isinstance(value, float) and not math.isfinite(value):
        return False
    kinds = {float: int | float, dict: Mapping, None: types.NoneType, Any: object}
    return isinstance(value, kinds.get(kind, kind))


def _is_text(value: str) -> bool:
    """Whether a string can be written down: half a surrogate, which JSON can spell, cannot."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _in_words(hint: Any) -> str:
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        return " or ".join(_in_words(option) for option in typing.get_args(hint))
    if origin is typing.Literal:
        return "one of " + ", ".join(repr(option) for option in typing.get_args(hint))
    if origin is tuple:
        return f"an array of {_in_words(typing.get_args(hint)[0])}"
    words = {str: "a string", int: "an integer", float: "a number", bool: "true or false", types.NoneType: "null"}
    return words.get(origin or hint, "an object")
