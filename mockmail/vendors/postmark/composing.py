"""The message that Postmark makes of a call (docs/wire/postmark.md 10)."""

from __future__ import annotations

import re
from base64 import b64decode
from datetime import datetime
from email.errors import HeaderParseError
from email.message import EmailMessage
from email.policy import SMTP

from mockmail.vendors.postmark.errors import PostmarkError
from mockmail.vendors.postmark.parameters import Email

OWN_HEADERS = ("from", "to", "cc", "subject", "reply-to", "date", "message-id", "mime-version", "content-type")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2


def compose(email: Email, message_id: str, at: datetime) -> bytes:
    """Return the source of a message in CRLF lines. Raises PostmarkError for content that cannot be sent."""
    media_types = [attachment.content_type.partition(";")[0].strip() for attachment in email.attachments]
    names = [header.name for header in email.headers] + list(email.metadata or {})
    names += [part for media_type in media_types for part in media_type.partition("/")[::2]]
    if not all(map(_NAME.fullmatch, names)):
        raise PostmarkError("Invalid name of a header or of metadata, or content type of an attachment.")
    message = EmailMessage(policy=SMTP)
    try:
        message["Date"] = at
        _add_headers(message, email, message_id)
        _add_content(message, email, media_types)
        for number, part in enumerate(message.walk()):
            if part.is_multipart():
                part.set_boundary(f"mk1-{message_id.replace('-', '')}-{number}")
        return message.as_bytes()
    except (HeaderParseError, ValueError) as error:
        raise PostmarkError("Invalid content: line breaks in a header, or an attachment that is not Base64.") from error


def _add_headers(message: EmailMessage, email: Email, message_id: str) -> None:
    given = {header.name.lower(): header.value for header in email.headers}
    own_id = given.get("message-id", "") if given.get("x-pm-keepid", "").lower() == "true" else ""
    headers = {
        "From": email.sender,
        "To": email.to,
        "Cc": email.cc,
        "Reply-To": email.reply_to,
        "Subject": email.subject,
        "Message-ID": own_id or f"<{message_id}@mtasv.net>",
        "X-PM-Message-Id": message_id,
        "X-PM-Message-Stream": email.stream,
        "X-PM-Tag": email.tag,
        **{f"X-PM-Metadata-{key}": value for key, value in (email.metadata or {}).items()},
        **{header.name: header.value for header in email.headers if header.name.lower() not in OWN_HEADERS},
    }
    for name in filter(headers.get, headers):
        message[name] = headers[name]


def _add_content(message: EmailMessage, email: Email, media_types: list[str]) -> None:
    message.set_content(email.text or email.html, subtype="plain" if email.text else "html")
    if email.text and email.html:
        message.add_alternative(email.html, subtype="html")
    html = message.get_body(("html",))
    for attachment, media_type in zip(email.attachments, media_types, strict=True):
        content = b64decode(attachment.content, validate=True)
        maintype, _, subtype = media_type.partition("/")
        content_id = f"<{attachment.content_id.removeprefix('cid:')}>"
        if attachment.content_id and html is not None:
            html.add_related(content, maintype, subtype, cid=content_id, filename=attachment.name)
        else:
            message.add_attachment(content, maintype, subtype, filename=attachment.name)
