"""`directoryObjects/sendMail` and `directoryObjects/sendSms`: send mail and SMS to directory objects."""

from __future__ import annotations

import re

from mockmail.core.errors import NotAnAddress
from mockmail.core.mail.addresses import has_ascii_local_part, validate_address, with_ascii_domain
from mockmail.core.mail.compose import Draft, HeadTooLong, Mailbox, compose
from mockmail.core.mail.outgoing import Failure, Outcome, Outgoing, Relay, Security, Send, Stage
from mockmail.core.state.records import Document
from mockmail.vendors.adaxes.authentication import AdaxesCall
from mockmail.vendors.adaxes.errors import SendingFailed
from mockmail.vendors.adaxes.handlers import business_rules
from mockmail.vendors.adaxes.handlers.objects import require_object
from mockmail.vendors.adaxes.parameters import Mail, Sms
from mockmail.vendors.adaxes.records import DirectoryObject, MailSettings, TextMessage
from mockmail.vendors.adaxes.views import operation_result
from mockmail.wire.json_text import dotnet_timestamp

EMAIL = "mail"
PHONE = "mobile"
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
MAX_HOST_LENGTH = 256
MAX_NAME_LENGTH = 256
"""The most characters of a display name in a header, as many as Active Directory's displayName holds."""


def send_mail(call: AdaxesCall, params: Mail) -> Send | Document:
    """Send a plain text mail to an object's Email property (Adaxes API documentation, "Send e-mail")."""
    target = require_object(call, params.directory_object)
    messages, suspended = business_rules.run(call, target.dn)
    if suspended is not None:
        return suspended
    settings = _settings(call)
    sender, recipient = _sender(call, settings), _recipient(call, target)
    draft = Draft(
        sender=sender,
        to=[recipient],
        subject=params.subject,
        text=params.text,
        message_id=f"<{call.world.ids.hexadecimal(32)}@{_message_id_host(settings)}>",
    )
    message = Outgoing(sender=sender.address, recipients=(recipient.address,), raw=_compose(call, draft, settings))

    def then(outcome: Outcome) -> Document:
        if outcome.failure is not None:
            raise SendingFailed(_failure_text(outcome.failure, settings), messages)
        return operation_result(call.options, messages=messages)

    return Send(message=message, relay=_relay(settings), then=then)


def send_sms(call: AdaxesCall, params: Sms) -> Document:
    """Record an SMS to an object's Mobile Phone property (docs/wire/adaxes.md 5)."""
    target = require_object(call, params.directory_object)
    messages, suspended = business_rules.run(call, target.dn)
    if suspended is not None:
        return suspended
    number = target.text(PHONE)
    if not number:
        raise SendingFailed(f"Cannot send SMS to '{target.display_name}': its Mobile Phone property is empty.")
    call.records(TextMessage).add(
        TextMessage(
            number=call.world.store.next_number(call.vendor.name, TextMessage.table),
            to=number,
            text=params.text,
            sender=call.caller.account.dn,
            sentAtUtc=dotnet_timestamp(call.world.clock.now()),
        )
    )
    return operation_result(call.options, messages=messages)


def _settings(call: AdaxesCall) -> MailSettings:
    settings = call.records(MailSettings).get(MailSettings.key)
    if settings is None or not settings.host:
        raise SendingFailed("Cannot send e-mail: the mail settings are not configured.")
    return settings


def _sender(call: AdaxesCall, settings: MailSettings) -> Mailbox:
    # The caller's Email, else the From address (Adaxes API documentation, "Send e-mail").
    own_address, shared_address = call.caller.account.text(EMAIL), settings.fromAddress.strip()
    if not own_address and not shared_address:
        raise SendingFailed("Cannot send e-mail: neither your Email property nor the From address is set.")
    if not own_address:
        return Mailbox(_address(call, shared_address))
    return Mailbox(_address(call, own_address), _name(call, call.caller.account))


def _recipient(call: AdaxesCall, target: DirectoryObject) -> Mailbox:
    address = target.text(EMAIL)
    if not address:
        raise SendingFailed(f"Cannot send e-mail to '{target.display_name}': its Email property is empty.")
    return Mailbox(_address(call, address), _name(call, target))


def _address(call: AdaxesCall, text: str) -> str:
    # .NET encodes the domain for DNS (`xn--`), and refuses a local part that is not ASCII unless SMTPUTF8 is enabled.
    try:
        address = validate_address(text)
        if has_ascii_local_part(address):
            return with_ascii_domain(address)
    except NotAnAddress as error:
        raise SendingFailed("The specified string is not in the form required for an e-mail address.") from error
    if call.options.smtputf8:
        return address
    raise SendingFailed(
        f"The client or server is only configured for E-mail addresses with ASCII local-parts: {address}."
    )


def _name(call: AdaxesCall, directory_object: DirectoryObject) -> str:
    return directory_object.display_name[:MAX_NAME_LENGTH] if call.options.display_names else ""


def _compose(call: AdaxesCall, draft: Draft, settings: MailSettings) -> bytes:
    subject = draft.subject or ""
    if "\r" in subject or "\n" in subject:
        raise SendingFailed("The specified string is not in the form required for a subject.")
    try:
        return compose(call.world, draft)
    except HeadTooLong as error:
        refused = Failure(stage=Stage.DATA, code=552, text="5.3.4 Message header size exceeds fixed limit")
        raise SendingFailed(_failure_text(refused, settings)) from error


def _message_id_host(settings: MailSettings) -> str:
    # .NET writes no Message-ID; the mail server adds one of its own.
    try:
        host = settings.host[:MAX_HOST_LENGTH].strip(".").encode("idna").decode("ascii")
    except UnicodeError:
        return "localhost"
    return host if _HOST.fullmatch(host) else "localhost"


def _relay(settings: MailSettings) -> Relay:
    return Relay(
        host=settings.host,
        port=settings.port,
        security=Security(settings.security),
        user=settings.user or None,
        password=settings.password,
    )


def _failure_text(failure: Failure, settings: MailSettings) -> str:
    steps = {
        Stage.CONNECT: f"Unable to connect to the mail server {settings.host}:{settings.port}",
        Stage.STARTTLS: "Server does not support secure connections",
        Stage.AUTHENTICATE: "The SMTP server refused the user name or password of the mail settings",
        Stage.SENDER: "The SMTP server refused the sender",
        Stage.RECIPIENTS: "The SMTP server refused the recipient",
        Stage.DATA: "The SMTP server refused the message",
    }
    reply = f"{failure.code} {failure.text}" if failure.code else failure.text
    return f"{steps[failure.stage]}: {' '.join(reply.split())}"
