"""Writing a message as a vendor would send it: correct headers, any language, and no way to smuggle a header in."""

from __future__ import annotations

import re
from binascii import b2a_qp
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.header import Header
from email.utils import format_datetime

from mockmail.core.errors import MockMailError
from mockmail.core.world import World

LONGEST_LINE = 900
"""How many characters a line of a body may have before it is sent quoted-printable; RFC 5322 forbids over 998."""

_LINE_BREAK = re.compile(r"[\r\n\x00\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_ATOM = r"[^\s<>,;:()\[\]\\\".@\x00-\x1f\x7f-\x9f\ud800-\udfff]+"
_DOT_ATOMS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_ATOM}(?:\.{_ATOM})*")
_ATOMS = re.compile(r"[\w!#$%&'*+/=?^`{|}~ -]+", re.ASCII)
_LINE_END = re.compile(r"\r\n|\r|\n")
LINE = 78
FOLD = "\r\n"


class NotAnAddress(MockMailError, ValueError):
    """A text that is no e-mail address. address: as it came."""

    def __init__(self, address: str) -> None:
        super().__init__(f"not an e-mail address: {address!r}")
        self.address = address


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address with the name beside it."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message to write. text and html: at least one is usually there; both make multipart/alternative.

    headers: further ones, such as `Auto-Submitted`. message_id: with its angle brackets; one is made where it is empty.
    """

    sender: Mailbox
    to: Sequence[Mailbox] = ()
    cc: Sequence[Mailbox] = ()
    subject: str = ""
    text: str | None = None
    html: str | None = None
    headers: Mapping[str, str] | None = None
    message_id: str = ""


def compose(world: World, draft: Draft) -> bytes:
    """The draft's bytes in CRLF lines, with Date (the World's), Message-ID and MIME-Version.

    A line break in a name or the subject is a blank in the header. Bcc recipients belong in the envelope alone.
    Raises NotAnAddress.
    """
    fields = [("From", _addresses([draft.sender]))]
    if draft.to:
        fields.append(("To", _addresses(draft.to)))
    if draft.cc:
        fields.append(("Cc", _addresses(draft.cc)))
    message_id = one_line(draft.message_id) or f"<{world.ids.hexadecimal(32)}@mockmail.invalid>"
    fields += [
        ("Subject", _text("Subject", draft.subject)),
        ("Date", format_datetime(world.clock.now())),
        ("Message-ID", message_id),
        *((name, _text(name, value)) for name, value in (draft.headers or {}).items()),
        ("MIME-Version", "1.0"),
    ]
    return _head(fields) + _content(world, draft)


def one_line(text: str) -> str:
    """A text that can stand in a header: no line break, nor anything that a parser may take for one."""
    return _LINE_BREAK.sub(" ", text).strip().encode("utf-8", "replace").decode("utf-8")


def header_address(mailbox: Mailbox) -> str:
    """An address as a header has it, with the name beside it encoded or quoted as it must be. Raises NotAnAddress."""
    address = mailbox.address.strip()
    if not _DOT_ATOMS.fullmatch(address) or "=?" in address:  # which readers take for an encoded word
        raise NotAnAddress(mailbox.address)
    name = one_line(mailbox.name)
    if not name:
        return address
    if not name.isascii() or "=?" in name:
        return f"{Header(name, 'utf-8', maxlinelen=LINE).encode(linesep=FOLD)} <{address}>"
    quoted = name if _ATOMS.fullmatch(name) else '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    return f"{quoted} <{address}>"


def _addresses(mailboxes: Sequence[Mailbox]) -> str:
    """A list of addresses, each on a line of its own where they do not fit one."""
    written = [header_address(one) for one in mailboxes]
    together = ", ".join(written)
    return together if len(together) < LINE - len("From: ") else f",{FOLD} ".join(written)


def _text(name: str, value: str) -> str:
    """A text as a header has it: as it stands where it can, else in encoded words, and folded."""
    line = one_line(value)
    if line.isascii() and "=?" not in line:
        if len(name) + len(line) + 2 <= LINE:
            return line
        if max(map(len, line.split(" "))) <= LINE:
            return _folded(line, len(name) + 2)
    return Header(line, "utf-8", maxlinelen=LINE, header_name=name).encode(linesep=FOLD)


def _folded(line: str, used: int) -> str:
    """A line of words broken at single blanks, each of which stays."""
    lines: list[str] = []
    current = ""
    for word in line.split(" "):
        room = LINE - (used if not lines else 0)
        if current.strip() and word and len(current) + 1 + len(word) > room:
            lines.append(current)
            current = f" {word}"
        else:
            current = f"{current} {word}" if current or lines else word
    return FOLD.join([*lines, current])


def _head(fields: Sequence[tuple[str, str]]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in fields).encode("utf-8")


def _content(world: World, draft: Draft) -> bytes:
    """What follows the headers that every message has: the one body, or both as alternatives."""
    if draft.html is None:
        return _part(draft.text or "", "plain")
    if draft.text is None:
        return _part(draft.html, "html")
    boundary = f"=_{world.ids.hexadecimal(32)}"
    mark = f"--{boundary}".encode()
    kind = _head([("Content-Type", f'multipart/alternative;{FOLD} boundary="{boundary}"')])
    parts = [_part(draft.text, "plain"), _part(draft.html, "html")]
    return b"".join([kind, *(b"\r\n" + mark + b"\r\n" + part for part in parts), b"\r\n", mark, b"--\r\n"])


def _part(text: str, subtype: str) -> bytes:
    """A body with its headers: 7bit where the text allows it, else quoted-printable, which stays readable."""
    octets = "\r\n".join(_LINE_END.split(text)).encode("utf-8", "replace")
    if not octets.endswith(b"\r\n"):
        octets += b"\r\n"
    plain = octets.isascii() and b"\0" not in octets and max(map(len, octets.split(b"\r\n"))) <= LONGEST_LINE
    encoding = "7bit" if plain else "quoted-printable"
    head = _head([("Content-Type", f'text/{subtype}; charset="utf-8"'), ("Content-Transfer-Encoding", encoding)])
    return head + b"\r\n" + (octets if plain else b2a_qp(octets, istext=True))
