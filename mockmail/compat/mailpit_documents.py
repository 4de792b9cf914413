"""The JSON documents of messages as Mailpit's API has them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from mockmail.core.mail import mime
from mockmail.core.mail.message import Message
from mockmail.core.mail.parts import Part, body_part, parse

LONGEST_SNIPPET = 250
"""The characters of a snippet."""

SNIPPET_BYTES = 1 << 20
"""The first bytes of a message, from which its snippet is made."""

MOST_ADDRESSES = 1000
"""The most addresses of a header that are shown."""

LONGEST_DATE = 200
"""The characters of a Date header that are read."""

_BRACKETED = re.compile(r"<([^<>\s]+)>")


@dataclass(frozen=True, slots=True)
class NumberedPart:
    """A part that contains no parts, and its number as Mailpit counts: `0` for the only one, else `1`, `2`, `2.1`."""

    number: str
    part: Part

    @property
    def is_inline(self) -> bool:
        """Return whether the part is shown within the text."""
        disposition = self.part.disposition.value
        return disposition == "inline" or (self.part.content_id is not None and disposition != "attachment")


def numbered_parts(message: Message) -> list[NumberedPart]:
    """Return the parts of a message that contain no parts, in order."""
    return list(_numbered(parse(message.raw, message.max_parts).message, ""))


def files(message: Message) -> list[NumberedPart]:
    """Return the attachments and inline parts: those of `Message.attachments`."""
    root = parse(message.raw, message.max_parts).message
    bodies = [body_part(root, "plain"), body_part(root, "html")]
    found = [found for found in _numbered(root, "") if not any(found.part is body for body in bodies)]
    return [file for file in found if file.part is not root or _is_file(root)]


def summary(message: Message) -> dict[str, Any]:
    """Return the document of a message in a list."""
    start = replace(message, raw=message.raw[:SNIPPET_BYTES]) if message.size > SNIPPET_BYTES else message
    return {
        "ID": message.id,
        "MessageID": _message_id(message),
        "Read": message.is_read,
        **_people(message),
        "Subject": message.subject,
        "Created": timestamp(message.received_at),
        "Username": message.envelope.auth_user or "",
        "Tags": list(message.tags),
        "Size": message.size,
        "Attachments": len(files(message)),
        "Snippet": " ".join(start.text.split())[:LONGEST_SNIPPET],
    }


def details(message: Message) -> dict[str, Any]:
    """Return the document of one message."""
    found = files(message)
    return {
        "ID": message.id,
        "MessageID": _message_id(message),
        **_people(message),
        "ReturnPath": message.envelope.sender,
        "Subject": message.subject,
        "ListUnsubscribe": _unsubscribe(message),
        "Date": timestamp(_date(message)),
        "Tags": list(message.tags),
        "Username": message.envelope.auth_user or "",
        "Text": message.text,
        "HTML": message.html,
        "Size": message.size,
        "Inline": [_file(file) for file in found if file.is_inline],
        "Attachments": [_file(file) for file in found if not file.is_inline],
    }


def headers(message: Message) -> dict[str, list[str]]:
    """Return the headers by name, in alphabetical order, unfolded and not decoded."""
    found: dict[str, list[str]] = {}
    for name, value in message.headers.undecoded_items():
        canonical = "-".join(word[:1].upper() + word[1:].lower() for word in name.split("-"))
        found.setdefault(canonical, []).append(value.replace("\n", "").strip())
    return dict(sorted(found.items()))


def timestamp(moment: datetime) -> str:
    """Return a time as in RFC 3339, with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _people(message: Message) -> dict[str, Any]:
    senders = _addresses(message, "From")
    if not senders and message.envelope.sender:
        senders = [{"Name": "", "Address": message.envelope.sender}]
    named = {name: _addresses(message, name) for name in ("To", "Cc", "Bcc")}
    shown = {person["Address"].lower() for people in named.values() for person in people}
    hidden = [address for address in message.envelope.recipients if address.lower() not in shown]
    named["Bcc"] += [{"Name": "", "Address": address} for address in dict.fromkeys(hidden)]
    return {"From": senders[0] if senders else None, **named, "ReplyTo": _addresses(message, "Reply-To")}


def _addresses(message: Message, name: str) -> list[dict[str, str]]:
    found = mime.mailboxes(message.headers.undecoded(name))[:MOST_ADDRESSES]
    return [{"Name": display_name, "Address": address} for display_name, address in found]


def _message_id(message: Message) -> str:
    return message.headers.get("Message-ID").strip().strip("<>")


def _date(message: Message) -> datetime:
    try:
        date = parsedate_to_datetime(message.headers.get("Date")[:LONGEST_DATE])
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return message.received_at


def _unsubscribe(message: Message) -> dict[str, Any]:
    header = message.headers.get("List-Unsubscribe")
    links = _BRACKETED.findall(header)
    return {
        "Header": header,
        "Links": links,
        "Errors": "no link in angle brackets" if header and not links else "",
        "HeaderPost": message.headers.get("List-Unsubscribe-Post"),
    }


def _file(file: NumberedPart) -> dict[str, Any]:
    content = file.part.content()
    sums = {name: hashlib.new(name, content, usedforsecurity=False).hexdigest() for name in ("md5", "sha1", "sha256")}
    return {
        "PartID": file.number,
        "FileName": file.part.filename or file.part.content_id or "",
        "ContentType": file.part.content_type.value,
        "ContentID": file.part.content_id or "",
        "Size": len(content),
        "Checksums": {name.upper(): value for name, value in sums.items()},
    }


def _is_file(root: Part) -> bool:
    return not root.content_type.value.startswith("text/") or bool(root.filename)


def _numbered(part: Part, number: str) -> Iterator[NumberedPart]:
    if not part.is_container:
        yield NumberedPart(number or "0", part)
    for position, inner in enumerate(part.parts, 1):
        yield from _numbered(inner, f"{number}.{position}" if number else str(position))
