"""The members of a request, from its JSON body or its query, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mockmail.vendors.adaxes.errors import BadRequest
from mockmail.vendors.adaxes.options import Options
from mockmail.wire.lenient_json import without_surrogates


@dataclass(frozen=True, slots=True)
class PropertyValues:
    """A property to set, by its LDAP name; without values it is cleared."""

    name: str
    values: tuple[Any, ...]


@dataclass(slots=True)
class Given:
    """The members of a request. Their names count in any case, as ASP.NET binds them.

    Each reader notes what is wrong instead of raising, so that an answer can name every member that is.
    """

    members: Mapping[str, Any]
    options: Options
    wrong: dict[str, list[str]] = field(default_factory=dict)

    def check(self) -> None:
        """Raise BadRequest where a member was missing or did not fit."""
        if self.wrong:
            raise BadRequest(self.wrong)

    def text(self, name: str, *, optional: bool = False) -> str:
        """A member's text, empty where it is optional and missing; numbers and booleans are written out."""
        value = self._find(self.members, name)
        if value is None:
            if not optional:
                self.note(name, f"The {name} field is required.")
            return ""
        return self._text(name, value)

    def properties(self, name: str) -> tuple[PropertyValues, ...]:
        """`[{"propertyName", "propertyType", "values": []}]`; the type is not looked at."""
        value = self._find(self.members, name)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.note(name, f"The {name} field must be an array.")
            return ()
        return tuple(self._property(f"{name}[{number}]", one) for number, one in enumerate(value))

    def note(self, name: str, trouble: str) -> None:
        """Note what is wrong with a member."""
        self.wrong.setdefault(name, []).append(trouble)

    def _property(self, where: str, one: Any) -> PropertyValues:
        if not isinstance(one, dict):
            self.note(where, "Expected an object.")
            return PropertyValues("", ())
        name = self._find(one, "propertyName")
        values = self._find(one, "values")
        if not isinstance(name, str) or not name.strip():
            self.note(f"{where}.propertyName", "The propertyName field is required.")
            return PropertyValues("", ())
        if not isinstance(values, list | None) or any(isinstance(value, list | dict) for value in values or ()):
            self.note(f"{where}.values", "Expected an array of texts, numbers or booleans.")
            return PropertyValues(name, ())
        clean = (without_surrogates(value) if isinstance(value, str) else value for value in values or ())
        return PropertyValues(without_surrogates(name.strip()), tuple(value for value in clean if value is not None))

    def _text(self, name: str, value: Any) -> str:
        if isinstance(value, list | dict):
            self.note(name, f"The {name} field must be a text.")
            return ""
        return without_surrogates(str(value))

    def _find(self, members: Mapping[str, Any], name: str) -> Any:
        if name in members:
            return members[name]
        wanted = name.lower()
        return next((value for known, value in members.items() if known.lower() == wanted), None)
