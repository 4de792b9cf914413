"""`POST /api/v1/send`: compose a message from Mailpit's JSON, and receive it."""

from __future__ import annotations

import re
from base64 import b64decode
from mimetypes import guess_type
from typing import Any

from mockmail.core.errors import HeadTooLong, InvalidValue, NotAnAddress
from mockmail.core.mail.addresses import validate_address
from mockmail.core.mail.compose import Attachment, Draft, Mailbox, compose
from mockmail.core.mail.message import Envelope, Message, SentBy
from mockmail.core.world import World

FIELDS = ("From", "To", "Cc", "Bcc", "ReplyTo", "Subject", "Text", "HTML", "Tags", "Headers", "Attachments")
FIXED = ("to", "from", "cc", "bcc", "reply-to", "date", "subject", "content-type", "mime-version", "message-id")
"""The headers that the other fields make, lower-cased."""

SENT_BY = SentBy(client="mailpit send")

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}")
MEDIA_TYPE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}/[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_DATA_URI = re.compile(r"data:[^,]{0,1000};base64,")


def send(world: World, given: dict[str, Any], tags: tuple[str, ...]) -> Message:
    """Compose and receive a message. Raise InvalidValue, LimitReached."""
    people = {name: _people(name, given.get(name, [])) for name in ("To", "Cc", "ReplyTo")}
    hidden = [_address("Bcc", text) for text in _list("Bcc", given.get("Bcc", []), str)]
    sender = _mailbox("From", given.get("From", {}))
    is_html_only = bool(given.get("HTML")) and not given.get("Text")
    draft = Draft(
        sender=sender,
        to=people["To"],
        cc=people["Cc"],
        reply_to=people["ReplyTo"],
        subject=_text("Subject", given.get("Subject", "")),
        text=None if is_html_only else _text("Text", given.get("Text", "")),
        html=_text("HTML", given["HTML"]) if given.get("HTML") else None,
        headers=_headers(given.get("Headers", {})),
        attachments=[_attachment(document) for document in _list("Attachments", given.get("Attachments", []), dict)],
    )
    addresses = [person.address for person in (*draft.to, *draft.cc)]
    envelope = Envelope(sender=sender.address, recipients=tuple(dict.fromkeys([*addresses, *hidden])))
    try:
        raw = compose(world, draft)
    except (NotAnAddress, HeadTooLong) as error:
        raise InvalidValue(str(error)) from error
    return world.receive(raw, envelope, SENT_BY, tags=tags or None)


def _people(field: str, given: Any) -> list[Mailbox]:
    return [_mailbox(field, document) for document in _list(field, given, dict)]


def _mailbox(field: str, given: Any) -> Mailbox:
    document = _members(field, given, "Name", "Email")
    return Mailbox(_address(field, document.get("Email", "")), _text(f"{field}.Name", document.get("Name", "")))


def _address(field: str, text: Any) -> str:
    try:
        return validate_address(_text(field, text))
    except NotAnAddress as error:
        raise InvalidValue(f"invalid {field} address: {str(text)[:200]!r}") from error


def _headers(given: Any) -> dict[str, str]:
    if not isinstance(given, dict):
        raise InvalidValue("Headers must be an object of names and values")
    for name in given:
        if name.lower() in FIXED:
            raise InvalidValue(f'cannot overwrite header: "{name}"')
        if not _HEADER_NAME.fullmatch(name):
            raise InvalidValue(f"Headers: {name[:80]!r} is not the name of a header")
    return {name: _text(f"Headers.{name}", value) for name, value in given.items()}


def _attachment(given: Any) -> Attachment:
    document = _members("Attachments", given, "Content", "Filename", "ContentType", "ContentID")
    name = _text("Filename", document.get("Filename", ""))
    media_type = _text("ContentType", document.get("ContentType", "")) or guess_type(name)[0] or ""
    if media_type and not MEDIA_TYPE.fullmatch(media_type):
        raise InvalidValue(f"ContentType must be such as image/png, not {media_type[:80]!r}")
    content = _text("Content", document.get("Content", ""))
    data_uri = _DATA_URI.match(content)
    encoded = content[data_uri.end() :] if data_uri else content
    try:
        decoded = b64decode(encoded, validate=True)
    except ValueError as error:
        raise InvalidValue(f"Attachments: the Content of {name[:80]!r} must be base64") from error
    return Attachment(
        name=name,
        content=decoded,
        media_type=media_type or "application/octet-stream",
        content_id=_text("ContentID", document.get("ContentID", "")).strip("<> "),
    )


def _members(field: str, given: Any, *names: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise InvalidValue(f"{field} must be an object of {', '.join(names)}")
    known = {name.lower(): name for name in names}
    unknown = next((name for name in given if name.lower() not in known), None)
    if unknown is not None:
        raise InvalidValue(f"{field}: {unknown[:80]!r} is unknown; it has {', '.join(names)}")
    return {known[name.lower()]: value for name, value in given.items() if value is not None}


def _list(field: str, given: Any, kind: type) -> list[Any]:
    if not isinstance(given, list) or not all(isinstance(item, kind) for item in given):
        raise InvalidValue(f"{field} must be a list of {'texts' if kind is str else 'objects'}")
    return given


def _text(field: str, given: Any) -> str:
    if not isinstance(given, str):
        raise InvalidValue(f"{field} must be a text, not {type(given).__name__}")
    return given
