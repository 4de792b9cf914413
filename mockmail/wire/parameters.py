"""Bind the raw values of a request to an operation's typed parameters.

A model is a frozen dataclass. Its fields may be scalars, other models, `tuple[X, ...]` and `dict[str, X]`, and each of
them `| None`. A field's name on the wire is its Python name in camelCase unless `parameter` gives another; a field
without a default is required. The binder finds the values and their errors. The converters of `BindingRules` decide
which raw values a scalar takes, and the vendor words the errors.
"""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar

P = TypeVar("P")
Converter = Callable[[Any], Any]
Path = tuple[str | int, ...]

_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")


class ErrorKind(Enum):
    """The kinds of errors; the value is an English text for them."""

    MISSING = "is missing"
    BLANK = "is blank"
    UNKNOWN = "is unknown"
    NOT_A_TEXT = "is not a text"
    NOT_AN_INTEGER = "is not an integer"
    NOT_A_NUMBER = "is not a number"
    NOT_A_BOOLEAN = "is not true or false"
    NOT_AN_ARRAY = "is not an array"
    NOT_AN_OBJECT = "is not an object"
    NOT_A_CHOICE = "is not one of the known values"
    OUT_OF_RANGE = "is out of range"
    TOO_LONG = "is too long"
    TOO_MANY_VALUES = "has too many values"


class Mismatch(ValueError):
    """Raised by a converter that does not take a raw value."""

    def __init__(self, kind: ErrorKind) -> None:
        super().__init__(kind.value)
        self.kind = kind


class Absent(ValueError):
    """Raised by a converter for a raw value that counts as not sent."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of one parameter; None means no limit.

    max_length counts the characters of a text, most the elements of an array or the members of an object.
    message is the vendor's own text for a value out of bounds.
    """

    max_length: int | None = None
    most: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    not_blank: bool = False
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One field of a model, as the binder reads it.

    model: the model. field: its Python name. name: its name on the wire.
    type: the type of the value, or of each element and member.
    container: tuple or dict, None for a single value; nullable, nullable_elements: whether None is in the type.
    unique: whether an array keeps only the first of equal elements.
    """

    model: type[Any]
    field: str
    name: str
    type: Any
    container: type | None
    nullable: bool
    nullable_elements: bool
    required: bool
    unique: bool
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class ParameterError:
    """One error in the parameters of a request.

    name: the parameter's name on the wire; value: the raw value, None if it is missing; path: the names and positions
    that lead to the value, spelled as the request spells them; bounds: the parameter's limits; model: the model that
    the parameter belongs to.
    """

    name: str
    kind: ErrorKind
    value: Any
    path: Path
    bounds: Bounds
    model: type[Any]

    def __str__(self) -> str:
        return f"{self.name} {self.kind.value}"


class BindError(ValueError):
    """Raised with every error of a request: those of its values in the request's order, then the missing ones.

    Limits are checked after the values of an object were converted, in the model's order.
    """

    def __init__(self, errors: Sequence[ParameterError]) -> None:
        super().__init__("; ".join(map(str, errors)))
        self.errors = tuple(errors)


def convert_integer(raw: str) -> int:
    """Return a text of up to 19 digits as an integer. Raise Mismatch."""
    if not _INTEGER.fullmatch(raw.strip()):
        raise Mismatch(ErrorKind.NOT_AN_INTEGER)
    return int(raw)


def convert_boolean(raw: str) -> bool:
    """Return the text `true` or `false`, case-insensitive, as a boolean. Raise Mismatch."""
    text = raw.strip().lower()
    if text not in ("true", "false"):
        raise Mismatch(ErrorKind.NOT_A_BOOLEAN)
    return text == "true"


def exactly(kind: type[Any], error: ErrorKind) -> Converter:
    """Return a converter that takes the values of one type, and nothing else."""

    def convert(raw: Any) -> Any:
        if type(raw) is not kind:
            raise Mismatch(error)
        return raw

    return convert


TEXT_CONVERTERS: Mapping[Any, Converter] = {str: str, int: convert_integer, bool: convert_boolean}
"""Converters for the texts of forms and queries."""

JSON_CONVERTERS: Mapping[Any, Converter] = {
    str: exactly(str, ErrorKind.NOT_A_TEXT),
    int: exactly(int, ErrorKind.NOT_AN_INTEGER),
    bool: exactly(bool, ErrorKind.NOT_A_BOOLEAN),
}
"""Converters for JSON values that convert none to another type: the number 1 is not a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingRules:
    """The rules by which a vendor reads parameters.

    converters: the function for each scalar type; a value of a type without one is not converted.
    repeated_values: each raw value is the list of texts of a form; the last one that is not Absent counts.
    max_listed: the most values of an array in such texts, with commas between them; None if a comma is part of a value.
    case_insensitive: names are compared in lower case. null_is_missing: null counts as not sent.
    max_length: the limit of texts that have none of their own.
    """

    converters: Mapping[Any, Converter]
    repeated_values: bool = False
    max_listed: int | None = None
    case_insensitive: bool = False
    null_is_missing: bool = False
    max_length: int | None = None


