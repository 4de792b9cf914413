"""The JSON documents of messages as MailHog's API has them: headers and bodies as sent, not decoded."""

from __future__ import annotations

from typing import Any

from mockmail.compat.mailpit_documents import timestamp
from mockmail.core.mail import mime
from mockmail.core.mail.message import Message
from mockmail.core.mail.parts import Part, parse


def document(message: Message) -> dict[str, Any]:
    """Return the document of a message."""
    root = parse(message.raw, message.max_parts).message
    envelope = message.envelope
    return {
        "ID": message.id,
        "From": _path(envelope.sender),
        "To": [_path(recipient) for recipient in envelope.recipients],
        "Content": {**_content(root, len(message.raw)), "MIME": None},
        "Created": timestamp(message.received_at),
        "MIME": _parts(root),
        "Raw": {
            "From": envelope.sender,
            "To": list(envelope.recipients),
            "Data": message.raw.decode("utf-8", "replace"),
            "Helo": envelope.helo,
        },
    }


def _path(address: str) -> dict[str, Any]:
    mailbox, _, domain = address.rpartition("@") if "@" in address else (address, "", "")
    return {"Relays": None, "Mailbox": mailbox, "Domain": domain, "Params": ""}


def _parts(part: Part) -> dict[str, Any] | None:
    if not part.parts:
        return None
    return {"Parts": [{**_content(inner, _end(inner)), "MIME": _parts(inner)} for inner in part.parts]}


def _content(part: Part, end: int) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for name, value in mime.headers(part.raw[part.head : part.start]).undecoded_items():
        found.setdefault(name, []).append(value.replace("\n", ""))
    body = part.raw[part.start : end]
    return {"Headers": found, "Body": body.decode("utf-8", "replace"), "Size": end - part.head}


def _end(part: Part) -> int:
    # A part that contains parts has no body: a hundred levels would repeat a message a hundred times.
    return part.start if part.parts else part.end
