"""What MailKit 4, with which DocSpace sends its mail, makes of addresses, message ids and failures.

Its texts are what a failed job shows: `SmtpJob` hands the exception's message on.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from mockmail.core.ids import Ids
from mockmail.core.mail.addresses import validate_address, with_ascii_domain
from mockmail.core.mail.outgoing import Failure, Stage

HOST = "localhost.localdomain"
"""The host of a message id where the machine tells no name of its own."""

BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FIRST_TICK = datetime(1, 1, 1, tzinfo=UTC)

_ATOM = r"[^\s<>,;:()\[\]\\\".@\x00-\x1f\x7f]+"
_LOCAL = re.compile(rf'(?:{_ATOM}|"(?:[^"\\]|\\.)*")(?:\.(?:{_ATOM}|"(?:[^"\\]|\\.)*"))*', re.DOTALL)
_DOMAIN = re.compile(rf"{_ATOM}(?:\.{_ATOM})*\.?")

_OWN_WORDS = {
    "SMTP AUTH extension not supported by server.": "The SMTP server does not support authentication.",
    "No suitable authentication method found.": "No compatible authentication mechanisms found.",
}
"""What our own SMTP client finds wrong by itself, as MailKit says it."""


def header_address(address: str) -> str:
    """An address as a header has it: the domain as DNS has it, the local part as it is. Raises NotAnAddress."""
    return with_ascii_domain(validate_address(address))


def message_id(now: datetime, ids: Ids) -> str:
    """`<moment.number@host>`: .NET's ticks from the last digit on, and 64 bits at random, both to the base of 36."""
    ticks = int((now - _FIRST_TICK).total_seconds()) * 10_000_000 + now.microsecond * 10
    return f"<{_backwards(ticks)}.{_backwards(int(ids.hexadecimal(16), 16))}@{HOST}>"


def trouble_with(address: str) -> str:
    """Why a text is no address, as MimeKit's parser says it."""
    bare = address.strip()
    local = _LOCAL.match(bare)
    if local is None:
        return "Invalid local-part at offset 0"
    rest = bare[local.end() :].lstrip()
    if rest in ("", "@"):  # an address without a domain MailKit takes, and servers do not
        return "Incomplete addr-spec token at offset 0"
    if not rest.startswith("@"):
        return f"Invalid {'local-part' if rest.startswith('.') else 'addr-spec token'} at offset 0"
    begin = len(bare) - len(rest[1:].lstrip())
    domain = _DOMAIN.match(bare, begin)
    left = bare[domain.end() :].lstrip() if domain else ""
    if not left:
        return f"Invalid domain token at offset {_octets(bare[:begin])}"
    return f"Unexpected '{left[0]}' token at offset {_octets(bare[: len(bare) - len(left)])}"


def words_for(failure: Failure) -> str:
    """A failure as an exception's message: the reply's text, which only a failed login has its code before."""
    if failure.code is None:
        return _OWN_WORDS.get(failure.text, failure.text)
    return f"{failure.code}: {failure.text}" if failure.stage is Stage.AUTHENTICATE else failure.text


def _backwards(number: int) -> str:
    digits = ""
    while number or not digits:
        number, digit = divmod(number, len(BASE36))
        digits += BASE36[digit]
    return digits


def _octets(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
