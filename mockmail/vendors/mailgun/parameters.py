"""The parameters of Mailgun's operations, with the vendor's names (docs/wire/mailgun.md 4 to 9)."""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.wire.parameters import parameter

LONGEST_BODY = 10 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a multipart form."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What a message and a MIME message have in common.

    headers, variables: the fields `h:NAME` and `v:NAME`, which the dialect collects.
    """

    to: tuple[str, ...] = parameter(default=())
    recipient_variables: str | None = parameter("recipient-variables", default=None)
    tags: tuple[str, ...] = parameter("o:tag", default=())
    delivery_time: str | None = parameter("o:deliverytime", default=None)
    test_mode: bool = parameter("o:testmode", default=False)
    headers: dict[str, str] = parameter("h:", default=None)
    variables: dict[str, str] = parameter("v:", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage(Sending):
    """A message to compose and send."""

    sender: str | None = parameter("from", default=None)
    cc: tuple[str, ...] = parameter(default=())
    bcc: tuple[str, ...] = parameter(default=())
    subject: str = parameter(default="")
    text: str | None = parameter(default=None, max_length=LONGEST_BODY)
    html: str | None = parameter(default=None, max_length=LONGEST_BODY)
    amp_html: str | None = parameter("amp-html", default=None, max_length=LONGEST_BODY)
    attachments: tuple[File, ...] = parameter("attachment", default=())
    inline: tuple[File, ...] = parameter(default=())
    template: str | None = parameter(default=None)
    template_version: str | None = parameter("t:version", default=None)
    template_text: bool = parameter("t:text", default=False)
    template_variables: str | None = parameter("t:variables", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMimeMessage(Sending):
    """A MIME message to send. message: a file."""

    message: tuple[File, ...] = parameter(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of a list. page: `first`, `next`, `previous` or `last`. address, pivot: what it is next to."""

    limit: int = parameter(default=100, minimum=1, maximum=1000)
    page: str = parameter(default="")
    address: str = parameter(default="")
    pivot: str = parameter("p", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSearch:
    """The events to list. begin, end: in seconds since 1970, or RFC 2822; the others: expressions of filters."""

    begin: str | None = parameter(default=None)
    end: str | None = parameter(default=None)
    ascending: bool | None = parameter(default=None)
    limit: int = parameter(default=100, minimum=1, maximum=300)
    event: str | None = parameter(default=None)
    recipient: str | None = parameter(default=None)
    message_id: str | None = parameter("message-id", default=None)
    sender: str | None = parameter("from", default=None)
    to: str | None = parameter(default=None)
    subject: str | None = parameter(default=None)
    tags: str | None = parameter(default=None)
    severity: str | None = parameter(default=None)
    attachment: str | None = parameter(default=None)
    size: str | None = parameter(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSuppression:
    """An address to suppress. code, error: of a bounce. tag, tags: of an unsubscription."""

    address: str
    code: str = parameter(default="550")
    error: str = parameter(default="")
    tag: str = parameter(default="*")
    tags: tuple[str, ...] = parameter(default=())
    created_at: str | None = parameter("created_at", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateChange:
    """The fields of a template or a version; None for those that stay."""

    name: str | None = parameter(default=None)
    description: str | None = parameter(default=None)
    template: str | None = parameter(default=None, max_length=LONGEST_BODY)
    tag: str | None = parameter(default=None)
    comment: str | None = parameter(default=None)
    headers: str | None = parameter(default=None)
    active: bool | None = parameter(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateChoice:
    """Whether to show the content of the active version."""

    active: bool = parameter(default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resending:
    """The recipients of a stored message that is sent again."""

    to: tuple[str, ...] = parameter(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainPage:
    """A part of the list of domains."""

    limit: int = parameter(default=100, minimum=1, maximum=1000)
    skip: int = parameter(default=0, minimum=0, maximum=2**31)
    state: str | None = parameter(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainChange:
    """The fields of a domain to change; None for those that stay."""

    name: str | None = parameter(default=None)
    spam_action: str | None = parameter("spam_action", default=None)
    wildcard: bool | None = parameter(default=None)
    web_scheme: str | None = parameter("web_scheme", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChange:
    """The URLs of one kind of webhook."""

    id: str = parameter(default="")
    url: tuple[str, ...] = parameter(default=())
