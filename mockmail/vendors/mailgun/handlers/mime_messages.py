"""`POST /v3/{domain}/messages.mime`: a message that the application composed (docs/wire/mailgun.md 4)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mockmail.core.errors import HeadTooLong
from mockmail.core.mail import mime
from mockmail.core.mail.compose import Mailbox
from mockmail.core.mail.message import Envelope, Message, SentBy
from mockmail.core.senders.batch import Prepared, submit_each
from mockmail.core.senders.raw import with_headers
from mockmail.core.senders.sending import Submission
from mockmail.core.state.records import read_timestamp
from mockmail.vendors.mailgun.authentication import MailgunCall
from mockmail.vendors.mailgun.composing import check_header_names, mailboxes, tag_headers
from mockmail.vendors.mailgun.errors import MailgunError, parameter_error
from mockmail.vendors.mailgun.parameters import NewMimeMessage
from mockmail.vendors.mailgun.rendering import json_object
from mockmail.vendors.mailgun.requests import SendRequest, find_domain, variables_header
from mockmail.wire.json_text import write_json

CONTROLS = (
    "X-Mailgun-Tag",
    "X-Mailgun-Variables",
    "X-Mailgun-Recipient-Variables",
    "X-Mailgun-Deliver-By",
    "X-Mailgun-Drop-Message",
    "X-Mailgun-Dkim",
    "X-Mailgun-Track",
    "X-Mailgun-Track-Clicks",
    "X-Mailgun-Track-Opens",
)
"""The headers that act like parameters."""

_LINE_BREAK = re.compile(rb"\r\n|\r|\n")


def send(call: MailgunCall, params: NewMimeMessage) -> Any:
    """Send a MIME message; with recipient-variables, one to each recipient."""
    find_domain(call)
    if not any(text.strip() for text in params.to):
        raise parameter_error(call.options, "to", "is missing")
    if not params.message or not params.message[0].content.strip():
        raise parameter_error(call.options, "message", "is missing")
    to = mailboxes(call.options, "to", params.to)
    check_header_names(list(params.headers))
    raw = _LINE_BREAK.sub(b"\r\n", params.message[0].content)
    headers = mime.headers(raw)
    params = _with_controls(params, headers)
    own_id = headers.get("Message-ID", "").strip()
    request = SendRequest.of(call, params, {"to": to, "cc": [], "bcc": []}, own_id)

    def prepare(to: Sequence[Mailbox]) -> Prepared:
        return None, [_submission(request, params, raw, to)]

    return submit_each(call, request.groups, prepare, respond=lambda _: request.result)


def _submission(request: SendRequest, params: NewMimeMessage, raw: bytes, to: Sequence[Mailbox]) -> Submission:
    variables = request.variables(to)
    added = {
        "Message-ID": request.message_id,
        **variables_header(variables),
        **{name: request.fill(text, to) for name, text in params.headers.items()},
    }
    filled = request.fill(raw.decode("latin-1"), to).encode("latin-1", "replace") if request.personalizer else raw
    try:
        sent = tag_headers(params.tags) + with_headers(filled, removed=("Bcc", *CONTROLS), added=added)
    except HeadTooLong as error:
        raise MailgunError(f"The headers of the message are too long: {error}.") from error
    headers = mime.headers(sent)
    details = {"size": len(sent), "to": headers.get("To", ""), "attachments": _attachments(request, sent)}
    record = request.record(
        to,
        sender=headers.get("From", ""),
        subject=headers.get("Subject", ""),
        details=details,
        metadata=variables,
    )
    return Submission(message=record, raw=sent)


def _with_controls(params: NewMimeMessage, headers: mime.Headers) -> NewMimeMessage:
    """Return the parameters with what the message's headers say; a parameter wins. Raise MailgunError."""
    in_header = headers.get("X-Mailgun-Variables", "")
    variables = json_object(in_header, "X-Mailgun-Variables is not a valid JSON") if in_header else {}
    is_dropped = headers.get("X-Mailgun-Drop-Message", "").strip().lower() in ("yes", "true")
    return replace(
        params,
        tags=(*params.tags, *headers.get_all("X-Mailgun-Tag")),
        variables={name: _text(value) for name, value in variables.items()} | params.variables,
        recipient_variables=_first(params.recipient_variables, headers.get("X-Mailgun-Recipient-Variables", "")),
        delivery_time=_first(params.delivery_time, headers.get("X-Mailgun-Deliver-By", "")),
        test_mode=params.test_mode or is_dropped,
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else write_json(value).decode()


def _first(given: str | None, in_header: str) -> str | None:
    return given if given is not None else in_header or None


def _attachments(request: SendRequest, raw: bytes) -> list[dict[str, Any]]:
    message = Message(
        id="",
        cursor=0,
        received_at=read_timestamp(request.call.world.clock.now().isoformat()),
        raw=raw,
        envelope=Envelope(sender="", recipients=()),
        sent_by=SentBy(client="api"),
    )
    return [
        {"filename": each.filename or "", "content-type": each.content_type, "size": len(each.content)}
        for each in message.attachments
        if not each.content_id
    ]
