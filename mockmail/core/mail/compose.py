"""Writing a message as a vendor would send it: correct headers, any language, and no way to smuggle a header in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from mockmail.core.errors import MockMailError
from mockmail.core.world import World

LONGEST_LINE = 900
"""How many characters a line of a body may have before it is sent quoted-printable; RFC 5322 forbids over 998."""

_LINE_BREAK = re.compile(r"[\r\n\x00\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_ATOM = r"[^\s<>,;:()\[\]\\\".@\x00-\x1f\x7f-\x9f\ud800-\udfff]+"
_DOT_ATOMS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_ATOM}(?:\.{_ATOM})*")
_WIRE = policy.SMTP.clone(max_line_length=78)
_UTF8_WIRE = policy.SMTPUTF8.clone(max_line_length=78)


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
    message = EmailMessage(policy=_wire_for(draft))
    message["From"] = header_address(draft.sender)
    if draft.to:
        message["To"] = [header_address(one) for one in draft.to]
    if draft.cc:
        message["Cc"] = [header_address(one) for one in draft.cc]
    message["Subject"] = one_line(draft.subject)
    message["Date"] = format_datetime(world.clock.now())
    message["Message-ID"] = draft.message_id or f"<{world.ids.hexadecimal(32)}@mockmail.invalid>"
    for name, value in (draft.headers or {}).items():
        message[name] = one_line(value)
    _fill(message, draft)
    if message.is_multipart():
        message.set_boundary(f"=_{world.ids.hexadecimal(32)}")
    return message.as_bytes()


def one_line(text: str) -> str:
    """A text that can stand in a header: no line break, nor anything that a parser may take for one."""
    return _LINE_BREAK.sub(" ", text).strip().encode("utf-8", "replace").decode("utf-8")


def header_address(mailbox: Mailbox) -> Address:
    """An address as a header has it. Raises NotAnAddress."""
    address = mailbox.address.strip()
    if not _DOT_ATOMS.fullmatch(address) or "=?" in address:  # which readers take for an encoded word
        raise NotAnAddress(mailbox.address)
    local, _, domain = address.partition("@")
    try:
        return Address(one_line(mailbox.name), local, domain)
    except ValueError as error:
        raise NotAnAddress(mailbox.address) from error


def _wire_for(draft: Draft) -> Any:
    """Addresses beyond ASCII go as they are (SMTPUTF8); everything else is encoded."""
    addresses = (draft.sender, *draft.to, *draft.cc)
    return _WIRE if all(one.address.isascii() for one in addresses) else _UTF8_WIRE


def _fill(message: EmailMessage, draft: Draft) -> None:
    if draft.text is not None or draft.html is None:
        message.set_content(_body(draft.text or ""), cte=_cte(draft.text or ""))
    if draft.html is not None:
        if draft.text is None:
            message.set_content(_body(draft.html), subtype="html", cte=_cte(draft.html))
        else:
            message.add_alternative(_body(draft.html), subtype="html", cte=_cte(draft.html))


def _body(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _cte(text: str) -> str:
    """7bit where the text allows it as it stands, else quoted-printable, which keeps what is readable readable."""
    plain = text.isascii() and "\0" not in text and all(len(line) <= LONGEST_LINE for line in text.splitlines())
    return "7bit" if plain else "quoted-printable"