def parameter(
    wire_name: str | None = None, *, default: Any = dataclasses.MISSING, unique: bool = False, **bounds: Any
) -> Any:
    """Declare a field of a model that has its own wire name, or limits. bounds: the fields of `Bounds`."""
    metadata = {"wire_name": wire_name, "unique": unique, "bounds": Bounds(**bounds)}
    return dataclasses.field(default=default, metadata=metadata)


def bind(model: type[P], values: Mapping[str, Any], rules: BindingRules) -> P:
    """Return the model that the raw values make. Raise BindError.

    values: the raw value of each name. If several names mean the same parameter, all must fit and the last counts.
    Unknown names are ignored, unless the model has a class attribute `refuses_unknown_names` that is true.
    """
    binder = _Binder(rules)
    instance: P = binder.bind(model, values, ())
    if binder.errors:
        raise BindError(binder.errors)
    return instance


def parameters(model: Any) -> tuple[Parameter, ...]:
    """Return the parameters of a model, in its order."""
    return tuple(_by_name(model, False).values())


def given(instance: Any, *, omit: Collection[str] = ()) -> dict[str, Any]:
    """Return the values of a model that are not None, by their wire names. omit: names to leave out."""
    values = {known.name: getattr(instance, known.field) for known in parameters(type(instance))}
    return {name: value for name, value in values.items() if value is not None and name not in omit}


def document(instance: Any) -> dict[str, Any]:
    """Return a model's values by their wire names, in the model's order, with arrays as lists."""
    return {known.name: _plain(getattr(instance, known.field)) for known in parameters(type(instance))}


_FAILED = object()
_ABSENT = object()


