"""What Brevo checks of a request to send, before it accepts it (docs/wire/brevo.md 3)."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mockmail.core.mail.compose import Mailbox
from mockmail.core.senders.records import Identity, StoredResponse, Template, template_key
from mockmail.core.state.records import is_past
from mockmail.vendors.brevo.authentication import BrevoCall
from mockmail.vendors.brevo.composing import display_name, header_of, mailbox, mailboxes, valid_address
from mockmail.vendors.brevo.errors import BODY_REQUIRED, REPEATED_KEY, SENDER_REQUIRED, BrevoError, invalid, missing
from mockmail.vendors.brevo.parameters import Email, Party, Version

FURTHEST = timedelta(hours=72)
KEY_LIFE = timedelta(minutes=15)
MOST_KEYS = 10_000
"""The most idempotency keys that are kept; over it, the oldest eighth is forgotten."""

MOST_RECIPIENTS_IN_ALL = 2000
GIVEN_ONCE = ("to", "cc", "bcc")
"""The fields that a message of a batch does not take from the request."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The mailboxes of a message."""

    sender: Mailbox
    to: list[Mailbox]
    cc: list[Mailbox]
    bcc: list[Mailbox]
    reply_to: list[Mailbox]


def versions_of(email: Email) -> list[Version]:
    """Return the messages of a request, each with all that it has. Raise BrevoError."""
    versions = email.message_versions
    if versions is None:
        return [email]
    if not versions:
        raise missing("messageVersions")
    if any(version.html_content is not None for version in versions) and email.html_content is None:
        raise missing("htmlContent")
    merged = [_merged(email, version) for version in versions]
    recipients = sum(len(version.to or ()) + len(version.cc or ()) + len(version.bcc or ()) for version in merged)
    if recipients > MOST_RECIPIENTS_IN_ALL:
        raise BrevoError(f"messageVersions may have {MOST_RECIPIENTS_IN_ALL} recipients in all", "out_of_range")
    return merged


def find_template(call: BrevoCall, template_id: int) -> Template:
    """Return an active template. Raise BrevoError."""
    template = call.records(Template).get(template_key("", str(template_id)))
    if template is None:
        raise BrevoError("Template does not exist")
    if not template.active:
        raise BrevoError("Template is not active")
    return template


def check_content(version: Version, template: Template | None) -> None:
    """Raise BrevoError for a message without recipients or content."""
    if not version.to:
        raise missing("to")
    if template is None:
        if not version.subject:
            raise missing("subject")
        if not any(body and body.strip() for body in (version.html_content, version.text_content)):
            raise missing(BODY_REQUIRED)
    if version.text_content == "":
        raise missing("textContent")
    if version.params == {}:
        raise missing("params is blank")


def addresses_of(call: BrevoCall, version: Version, sender: Party | None, template: Template | None) -> Addresses:
    """Return the mailboxes of a message. Raise BrevoError."""
    reply_to = [mailbox("replyTo", version.reply_to)] if version.reply_to else []
    if template is not None:
        details = template.details
        sender = sender or Party(email=details["sender"]["email"], name=details["sender"]["name"] or None)
        if not reply_to and details["replyTo"]:
            reply_to = [Mailbox(details["replyTo"])]
    return Addresses(
        sender_of(call, sender),
        mailboxes("to", version.to),
        mailboxes("cc", version.cc),
        mailboxes("bcc", version.bcc),
        reply_to,
    )


def sender_of(call: BrevoCall, party: Party | None) -> Mailbox:
    """Return the mailbox of a sender, which is given by its address or the id of a stored one. Raise BrevoError."""
    if party is None:
        raise missing("sender")
    if party.email is None:
        if party.id is None:
            raise missing("One of sender email or sender ID is mandatory")
        found = call.records(Identity).first("id", str(party.id))
        if found is None or "@" not in found.name:
            raise BrevoError("Sender does not exist")
        return Mailbox(found.name, found.details["name"])
    address = valid_address(party.email)
    if address is None:
        raise BrevoError(SENDER_REQUIRED)
    if party.name == "":
        raise missing("sender name is missing")
    return Mailbox(address, display_name(party.name))


def due_at(call: BrevoCall, text: str) -> datetime:
    """Return the time of a scheduled message. Raise BrevoError."""
    try:
        at = datetime.fromisoformat(text.strip())
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise invalid("scheduledAt").because(f"{text!r:.80} is not a time in ISO 8601") from error
    now = call.world.clock.now()
    if not now < at <= now + FURTHEST:
        hours = FURTHEST // timedelta(hours=1)
        raise BrevoError(f"scheduledAt must be in the future, and within {hours} hours", "out_of_range")
    return at


def use_key_once(call: BrevoCall, headers: dict[str, str]) -> None:
    """Keep the idempotency key of a request. Raise BrevoError for one that was used a short time ago."""
    name = header_of(headers, "idempotencykey")
    if not name:
        return
    keys, now = call.records(StoredResponse), call.world.clock.now()
    new = StoredResponse(name=name, fingerprint="", expires=(now + KEY_LIFE).isoformat())
    found = keys.get(new.key)
    if found is not None and not is_past(found.expires, now):
        raise BrevoError(REPEATED_KEY, "duplicate_request")
    if len(keys) >= MOST_KEYS:
        for old in keys.page(0, MOST_KEYS // 8):
            keys.remove(old.key)
    keys.put(new)


def _merged(email: Email, version: Version) -> Version:
    values = ((each.name, getattr(version, each.name)) for each in fields(version))
    own: dict[str, Any] = {name: value for name, value in values if value is not None}
    return replace(email, **{**dict.fromkeys(GIVEN_ONCE), **own})
