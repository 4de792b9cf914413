"""The parameters of Postmark's operations, with the vendor's names and limits (docs/wire/postmark.md 4)."""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.wire.parameters import parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A header to add to the message."""

    name: str = parameter("Name")
    value: str = parameter("Value", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """An attachment. content: Base64. content_id: `cid:NAME` for an inline image."""

    name: str = parameter("Name")
    content: str = parameter("Content")
    content_type: str = parameter("ContentType")
    content_id: str = parameter("ContentID", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """A message to send. to, cc, bcc: addresses with commas between them."""

    sender: str = parameter("From", default="")
    to: str = parameter("To", default="")
    cc: str = parameter("Cc", default="")
    bcc: str = parameter("Bcc", default="")
    reply_to: str = parameter("ReplyTo", default="")
    subject: str = parameter("Subject", default="", max_length=2000)
    text: str = parameter("TextBody", default="", max_length=5 << 20)
    html: str = parameter("HtmlBody", default="", max_length=5 << 20)
    tag: str | None = parameter("Tag", default=None, max_length=1000)
    headers: tuple[Header, ...] = parameter("Headers", default=())
    metadata: dict[str, str] | None = parameter("Metadata", default=None)
    attachments: tuple[Attachment, ...] = parameter("Attachments", default=())
    stream: str = parameter("MessageStream", default="outbound")
