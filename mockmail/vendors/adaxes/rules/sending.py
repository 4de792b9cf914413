"""`directoryObjects/sendMail` and `sendSms`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from mockmail.core.mail.compose import Draft, Mailbox, NotAnAddress, compose
from mockmail.core.mail.outgoing import Failure, Outcome, Outgoing, Relay, Security, Send, Stage
from mockmail.core.vendor import Call
from mockmail.vendors.adaxes import moments
from mockmail.vendors.adaxes.authentication import VENDOR
from mockmail.vendors.adaxes.given import Given
from mockmail.vendors.adaxes.records import DirectoryObject, MailSettings, TextMessage
from mockmail.vendors.adaxes.result import OperationResult, failure
from mockmail.vendors.adaxes.rules.objects import found_or_refused

EMAIL = "mail"
PHONE = "mobile"
LONGEST_SUBJECT = 10_000
"""Characters of a subject: headers are folded word by word, so one of megabytes would keep everybody waiting."""
LONGEST_NAME = 256
"""Characters of a display name in a header, as many as Active Directory's displayName holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """An e-mail to send: `{"directoryObject", "subject", "text"}`."""

    directory_object: str
    subject: str
    text: str

    @classmethod
    def of(cls, given: Given) -> Self:
        """From a request; all three are asked for, since every sample has them."""
        lenient = given.options.lenient_mail
        return cls(
            directory_object=given.text("directoryObject"),
            subject=given.text("subject", optional=lenient),
            text=given.text("text", optional=lenient),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sms:
    """An SMS to send: `{"directoryObject", "text"}`."""

    directory_object: str
    text: str

    @classmethod
    def of(cls, given: Given) -> Self:
        """From a request."""
        return cls(directory_object=given.text("directoryObject"), text=given.text("text"))


def send_mail(call: Call[DirectoryObject], params: Mail) -> Send:
    """Send plain text to an object's Email through the server of the mail settings (documentation/adaxes.txt)."""
    target = found_or_refused(call, params.directory_object)
    settings = _settings(call)
    sender, recipient = _sender(call, settings), _recipient(call, target)
    message = Outgoing(
        sender=sender.address,
        recipients=(recipient.address,),
        raw=_composed(call, Draft(sender=sender, to=[recipient], subject=params.subject, text=params.text)),
    )

    def then(outcome: Outcome) -> OperationResult:
        if outcome.failure is not None:
            raise failure(call.options, _in_words(outcome.failure, settings))
        return OperationResult()

    return Send(message=message, relay=_relay(settings), then=then)


def send_sms(call: Call[DirectoryObject], params: Sms) -> OperationResult:
    """Send a text to an object's mobile phone; it stays in the table of text messages (wire/adaxes.md 5)."""
    target = found_or_refused(call, params.directory_object)
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
    return OperationResult()


def _settings(call: Call[DirectoryObject]) -> MailSettings:
    settings = call.world.store.records(VENDOR, MailSettings).get(MailSettings.KEY)
    if settings is None or not settings.host:
        raise failure(call.options, "Cannot send e-mail: the mail settings are not configured.")
    return settings


def _sender(call: Call[DirectoryObject], settings: MailSettings) -> Mailbox:
    """The caller's Email, else the From address (documentation/adaxes.txt, "Send e-mail")."""
    own, shared = call.caller.text(EMAIL), settings.fromAddress.strip()
    if not own and not shared:
        raise failure(call.options, "Cannot send e-mail: neither your Email property nor the From address is set.")
    return Mailbox(own, _name(call, call.caller)) if own else Mailbox(shared)


def _recipient(call: Call[DirectoryObject], target: DirectoryObject) -> Mailbox:
    address = target.text(EMAIL)
    if not address:
        raise failure(call.options, f"Cannot send e-mail to '{target.display_name}': its Email property is empty.")
    return Mailbox(address, _name(call, target))


def _name(call: Call[DirectoryObject], one: DirectoryObject) -> str:
    return one.display_name[:LONGEST_NAME] if call.options.display_names else ""


def _composed(call: Call[DirectoryObject], draft: Draft) -> bytes:
    """The message. .NET takes no subject with a line break in it, and we say it in its words."""
    if "\r" in draft.subject or "\n" in draft.subject:
        raise failure(call.options, "The specified string is not in the form required for a subject.")
    if len(draft.subject) > LONGEST_SUBJECT:
        raise failure(call.options, f"The subject is longer than {LONGEST_SUBJECT} characters.")
    try:
        return compose(call.world, draft)
    except NotAnAddress as error:
        raise failure(
            call.options, f"The address '{error.address}' is not in the form required for an e-mail address."
        ) from error


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
