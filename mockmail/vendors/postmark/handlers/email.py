"""`/email`: sending one message or a batch (docs/wire/postmark.md 4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from mockmail.core.errors import HeadTooLong
from mockmail.core.mail.compose import compose
from mockmail.core.mail.outgoing import Outgoing, Send
from mockmail.vendors.postmark.authentication import TEST_SERVER, PostmarkCall
from mockmail.vendors.postmark.composing import draft, mailboxes
from mockmail.vendors.postmark.dialect import DIALECT
from mockmail.vendors.postmark.errors import PostmarkError
from mockmail.vendors.postmark.parameters import Email

MAX_RECIPIENTS = 50
MAX_BATCH = 500
RETURN_PATH = "pm_bounces@pm.mtasv.net"

Result = dict[str, Any]
T = TypeVar("T")


def send(call: PostmarkCall, params: Email) -> Send | Result:
    """Send one message."""
    result, messages = _prepare(call, params)
    return _send_all(messages, result)


def send_batch(call: PostmarkCall, params: list[Any]) -> Send | list[Result]:
    """Send up to 500 messages, each with a result of its own."""
    if len(params) > MAX_BATCH:
        raise PostmarkError(f"You may only send up to {MAX_BATCH} messages in a single batched request.", code=410)
    results: list[Result] = []
    messages: list[Outgoing] = []
    for value in params:
        try:
            result, message = _prepare(call, DIALECT.bind(Email, value))
            results.append(result)
            messages += message
        except PostmarkError as error:
            results.append(error.document)
    return _send_all(messages, results)


def _send_all(messages: Sequence[Outgoing], result: T) -> Send | T:
    if not messages:
        return result
    return Send(message=messages[0], then=lambda _: _send_all(messages[1:], result))


def _prepare(call: PostmarkCall, email: Email) -> tuple[Result, list[Outgoing]]:
    message_id, at = call.world.ids.uuid(), call.world.clock.now()
    message = draft(email, message_id)
    recipients = [mailbox.address for mailbox in (*message.to, *message.cc, *mailboxes("Bcc", email.bcc))]
    _check(call, email, message.sender.address, recipients)
    result = {
        **({"To": email.to} if email.to else {}),
        "SubmittedAt": f"{at:%Y-%m-%dT%H:%M:%S.%f}0Z",
        "MessageID": message_id,
        "ErrorCode": 0,
        "Message": "Test job accepted" if call.caller.server is TEST_SERVER else "OK",
    }
    try:
        raw = compose(call.world, message)
    except HeadTooLong as error:
        raise PostmarkError(f"Invalid content: {error}.") from error
    outgoing = Outgoing(sender=RETURN_PATH, recipients=tuple(dict.fromkeys(recipients)), raw=raw)
    return result, [] if call.caller.server is TEST_SERVER else [outgoing]


def _check(call: PostmarkCall, email: Email, sender: str, recipients: Sequence[str]) -> None:
    domain = sender.rpartition("@")[2].lower()
    if "." not in domain:
        raise PostmarkError(f"Invalid 'From' address: '{email.sender}'.")
    if not recipients:
        raise PostmarkError("Zero recipients specified")
    if len(recipients) > MAX_RECIPIENTS:
        raise PostmarkError(f"A message may have up to {MAX_RECIPIENTS} recipients.")
    if not email.text and not email.html:
        raise PostmarkError("Provide either email TextBody or HtmlBody or both.")
    metadata = email.metadata or {}
    if len(metadata) > 10 or any(len(key) > 20 or len(value) > 80 for key, value in metadata.items()):  # noqa: PLR2004
        raise PostmarkError("Invalid metadata content. Field names are limited to 20 characters, values to 80.")
    if call.caller.server is not TEST_SERVER and domain not in call.caller.server.senderDomains:
        raise PostmarkError(
            f"The 'From' address you supplied ({email.sender}) is not a Sender Signature on your account. Please add"
            " and confirm this address in order to be able to use it in the 'From' field of your messages.",
            code=400,
        )
