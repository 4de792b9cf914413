"""`/v3/smtp/blockedContacts`: the addresses that get no mail (docs/wire/brevo.md 7)."""

from __future__ import annotations

from typing import Any

from mockmail.core.senders.records import Suppression, suppression_key
from mockmail.vendors.brevo.authentication import BrevoCall
from mockmail.vendors.brevo.errors import not_found
from mockmail.vendors.brevo.handlers.sent_emails import NO_CONTENT
from mockmail.vendors.brevo.paging import Between, in_order, is_ascending
from mockmail.vendors.brevo.parameters import BlockedSearch, BouncesToDelete
from mockmail.vendors.brevo.views import Document, blocked_document

HARD_BOUNCE = "hardBounce"


def index(call: BrevoCall, params: BlockedSearch) -> Document:
    """List the blocked contacts, the newest first."""
    between = Between(params.start_date, params.end_date)
    senders = {sender.strip().lower() for sender in params.senders.split(",") if sender.strip()}
    found = [
        suppression
        for suppression in in_order(call.records(Suppression), ascending=is_ascending(params))
        if between.has(suppression.created)
        and (not senders or suppression.details.get("senderEmail", "").lower() in senders)
    ]
    shown = found[params.offset : params.offset + params.limit]
    return {"count": len(found), "contacts": [blocked_document(suppression) for suppression in shown]}


def delete(call: BrevoCall, params: None) -> Any:
    """Let an address get mail again."""
    if call.records(Suppression).remove(suppression_key("", call.path["email"])) is None:
        raise not_found("Contact")
    return NO_CONTENT


def delete_hard_bounces(call: BrevoCall, params: BouncesToDelete) -> Any:
    """Let addresses that bounced hard get mail again: all, those of a period, or one."""
    between, suppressions = Between(params.start_date, params.end_date), call.records(Suppression)
    wanted = params.contact_email.lower()
    for suppression in list(suppressions):
        is_wanted = wanted in ("", suppression.address.lower()) and between.has(suppression.created)
        if is_wanted and suppression.reason == HARD_BOUNCE:
            suppressions.remove(suppression.key)
    return NO_CONTENT
