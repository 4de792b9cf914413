"""The parameters of Resend's operations, with the vendor's names (docs/wire/resend.md 3 to 10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mockmail.wire.parameters import parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """An attachment. content: Base64, or an array of bytes. path: a URL of it. content_id: of an inline image."""

    filename: str = parameter(default="")
    content: Any = parameter(default=None)
    path: str = parameter(default="")
    content_type: str = parameter("content_type", default="")
    content_id: str = parameter("content_id", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A name and a value that events repeat."""

    name: str = parameter()
    value: str = parameter()


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateChoice:
    """A published template, by its id or alias, and the values of its variables."""

    id: str = parameter()
    variables: dict[str, Any] = parameter(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """A message to send. to, cc, bcc, reply_to: an address or an array of addresses."""

    sender: str | None = parameter("from", default=None)
    to: Any = parameter(default=None)
    cc: Any = parameter(default=None)
    bcc: Any = parameter(default=None)
    reply_to: Any = parameter("reply_to", default=None)
    subject: str | None = parameter(default=None)
    html: str | None = parameter(default=None)
    text: str | None = parameter(default=None)
    headers: dict[str, str] | None = parameter(default=None)
    attachments: tuple[Attachment, ...] = parameter(default=())
    tags: tuple[Tag, ...] = parameter(default=())
    scheduled_at: str | None = parameter("scheduled_at", default=None)
    template: TemplateChoice | None = parameter(default=None)
    topic_id: str | None = parameter("topic_id", default=None)
