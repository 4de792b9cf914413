"""`/v3/{domain}/events`: what happened to messages, in pages without an end (docs/wire/mailgun.md 6)."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from mockmail.core.senders.records import SenderEvent, SentMessage
from mockmail.core.state.records import read_timestamp
from mockmail.vendors.mailgun.authentication import MailgunCall
from mockmail.vendors.mailgun.dialect import DIALECT
from mockmail.vendors.mailgun.errors import MailgunError, parameter_error
from mockmail.vendors.mailgun.event_documents import NAMES, event_document, severity
from mockmail.vendors.mailgun.filters import parse_filter
from mockmail.vendors.mailgun.parameters import EventSearch
from mockmail.vendors.mailgun.requests import find_domain
from mockmail.wire.forms import BrokenForm
from mockmail.wire.parameters import BindError, bind

AT_ONCE = 500
MOST_SCANNED = 20_000
"""The events that one page looks at, fewer with long filters; a page with fewer than its limit need not be the last."""

FILTER_COST = 32
"""The characters of filters that take as long as looking at an event."""

Condition = Callable[[SenderEvent, SentMessage], bool]
Part = Callable[[int, int], Sequence[SenderEvent]]


class _Place(NamedTuple):
    """Where a page begins: at a position among the events, of which the oldest is the first; then up or down."""

    at: int
    is_up: bool


@dataclass(frozen=True, slots=True)
class _Period:
    """The times of the wanted events, in seconds; None for no limit."""

    lowest: float | None
    highest: float | None
    is_ascending: bool

    @classmethod
    def of(cls, call: MailgunCall, search: EventSearch) -> _Period:
        begin, end = _time(call, "begin", search.begin), _time(call, "end", search.end)
        if begin is not None and end is not None:
            ascending = begin <= end if search.ascending is None else search.ascending
            return cls(min(begin, end), max(begin, end), ascending)
        ascending = begin is not None if search.ascending is None else search.ascending
        return cls(begin, end, True) if ascending else cls(end, begin, False)

    def has(self, event: SenderEvent) -> bool:
        at = read_timestamp(event.at).timestamp()
        return (self.lowest is None or at >= self.lowest) and (self.highest is None or at <= self.highest)


def index(call: MailgunCall, params: EventSearch) -> Any:
    """List the events of a domain."""
    return _page(call, params, call.request.query, None)


def page(call: MailgunCall, params: None) -> Any:
    """List the events of a page that `paging` has the URL of."""
    try:
        at, is_up, query = json.loads(urlsafe_b64decode(call.path["page"] + "==="))
        place = _Place(max(0, int(at)), bool(is_up))
        search = bind(EventSearch, DIALECT.values_of(str(query)), DIALECT.rules)
    except (ValueError, TypeError, RecursionError, OverflowError, BindError, BrokenForm) as error:
        raise MailgunError("The page does not exist; use a URL in `paging`.") from error
    return _page(call, search, str(query), place)


def _page(call: MailgunCall, search: EventSearch, query: str, place: _Place | None) -> Any:
    domain = find_domain(call).name
    period, conditions = _Period.of(call, search), _conditions(search)
    part, count = _source(call, search)
    if place is None:
        place = _Place(0 if period.is_ascending else count, period.is_ascending)
    at = min(place.at, count)
    low = high = at
    found: list[Any] = []
    messages = call.records(SentMessage)
    most = max(AT_ONCE, MOST_SCANNED // (1 + _filter_size(search) // FILTER_COST))
    while len(found) < search.limit and high - low < most:
        size = min(AT_ONCE, count - high if place.is_up else low)
        if size <= 0:
            break
        events = part(high if place.is_up else low - size, size)
        for event in events if place.is_up else reversed(events):
            low, high = (low, high + 1) if place.is_up else (low - 1, high)
            message = messages.get(event.message)
            if message is None or message.scope != domain or not period.has(event):
                continue
            if all(condition(event, message) for condition in conditions):
                found.append(event_document(message, event))
                if len(found) == search.limit:
                    break
    if place.is_up != period.is_ascending:
        found.reverse()
    up, down = _Place(high, True), _Place(low, False)
    places = {
        "next": up if period.is_ascending else down,
        "previous": down if period.is_ascending else up,
        "first": _Place(0, True) if period.is_ascending else _Place(count, False),
        "last": _Place(count, False) if period.is_ascending else _Place(0, True),
    }
    base = f"{call.request.base_url}/v3/{domain}/events"
    return {"items": found, "paging": {name: f"{base}/{_token(each, query)}" for name, each in places.items()}}


def _source(call: MailgunCall, search: EventSearch) -> tuple[Part, int]:
    """Return the events to look at: those of a message or a recipient if only these are wanted, else all."""
    events = call.records(SenderEvent)
    wanted = (search.message_id or "").strip().strip("<>")
    if wanted:
        messages = call.records(SentMessage).find("request", f"<{wanted}>")
        found = [event for message in messages for event in events.find("message", message.id)]
        return (lambda start, size: found[start : start + size]), len(found)
    return events.page, len(events)


def _conditions(search: EventSearch) -> list[Condition]:
    """Return the conditions that a search has, and no others: there may be many events."""
    fields: tuple[tuple[str | None, bool, Callable[[SenderEvent, SentMessage], Sequence[str]]], ...] = (
        (search.event, True, lambda event, _: [NAMES[event.kind]]),
        (search.severity, True, lambda event, _: [severity(event)]),
        (search.recipient, True, lambda event, _: [event.recipient]),
        (search.tags, True, lambda _, message: message.tags),
        (search.sender, False, lambda _, message: [message.sender]),
        (search.to, False, lambda _, message: [str(message.details.get("to", ""))]),
        (search.subject, False, lambda _, message: [message.subject]),
        (search.attachment, False, lambda _, message: [each["filename"] for each in message.details["attachments"]]),
        (search.size, True, lambda _, message: [str(message.details.get("size", 0))]),
    )
    return [_condition(text, is_whole, values) for text, is_whole, values in fields if text is not None]


def _filter_size(search: EventSearch) -> int:
    filters = (
        search.event,
        search.severity,
        search.recipient,
        search.tags,
        search.sender,
        search.to,
        search.subject,
        search.attachment,
        search.size,
    )
    return sum(len(text) for text in filters if text is not None)


def _condition(text: str, is_whole: bool, values: Callable[[SenderEvent, SentMessage], Sequence[str]]) -> Condition:
    wanted = parse_filter(text, is_whole=is_whole)
    return lambda event, message: wanted(values(event, message))


def _token(place: _Place, query: str) -> str:
    return urlsafe_b64encode(json.dumps([*place, query]).encode()).decode().rstrip("=")


def _time(call: MailgunCall, name: str, text: str | None) -> float | None:
    if text is None or not text.strip():
        return None
    try:
        return float(text)
    except ValueError:
        pass
    try:
        at: datetime = parsedate_to_datetime(text)
        return (at.replace(tzinfo=UTC) if at.tzinfo is None else at).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError) as error:
        raise parameter_error(call.options, name, "is not a time: seconds since 1970, or RFC 2822") from error
