"""`/v2/email/account`: quotas, and what the account may do (docs/wire/ses.md 6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from mockmail.core.mail.outgoing import Continue
from mockmail.core.senders.records import SentMessage
from mockmail.core.state.records import Record, read_timestamp
from mockmail.core.state.typed_records import Records
from mockmail.vendors.ses.authentication import SesCall
from mockmail.vendors.ses.errors import SesError
from mockmail.vendors.ses.parameters import AccountDetails, Sending, SuppressedReasons
from mockmail.vendors.ses.records import Account
from mockmail.vendors.ses.sending import account_of
from mockmail.vendors.ses.views import Document

R = TypeVar("R", bound=Record)

VISITED_AT_ONCE = 5000
"""The records that are counted before the event loop does other work."""

REASONS = ("BOUNCE", "COMPLAINT")


def show(call: SesCall, params: None) -> Any:
    """Return the account."""
    account = account_of(call)
    document = {
        "DedicatedIpAutoWarmupEnabled": False,
        "EnforcementStatus": "HEALTHY",
        "ProductionAccessEnabled": account.production,
        "SendingEnabled": account.sending,
        "SuppressionAttributes": {"SuppressedReasons": list(account.suppressed_reasons)},
    }
    return with_quota(call, lambda quota: {**document, "SendQuota": quota})


def with_quota(call: SesCall, respond: Callable[[Document], Document]) -> Any:
    """Respond with how much may be sent and was sent: each recipient of the last 24 hours counts."""
    account, since = account_of(call), call.world.clock.now() - timedelta(hours=24)
    sent = 0

    def count(message: SentMessage) -> bool:
        nonlocal sent
        is_counted = read_timestamp(message.at) > since
        sent += len(message.recipients) if is_counted else 0
        return is_counted

    def total() -> Document:
        quota = {"Max24HourSend": account.max_24_hours, "MaxSendRate": account.max_rate}
        return respond({**quota, "SentLast24Hours": float(sent)})

    return newest_first(call.records(SentMessage), count, total)


def newest_first(records: Records[R], visit: Callable[[R], bool], respond: Callable[[], Document]) -> Any:
    """Visit records from the newest on until a visit returns False, in turns with other requests; then respond."""
    left = len(records)

    def go_on() -> Any:
        nonlocal left
        start = max(0, left - VISITED_AT_ONCE)
        page = records.page(start, left - start)
        left = start
        if all(map(visit, reversed(page))) and left:
            return Continue(then=go_on)
        return respond()

    return go_on()


def edit_sending(call: SesCall, params: Sending) -> Document:
    """Allow or stop sending."""
    call.records(Account).put(account_of(call).replace(sending=params.enabled))
    return {}


def edit_suppression(call: SesCall, params: SuppressedReasons) -> Document:
    """Choose the events that suppress an address."""
    for reason in params.reasons:
        check_reason(reason)
    call.records(Account).put(account_of(call).replace(suppressed_reasons=params.reasons))
    return {}


def edit_details(call: SesCall, params: AccountDetails) -> Document:
    """Ask for production access, which is given at once."""
    if params.production is not None:
        call.records(Account).put(account_of(call).replace(production=params.production))
    return {}


def check_reason(reason: str) -> None:
    """Raise SesError for a word that is no reason of a suppression."""
    if reason not in REASONS:
        raise SesError(
            f"1 validation error detected: Value '{reason:.80}' at 'reason' failed to satisfy constraint: Member must"
            " satisfy enum value set: [BOUNCE, COMPLAINT]"
        )
