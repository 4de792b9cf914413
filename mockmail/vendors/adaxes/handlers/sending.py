"""`directoryObjects/sendMail` and `sendSms`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from mockmail.core.errors import NotAnAddress
from mockmail.core.mail.addresses import (
    has_ascii_local_part,
    validate_address,
    with_ascii_domain,
)
from mockmail.core.mail.compose import Draft, HeadTooLong, Mailbox, compose
from mockmail.core.mail.outgoing import Failure, Outcome, Outgoing, Relay, Security, Send, Stage
from mockmail.core.vendor import Call
from mockmail.vendors.adaxes import moments
from mockmail.vendors.adaxes.authentication import VENDOR
from mockmail.vendors.adaxes.handlers import business_rules
from mockmail.vendors.adaxes.handlers.objects import found_or_refused
from mockmail.vendors.adaxes.options import Options
from mockmail.vendors.adaxes.records import DirectoryObject, MailSettings, TextMessage
from mockmail.vendors.adaxes.result import OperationResult, failure

EMAIL = "mail"
PHONE = "mobile"
NO_HOST = "localhost"
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
LONGEST_HOST = 256
LONGEST_NAME = 256
"""Characters of a display name in a header, as many as Active Directory's displayName holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """An e-mail to send; all three are required, since every sample has them."""

    directory_object: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LenientMail(Mail):
    """An e-mail to send under the option `lenient_mail`."""

    subject: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sms:
    """An SMS to send."""

    directory_object: str
    text: str


def send_mail(call: Call[DirectoryObject, Options], params: Mail) -> Send | OperationResult:
    """Send plain text to an object's Email by the mail settings' server (Adaxes API documentation, "Send e-mail")."""
    target = found_or_refused(call, params.directory_object)
    log = business_rules.run(call, target.dn)
    if log.suspended is not None:
        return log.suspended
    settings = _settings(call)
    sender, recipient = _sender(call, settings), _recipient(call, target)
    draft = Draft(
        sender=sender,
        to=[recipient],
        subject=params.subject,
        text=params.text,
        message_id=f"<{call.world.ids.hexadecimal(32)}@{_host(settings.host[:LONGEST_HOST])}>",
    )
    message = Outgoing(sender=sender.address, recipients=(recipient.address,), raw=_composed(call, draft))

    def then(outcome: Outcome) -> OperationResult:
        if outcome.failure is not None:
            raise failure(call.options, _in_words(outcome.failure, settings), messages=log.messages)
        return OperationResult(messages=log.messages)

    return Send(message=message, relay=_relay(settings), then=then)


def send_sms(call: Call[DirectoryObject, Options], params: Sms) -> OperationResult:
    """Send a text to an object's mobile phone; it stays in the table of text messages (docs/wire/adaxes.md 5)."""
    target = found_or_refused(call, params.directory_object)
    log = business_rules.run(call, target.dn)
    if log.suspended is not None:
        return log.suspended
    number = target.text(PHONE)
    if not number:
        raise failure(call.options, f"Cannot send SMS to '{target.display_name}': its Mobile Phone property is empty.")
    call.world.store.records(VENDOR, TextMessage).add(
        TextMessage(
            number=call.world.store.next_number(VENDOR, TextMessage.table),
            to=number,
            text=params.text,
            sender=call.caller.dn,
            sentAtUtc=moments.written(call.world.clock.now()),
        )
    )
    return OperationResult(messages=log.messages)


def _settings(call: Call[DirectoryObject, Options]) -> MailSettings:
    settings = call.world.store.records(VENDOR, MailSettings).get(MailSettings.KEY)
    if settings is None or not settings.host:
        raise failure(call.options, "Cannot send e-mail: the mail settings are not configured.")
    return settings


def _sender(call: Call[DirectoryObject, Options], settings: MailSettings) -> Mailbox:
    """The caller's Email, else the From address (Adaxes API documentation, "Send e-mail")."""
    own, shared = call.caller.text(EMAIL), settings.fromAddress.strip()
    if not own and not shared:
        raise failure(call.options, "Cannot send e-mail: neither your Email property nor the From address is set.")
    return Mailbox(_address(call, own), _name(call, call.caller)) if own else Mailbox(_address(call, shared))


def _recipient(call: Call[DirectoryObject, Options], target: DirectoryObject) -> Mailbox:
    address = target.text(EMAIL)
    if not address:
        raise failure(call.options, f"Cannot send e-mail to '{target.display_name}': its Email property is empty.")
    return Mailbox(_address(call, address), _name(call, target))


def _address(call: Call[DirectoryObject, Options], text: str) -> str:
    """An address as .NET sends to it: the domain as DNS has it, and a local part beyond ASCII only by option."""
    try:
        address = validate_address(text)
        if has_ascii_local_part(address):
            return with_ascii_domain(address)
    except NotAnAddress as error:
        raise failure(
            call.options, "The specified string is not in the form required for an e-mail address."
        ) from error
    if call.options.smtputf8:
        return address
    raise failure(
        call.options,
        f"The client or server is only configured for E-mail addresses with ASCII local-parts: {address}.",
    )


def _name(call: Call[DirectoryObject, Options], one: DirectoryObject) -> str:
    return one.display_name[:LONGEST_NAME] if call.options.display_names else ""


def _composed(call: Call[DirectoryObject, Options], draft: Draft) -> bytes:
    """The message. .NET takes no subject with a line break in it, and we say it in its words."""
    subject = draft.subject or ""
    if "\r" in subject or "\n" in subject:
        raise failure(call.options, "The specified string is not in the form required for a subject.")
    try:
        return compose(call.world, draft)
    except HeadTooLong as error:
        refused = Failure(stage=Stage.DATA, code=552, text="5.3.4 Message header size exceeds fixed limit")
        raise failure(call.options, _in_words(refused, _settings(call))) from error


@lru_cache(maxsize=64)
def _host(named: str) -> str:
    """The host of a message id: .NET writes none, and the server that takes the mail adds its own."""
    try:
        host = named.strip(".").encode("idna").decode("ascii")
    except UnicodeError:
        return NO_HOST
    return host if _HOST.fullmatch(host) else NO_HOST


def _relay(settings: MailSettings) -> Relay:
    return Relay(
        host=settings.host,
        port=settings.port,
        security=Security(settings.security),
        user=settings.user or None,
        password=settings.password,
    )


def _in_words(trouble: Failure, settings: MailSettings) -> str:
    """What the mail server said, and at which step."""
    steps = {
        Stage.CONNECT: f"Unable to connect to the mail server {settings.host}:{settings.port}",
        Stage.STARTTLS: "Server does not support secure connections",
        Stage.AUTHENTICATE: "The SMTP server refused the user name or password of the mail settings",
        Stage.SENDER: "The SMTP server refused the sender",
        Stage.RECIPIENTS: "The SMTP server refused the recipient",
        Stage.DATA: "The SMTP server refused the message",
    }
    said = f"{trouble.code} {trouble.text}" if trouble.code else trouble.text
    return f"{steps[trouble.stage]}: {' '.join(said.split())}"
