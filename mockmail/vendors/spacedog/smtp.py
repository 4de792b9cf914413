"""A backend's own SMTP server: commons-email 1.4 on javax.mail 1.5.6 (docs/wire/spacedog.md 6).

Every failure is a 400.
"""

from __future__ import annotations

from typing import Any

from mockmail.core.mail.addresses import is_host
from mockmail.core.mail.compose import HeadTooLong, Mailbox
from mockmail.core.mail.outgoing import Failure, Outcome, Relay, Security, Send, Stage
from mockmail.vendors.spacedog.authentication import SpaceDogCall
from mockmail.vendors.spacedog.errors import Cause, IllegalArgument
from mockmail.vendors.spacedog.outgoing import BadAddress, Mail, compose_message, parse_address
from mockmail.vendors.spacedog.views import Result

PORT, TLS_PORT = 25, 465
TIMEOUT = 60.0
EMAIL_EXCEPTION = "org.apache.commons.mail.EmailException"
ADDRESS_EXCEPTION = "javax.mail.internet.AddressException"
HEAD_TOO_LONG = Failure(stage=Stage.DATA, code=552, text="5.3.4 Message header size exceeds fixed limit")


def send(call: SpaceDogCall, settings: dict[str, Any], mail: Mail) -> Send:
    """Send a mail through the server that the settings name. Raise IllegalArgument."""
    if not mail.text and not mail.html:
        raise IllegalArgument("no text or html message")
    sender = None if mail.sender is None else _mailbox(mail.sender)
    recipients = [tuple(map(_mailbox, texts or ())) for texts in (mail.to, mail.cc, mail.bcc)]
    relay = _relay(settings)
    if not relay.host:
        raise _email_error("Cannot find valid hostname for mail session")
    if sender is None:
        raise _email_error("From address required")
    if not any(recipients):
        raise _email_error("At least one receiver address required")
    if not is_host(relay.host):
        raise _send_error(relay, _connect_error(relay, Cause(relay.host, "java.net.UnknownHostException")))
    message_id = _message_id(call)

    def then(outcome: Outcome) -> Result:
        if outcome.failure is not None:
            raise _send_error(relay, _cause_of(relay, outcome.failure))
        return Result({"messageId": message_id})

    try:
        # commons-email puts HTML without text into multipart/mixed.
        message = compose_message(call.world, mail, sender, recipients, message_id, mixed=bool(mail.html))
    except HeadTooLong as error:
        raise _send_error(relay, _cause_of(relay, HEAD_TOO_LONG)) from error
    return Send(message=message, relay=relay, then=then)


def _relay(settings: dict[str, Any]) -> Relay:
    security = Security.STARTTLS if settings["startTlsRequired"] else Security.PLAIN
    if settings["sslOnConnect"]:
        security = Security.IMPLICIT
    return Relay(
        host=settings["host"] or "",
        port=TLS_PORT if settings["sslOnConnect"] else PORT,
        security=security,
        user=settings["login"] or None,
        password=settings["password"] or "",
        timeout=TIMEOUT,
    )


def _message_id(call: SpaceDogCall) -> str:
    # javax.mail: `<hash.counter.millis@host>`
    counter = call.world.store.next_number(call.vendor.name, "messages")
    milliseconds = int(call.world.clock.timestamp() * 1000)
    return f"<{call.world.ids.number(1, (1 << 31) - 1)}.{counter}.{milliseconds}@{call.options.mail_domain}>"


def _mailbox(text: str | None) -> Mailbox:
    try:
        return parse_address(text or "")
    except BadAddress as error:
        cause = Cause(error.reason, ADDRESS_EXCEPTION)
        raise _email_error(f"{ADDRESS_EXCEPTION}: {error}", cause) from error


def _email_error(reason: str, cause: Cause | None = None) -> IllegalArgument:
    return IllegalArgument(f"{EMAIL_EXCEPTION}: {reason}", cause=Cause(reason, EMAIL_EXCEPTION, cause))


def _send_error(relay: Relay, cause: Cause) -> IllegalArgument:
    return _email_error(f"Sending the email to the following server failed : {relay.where}", cause)


def _connect_error(relay: Relay, cause: Cause) -> Cause:
    message = f"Couldn't connect to host, port: {relay.host}, {relay.port}; timeout {int(TIMEOUT * 1000)}"
    return Cause(message, "com.sun.mail.util.MailConnectException", cause)


def _cause_of(relay: Relay, failure: Failure) -> Cause:
    reply = failure.text if failure.code is None else f"{failure.code} {failure.text}\n"
    if failure.stage is Stage.CONNECT:
        return _connect_error(relay, Cause("Connection refused", "java.net.ConnectException"))
    if failure.stage is Stage.STARTTLS:
        return Cause("STARTTLS is required but host does not support STARTTLS", "javax.mail.MessagingException")
    if failure.stage is Stage.AUTHENTICATE:
        return Cause(reply, "javax.mail.AuthenticationFailedException")
    if failure.stage is Stage.RECIPIENTS:
        refused = Cause(reply, "com.sun.mail.smtp.SMTPAddressFailedException")
        return Cause("Invalid Addresses", "javax.mail.SendFailedException", refused)
    return Cause(reply, "com.sun.mail.smtp.SMTPSendFailedException")
