"""From a request's body to parameters: ASP.NET's model binding with System.Text.Json.

- names are found in any case, unknown ones are ignored, the last of two counts;
- a number may be written as a text, a boolean may not, and null is no boolean;
- what the JSON itself has wrong is told first, and alone; then bounds, all of them at once.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

from mockmail.core.vendor import Call
from mockmail.vendors.onlyoffice.errors import InvalidModel, UnsupportedMediaType
from mockmail.vendors.onlyoffice.options import Options
from mockmail.vendors.onlyoffice.parameters import Body, Member, members
from mockmail.vendors.onlyoffice.places import Place, end_of_document, end_of_member, place_of
from mockmail.vendors.onlyoffice.system_text_json import complaint
from mockmail.wire.json_text import BrokenJson, read_json

P = TypeVar("P", bound=Body)

DEEPEST = 32
"""How deep ASP.NET lets a body nest."""

_JSON = re.compile(r"application/json|text/json|application/[^/\s;]+\+json")
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
_CHARSETS = {"utf-8": "utf-8", "utf8": "utf-8", "utf-16": "utf-16", "unicode": "utf-16"}
_NUMBER = re.compile(r"-?[0-9]{1,10}")
_MOST_DIGITS = 4300
_MANY_DIGITS = re.compile(f"(?<![0-9])[0-9]{{{_MOST_DIGITS + 1}}}")  # a number is looked at once, not from each digit
_ENDLESS = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|(?<![0-9.eE+-])-?[0-9]{4301,}(?![0-9.eE])', re.DOTALL)
_INT32 = range(-(2**31), 2**31)
_CLR = {int: "System.Int32", str: "System.String", bool: "System.Boolean", list: "System.String"}


class Unfit(ValueError):
    """A value that a member cannot be. clr: the .NET type that it is not; element: its number, where a list has it."""

    def __init__(self, clr: str, element: int | None = None) -> None:
        super().__init__(clr)
        self.clr = clr
        self.element = element


def read_body(call: Call[Any, Options], model: type[P]) -> P:
    """The parameters in a body. Raises UnsupportedMediaType, InvalidModel."""
    charset = _charset(call)
    body = call.request.body
    if not body:
        raise _invalid(call, "", "A non-empty request body is required.")
    try:
        text = _with_numbers_of_an_end(body.decode(charset).removeprefix("\ufeff"))
        document = read_json(text.encode("utf-8", "replace"), max_depth=DEEPEST)
    except UnicodeDecodeError as error:
        raise _invalid(call, "$", f"Cannot transcode invalid {charset.upper()} JSON text to UTF-16 string.") from error
    except BrokenJson as error:
        raise _broken(call, text, error) from error
    if document is None:
        raise _invalid(call, "", "A non-empty request body is required.")
    if not isinstance(document, dict):
        raise _unconvertible(call, "$", model.clr, place_of(text, end_of_document(text)))
    values = _bound(call, model, document, text)
    _check_bounds(call, model, values)
    return model(**values)


def _with_numbers_of_an_end(text: str) -> str:
    """The text with numbers that Python reads no further than 4,300 digits as fractions: .NET fits neither into one."""
    if _MANY_DIGITS.search(text) is None:
        return text
    return _ENDLESS.sub(lambda found: found.group() if found.group()[0] == '"' else _fraction(found.group()), text)


def _fraction(number: str) -> str:
    return f"{number[:2]}.{'0' * (len(number) - 3)}" if len(number) > _MOST_DIGITS else number


def _charset(call: Call[Any, Options]) -> str:
    found = _CHARSET.search(call.request.headers.get("Content-Type", ""))
    charset = _CHARSETS.get(found.group(1).lower()) if found else "utf-8"
    if charset is None or not _JSON.fullmatch(call.request.content_type):
        raise UnsupportedMediaType(trace_id(call))
    return charset


def trace_id(call: Call[Any, Options]) -> str:
    """A trace id (W3C Trace Context)."""
    return f"00-{call.world.ids.hexadecimal(32)}-{call.world.ids.hexadecimal(16)}-00"


def _bound(call: Call[Any, Options], model: type[Body], document: dict[str, Any], text: str) -> dict[str, Any]:
    known = members(model)
    values: dict[str, Any] = {}
    for name, value in document.items():
        member = known.get(name.lower())
        if member is None:
            continue
        try:
            values[member.name] = _converted(member, value)
        except Unfit as error:
            place = place_of(text, end_of_member(text, name, error.element))
            element = "" if error.element is None else f"[{error.element}]"
            raise _unconvertible(call, f"$.{name}{element}", error.clr, place) from error
    missing = [f"'{one.name}'" for one in known.values() if one.required and one.name not in values]
    if missing:
        words = f"JSON deserialization for type '{model.clr}' was missing required properties including: "
        raise _invalid(call, "$", words + ", ".join(missing) + ".")
    return values


def _converted(member: Member, value: object) -> Any:
    if member.kind is object:
        return value
    if value is None and (member.nullable or member.kind is str):
        return None
    if member.kind is list:
        return _texts(value)
    if member.kind is int:
        return _integer(value)
    if type(value) is not member.kind or (member.kind is str and not _is_unicode(value)):
        raise Unfit(_CLR[member.kind])
    return value


def _integer(value: object) -> int:
    number = int(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value
    if type(number) is not int or number not in _INT32:
        raise Unfit("System.Nullable`1[System.Int32]")
    return number


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Unfit("System.Collections.Generic.List`1[System.String]")
    for number, one in enumerate(value):
        if one is not None and (not isinstance(one, str) or not _is_unicode(one)):
            raise Unfit("System.String", number)
    return tuple(value)


def _is_unicode(text: Any) -> bool:
    """Whether a text has no half of a surrogate pair, which JSON can write and UTF-8 cannot."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _check_bounds(call: Call[Any, Options], model: type[Any], values: dict[str, Any]) -> None:
    errors: dict[str, list[str]] = {}
    for member in members(model).values():
        complaint = _complaint(member, values.get(member.name))
        if complaint is not None:
            errors[_title(member)] = [complaint]
    if errors:
        raise InvalidModel(trace_id(call), errors)


def _complaint(member: Member, value: Any) -> str | None:
    if member.required and not str(value or "").strip():
        return f"The {_title(member)} field is required."
    if value is None:
        return None
    if member.longest is not None and len(value) > member.longest:
        own = f"The field {_title(member)} must be a string with a maximum length of {member.longest}."
        return member.complaint or own
    if member.least is not None and member.most is not None and not member.least <= value <= member.most:
        own = f"The field {_title(member)} must be between {member.least} and {member.most}."
        return member.complaint or own
    return None


def _title(member: Member) -> str:
    return member.name[0].upper() + member.name[1:]


def _invalid(call: Call[Any, Options], key: str, words: str) -> InvalidModel:
    return InvalidModel(trace_id(call), {key: [words]})


def _unconvertible(call: Call[Any, Options], path: str, clr: str, place: Place) -> InvalidModel:
    return _invalid(call, path, f"The JSON value could not be converted to {clr}. Path: {path} | {place}.")


def _broken(call: Call[Any, Options], text: str, error: BrokenJson) -> InvalidModel:
    path, words = complaint(text, error, DEEPEST)
    return _invalid(call, path, words)
