"""Collect parameters as PHP and Zend do: from path pairs, query string and form, whatever the method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mockmail.core.exchange import WireRequest
from mockmail.vendors.atmail.errors import AtmailError, MissingArguments
from mockmail.vendors.atmail.handlers.values import TEXT_LIMIT
from mockmail.vendors.atmail.options import Options
from mockmail.wire.forms import Field, multipart, urlencoded
from mockmail.wire.parameters import (
    TEXT_CONVERTERS,
    Absent,
    BindingRules,
    ErrorKind,
    ParameterError,
    convert_integer,
)

Values = dict[str, list[str]]

PATH_LENGTH = 5
"""Segments before the path pairs: `admin/index.php/api/{resource}/{action}`."""


def collected(request: WireRequest, *, case_insensitive: bool = False) -> Values:
    """Return every value of each parameter. Raises BrokenForm.

    A name in the path hides the same name in the query, and that the same name in the body, as in
    Zend_Controller_Request_Http::getParams (zf1). `name[]` and `name[0]` count as `name`.
    case_insensitive: return the names in lower case.
    """
    values: Values = {}
    for source in (_path_pairs(request.segments), _query(request), _body(request)):
        if not source:
            continue
        group: Values = {}
        for field in source:
            name = field.name.partition("[")[0] if "[" in field.name else field.name
            group.setdefault(name.lower() if case_insensitive else name, []).append(field.value)
        values = group | values
    return values


def rules(options: Options) -> BindingRules:
    """Return how parameters are read: arrays may be comma lists, and a blank integer counts as not sent."""
    return CASE_INSENSITIVE_RULES if options.case_insensitive_parameters else RULES


def refusal(errors: Sequence[ParameterError]) -> AtmailError:
    """Return the answer to errors: a value that no column takes, else all that are missing, else the first."""
    for error in errors:
        if error.kind in (ErrorKind.TOO_LONG, ErrorKind.TOO_MANY_VALUES):
            return AtmailError(str(error))
    missing = [error.name for error in errors if error.kind is ErrorKind.MISSING]
    return MissingArguments(missing) if missing else AtmailError(str(errors[0]))


def _integer(raw: str) -> int:
    if not raw.strip():
        raise Absent
    return convert_integer(raw)


RULES = BindingRules(
    converters={**TEXT_CONVERTERS, int: _integer},
    repeated_values=True,
    comma_lists=True,
    max_length=TEXT_LIMIT,
)
CASE_INSENSITIVE_RULES = replace(RULES, case_insensitive=True)


def _path_pairs(segments: Sequence[str]) -> list[Field]:
    if len(segments) <= PATH_LENGTH:
        return []
    rest = [text.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for text in segments[PATH_LENGTH:]]
    return [Field(name, value) for name, value in zip(rest[::2], rest[1::2], strict=False)]


def _query(request: WireRequest) -> list[Field]:
    return urlencoded(request.query.encode("utf-8", "surrogateescape")) if request.query else []


def _body(request: WireRequest) -> list[Field]:
    if request.content_type in ("application/x-www-form-urlencoded", ""):
        return urlencoded(request.body) if request.body else []
    if request.content_type == "multipart/form-data":
        fields = multipart(request.body, request.headers.get("Content-Type", ""))
        return [field for field in fields if field.filename is None]
    return []  # as in PHP, which reads no parameters from other types