class _Binder:
    def __init__(self, rules: BindingRules) -> None:
        self.errors: list[ParameterError] = []
        self._rules = rules

    def bind(self, model: Any, values: Mapping[str, Any], path: Path) -> Any:
        lower = self._rules.case_insensitive
        known = _by_name(model, lower)
        found: dict[str, Any] = {}
        before = len(self.errors)
        for name, raw in values.items():
            expected = known.get(name.lower() if lower else name)
            if expected is None:
                if getattr(model, "refuses_unknown_names", False):
                    self.errors.append(ParameterError(name, ErrorKind.UNKNOWN, raw, (*path, name), Bounds(), model))
                continue
            value = self._value(expected, raw, (*path, name))
            if value is not _ABSENT:
                found[expected.field] = value
        for expected in known.values():
            if expected.field in found:
                self._check_bounds(expected, found[expected.field], (*path, expected.name))
            elif expected.required:
                self._add(expected, ErrorKind.MISSING, None, (*path, expected.name))
        return model(**found) if len(self.errors) == before else _FAILED

    def _value(self, expected: Parameter, raw: Any, path: Path) -> Any:
        if self._rules.repeated_values:
            return self._from_texts(expected, raw, path)
        if raw is None and self._rules.null_is_missing:
            return _ABSENT
        if raw is None and expected.nullable:
            return None
        if expected.container is None:
            return self._single(expected, raw, path)
        if expected.container is tuple:
            return self._array(expected, raw, path)
        return self._map(expected, raw, path)

    def _from_texts(self, expected: Parameter, texts: Sequence[str], path: Path) -> Any:
        if expected.container is tuple:
            if self._rules.max_listed is not None:
                if len(texts) + sum(text.count(",") for text in texts) > self._rules.max_listed:
                    return self._add(expected, ErrorKind.TOO_MANY_VALUES, texts, path)
                texts = [part for text in texts for part in text.split(",")]
            return self._array(expected, list(texts), path) or _ABSENT
        for text in reversed(texts):
            value = self._single(expected, text, path)
            if value is not _ABSENT:
                return value
        return _ABSENT

    def _array(self, expected: Parameter, raw: Any, path: Path) -> Any:
        if not isinstance(raw, list):
            return self._add(expected, ErrorKind.NOT_AN_ARRAY, raw, path)
        if expected.bounds.most is not None and len(raw) > expected.bounds.most:
            return self._add(expected, ErrorKind.TOO_MANY_VALUES, raw, path)
        values = [self._element(expected, value, (*path, number)) for number, value in enumerate(raw)]
        present = [value for value in values if value is not _ABSENT]
        return tuple(dict.fromkeys(present) if expected.unique else present)

    def _map(self, expected: Parameter, raw: Any, path: Path) -> Any:
        if not isinstance(raw, dict):
            return self._add(expected, ErrorKind.NOT_AN_OBJECT, raw, path)
        if expected.bounds.most is not None and len(raw) > expected.bounds.most:
            return self._add(expected, ErrorKind.TOO_MANY_VALUES, raw, path)
        return {name: self._element(expected, value, (*path, name)) for name, value in raw.items()}

    def _element(self, expected: Parameter, raw: Any, path: Path) -> Any:
        return None if raw is None and expected.nullable_elements else self._single(expected, raw, path)

    def _single(self, expected: Parameter, raw: Any, path: Path) -> Any:
        convert = self._rules.converters.get(expected.type)
        if convert is not None:
            try:
                return convert(raw)
            except Absent:
                return _ABSENT
            except Mismatch as mismatch:
                return self._add(expected, mismatch.kind, raw, path)
        if not dataclasses.is_dataclass(expected.type):
            return raw
        if not isinstance(raw, dict):
            return self._add(expected, ErrorKind.NOT_AN_OBJECT, raw, path)
        return self.bind(expected.type, raw, path)

    def _check_bounds(self, expected: Parameter, value: Any, path: Path) -> None:
        if value is _FAILED:
            return
        bounds = expected.bounds
        if bounds.not_blank and not str(value or "").strip():
            self._add(expected, ErrorKind.BLANK, value, path)
        elif isinstance(value, str):
            longest = self._rules.max_length if bounds.max_length is None else bounds.max_length
            if longest is not None and len(value) > longest:
                self._add(expected, ErrorKind.TOO_LONG, value, path)
        elif isinstance(value, int | float):
            too_small = bounds.minimum is not None and value < bounds.minimum
            if too_small or (bounds.maximum is not None and value > bounds.maximum):
                self._add(expected, ErrorKind.OUT_OF_RANGE, value, path)

    def _add(self, expected: Parameter, kind: ErrorKind, value: Any, path: Path) -> object:
        self.errors.append(ParameterError(expected.name, kind, value, path, expected.bounds, expected.model))
        return _FAILED


@cache
def _by_name(model: Any, case_insensitive: bool) -> Mapping[str, Parameter]:
    hints = typing.get_type_hints(model)
    known = [_parameter(model, field, hints[field.name]) for field in dataclasses.fields(model)]
    return {each.name.lower() if case_insensitive else each.name: each for each in known}


def _parameter(model: type[Any], field: dataclasses.Field[Any], hint: Any) -> Parameter:
    hint, nullable = _without_none(hint)
    container = typing.get_origin(hint)
    element, nullable_elements = hint, False
    if container in (tuple, dict):
        element, nullable_elements = _without_none(typing.get_args(hint)[0 if container is tuple else 1])
    else:
        container = None
    return Parameter(
        model=model,
        field=field.name,
        name=field.metadata.get("wire_name") or _camel(field.name),
        type=element,
        container=container,
        nullable=nullable,
        nullable_elements=nullable_elements,
        required=field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING,
        unique=field.metadata.get("unique", False),
        bounds=field.metadata.get("bounds", Bounds()),
    )


def _without_none(hint: Any) -> tuple[Any, bool]:
    if typing.get_origin(hint) not in (types.UnionType, typing.Union):
        return hint, False
    return next(option for option in typing.get_args(hint) if option is not types.NoneType), True


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(element) for element in value]
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    return document(value) if dataclasses.is_dataclass(value) else value


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)
