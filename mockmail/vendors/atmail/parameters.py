"""A call's parameters as PHP and Zend collect them: path pairs, query string and form, whatever the method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockmail.core.exchange import WireRequest
from mockmail.vendors.atmail.errors import AtmailError
from mockmail.vendors.atmail.handlers.values import text
from mockmail.wire.forms import Field, multipart, urlencoded
from mockmail.wire.parameters import slots

Values = dict[str, list[str]]

PATH_LENGTH = 5
"""Segments before the path pairs: `admin/index.php/api/{resource}/{action}`."""
MOST_VALUES = 10_000
"""How many numbers an array may have: as many as a form may have fields."""


def collected(request: WireRequest, *, fold: bool = False) -> Values:
    """Every value of each parameter; a name in the path hides the same in the query, and that the same in the body.

    Such is the order of Zend_Controller_Request_Http::getParams (zf1). `name[]` and `name[0]` count as `name`.
    fold: whether names are taken in lower case. Raises BrokenForm.
    """
    values: Values = {}
    for source in (_path_pairs(request.segments), _query(request), _body(request)):
        if not source:
            continue
        group: Values = {}
        for field in source:
            name = field.name.partition("[")[0] if "[" in field.name else field.name
            group.setdefault(name.lower() if fold else name, []).append(field.value)
        values = group | values
    return values


def fitted(model: type[Any], values: Values, *, fold: bool = False) -> tuple[Values, list[str]]:
    """The values as `wire.parameters.read` takes them for a model, and the names of those required and not there.

    An array of integers may be one comma list, and an integer that is blank was not given. Raises AtmailError for a
    value that no column takes, before anybody looks at what it says.
    """
    missing = []
    for slot in slots(model):
        name = slot.wire.lower() if fold else slot.wire
        found = values.get(name)
        if found is not None and slot.many:
            found = _listed(slot.wire, found)
        if found is not None and slot.kind is str:
            text(slot.wire, found[-1])
        if found is not None and slot.kind is int:
            found = [value for value in found if value.strip()]
        if found:
            values[name] = found
        elif slot.required:
            missing.append(slot.wire)
        elif found is not None:
            del values[name]
    return values, missing


def _listed(name: str, found: list[str]) -> list[str]:
    """The values of an array, each of which may be a comma list. Raises AtmailError for too many."""
    if len(found) + sum(value.count(",") for value in found) > MOST_VALUES:
        raise AtmailError(f"{name} has too many values")
    return [part for value in found for part in value.split(",")]


def _path_pairs(segments: Sequence[str]) -> list[Field]:
    """`.../domain/check/domainName/yourdomain.com/`: the form of Zend's default route."""
    if len(segments) <= PATH_LENGTH:
        return []
    rest = [text.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for text in segments[PATH_LENGTH:]]
    return [Field(name, value) for name, value in zip(rest[::2], rest[1::2], strict=False)]


def _query(request: WireRequest) -> list[Field]:
    return urlencoded(request.query.encode("utf-8", "surrogateescape")) if request.query else []


def _body(request: WireRequest) -> list[Field]:
    """The fields of a form. A body of any other type has no parameters, as in PHP."""
    if request.content_type in ("application/x-www-form-urlencoded", ""):
        return urlencoded(request.body) if request.body else []
    if request.content_type == "multipart/form-data":
        fields = multipart(request.body, request.headers.get("Content-Type", ""))
        return [field for field in fields if field.filename is None]
    return []
