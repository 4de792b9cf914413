"""Times, and pages of lists, as version 2 has them (docs/wire/ses.md 3)."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from mockmail.core.state.records import read_timestamp
from mockmail.vendors.ses.errors import SesError

T = TypeVar("T")
Document = dict[str, Any]


def seconds(at: str) -> float:
    """Return a time as version 2 writes it: seconds since 1970, with milliseconds."""
    time = read_timestamp(at)
    return int(time.replace(microsecond=0).timestamp()) + time.microsecond // 1000 / 1000


def iso(at: str) -> str:
    """Return a time as version 1 writes it."""
    time = read_timestamp(at)
    return f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03}Z"


def page_of(name: str, records: Sequence[T], size: int, token: str, view: Callable[[T], Any]) -> Document:
    """Return a part of a list, with the token of the next one if there is more. Raise SesError."""
    start = _position(token)
    document: Document = {name: [view(record) for record in records[start : start + size]]}
    if start + size < len(records):
        document["NextToken"] = urlsafe_b64encode(f"{start + size}".encode()).decode()
    return document


def _position(token: str) -> int:
    if not token:
        return 0
    try:
        position = int(urlsafe_b64decode(token.encode()).decode())
    except ValueError as error:
        raise SesError("The next token is invalid.", "InvalidNextTokenException", "InvalidParameterValue") from error
    if not 0 <= position < 1 << 31:
        raise SesError("The next token is invalid.", "InvalidNextTokenException", "InvalidParameterValue")
    return position
