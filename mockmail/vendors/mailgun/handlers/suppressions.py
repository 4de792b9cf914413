"""Bounces, unsubscribes and complaints of a domain: addresses that get no mail (docs/wire/mailgun.md 7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from mockmail.core.mail.outgoing import Continue
from mockmail.core.senders.records import Suppression, suppression_key
from mockmail.vendors.mailgun.authentication import MailgunCall
from mockmail.vendors.mailgun.composing import mailboxes
from mockmail.vendors.mailgun.errors import MailgunError, parameter_error
from mockmail.vendors.mailgun.paging import list_document
from mockmail.vendors.mailgun.parameters import NewSuppression, Page
from mockmail.vendors.mailgun.requests import find_domain
from mockmail.vendors.mailgun.views import suppression_document

MOST_AT_ONCE = 1000
REMOVED_AT_ONCE = 500
"""The addresses that are removed before the event loop does other work."""


@dataclass(frozen=True, slots=True)
class _List:
    """One of the three lists. name: the last segment of its path, also in the scope of its records."""

    name: str
    unknown: str
    removed: str
    cleared: str


LISTS = {
    "bounce": _List(
        "bounces",
        "Address not found in bounces table",
        "Bounced address has been removed",
        "Bounced addresses for this domain have been removed",
    ),
    "unsubscribe": _List(
        "unsubscribes",
        "Address not found in unsubscribers table",
        "Unsubscribe event has been removed",
        "Unsubscribe addresses for this domain have been removed",
    ),
    "complaint": _List(
        "complaints",
        "No spam complaints found for this address",
        "Spam complaint has been removed",
        "Complaint addresses for this domain have been removed",
    ),
}
"""The lists by the noun of their operations."""


def index(call: MailgunCall, params: Page) -> Any:
    """List the suppressed addresses of a domain."""
    records = call.records(Suppression).find("scope", _scope(call))
    return list_document(
        call,
        params,
        records,
        key=lambda record: record.address,
        document=suppression_document,
        pivot="address",
        back="previous",
    )


def show(call: MailgunCall, params: None) -> Any:
    """Return one suppressed address."""
    return suppression_document(_find(call))


def create(call: MailgunCall, params: Any) -> Any:
    """Suppress an address, or each of an array of up to 1000."""
    items: list[NewSuppression] = params if isinstance(params, list) else [params]
    if not 0 < len(items) <= MOST_AT_ONCE:
        raise MailgunError(f"The request must have from 1 to {MOST_AT_ONCE} addresses.")
    records = [_new(call, item) for item in items]
    for record in records:
        call.records(Suppression).put(record)
    table = f"added to the {_list(call).name} table"
    if isinstance(params, list):
        return {"message": f"{len(records)} addresses have been {table}"}
    return {"message": f"Address has been {table}", "address": records[0].address}


def delete(call: MailgunCall, params: None) -> Any:
    """Suppress an address no longer."""
    found = _find(call)
    call.records(Suppression).remove(found.key)
    return {"message": _list(call).removed, "address": found.address}


def clear(call: MailgunCall, params: None) -> Any:
    """Suppress no address of a domain any longer."""
    records, scope = call.records(Suppression), _scope(call)

    def go_on() -> Any:
        newest = max(0, records.count("scope", scope) - REMOVED_AT_ONCE)  # removing the oldest first takes longer
        for record in records.page_of("scope", scope, newest, REMOVED_AT_ONCE):
            records.remove(record.key)
        return Continue(then=go_on) if records.count("scope", scope) else {"message": _list(call).cleared}

    return go_on()


def _list(call: MailgunCall) -> _List:
    return LISTS[call.operation.name.partition(".")[0]]


def _scope(call: MailgunCall) -> str:
    return f"{find_domain(call).name}/{_list(call).name}"


def _find(call: MailgunCall) -> Suppression:
    found = call.records(Suppression).get(suppression_key(_scope(call), call.path["address"]))
    if found is None:
        raise MailgunError(_list(call).unknown, 404)
    return found


def _new(call: MailgunCall, item: NewSuppression) -> Suppression:
    [mailbox, *_] = mailboxes(call.options, "address", [item.address])
    return Suppression(
        scope=_scope(call),
        address=mailbox.address,
        reason=_list(call).name,
        created=_created(call, item.created_at),
        details=details_of(_list(call).name, item.code, item.error, list(item.tags) or [item.tag]),
    )


def details_of(list_name: str, code: str, error: str, tags: list[str]) -> dict[str, Any]:
    """Return what only the records of one list have."""
    if list_name == "bounces":
        return {"code": code, "error": error}
    return {"tags": tags} if list_name == "unsubscribes" else {}


def _created(call: MailgunCall, text: str | None) -> str:
    if text is None or not text.strip():
        return call.world.clock.now().isoformat()
    try:
        at = parsedate_to_datetime(text)
        return (at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)).isoformat()
    except (ValueError, TypeError, OverflowError, IndexError) as error:
        raise parameter_error(call.options, "created_at", "is not a date in RFC 2822 format") from error
