"""What SendGrid checks of a message before it accepts it (docs/wire/sendgrid.md 3 and 4)."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from mockmail.core.errors import NotAnAddress
from mockmail.core.mail.addresses import validate_address
from mockmail.core.senders.identities import is_verified
from mockmail.core.senders.records import Identity
from mockmail.vendors.sendgrid.authentication import SendGridCall
from mockmail.vendors.sendgrid.errors import HELP, TOO_MANY_RECIPIENTS, UNVERIFIED, MailRefusal, item
from mockmail.vendors.sendgrid.parameters import MOST_RECIPIENTS, Address, AttachedFile, Mail, Personalization
from mockmail.vendors.sendgrid.records import Batch

Items = Iterator[dict[str, Any]]

MOST_CATEGORIES = 10
MOST_GROUPS = 25
LONGEST_CATEGORY = 255
LARGEST_ARGUMENTS = 10_000
FURTHEST = timedelta(hours=72)
TEMPLATE_ID = re.compile(r"d-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
RESERVED = frozenset({
    "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding", "to", "from",
    "subject", "reply-to", "cc", "bcc",
})  # fmt: skip
"""The headers that a request cannot set."""

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
_MEDIA_TYPE = re.compile(rf"{_TOKEN.pattern}/{_TOKEN.pattern}")


def check(call: SendGridCall, mail: Mail) -> None:
    """Raise MailRefusal with everything that is wrong with a message, else for a sender that is not verified."""
    now = call.world.clock.now()
    items = [*_recipients(mail), *_senders(mail), *_bodies(mail), *_rest(call, mail, now)]
    if items:
        raise MailRefusal(*items)
    identities = call.records(Identity)
    for address in dict.fromkeys(sender_of(mail, each).email for each in mail.personalizations):
        if not is_verified(identities, address):
            raise MailRefusal(item(UNVERIFIED, "from"), status=403).because(
                f"{address} is no verified sender, and its domain is not authenticated; `identities` lists both"
            )


def sender_of(mail: Mail, personalization: Personalization) -> Address:
    """Return the sender of one message."""
    return personalization.sender or mail.sender


def decoded(attached: AttachedFile) -> bytes:
    """Return the bytes of an attachment. Raise ValueError if they are not Base64."""
    return b64decode("".join(attached.content.split()), validate=True)


def _is_address(address: Address) -> bool:
    try:
        return "." in validate_address(address.email).rpartition("@")[2]
    except NotAnAddress:
        return False


def _recipients(mail: Mail) -> Items:
    if not mail.personalizations:
        text = "The personalizations field is required and must have at least one personalization."
        yield {"message": text, "field": "personalizations", "help": f"{HELP}-Personalizations-Errors"}
    total = sum(len(each.to) + len(each.cc) + len(each.bcc) for each in mail.personalizations)
    if total > MOST_RECIPIENTS:
        yield item(TOO_MANY_RECIPIENTS, "personalizations", "personalizations")
        return
    for number, each in enumerate(mail.personalizations):
        field, seen = f"personalizations.{number}", set()
        if not each.to:
            yield item(
                "The to array is required for all personalization objects, and must have at least one email object"
                " with a valid email address.",
                f"{field}.to",
                "personalizations.to",
            )
        for kind, addresses in (("to", each.to), ("cc", each.cc), ("bcc", each.bcc)):
            for position, address in enumerate(addresses):
                if not _is_address(address):
                    place = f"{field}.{kind}.{position}.email"
                    yield item("Does not contain a valid address.", place, f"personalizations.{kind}")
                elif address.email.lower() in seen:
                    yield item(
                        "Each email address in the personalization block should be unique between to, cc, and bcc. We"
                        f" found the first duplicate instance of [{address.email}] in the {field}.{kind} field.",
                        field,
                        "recipient-errors",
                    )
                    break
                seen.add(address.email.lower())


def _senders(mail: Mail) -> Items:
    if not mail.sender.email:
        yield item(
            "The from object must be provided for every email send. It is an object that requires the email parameter,"
            ' but may also contain a name parameter.  e.g. {"email" : "example@example.com"}  or'
            ' {"email" : "example@example.com", "name" : "Example Recipient"}.',
            "from.email",
            "from",
        )
    elif not _is_address(mail.sender):
        yield item("The from email does not contain a valid address.", "from.email", "from")
    for number, each in enumerate(mail.personalizations):
        if each.sender is not None and not _is_address(each.sender):
            place = f"personalizations.{number}.from.email"
            yield item("The from email does not contain a valid address.", place, "personalizations.from")
    if mail.reply_to is not None and not _is_address(mail.reply_to):
        yield item("The reply_to email does not contain a valid address.", "reply_to.email", "reply_to")
    for number, address in enumerate(mail.reply_to_list):
        if not _is_address(address):
            place = f"reply_to_list.{number}.email"
            yield item("The reply_to_list email does not contain a valid address.", place, "reply_to_list")
    if mail.reply_to is not None and mail.reply_to_list:
        yield item("Only one of reply_to and reply_to_list may be provided.", "reply_to_list", "reply_to_list")


def _bodies(mail: Mail) -> Items:
    has_subjects = bool(mail.personalizations) and all(each.subject for each in mail.personalizations)
    if not mail.subject and not mail.template_id and not has_subjects:
        yield item(
            "The subject is required. You can get around this requirement if you use a template with a subject defined"
            " or if every personalization has a subject defined.",
            "subject",
            "subject",
        )
    if not mail.content and not mail.template_id:
        yield item(
            "Unless a valid template_id is provided, the content parameter is required. There must be at least one"
            " defined content block. We typically suggest both text/plain and text/html blocks are included, but only"
            " one block is required.",
            "content",
            "content",
        )
    last = 0
    for number, content in enumerate(mail.content):
        if not _MEDIA_TYPE.fullmatch(content.type):
            text = "The content type must be a media type, such as text/plain, without parameters."
            yield item(text, f"content.{number}.type", "content.type")
        if not content.value:
            text = "The content value must be a string at least one character in length."
            yield item(text, f"content.{number}.value", "content.value")
        rank = {"text/plain": 1, "text/html": 2}.get(content.type.lower(), 3)
        if rank < last or rank == last < 3:  # noqa: PLR2004
            yield item(
                "If present, text/plain and text/html may only be provided once, text/plain first, followed by"
                " text/html, followed by any other content.",
                "content",
                "content",
            )
            break
        last = rank
    yield from _attachments(mail)
    if mail.template_id and not TEMPLATE_ID.fullmatch(mail.template_id):
        text = f"The template_id must be a valid GUID, you provided '{mail.template_id:.100}'."
        yield item(text, "template_id", "template_id")


def _attachments(mail: Mail) -> Items:
    for number, attached in enumerate(mail.attachments):
        field = f"attachments.{number}"
        try:
            is_encoded = bool(attached.content) and decoded(attached) is not None
        except ValueError:
            is_encoded = False
        if not is_encoded:
            text = "The attachment content must be base64 encoded."
            yield item(text, f"{field}.content", "attachments.content")
        if attached.type and not _MEDIA_TYPE.fullmatch(attached.type.partition(";")[0].strip()):
            yield item("The attachment type must be a media type.", f"{field}.type", "attachments.type")
        if attached.disposition not in ("inline", "attachment"):
            text = "The attachment disposition must be either inline or attachment."
            yield item(text, f"{field}.disposition", "attachments.disposition")


def _rest(call: SendGridCall, mail: Mail, now: datetime) -> Items:
    yield from _headers(mail.headers, "headers")
    if len(mail.categories) > MOST_CATEGORIES:
        yield item(f"There is a limit of {MOST_CATEGORIES} categories per request.", "categories", "categories")
    if any(len(category) > LONGEST_CATEGORY for category in mail.categories):
        text = f"A category may have up to {LONGEST_CATEGORY} characters."
        yield item(text, "categories", "categories")
    if len({category.lower() for category in mail.categories}) < len(mail.categories):
        yield item("Each category must be unique.", "categories", "categories")
    yield from _arguments(mail.custom_args, "custom_args", "custom_args")
    yield from _time(mail.send_at, "send_at", now)
    for number, each in enumerate(mail.personalizations):
        field = f"personalizations.{number}"
        yield from _headers(each.headers, f"{field}.headers")
        yield from _arguments(each.custom_args, f"{field}.custom_args", "personalizations.custom_args")
        yield from _arguments(each.substitutions, f"{field}.substitutions", "personalizations.substitutions")
        yield from _time(each.send_at, f"{field}.send_at", now)
    if mail.batch_id and call.records(Batch).get(mail.batch_id) is None:
        yield item(f"The batch_id '{mail.batch_id:.100}' is not valid.", "batch_id", "batch_id")
    if mail.asm is not None:
        if mail.asm.group_id is None:
            yield item("The asm.group_id parameter is required.", "asm.group_id", "asm.group_id")
        if len(mail.asm.groups_to_display) > MOST_GROUPS:
            text = f"There is a limit of {MOST_GROUPS} groups to display."
            yield item(text, "asm.groups_to_display", "asm.groups_to_display")
    if mail.ip_pool_name is not None and not 2 <= len(mail.ip_pool_name) <= 64:  # noqa: PLR2004
        yield item("The ip_pool_name must have from 2 to 64 characters.", "ip_pool_name", "ip_pool_name")


def _headers(headers: Mapping[str, str] | None, field: str) -> Items:
    for name in headers or ():
        if not _TOKEN.fullmatch(name):
            yield item(f"'{name:.100}' is not the name of a header.", field, "headers")
        elif name.lower() in RESERVED:
            yield item(f"The header '{name}' is reserved and cannot be set.", f"{field}.{name}", "headers")


def _arguments(arguments: Mapping[str, str] | None, field: str, anchor: str) -> Items:
    size = sum(len(text.encode("utf-8", "replace")) for pair in (arguments or {}).items() for text in pair)
    if size > LARGEST_ARGUMENTS:
        yield item(f"The {anchor} may have up to {LARGEST_ARGUMENTS} bytes.", field, anchor)


def _time(at: int | None, field: str, now: datetime) -> Items:
    if at is not None and at > (now + FURTHEST).timestamp():
        text = "The send_at parameter may not be more than 72 hours in the future."
        yield item(text, field, "send_at")


def due_at(at: int | None, now: datetime) -> str | None:
    """Return a time in seconds as ISO 8601; None for one that is past."""
    return None if at is None or at <= now.timestamp() else datetime.fromtimestamp(at, UTC).isoformat()
