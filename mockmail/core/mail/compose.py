"""Compose messages as a vendor would send them, with correct headers in any language and no header injection."""

from __future__ import annotations

import re
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from urllib.parse import quote

from mockmail.core.errors import HeadTooLong, NotAnAddress
from mockmail.core.mail.addresses import validate_address
from mockmail.core.mail.encoded_words import FOLD, LINE, encode_words, fold, is_plain
from mockmail.core.mail.mime import HEAD_LIMIT
from mockmail.core.world import World

__all__ = [
    "Attachment",
    "Draft",
    "HeadTooLong",
    "Mailbox",
    "NotAnAddress",
    "compose",
    "compose_head",
    "header_address",
    "header_line",
    "one_line",
]

LONGEST_LINE = 900
"""The longest line, in characters, of a body that is not sent quoted-printable; RFC 5322 allows 998."""

LONGEST_HEAD = HEAD_LIMIT - 4096
"""The most bytes of headers; readers ignore headers after HEAD_LIMIT bytes."""
TOO_LONG = f"the message's headers are longer than {LONGEST_HEAD} bytes"

LONGEST_PLAIN_NAME = 64
"""The longest display name that is sent unencoded; only encoded words can be broken into lines."""

_LINE_BREAKS = re.compile(r"[\x00-\x08\n-\x1f\x7f\x85\u2028\u2029]+")
_FILENAME = re.compile(r"[\w!#$&'()+,./:;=@^`{}~ -]{0,60}", re.ASCII)
_PIECES = re.compile(r"(?:%..|[^%]){1,55}")
_ATOMS = re.compile(r"[\w!#$%&'*+/=?^`{|}~ -]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address and its display name."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file to attach.

    media_type: such as `image/png`; the caller checks it.
    content_id: the id by which HTML refers to the file, without angle brackets.
    """

    name: str
    content: bytes
    media_type: str = "application/octet-stream"
    content_id: str = ""


@dataclass(slots=True, kw_only=True)
class Draft:
    """A message to compose.

    subject: None for a message without a Subject header.
    text, html: the bodies; both make multipart/alternative, neither makes an empty text.
    alternatives: further bodies after them, by the subtype of `text/`, such as `calendar`.
    headers: further headers, such as `Auto-Submitted`.
    attachments: those with a content id are beside the HTML in multipart/related; the others, in multipart/mixed.
    message_id: in angle brackets; drawn from the World's ids when empty.
    mixed: whether a single body is wrapped in multipart/mixed, as some libraries do.
    """

    sender: Mailbox
    to: Sequence[Mailbox] = ()
    cc: Sequence[Mailbox] = ()
    reply_to: Sequence[Mailbox] = ()
    subject: str | None = ""
    text: str | None = None
    html: str | None = None
    alternatives: Mapping[str, str] | None = None
    headers: Mapping[str, str] | None = None
    attachments: Sequence[Attachment] = ()
    message_id: str = ""
    mixed: bool = False


def compose(world: World, draft: Draft) -> bytes:
    """Return the draft's bytes in CRLF lines, with Date (by the World's clock), Message-ID and MIME-Version.

    A line break in a name, the subject or a further header becomes a blank. Raise NotAnAddress and HeadTooLong.
    """
    return compose_head(world, draft) + _content(world, draft)


def compose_head(world: World, draft: Draft) -> bytes:
    """Return the headers of `compose`, without those of the content. Raise NotAnAddress and HeadTooLong."""
    lines = [f"From: {header_address(draft.sender)}\r\n"]
    for name, mailboxes in (("To", draft.to), ("Cc", draft.cc), ("Reply-To", draft.reply_to)):
        if mailboxes:
            lines.append(f"{name}: {_addresses(mailboxes)}\r\n")
    message_id = one_line(draft.message_id) or f"<{world.ids.hexadecimal(32)}@mockmail.invalid>"
    if draft.subject is not None:
        lines.append(header_line("Subject", draft.subject))
    lines.append(f"Date: {format_datetime(world.clock.now())}\r\nMessage-ID: {message_id}\r\n")
    for name, value in (draft.headers or {}).items():
        lines.append(header_line(name, value))
    head = f"{''.join(lines)}MIME-Version: 1.0\r\n".encode()
    if len(head) > LONGEST_HEAD:
        raise HeadTooLong(TOO_LONG)
    return head


def one_line(text: str) -> str:
    """Return a text for a header: each character that a parser may take for a line break becomes a blank."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return _LINE_BREAKS.sub(" ", text).strip().encode("utf-8", "replace").decode("utf-8")


