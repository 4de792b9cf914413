"""`/emails/{email}/attachments`: the files of an email (docs/wire/resend.md 5)."""

from __future__ import annotations

import uuid
from datetime import timedelta

from mockmail.core.mail.content import MessagePart
from mockmail.core.senders.records import SentMessage
from mockmail.core.senders.sending import content_of
from mockmail.vendors.resend.authentication import ResendCall
from mockmail.vendors.resend.errors import not_found
from mockmail.vendors.resend.handlers.sent_emails import find_email
from mockmail.vendors.resend.paging import Page, list_document, uuid_in
from mockmail.vendors.resend.views import Document

LINK_LIFE = timedelta(hours=1)


def index(call: ResendCall, params: Page) -> Document:
    """List the attachments of an email."""
    return list_document(params, _attachments(call), lambda found: found, lambda found: str(found["id"]))


def show(call: ResendCall, params: None) -> Document:
    """Return one attachment, with a link to its content."""
    wanted = uuid_in(call.path["attachment"])
    for found in _attachments(call):
        if found["id"] == wanted:
            return {"object": "attachment", **found}
    raise not_found("Attachment")


def _attachments(call: ResendCall) -> list[Document]:
    message = find_email(call)
    parts = enumerate(content_of(call.world, message).parts, 1)
    return [_document(call, message, number, part) for number, part in parts if part.disposition]


def _document(call: ResendCall, message: SentMessage, number: int, part: MessagePart) -> Document:
    return {
        "id": str(uuid.uuid5(uuid.UUID(message.id), str(number))),
        "filename": part.filename,
        "size": len(part.content),
        "content_type": part.content_type,
        "content_disposition": part.disposition,
        "content_id": part.content_id,
        "download_url": _link(call, message, number),
        "expires_at": f"{call.world.clock.now() + LINK_LIFE:%Y-%m-%dT%H:%M:%S.000Z}",
    }


def _link(call: ResendCall, message: SentMessage, number: int) -> str | None:
    """Return the URL of a part in mockmail's inbox; None for a message that never reached it."""
    if message.inbox is None:
        return None
    request, sandbox = call.request, "" if call.world.name == "default" else f"/~{call.world.name}"
    origin = f"{request.scheme}://{request.headers.get('Host', '127.0.0.1')}"
    return f"{origin}{sandbox}/_mockmail/messages/{message.inbox}/parts/{number}"
