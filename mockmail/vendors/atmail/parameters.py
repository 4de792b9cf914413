"""Parameters of atmail's operations: their models, how requests carry them, and which values are valid.

The page gives types and no bounds: all bounds are assumed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mockmail.core.errors import VendorError
from mockmail.core.exchange import WireRequest
from mockmail.vendors.atmail.errors import Failed, MissingArguments
from mockmail.wire.forms import Field, multipart, urlencoded
from mockmail.wire.parameters import (
    TEXT_CONVERTERS,
    Absent,
    BindingRules,
    ErrorKind,
    ParameterError,
    convert_integer,
    parameter,
    parameters,
)

Values = dict[str, list[str]]

PATH_LENGTH = 5
"""Segments before the path pairs: `admin/index.php/api/{resource}/{action}`."""

NUMBER_LIMIT = 2**31 - 1
MOST_LISTED = 10_000
"""The most ids in one array."""

ARRAY_AS_TEXT = "Array"
"""PHP's text for an array."""

_ARRAY = re.compile(r"([^\[]+)\[[^\]]*\].*", re.DOTALL)
_DOMAIN = re.compile(r"(?=.{1,253}$)[^\W_]([\w-]{0,61}[^\W_])?(\.[^\W_]([\w-]{0,61}[^\W_])?)*")
_LOCAL_PART = re.compile(r"[^\s@<>()\[\],;:\\/\"\x00-\x1f\x7f\ufffd]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChoice:
    """An admin by its id."""

    user_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFields:
    """The optional fields of an admin; None is not given."""

    fullname: str | None = None
    company: str | None = None
    email_address: str | None = None
    num_users: int | None = parameter(default=None, minimum=0, maximum=NUMBER_LIMIT)
    quota: int | None = parameter(default=None, minimum=0, maximum=NUMBER_LIMIT)
    domain_ids: tuple[int, ...] | None = parameter(default=None, unique=True)
    role_id: int | None = None
    permission_ids: tuple[int, ...] | None = parameter(default=None, unique=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser(UserFields):
    """An admin to create. The page's own call leaves out fields that the page calls required."""

    username: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChange(UserFields):
    """An admin by its id, and the fields to change."""

    user_id: int
    password: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to create. The page calls the password required, and says that an empty one is generated."""

    username: str
    password: str = ""
    first_name: str = ""
    last_name: str = ""
    quota: int | None = parameter(default=None, minimum=0, maximum=NUMBER_LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChoice:
    """An account by its id or its address; the id counts if both are given."""

    account_id: int | None = None
    username: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange(AccountChoice):
    """An account, and the fields to change."""

    password: str = ""
    first_name: str | None = None
    last_name: str | None = None
    quota: int | None = parameter(default=None, minimum=0, maximum=NUMBER_LIMIT)
    user_status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage:
    """A page of accounts. start: the number of the page; volume: the number of accounts on it."""

    domain_id: int | None = None
    start: int | None = parameter(default=None, minimum=0, maximum=NUMBER_LIMIT)
    volume: int | None = parameter(default=None, minimum=0, maximum=NUMBER_LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAlias:
    """An alias to create."""

    name: str = parameter("AliasName")
    to: str = parameter("AliasTo")
    type: str = parameter("AliasType")


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasFilter:
    """Texts that the listed aliases must contain; `filter` may be in any column."""

    filter: str = ""
    name: str = parameter("AliasName", default="")
    to: str = parameter("AliasTo", default="")
    domain: str = parameter("Domain", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasChoice:
    """The aliases to delete: those that match every given field."""

    name: str = parameter("AliasName", default="")
    to: str = parameter("AliasTo", default="")
    id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainName:
    """A domain by its name."""

    domain_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainChoice:
    """A domain by its name or its id."""

    domain_name: str | None = None
    domain_id: int | None = None


def is_domain(name: str) -> bool:
    """Return whether a text is a valid domain name."""
    return _DOMAIN.fullmatch(name) is not None


def is_local_part(name: str) -> bool:
    """Return whether a text is valid before the @ of an address."""
    return _LOCAL_PART.fullmatch(name) is not None


def is_address(address: str) -> bool:
    """Return whether a text is a valid email address."""
    local, _, domain = address.rpartition("@")
    return is_local_part(local) and is_domain(domain)


def normalized(name: str) -> str:
    """Return a domain name or an address as state keeps it: lower-cased, without blanks around it."""
    return name.strip().lower()


def collect(request: WireRequest, model: type, *, case_insensitive: bool = False) -> Values:
    """Return every value of each parameter. Raise BrokenForm.

    A name in the path hides the same name in the query and in the body, and a name in the query hides it in the body,
    as in Zend_Controller_Request_Http::getParams (zf1). `name[]` and `name[0]` are an array, as in PHP: its values, or
    the word `Array` for a parameter that is not an array. case_insensitive: return the names lower-cased.
    """
    values: Values = {}
    query = urlencoded(request.query.encode("utf-8", "surrogateescape"))
    for source in (_path_pairs(request.segments), query, _body(request)):
        group: Values = {}
        for field in source:
            name, value = field.name, field.value
            bracketed = _ARRAY.fullmatch(name) if "[" in name else None
            if bracketed is not None:
                name = bracketed[1]
                value = value if _takes_array(model, name) else ARRAY_AS_TEXT
            group.setdefault(name.lower() if case_insensitive else name, []).append(value)
        values = group | values
    return values


def refusal(errors: Sequence[ParameterError]) -> VendorError:
    """Return one error for all: a value too large for a column, else all missing parameters, else the first error."""
    for error in errors:
        if error.kind in (ErrorKind.TOO_LONG, ErrorKind.TOO_MANY_VALUES):
            return Failed(str(error))
    missing = [error.name for error in errors if error.kind is ErrorKind.MISSING]
    return MissingArguments(missing) if missing else Failed(str(errors[0]))


def _integer(raw: str) -> int:
    if not raw.strip():
        raise Absent
    return convert_integer(raw)


RULES = BindingRules(
    converters={**TEXT_CONVERTERS, int: _integer},
    repeated_values=True,
    max_listed=MOST_LISTED,
    max_length=255,
)
"""Arrays may be comma lists, and a blank integer counts as not sent."""
CASE_INSENSITIVE_RULES = replace(RULES, case_insensitive=True)


def _takes_array(model: type, name: str) -> bool:
    return any(known.container is tuple and known.name.lower() == name.lower() for known in parameters(model))


def _path_pairs(segments: Sequence[str]) -> list[Field]:
    rest = [text.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for text in segments[PATH_LENGTH:]]
    return [Field(name, value) for name, value in zip(rest[::2], rest[1::2], strict=False)]


def _body(request: WireRequest) -> list[Field]:
    # PHP reads the form of a POST, by its Content-Type. That of a PUT is assumed to be read by Zend's PutHandler.
    if request.method not in ("POST", "PUT"):
        return []
    if request.content_type == "application/x-www-form-urlencoded":
        return urlencoded(request.body)
    if request.content_type == "multipart/form-data":
        fields = multipart(request.body, request.headers.get("Content-Type", ""))
        return [field for field in fields if field.filename is None]
    return []