def header_address(mailbox: Mailbox) -> str:
    """Return an address for a header, with its display name quoted or encoded as necessary.

    Raise NotAnAddress and HeadTooLong.
    """
    address = validate_address(mailbox.address)
    if len(mailbox.name) > LONGEST_HEAD:
        raise HeadTooLong(TOO_LONG)
    name = one_line(mailbox.name)
    if not name:
        return address
    if len(name) > LONGEST_PLAIN_NAME or not is_plain(name):
        words = encode_words(name, len("From: "))
        column = len("From: ") + len(words) - (words.rfind("\n") + 1)
        separator = " " if column + len(f" <{address}>,") <= LINE else f"{FOLD} "
        return f"{words}{separator}<{address}>"
    quoted = name if _ATOMS.fullmatch(name) else '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    return f"{quoted} <{address}>"


def _addresses(mailboxes: Sequence[Mailbox]) -> str:
    addresses = [header_address(mailbox) for mailbox in mailboxes]
    single_line = ", ".join(addresses)
    return single_line if len(single_line) < LINE - len("From: ") else f",{FOLD} ".join(addresses)


def header_line(name: str, text: str) -> str:
    """Return a header with its line break. A line break in the text becomes a blank. Raise HeadTooLong."""
    if len(text) > LONGEST_HEAD:
        raise HeadTooLong(TOO_LONG)
    return f"{name}: {fold(one_line(text), len(name) + len(': '))}\r\n"


def _content(world: World, draft: Draft) -> bytes:
    inline = [attachment for attachment in draft.attachments if attachment.content_id and draft.html is not None]
    attached = [_attachment(attachment) for attachment in draft.attachments if attachment not in inline]
    bodies = [] if draft.text is None else [_part(draft.text, "plain")]
    if draft.html is not None:
        html = _part(draft.html, "html")
        bodies.append(_multipart(world, "related", [html, *map(_attachment, inline)]) if inline else html)
    bodies += [_part(text, subtype) for subtype, text in (draft.alternatives or {}).items()]
    if not bodies:
        bodies = [_part("", "plain")]
    content = bodies[0] if len(bodies) == 1 else _multipart(world, "alternative", bodies)
    is_mixed = attached or (draft.mixed and len(bodies) == 1)
    return _multipart(world, "mixed", [content, *attached]) if is_mixed else content


def _multipart(world: World, subtype: str, parts: Sequence[bytes]) -> bytes:
    boundary = f"=_{world.ids.hexadecimal(32)}"
    delimiter = f"--{boundary}".encode()
    header = f'Content-Type: multipart/{subtype};{FOLD} boundary="{boundary}"\r\n'.encode()
    return b"".join([header, *(b"\r\n" + delimiter + b"\r\n" + part for part in parts), b"\r\n", delimiter, b"--\r\n"])


def _part(text: str, subtype: str) -> bytes:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    body = lines.replace("\n", "\r\n").encode("utf-8", "replace")
    if not body.endswith(b"\r\n"):
        body += b"\r\n"
    is_plain_text = body.isascii() and b"\0" not in body and max(map(len, lines.split("\n"))) <= LONGEST_LINE
    # Quoted-printable rather than base64, so that a person can read the raw message.
    encoding = "7bit" if is_plain_text else "quoted-printable"
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    return head.encode() + (body if is_plain_text else b2a_qp(body, istext=True))


def _attachment(attachment: Attachment) -> bytes:
    head = f"Content-Type: {attachment.media_type}\r\nContent-Transfer-Encoding: base64\r\n"
    if attachment.content_id:
        head += f"Content-ID: <{one_line(attachment.content_id)}>\r\n"
    disposition = "inline" if attachment.content_id else "attachment"
    head += f"Content-Disposition: {disposition}{_filename(one_line(attachment.name))}\r\n\r\n"
    return head.encode() + encodebytes(attachment.content).replace(b"\n", b"\r\n")


def _filename(name: str) -> str:
    if _FILENAME.fullmatch(name):
        return f';{FOLD} filename="{name}"'
    pieces = _PIECES.findall(f"utf-8''{quote(name, safe='')}")  # RFC 2231, 3 and 4
    if len(pieces) == 1:
        return f";{FOLD} filename*={pieces[0]}"
    return "".join(f";{FOLD} filename*{number}*={piece}" for number, piece in enumerate(pieces))
