"""From a JSON document to one of SpaceDog's settings classes, as Jackson 2.6 does it.

The result is the class written out again: every field is there, in the class's order, with its default where nothing
came. Scalars are taken for one another where Jackson takes them (a number for a text), containers never.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mockmail.core.errors import MockMailError


class MappingError(MockMailError, ValueError):
    """A document that does not fit its class; the message is Jackson's, up to where it was read.

    chain: where that is, from the outside in.
    """

    def __init__(self, message: str, chain: tuple[str, ...] = ()) -> None:
        self.chain = chain
        self._message = message
        super().__init__(f"{message} (through reference chain: {'->'.join(chain)})" if chain else message)

    def within(self, place: str) -> MappingError:
        """The same, as who reads what is around it has it."""
        return MappingError(self._message, (place, *self.chain))


class Kind(ABC):
    """What a field can hold. java: its class's name. default: what it holds where nothing came."""

    java: str
    default: Any = None

    @abstractmethod
    def read(self, value: Any) -> Any:
        """The field's value from a JSON one. Raises MappingError."""

    def misfit(self, value: Any) -> MappingError:
        """The wrong kind of JSON value came."""
        return MappingError(f"Can not deserialize instance of {self.java} out of {token(value)} token")


@dataclass(frozen=True, slots=True)
class Text(Kind):
    """A String; numbers and Booleans are taken for their texts."""

    default: Any = None
    java: str = "java.lang.String"

    def read(self, value: Any) -> Any:
        """See Kind."""
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, list | dict):
            raise self.misfit(value)
        return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


_TEXT = Text()


@dataclass(frozen=True, slots=True)
class Flag(Kind):
    """A boolean; null is false."""

    default: Any = False
    java: str = "boolean"

    def read(self, value: Any) -> Any:
        """See Kind."""
        texts = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False, "": False}
        if isinstance(value, str):
            if value.strip() not in texts:
                message = 'only "true" or "false" recognized'
                raise MappingError(f"Can not construct instance of boolean from String value: {message}")
            return texts[value.strip()]
        if isinstance(value, float | list | dict):
            raise self.misfit(value)
        return bool(value)


@dataclass(frozen=True, slots=True)
class Whole(Kind):
    """An int or a long; null is 0."""

    default: Any = 0
    java: str = "long"

    def read(self, value: Any) -> Any:
        """See Kind."""
        if isinstance(value, bool | list | dict):
            raise self.misfit(value)
        try:
            number = 0 if value is None or value == "" else int(value)
        except (ValueError, OverflowError) as error:
            message = f"Can not construct instance of {self.java} from {value!r}: not a valid {self.java} value"
            raise MappingError(message) from error
        bits = 64 if self.java == "long" else 32
        if not -(1 << bits - 1) <= number < 1 << bits - 1:
            raise MappingError(f"Numeric value ({number}) out of range of {self.java}")
        return number


@dataclass(frozen=True, slots=True)
class Texts(Kind):
    """A List of String, or a Set."""

    unique: bool = False
    default: Any = None

    @property
    def java(self) -> str:  # type: ignore[override]  # it depends on the field
        """See Kind."""
        return "java.util.HashSet" if self.unique else "java.util.ArrayList"

    def read(self, value: Any) -> Any:
        """See Kind."""
        if value is None:
            return None
        if not isinstance(value, list):
            raise self.misfit(value)
        texts = [_read(_TEXT, item, f"{self.java}[{number}]") for number, item in enumerate(value)]
        return list(dict.fromkeys(texts)) if self.unique else texts


@dataclass(frozen=True, slots=True)
class MapOf(Kind):
    """A Map by name."""

    of: Kind
    default: Any = None
    java: str = "java.util.LinkedHashMap"

    def read(self, value: Any) -> Any:
        """See Kind."""
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.misfit(value)
        return {name: _read(self.of, item, f'{self.java}["{name}"]') for name, item in value.items()}


@dataclass(frozen=True, slots=True)
class Shape(Kind):
    """A class with fields. lenient: whether it passes over what it does not know."""

    java: str = ""
    fields: Mapping[str, Kind] = field(default_factory=dict)
    lenient: bool = False
    default: Any = None

    @property
    def simple_name(self) -> str:
        """The class's name without its package."""
        return self.java.rpartition(".")[2]

    def empty(self) -> dict[str, Any]:
        """A new instance."""
        return {name: kind.default for name, kind in self.fields.items()}

    def read(self, value: Any) -> Any:
        """See Kind."""
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.misfit(value)
        found = self.empty()
        for name, item in value.items():
            kind = self.fields.get(name)
            if kind is None:
                if not self.lenient:
                    raise self._unrecognized(name)
                continue
            try:
                found[name] = kind.read(item)
            except MappingError as error:
                raise error.within(self._place(name)) from error
        return found

    def _unrecognized(self, name: str) -> MappingError:
        known = ", ".join(f'"{one}"' for one in self.fields)
        message = f'Unrecognized field "{name}" (class {self.java}), not marked as ignorable'
        return MappingError(f"{message} ({len(self.fields)} known properties: {known}])", (self._place(name),))

    def _place(self, name: str) -> str:
        return f'{self.java}["{name}"]'


def _read(kind: Kind, value: Any, place: str) -> Any:
    try:
        return kind.read(value)
    except MappingError as error:
        raise error.within(place) from error


def token(value: Any) -> str:
    """What Jackson calls the token that a JSON value begins with."""
    if isinstance(value, bool):
        return "VALUE_TRUE" if value else "VALUE_FALSE"
    kinds = {
        str: "VALUE_STRING",
        int: "VALUE_NUMBER_INT",
        float: "VALUE_NUMBER_FLOAT",
        list: "START_ARRAY",
        dict: "START_OBJECT",
    }
    return kinds.get(type(value), "VALUE_NULL")
