"""Compose messages as a vendor would send them, with correct headers in any language and no header injection."""

from __future__ import annotations

import re
from binascii import b2a_qp
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from mockmail.core.errors import HeadTooLong, NotAnAddress
from mockmail.core.mail.addresses import validate_address
from mockmail.core.mail.encoded_words import FOLD, LINE, encode_words, fold, is_plain
from mockmail.core.mail.mime import HEAD_LIMIT
from mockmail.core.world import World

__all__ = ["Draft", "HeadTooLong", "Mailbox", "NotAnAddress", "compose", "header_address", "one_line"]

LONGEST_LINE = 900
"""The longest line, in characters, of a body that is not sent quoted-printable; RFC 5322 allows 998."""

LONGEST_HEAD = HEAD_LIMIT - 4096
"""The most bytes of headers; readers ignore what is beyond HEAD_LIMIT."""
TOO_LONG = f"the message's headers are longer than {LONGEST_HEAD} bytes"

LONGEST_PLAIN_NAME = 64
"""The longest display name that is sent unencoded; only encoded words can be broken into lines."""

_LINE_BREAKS = re.compile(r"[\x00-\x08\n-\x1f\x7f\x85\u2028\u2029]+")
_ATOMS = re.compile(r"[\w!#$%&'*+/=?^`{|}~ -]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address and its display name."""

    address: str
    name: str = ""


@dataclass(slots=True, kw_only=True)
class Draft:
    """A message to compose.

    subject: None for a message without a Subject header.
    text, html: the bodies; both make multipart/alternative, none makes an empty text.
    headers: further headers, such as `Auto-Submitted`.
    message_id: in angle brackets; drawn from the World's ids when empty.
    mixed: whether a single body is wrapped in multipart/mixed, as some libraries do.
    """

    sender: Mailbox
    to: Sequence[Mailbox] = ()
    cc: Sequence[Mailbox] = ()
    subject: str | None = ""
    text: str | None = None
    html: str | None = None
    headers: Mapping[str, str] | None = None
    message_id: str = ""
    mixed: bool = False


def compose(world: World, draft: Draft) -> bytes:
    """Return the draft's bytes in CRLF lines, with Date (by the World's clock), Message-ID and MIME-Version.

    A line break in a name, the subject or a further header becomes a blank. Raise NotAnAddress and HeadTooLong.
    """
    lines = [f"From: {header_address(draft.sender)}\r\n"]
    if draft.to:
        lines.append(f"To: {_addresses(draft.to)}\r\n")
    if draft.cc:
        lines.append(f"Cc: {_addresses(draft.cc)}\r\n")
    message_id = one_line(draft.message_id) or f"<{world.ids.hexadecimal(32)}@mockmail.invalid>"
    if draft.subject is not None:
        lines.append(_header("Subject", draft.subject))
    date = datetime.fromtimestamp(int(world.clock.timestamp()), UTC)
    lines.append(f"Date: {format_datetime(date)}\r\nMessage-ID: {message_id}\r\n")
    for name, value in (draft.headers or {}).items():
        lines.append(_header(name, value))
    head = f"{''.join(lines)}MIME-Version: 1.0\r\n".encode()
    if len(head) > LONGEST_HEAD:
        raise HeadTooLong(TOO_LONG)
    return head + _content(world, draft)


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


def _header(name: str, text: str) -> str:
    if len(text) > LONGEST_HEAD:
        raise HeadTooLong(TOO_LONG)
    return f"{name}: {fold(one_line(text), len(name) + len(': '))}\r\n"


def _content(world: World, draft: Draft) -> bytes:
    bodies = ((draft.text, "plain"), (draft.html, "html"))
    parts = [_part(text, subtype) for text, subtype in bodies if text is not None] or [_part("", "plain")]
    if len(parts) > 1:
        return _multipart(world, "alternative", parts)
    return _multipart(world, "mixed", parts) if draft.mixed else parts[0]


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
