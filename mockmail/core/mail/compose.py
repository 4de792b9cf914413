"""Writing a message as a vendor would send it: correct headers, any language, and no way to smuggle a header in."""

from __future__ import annotations

import re
from binascii import b2a_qp
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache, lru_cache

from mockmail.core.errors import HeadTooLong, NotAnAddress
from mockmail.core.mail.addresses import LONGEST_REMEMBERED, checked
from mockmail.core.mail.folding import FOLD, LINE, encoded, folded, is_plain
from mockmail.core.mail.mime import HEAD_LIMIT
from mockmail.core.world import World

__all__ = ["Draft", "HeadTooLong", "Mailbox", "NotAnAddress", "compose", "header_address", "one_line"]

LONGEST_LINE = 900
"""How many characters a line of a body may have before it is sent quoted-printable; RFC 5322 forbids over 998."""

_NOT_IN_A_LINE = re.compile(r"[\x00-\x08\n-\x1f\x7f\x85\u2028\u2029]+")
_ATOMS = re.compile(r"[\w!#$%&'*+/=?^`{|}~ -]+", re.ASCII)
LONGEST_HEAD = HEAD_LIMIT - 4096
"""Bytes of the headers: whoever reads the message looks at no more."""
LONGEST_PLAIN_NAME = 64
"""Characters of a display name that stands as it is; a longer one is folded, which only encoded words can be."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address with the name beside it."""

    address: str
    name: str = ""


@dataclass(slots=True, kw_only=True)
class Draft:
    """A message to write. text and html: at least one is usually there; both make multipart/alternative.

    subject: None for a message without that header.
    headers: further ones, such as `Auto-Submitted`. message_id: with its angle brackets; one is made where it is empty.
    mixed: whether a body that stands alone stands in multipart/mixed all the same, as some libraries have it.
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
    """The draft's bytes in CRLF lines, with Date (the World's), Message-ID and MIME-Version.

    A line break in a name or the subject is a blank in the header. Bcc recipients belong in the envelope alone.
    Raises NotAnAddress, HeadTooLong.
    """
    lines = [f"From: {header_address(draft.sender)}\r\n"]
    if draft.to:
        lines.append(f"To: {_addresses(draft.to)}\r\n")
    if draft.cc:
        lines.append(f"Cc: {_addresses(draft.cc)}\r\n")
    message_id = one_line(draft.message_id) or f"<{world.ids.hexadecimal(32)}@mockmail.invalid>"
    if draft.subject is not None:
        lines.append(_subject(draft.subject))
    lines.append(f"Date: {_date(int(world.clock.timestamp()))}\r\nMessage-ID: {message_id}\r\n")
    for name, value in (draft.headers or {}).items():
        lines.append(f"{name}: {folded(one_line(value), len(name) + 2)}\r\n")
    head = f"{''.join(lines)}MIME-Version: 1.0\r\n".encode()
    if len(head) > LONGEST_HEAD:
        raise HeadTooLong(f"the message's headers are longer than {LONGEST_HEAD} bytes")
    return head + _content(world, draft)


def one_line(text: str) -> str:
    """A text that can stand in a header: no line break, nor anything that a parser may take for one."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return _NOT_IN_A_LINE.sub(" ", text).strip().encode("utf-8", "replace").decode("utf-8")


def header_address(mailbox: Mailbox) -> str:
    """An address as a header has it, with the name beside it encoded or quoted as it must be.

    Raises NotAnAddress, HeadTooLong.
    """
    if len(mailbox.name) <= LONGEST_PLAIN_NAME and len(mailbox.address) <= LONGEST_REMEMBERED:
        return _remembered(mailbox.address, mailbox.name)
    return _written(mailbox.address, mailbox.name)


def _written(address: str, name: str) -> str:
    address = checked(address)
    if len(name) > LONGEST_HEAD:
        raise HeadTooLong(f"the message's headers are longer than {LONGEST_HEAD} bytes")
    name = one_line(name)
    if not name:
        return address
    if len(name) > LONGEST_PLAIN_NAME or not is_plain(name):
        words = encoded(name, len("From: "))
        used = len("From: ") + len(words) - (words.rfind("\n") + 1)
        joint = " " if used + len(f" <{address}>,") <= LINE else f"{FOLD} "
        return f"{words}{joint}<{address}>"
    quoted = name if _ATOMS.fullmatch(name) else '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    return f"{quoted} <{address}>"


_remembered = lru_cache(maxsize=1024)(_written)
"""Who is written to is often written to again."""


def _addresses(mailboxes: Sequence[Mailbox]) -> str:
    """A list of addresses, each on a line of its own where they do not fit one."""
    written = [header_address(one) for one in mailboxes]
    together = ", ".join(written)
    return together if len(together) < LINE - len("From: ") else f",{FOLD} ".join(written)


def _subject(text: str) -> str:
    if len(text) > LONGEST_HEAD:
        raise HeadTooLong(f"the message's headers are longer than {LONGEST_HEAD} bytes")
    return f"Subject: {folded(one_line(text), len('Subject: '))}\r\n"


@lru_cache(maxsize=16)
def _date(second: int) -> str:
    """A Date header. Many messages of one second have the same."""
    return format_datetime(datetime.fromtimestamp(second, UTC))


def _content(world: World, draft: Draft) -> bytes:
    """What follows the headers that every message has: the one body, or both as alternatives."""
    bodies = ((draft.text, "plain"), (draft.html, "html"))
    parts = [_part(text, subtype) for text, subtype in bodies if text is not None] or [_part("", "plain")]
    if len(parts) > 1:
        return _multipart(world, "alternative", parts)
    return _multipart(world, "mixed", parts) if draft.mixed else parts[0]


def _multipart(world: World, subtype: str, parts: Sequence[bytes]) -> bytes:
    boundary = f"=_{world.ids.hexadecimal(32)}"
    mark = f"--{boundary}".encode()
    kind = f'Content-Type: multipart/{subtype};{FOLD} boundary="{boundary}"\r\n'.encode()
    return b"".join([kind, *(b"\r\n" + mark + b"\r\n" + part for part in parts), b"\r\n", mark, b"--\r\n"])


def _part(text: str, subtype: str) -> bytes:
    """A body with its headers: 7bit where the text allows it, else quoted-printable, which stays readable."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    octets = lines.replace("\n", "\r\n").encode("utf-8", "replace")
    if not octets.endswith(b"\r\n"):
        octets += b"\r\n"
    plain = octets.isascii() and b"\0" not in octets and max(map(len, lines.split("\n"))) <= LONGEST_LINE
    encoding = "7bit" if plain else "quoted-printable"
    return _part_head(subtype, encoding) + b"\r\n" + (octets if plain else b2a_qp(octets, istext=True))


@cache
def _part_head(subtype: str, encoding: str) -> bytes:
    return f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n'.encode()
