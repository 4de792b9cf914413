"""Times, and pages of lists, as version 2 has them (docs/wire/ses.md 3)."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from mockmail.core.state.records import Record, read_timestamp
from mockmail.core.state.typed_records import Records
from mockmail.vendors.ses.errors import SesError

T = TypeVar("T")
R = TypeVar("R", bound=Record)
Document = dict[str, Any]


class Page(Protocol):
    """The part of a list that a request asks for. token: of an earlier response; empty for the first part."""

    @property
    def size(self) -> int:
        """The most records of it."""

    @property
    def token(self) -> str:
        """Where it begins."""


def seconds(at: str) -> float:
    """Return a time as version 2 writes it: seconds since 1970, with milliseconds."""
    time = read_timestamp(at)
    return int(time.replace(microsecond=0).timestamp()) + time.microsecond // 1000 / 1000


def iso(at: str) -> str:
    """Return a time as version 1 writes it."""
    time = read_timestamp(at)
    return f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03}Z"


def page_of(name: str, records: Records[R] | Sequence[T], page: Page, view: Callable[[Any], Any]) -> Document:
    """Return a part of a list, with the token of the next one if there is more. Raise SesError."""
    start, end = _position(page.token), _position(page.token) + page.size
    part = records.page(start, page.size) if isinstance(records, Records) else records[start:end]
    document: Document = {name: [view(record) for record in part]}
    if end < len(records):
        document["NextToken"] = urlsafe_b64encode(str(end).encode()).decode()
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
