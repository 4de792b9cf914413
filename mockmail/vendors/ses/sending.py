"""What both versions check of a message, and how it is kept (docs/wire/ses.md 4)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mockmail.core.mail import mime
from mockmail.core.senders.batch import Prepared
from mockmail.core.senders.identities import is_verified
from mockmail.core.senders.outcomes import RecipientOutcome
from mockmail.core.senders.records import Identity, Recipient, SentMessage
from mockmail.core.senders.sending import Submission
from mockmail.vendors.ses.authentication import SesCall
from mockmail.vendors.ses.composing import Letter, compose_letter, compose_raw, mailbox, raw_options, recipients
from mockmail.vendors.ses.errors import PAUSED, SesError, not_found
from mockmail.vendors.ses.parameters import Tag
from mockmail.vendors.ses.records import SIMULATOR, Account, ConfigurationSet

_TAG_NAME = re.compile(r"[A-Za-z0-9_-]+")
_TAG_VALUE = re.compile(r"[A-Za-z0-9_.@-]+")
LONGEST_TAG = 255
LONGEST_LISTED = 1000
"""The longest list of identities in an error, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOptions:
    """What surrounds a message. template, data: what it was made of. return_path: where bounces go."""

    tags: Sequence[Tag] = ()
    configuration_set: str | None = None
    return_path: str | None = None
    template: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def prepare_letter(
    call: SesCall, letter: Letter, options: SendOptions, failure: RecipientOutcome | None = None
) -> Prepared:
    """Return the id of a message of a subject and bodies, and what to send. Raise SesError."""
    _check_tags(options.tags)
    found, sender = recipients(letter.destination), mailbox(letter.sender)
    _check(call, {letter.sender: sender.address}, found, options)
    message_id = new_message_id(call)
    raw = compose_letter(call.world, letter, header_id(call, message_id), sender=sender, found=found)
    message = _message(call, message_id, letter.sender, found, subject=letter.subject, options=options)
    return message_id, [Submission(message=message, raw=raw, failure=failure)]


def prepare_raw(
    call: SesCall,
    raw: bytes,
    found: Sequence[Recipient],
    options: SendOptions,
    *,
    sender: str | None,
    reply_to: Sequence[str] = (),
    replaces_sender: bool = True,
) -> Prepared:
    """Return the id of a raw message, and what to send. Raise SesError.

    sender: the one that the request names; None for that of the From header. replaces_sender: whether it becomes the
    From header.
    """
    headers = mime.headers(raw)
    named_set, named_tags = raw_options(raw)
    options = replace(
        options,
        tags=options.tags or [Tag(name=name, value=value) for name, value in named_tags.items()],
        configuration_set=options.configuration_set or named_set,
    )
    _check_tags(options.tags)
    written = headers.get("From")
    shown = sender if sender is not None and (replaces_sender or not written) else written
    if not shown:
        raise SesError("Missing required header 'From'.")
    named = filter(None, (shown, sender, headers.get("Sender"), headers.get("Return-Path")))
    _check(call, {each: mailbox(each).address for each in named}, found, options)
    message_id = new_message_id(call)
    replaced = sender if replaces_sender or not written else None
    composed = compose_raw(call.world, raw, header_id(call, message_id), sender=replaced, reply_to=reply_to)
    message = _message(call, message_id, shown, found, subject=headers.get("Subject"), options=options)
    return message_id, [Submission(message=message, raw=composed)]


def new_message_id(call: SesCall) -> str:
    """Return an id: the milliseconds in hexadecimal digits, a UUID, and six digits."""
    return f"0100{int(call.world.clock.timestamp() * 1000):012x}-{call.world.ids.uuid()}-000000"


def header_id(call: SesCall, message_id: str) -> str:
    """Return the Message-ID header of a message."""
    host = "email" if call.caller.region == "us-east-1" else call.caller.region
    return f"<{message_id}@{host}.amazonses.com>"


def account_of(call: SesCall) -> Account:
    """Return the account."""
    return call.records(Account).get(Account.key) or Account()


def find_configuration_set(call: SesCall, name: str) -> ConfigurationSet:
    """Return a configuration set. Raise SesError."""
    found = call.records(ConfigurationSet).get(name)
    if found is None:
        raise not_found(f"Configuration set <{name:.64}> does not exist.", "ConfigurationSetDoesNotExist")
    return found


def _check(call: SesCall, senders: Mapping[str, str], found: Sequence[Recipient], options: SendOptions) -> None:
    """Raise SesError for a message that may not be sent. senders: each address, by the text that names it."""
    account = account_of(call)
    if not account.sending:
        raise SesError(PAUSED, "SendingPausedException")
    name = options.configuration_set
    if name and not find_configuration_set(call, name).sending:
        raise SesError(PAUSED, "SendingPausedException", "ConfigurationSetSendingPausedException")
    identities = call.records(Identity)
    wanted = dict(senders)
    if options.return_path:
        wanted[options.return_path] = mailbox(options.return_path).address
    if not account.production:
        wanted |= {each.address: each.address for each in found if not each.address.lower().endswith(f"@{SIMULATOR}")}
    unverified = [each for each, address in wanted.items() if not is_verified(identities, address, subdomains=True)]
    if unverified:
        listed = ", ".join(unverified)
        if len(listed) > LONGEST_LISTED:
            listed = f"{listed[:LONGEST_LISTED]}..."
        raise SesError(
            "Email address is not verified. The following identities failed the check in region"
            f" {call.caller.region.upper()}: {listed}",
            "MessageRejected",
        )


def _check_tags(tags: Sequence[Tag]) -> None:
    for tag in tags:
        if not tag.name:
            raise SesError("The tag name must be specified.")
        if len(tag.name) > LONGEST_TAG:
            raise SesError(f"Tag name cannot exceed {LONGEST_TAG} characters.")
        if not _TAG_NAME.fullmatch(tag.name):
            raise SesError(f"Invalid tag name <{tag.name}>: only alphanumeric ASCII characters, '_',  '-' are allowed.")
        if not tag.value:
            raise SesError("The tag value must be specified.")
        if len(tag.value) > LONGEST_TAG:
            raise SesError(f"Tag value cannot exceed {LONGEST_TAG} characters.")
        if not _TAG_VALUE.fullmatch(tag.value):
            raise SesError(
                f"Invalid tag value <{tag.value}>: only alphanumeric ASCII characters, '_',  '-' , '.', '@' are"
                " allowed."
            )


def _message(
    call: SesCall, message_id: str, sender: str, found: Sequence[Recipient], *, subject: str, options: SendOptions
) -> SentMessage:
    region = call.caller.region
    details: dict[str, Any] = {"region": region, "source_ip": call.request.peer, "caller": call.caller.access_key}
    if options.configuration_set:
        details["configuration_set"] = options.configuration_set
    reasons = account_of(call).suppressed_reasons
    if set(reasons) != {"BOUNCE", "COMPLAINT"}:
        details["suppressed_reasons"] = list(reasons)
    return SentMessage(
        id=message_id,
        at=call.world.clock.now().isoformat(),
        operation=call.operation.name,
        sender=sender,
        envelope_sender=f"{message_id}@{'' if region == 'us-east-1' else region + '.'}amazonses.com",
        recipients=tuple(found),
        subject=subject,
        metadata={tag.name: tag.value for tag in options.tags},
        template=options.template,
        data=dict(options.data),
        details=details,
    )
