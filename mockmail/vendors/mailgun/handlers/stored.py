"""Stored messages, and what waits to be sent (docs/wire/mailgun.md 6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mockmail.core.mail.compose import Mailbox
from mockmail.core.mail.outgoing import Continue
from mockmail.core.senders.records import Recipient, SentMessage
from mockmail.core.senders.sending import Submission, cancel, content_of, raw_of, submit
from mockmail.core.state.records import read_timestamp
from mockmail.vendors.mailgun.authentication import MailgunCall
from mockmail.vendors.mailgun.composing import mailboxes, return_path
from mockmail.vendors.mailgun.errors import MailgunError, parameter_error
from mockmail.vendors.mailgun.parameters import File, Resending
from mockmail.vendors.mailgun.requests import QUEUED, find_domain
from mockmail.vendors.mailgun.views import stored_document

KEPT = timedelta(days=3)
AT_ONCE = 50
"""The messages that are cancelled before the event loop does other work."""


def show(call: MailgunCall, params: None) -> Any:
    """Return a stored message; with `Accept: message/rfc2822`, its MIME text."""
    message = _find(call)
    as_mime = "message/rfc2822" in call.request.headers.get("Accept", "").lower()
    return stored_document(message, content_of(call.world, message), as_mime=as_mime)


def attachment(call: MailgunCall, params: None) -> File:
    """Return a file of a stored message."""
    found = content_of(call.world, _find(call)).attachments
    number = call.path["attachment"]
    if not number.isdecimal() or len(number) > 4 or int(number) >= len(found):  # noqa: PLR2004
        raise MailgunError("Attachment not found", 404)
    chosen = found[int(number)]
    return File(name=chosen.filename or "", content=chosen.content, media_type=chosen.content_type)


def send_again(call: MailgunCall, params: Resending) -> Any:
    """Send a stored message to other recipients."""
    message = _find(call)
    if not any(text.strip() for text in params.to):
        raise parameter_error(call.options, "to", "is missing")
    to: list[Mailbox] = mailboxes(call.options, "to", params.to)
    raw = raw_of(call.world, message)
    if not raw:
        raise _not_found().because("the message was removed from the inbox")
    key = call.world.ids.token(44)
    url = f"{str(message.details.get('url', '')).rpartition('/')[0]}/{key}"
    again = message.replace(
        id=key,
        at=call.world.clock.now().isoformat(),
        operation=call.operation.name,
        recipients=tuple(Recipient(address=each.address, name=each.name) for each in to),
        envelope_sender=return_path(call.world, message.scope, to),
        scheduled_at=None,
        inbox=None,
        details={**message.details, "url": url},
    )
    result = {"id": message.request, "message": QUEUED}
    return submit(call, [Submission(message=again, raw=raw)], result)


def drop_scheduled(call: MailgunCall, params: None) -> Any:
    """Remove all messages of a domain that wait for their time."""
    domain = find_domain(call).name
    waiting = [each for each in call.records(SentMessage).find("scheduled", True) if each.scope == domain]

    def go_on(start: int = 0) -> Any:
        for message in waiting[start : start + AT_ONCE]:
            now = call.records(SentMessage).get(message.id)
            if now is not None and now.is_scheduled:
                cancel(call.world, call.vendor, now)
        if start + AT_ONCE < len(waiting):
            return Continue(then=lambda: go_on(start + AT_ONCE))
        return {"message": "done"}

    return go_on()


def _find(call: MailgunCall) -> SentMessage:
    domain = find_domain(call)
    found = call.records(SentMessage).get(call.path["key"])
    if found is None or found.scope != domain.name or read_timestamp(found.at) + KEPT < call.world.clock.now():
        raise _not_found()
    return found


def _not_found() -> MailgunError:
    return MailgunError("Message not found", 404)
