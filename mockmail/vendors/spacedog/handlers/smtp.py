"""A backend's own SMTP server: commons-email 1.4 on javax.mail 1.5.6, every failure of which is a 400."""

from __future__ import annotations

from typing import Any

from mockmail.core.mail.addresses import is_host
from mockmail.core.mail.compose import HeadTooLong, Mailbox
from mockmail.core.mail.outgoing import Failure, Outcome, Outgoing, Relay, Security, Send, Stage
from mockmail.core.vendor import Call
from mockmail.core.world import World
from mockmail.vendors.spacedog import addresses
from mockmail.vendors.spacedog.access import Caller
from mockmail.vendors.spacedog.addresses import BadAddress
from mockmail.vendors.spacedog.answer import Answer
from mockmail.vendors.spacedog.errors import Cause, IllegalArgument
from mockmail.vendors.spacedog.options import Options
from mockmail.vendors.spacedog.outgoing import Mail, Recipients, message
from mockmail.vendors.spacedog.records import VENDOR

PORT, TLS_PORT = 25, 465
TIMEOUT = 60.0
EMAIL_EXCEPTION = "org.apache.commons.mail.EmailException"
ADDRESS_EXCEPTION = "javax.mail.internet.AddressException"


def send(call: Call[Caller, Options], settings: dict[str, Any], mail: Mail) -> Send:
    """Send a mail through the server that the settings name. Raises IllegalArgument."""
    if not mail.text and not mail.html:
        raise IllegalArgument("no text or html message")
    sender = None if mail.sender is None else _address(mail.sender)
    recipients = Recipients(to=_addresses(mail.to), cc=_addresses(mail.cc), bcc=_addresses(mail.bcc))
    relay = _relay(settings)
    if not relay.host:
        raise _failed("Cannot find valid hostname for mail session")
    if sender is None:
        raise _failed("From address required")
    if not recipients.addresses:
        raise _failed("At least one receiver address required")
    if not is_host(relay.host):
        raise _unsent(relay, _no_connection(relay, Cause(relay.host, "java.net.UnknownHostException")))
    message_id = _message_id(call.world, call.options)

    def then(outcome: Outcome) -> Answer:
        if outcome.failure is not None:
            raise _unsent(relay, _why(relay, outcome.failure))
        return Answer({"messageId": message_id})

    return Send(message=_message(call.world, mail, sender, recipients, message_id, relay), relay=relay, then=then)


def _message(  # noqa: PLR0917  # a message and its way
    world: World, mail: Mail, sender: Mailbox, recipients: Recipients, message_id: str, relay: Relay
) -> Outgoing:
    """The message as commons-email makes it: HTML alone is one part of a multipart/mixed (docs/wire/spacedog.md 6)."""
    try:
        return message(world, mail, sender, recipients, message_id, mixed=bool(mail.html))
    except HeadTooLong as error:
        refused = Failure(stage=Stage.DATA, code=552, text="5.3.4 Message header size exceeds fixed limit")
        raise _unsent(relay, _why(relay, refused)) from error


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


def _message_id(world: World, options: Options) -> str:
    """`<hash.counter.millis@host>`, as javax.mail makes it."""
    counter = world.store.next_number(VENDOR, "messages")
    moment = int(world.clock.timestamp() * 1000)
    return f"<{world.ids.number(1, (1 << 31) - 1)}.{counter}.{moment}@{options.mail_domain}>"


def _addresses(texts: tuple[str, ...] | None) -> tuple[Mailbox, ...]:
    return tuple(_address(text) for text in texts or ())


def _address(text: str | None) -> Mailbox:
    """The one address that a field holds. Raises IllegalArgument."""
    try:
        return addresses.one(text or "")
    except BadAddress as error:
        cause = Cause(error.reason, ADDRESS_EXCEPTION)
        raise _failed(f"{ADDRESS_EXCEPTION}: {error}", cause) from error


def _failed(reason: str, cause: Cause | None = None) -> IllegalArgument:
    """An EmailException in the 400 that SpaceDog makes of it."""
    return IllegalArgument(f"{EMAIL_EXCEPTION}: {reason}", cause=Cause(reason, EMAIL_EXCEPTION, cause))


def _unsent(relay: Relay, why: Cause) -> IllegalArgument:
    """The server did not take it."""
    return _failed(f"Sending the email to the following server failed : {relay.host}:{relay.port}", why)


def _no_connection(relay: Relay, why: Cause) -> Cause:
    message = f"Couldn't connect to host, port: {relay.host}, {relay.port}; timeout {int(TIMEOUT * 1000)}"
    return Cause(message, "com.sun.mail.util.MailConnectException", why)


def _why(relay: Relay, failure: Failure) -> Cause:
    """What javax.mail says of a failure."""
    said = failure.text if failure.code is None else f"{failure.code} {failure.text}\n"
    if failure.stage is Stage.CONNECT:
        return _no_connection(relay, Cause("Connection refused", "java.net.ConnectException"))
    if failure.stage is Stage.STARTTLS:
        return Cause("STARTTLS is required but host does not support STARTTLS", "javax.mail.MessagingException")
    if failure.stage is Stage.AUTHENTICATE:
        return Cause(said, "javax.mail.AuthenticationFailedException")
    if failure.stage is Stage.RECIPIENTS:
        return Cause(
            "Invalid Addresses",
            "javax.mail.SendFailedException",
            Cause(said, "com.sun.mail.smtp.SMTPAddressFailedException"),
        )
    return Cause(said, "com.sun.mail.smtp.SMTPSendFailedException")
