"""`/email`: sending one message or a batch, with or without a template (docs/wire/postmark.md 4, 7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mockmail.core.errors import HeadTooLong, VendorError
from mockmail.core.mail.compose import Mailbox, compose, compose_head
from mockmail.core.senders.batch import Prepared, submit_each
from mockmail.core.senders.identities import is_verified
from mockmail.core.senders.records import (
    Identity,
    Recipient,
    RecipientKind,
    SentMessage,
    Suppression,
    suppression_key,
)
from mockmail.core.senders.sending import Submission, submit
from mockmail.core.vendor import CommittedRefusal
from mockmail.vendors.postmark.authentication import TEST_SERVER, PostmarkCall
from mockmail.vendors.postmark.composing import draft, mailboxes
from mockmail.vendors.postmark.dialect import DIALECT
from mockmail.vendors.postmark.errors import PostmarkError
from mockmail.vendors.postmark.handlers.streams import check_sends
from mockmail.vendors.postmark.handlers.templates import new_renderer, rendered
from mockmail.vendors.postmark.parameters import Email, TemplatedBatch, TemplatedEmail
from mockmail.vendors.postmark.views import stream_scope, timestamp

MAX_RECIPIENTS = 50
MAX_BATCH = 500
RETURN_PATH = "pm_bounces@pm.mtasv.net"

Result = dict[str, Any]


def send(call: PostmarkCall, params: Email) -> Any:
    """Send one message."""
    return _send_one(call, _prepare(call, params))


def send_batch(call: PostmarkCall, params: list[Any]) -> Any:
    """Send up to 500 messages, each with a result of its own."""
    return _send_all(call, params, lambda value: _prepare(call, DIALECT.bind(Email, value)))


def send_with_template(call: PostmarkCall, params: TemplatedEmail) -> Any:
    """Send one message that is made of a template."""
    return _send_one(call, _prepare(call, rendered(call, params, new_renderer())))


def send_batch_with_templates(call: PostmarkCall, params: TemplatedBatch) -> Any:
    """Send up to 500 messages that are made of templates, each with a result of its own."""
    renderer = new_renderer()
    return _send_all(
        call,
        params.messages,
        lambda value: _prepare(call, rendered(call, DIALECT.bind(TemplatedEmail, value), renderer)),
    )


def _send_one(call: PostmarkCall, prepared: Prepared) -> Any:
    result, submissions = prepared
    refused = PostmarkError.of(result) if result["ErrorCode"] else None
    return submit(call, submissions, result if refused is None else CommittedRefusal(refused))


def _send_all(call: PostmarkCall, values: Sequence[Any], prepare: Callable[[Any], Prepared]) -> Any:
    if len(values) > MAX_BATCH:
        raise PostmarkError(f"You may only send up to {MAX_BATCH} messages in a single batched request.", code=410)
    return submit_each(call, values, prepare, failed=_document)


def _document(error: VendorError) -> Any:
    return error.document


def _prepare(call: PostmarkCall, email: Email) -> Prepared:
    """Return the result of one message and what to send; a result with an ErrorCode is a refusal."""
    message_id, at = call.world.ids.uuid(), call.world.clock.now()
    message = draft(email, message_id)
    recipients = [
        *_recipients("to", message.to),
        *_recipients("cc", message.cc),
        *_recipients("bcc", mailboxes("Bcc", email.bcc)),
    ]
    _check(call, email, message.sender.address, len(recipients))
    result = {
        **({"To": email.to} if email.to else {}),
        "SubmittedAt": timestamp(at),
        "MessageID": message_id,
        "ErrorCode": 0,
        "Message": "Test job accepted" if call.caller.server is TEST_SERVER else "OK",
    }
    is_kept = call.caller.server is not TEST_SERVER
    try:
        raw = (compose if is_kept else compose_head)(call.world, message)
    except HeadTooLong as error:
        raise PostmarkError(f"Invalid content: {error}.") from error
    if not is_kept:
        return result, []
    sent = _sent_message(call, email, message_id, at.isoformat(), recipients)
    inactive = _inactive(call, sent)
    if inactive:
        if len(inactive) == len({recipient.address.lower() for recipient in recipients}):
            raise _inactive_recipients(inactive)
        result = _partly_inactive(call, result, inactive)
    return result, [Submission(message=sent, raw=raw)]


def _recipients(kind: RecipientKind, named: Sequence[Mailbox]) -> list[Recipient]:
    return [Recipient(address=mailbox.address, name=mailbox.name, kind=kind) for mailbox in named]


def _sent_message(
    call: PostmarkCall, email: Email, message_id: str, at: str, recipients: Sequence[Recipient]
) -> SentMessage:
    server = call.caller.server
    return SentMessage(
        id=message_id,
        scope=stream_scope(server.id, email.stream.lower()),
        at=at,
        operation=call.operation.name,
        sender=email.sender,
        envelope_sender=RETURN_PATH,
        recipients=tuple(recipients),
        subject=email.subject,
        tags=(email.tag,) if email.tag else (),
        metadata=email.metadata or {},
        is_test=server.deliveryType == "Sandbox",
        details={
            "stream": email.stream.lower(),
            "server": server.id,
            "trackOpens": bool(email.track_opens),
            "trackLinks": email.track_links,
        },
    )


def _inactive(call: PostmarkCall, sent: SentMessage) -> list[str]:
    """Return the suppressed recipients in lower case, each once."""
    suppressions = call.records(Suppression)
    addresses = dict.fromkeys(recipient.address.lower() for recipient in sent.recipients) if suppressions else ()
    return [address for address in addresses if suppression_key(sent.scope, address) in suppressions]


def _partly_inactive(call: PostmarkCall, result: Result, inactive: Sequence[str]) -> Result:
    if call.options.partly_inactive == "refuse":
        return {**_inactive_recipients(inactive).document}
    found = ", ".join(inactive)
    remark = (
        f"Message OK, but will not deliver to these inactive addresses: {found}. Inactive recipients are ones that have"
        " generated a hard bounce or a spam complaint."
    )
    return {**result, "Message": remark}


def _inactive_recipients(inactive: Sequence[str]) -> PostmarkError:
    return PostmarkError(
        "You tried to send to a recipient that has been marked as inactive. Found inactive addresses:"
        f" {', '.join(inactive)}. Inactive recipients are ones that have generated a hard bounce, a spam complaint, or"
        " a manual suppression. ",
        code=406,
    )


def _check(call: PostmarkCall, email: Email, sender: str, recipients: int) -> None:
    domain = sender.rpartition("@")[2].lower()
    if "." not in domain:
        raise PostmarkError(f"Invalid 'From' address: '{email.sender}'.")
    if not recipients:
        raise PostmarkError("Zero recipients specified")
    if recipients > MAX_RECIPIENTS:
        raise PostmarkError(f"A message may have up to {MAX_RECIPIENTS} recipients.")
    if not email.text and not email.html:
        raise PostmarkError("Provide either email TextBody or HtmlBody or both.")
    metadata = email.metadata or {}
    if len(metadata) > 10 or any(len(key) > 20 or len(value) > 80 for key, value in metadata.items()):  # noqa: PLR2004
        raise PostmarkError("Invalid metadata content. Field names are limited to 20 characters, values to 80.")
    if call.caller.server is not TEST_SERVER:
        _check_sender(call, email, sender)
        check_sends(call, email.stream)


def _check_sender(call: PostmarkCall, email: Email, sender: str) -> None:
    identities = call.records(Identity)
    if is_verified(identities, sender):
        return
    if identities.get(sender.lower()) is not None:
        raise PostmarkError("Sender signature not confirmed", code=401)
    raise PostmarkError(
        f"The 'From' address you supplied ({email.sender}) is not a Sender Signature on your account. Please add"
        " and confirm this address in order to be able to use it in the 'From' field of your messages.",
        code=400,
    )
