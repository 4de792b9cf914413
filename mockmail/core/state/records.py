"""Records: the rows of a vendor's state, as typed, immutable values and as JSON documents."""

from __future__ import annotations

import math
import re
import types
import typing
from collections.abc import Callable, Hashable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Self, TypeVar

import msgspec

from mockmail.core.errors import SeedError

Document = dict[str, Any]
Index = Callable[[Any], Hashable]
Sum = tuple[Index, Callable[[Any], int]]
R = TypeVar("R", bound="Record")
T = TypeVar("T")

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]

LEAST, LARGEST = -(2**63), 2**63 - 1
"""The range of an integer in a document from outside: the 64 bits of SQLite and of most vendors."""

_FIELD = re.compile(r"`\$\.(\w+)")
_PLURALS = {str: "strings", int: "integers", float: "numbers"}
_BOUND = re.compile(r"Expected `int`( [<>]= \d+)")
_MISSING = re.compile(r"missing required field `(\w+)`")


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a vendor's state. Derive it with `frozen=True, kw_only=True` and give it a table and a natural key.

    Fields hold what JSON holds: str, int, float, bool, None, tuples of those, and dicts.
    `key_fields` names the fields that make up the key; a record with a computed key defines the property `key` instead,
    and a table of one record sets `key` to a text.
    `indexes` names further ways to look a record up; a value of None leaves the record out of that index.
    `sums` names running totals: what the records are grouped by, and the number that is added up.
    `timestamps` names the fields that hold a timestamp or None; `checked` refuses any other text in them.
    """

    table: ClassVar[str]
    key_fields: ClassVar[tuple[str, ...]] = ()
    indexes: ClassVar[Mapping[str, Index]] = {}
    sums: ClassVar[Mapping[str, Sum]] = {}
    timestamps: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if hasattr(cls, "table") and not cls.key_fields and cls.key is Record.key:
            raise TypeError(f"{cls.__name__} has no natural key: set `key_fields`, or define a property `key`")

    @property
    def key(self) -> str:
        """Return the natural key, unique in its table: the values of `key_fields`, with slashes between them."""
        return "/".join([str(getattr(self, name)) for name in self.key_fields])

    def to_document(self) -> Document:
        """Return the record as a JSON document."""
        document: Document = msgspec.to_builtins(self)
        return {name: list(value) if isinstance(value, tuple) else value for name, value in document.items()}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Return the record of a document that `to_document` made; see `checked` for one from outside."""
        return msgspec.convert(document, cls)

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some fields changed."""
        return msgspec.structs.replace(self, **changes)


def read_timestamp(text: str) -> datetime:
    """Return the time of an ISO 8601 timestamp; one without a time zone is in UTC. Raise ValueError."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def is_past(text: str | None, now: datetime) -> bool:
    """Return whether a timestamp is not in the future; False for None."""
    return text is not None and read_timestamp(text) <= now


def checked(model: type[R], document: object, where: str) -> R:
    """Return the record of a document from outside, such as a seed.

    Raise SeedError, which names the path (`where`), the field, the expected value and the given one.
    """
    record = fitted(model, document, where)
    for name, value in typing.cast("Mapping[str, Any]", document).items():
        if not is_storable(value):
            raise SeedError(
                f"{where}.{name}: expected {_expected(typing.get_type_hints(model)[name])}, got {value!r:.80}"
            )
    for name in model.timestamps:
        _check_timestamp(f"{where}.{name}", getattr(record, name))
    return record


def fitted(model: type[T], document: object, where: str) -> T:
    """Return a document as an instance of a Struct or a dataclass. Raise SeedError as `checked` does."""
    if not isinstance(document, Mapping):
        raise SeedError(f"{where}: expected an object, got {document!r:.80}")
    try:
        instance = msgspec.convert(document, model)
    except msgspec.ValidationError as error:
        missing, field = _MISSING.search(str(error)), _FIELD.search(str(error))
        if field is not None:
            bound = _BOUND.match(str(error))
            expected = _expected(typing.get_type_hints(model)[field[1]]) + (bound[1] if bound else "")
            raise SeedError(f"{where}.{field[1]}: expected {expected}, got {document[field[1]]!r:.80}") from error
        raise SeedError(f"{where}.{missing[1]}: is required and missing" if missing else f"{where}: {error}") from error
    known = [field.name for field in msgspec.inspect.type_info(model).fields]  # type: ignore[attr-defined]
    for name in document:
        if name not in known:
            raise SeedError(f"{where}.{str(name)[:80]}: no such field; {model.__name__} has {', '.join(known)}")
    return instance


def _check_timestamp(where: str, text: str | None) -> None:
    try:
        if text is not None:
            read_timestamp(text)
    except ValueError as error:
        raise SeedError(f"{where}: expected a timestamp such as 2030-01-31T12:00:00Z, got {text!r:.200}") from error


def is_storable(value: object) -> bool:
    """Return whether a value of JSON can be written as JSON in UTF-8, with integers of 64 bits."""
    # Half a surrogate pair cannot be encoded, JSON has no NaN and no infinity, and Python writes no integer of over
    # 4,300 digits; msgspec accepts all of them.
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return False
    if isinstance(value, int):
        return LEAST <= value <= LARGEST
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, list | tuple):
        return all(map(is_storable, value))
    return True


def _expected(hint: Any) -> str:
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        return " or ".join(_expected(option) for option in typing.get_args(hint))
    if origin is typing.Literal:
        return "one of " + ", ".join(repr(option) for option in typing.get_args(hint))
    if origin is tuple:
        return f"an array of {_PLURALS.get(typing.get_args(hint)[0], 'objects')}"
    words = {str: "a string", int: "an integer", float: "a number", bool: "true or false", types.NoneType: "null"}
    return words.get(origin or hint, "an object")
