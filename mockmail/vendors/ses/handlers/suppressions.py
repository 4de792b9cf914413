"""`/v2/email/suppression/addresses`: the account's list of addresses that get no mail (docs/wire/ses.md 6)."""

from __future__ import annotations

from mockmail.core.senders.records import Suppression, suppression_key
from mockmail.core.state.records import read_timestamp
from mockmail.vendors.ses.authentication import SesCall
from mockmail.vendors.ses.composing import mailbox
from mockmail.vendors.ses.errors import SesError, not_found
from mockmail.vendors.ses.handlers.account import check_reason
from mockmail.vendors.ses.parameters import NewSuppression, SuppressionSearch
from mockmail.vendors.ses.views import Document, page_of, seconds


def create(call: SesCall, params: NewSuppression) -> Document:
    """Suppress an address, or change why it is suppressed."""
    check_reason(params.reason)
    address = mailbox(params.address).address
    now = call.world.clock.now().isoformat()
    call.records(Suppression).put(Suppression(address=address, reason=params.reason, created=now))
    return {}


def index(call: SesCall, params: SuppressionSearch) -> Document:
    """List the suppressed addresses."""
    for reason in params.reasons:
        check_reason(reason)
    since, until = _time(params.since), _time(params.until)
    found = [
        each
        for each in call.records(Suppression)
        if (not params.reasons or each.reason in params.reasons)
        and (since is None or seconds(each.created) >= since)
        and (until is None or seconds(each.created) <= until)
    ]
    return page_of("SuppressedDestinationSummaries", found, params, _summary)


def show(call: SesCall, params: None) -> Document:
    """Return one suppressed address."""
    found = _find(call)
    attributes = {"Attributes": found.details} if found.details else {}
    return {"SuppressedDestination": _summary(found) | attributes}


def delete(call: SesCall, params: None) -> Document:
    """Lift a suppression."""
    call.records(Suppression).remove(_find(call).key)
    return {}


def _find(call: SesCall) -> Suppression:
    address = call.path["address"]
    found = call.records(Suppression).get(suppression_key("", address))
    if found is None:
        raise not_found(f"Email address {address:.320} does not exist on your suppression list.", "NotFound")
    return found


def _summary(suppression: Suppression) -> Document:
    return {
        "EmailAddress": suppression.address,
        "Reason": suppression.reason,
        "LastUpdateTime": seconds(suppression.created),
    }


def _time(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return float(text) if text.replace(".", "", 1).isdecimal() else read_timestamp(text).timestamp()
    except (ValueError, OverflowError) as error:
        raise SesError(f"The date {text:.80} cannot be read.") from error
