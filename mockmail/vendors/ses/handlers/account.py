"""`/v2/email/account`: quotas, and what the account may do (docs/wire/ses.md 6)."""

from __future__ import annotations

from datetime import timedelta

from mockmail.core.senders.records import SentMessage
from mockmail.core.state.records import read_timestamp
from mockmail.vendors.ses.authentication import SesCall
from mockmail.vendors.ses.errors import SesError
from mockmail.vendors.ses.parameters import AccountDetails, Sending, SuppressedReasons
from mockmail.vendors.ses.records import Account
from mockmail.vendors.ses.sending import account_of
from mockmail.vendors.ses.views import Document

REASONS = ("BOUNCE", "COMPLAINT")


def show(call: SesCall, params: None) -> Document:
    """Return the account."""
    account = account_of(call)
    return {
        "DedicatedIpAutoWarmupEnabled": False,
        "EnforcementStatus": "HEALTHY",
        "ProductionAccessEnabled": account.production,
        "SendQuota": quota(call),
        "SendingEnabled": account.sending,
        "SuppressionAttributes": {"SuppressedReasons": list(account.suppressed_reasons)},
    }


def quota(call: SesCall) -> Document:
    """Return how much may be sent and was sent: each recipient counts."""
    account, since = account_of(call), call.world.clock.now() - timedelta(hours=24)
    sent = sum(len(each.recipients) for each in call.records(SentMessage) if read_timestamp(each.at) > since)
    return {
        "Max24HourSend": account.max_24_hours,
        "MaxSendRate": account.max_rate,
        "SentLast24Hours": float(sent),
    }


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
