"""Addresses, message ids and error messages of MailKit 4, the library with which DocSpace sends mail.

A failed job shows the message of MailKit's exception.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from mockmail.core.ids import Ids
from mockmail.core.mail.addresses import validate_address, with_ascii_domain
from mockmail.core.mail.outgoing import Failure, Stage

HOST = "localhost.localdomain"
"""The host in a message id, for a machine without a host name."""

BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FIRST_TICK = datetime(1, 1, 1, tzinfo=UTC)

_ATOM = r"[^\s<>,;:()\[\]\\\".@\x00-\x1f\x7f]+"
_LOCAL = re.compile(rf'(?:{_ATOM}|"(?:[^"\\]|\\.)*")(?:\.(?:{_ATOM}|"(?:[^"\\]|\\.)*"))*', re.DOTALL)
_DOMAIN = re.compile(rf"{_ATOM}(?:\.{_ATOM})*\.?")

_CLIENT_ERRORS = {
    "SMTP AUTH extension not supported by server.": "The SMTP server does not support authentication.",
    "No suitable authentication method found.": "No compatible authentication mechanisms found.",
}
"""MailKit's messages for errors that mockmail's SMTP client finds without a reply of the server."""


def header_address(address: str) -> str:
    """Return an address for a header: the domain in ASCII, the local part unchanged. Raise NotAnAddress."""
    return with_ascii_domain(validate_address(address))


def message_id(now: datetime, ids: Ids) -> str:
    """Return `<ticks.random@host>`: .NET's ticks and 64 random bits, in base 36 with the last digit first."""
    ticks = int((now - _FIRST_TICK).total_seconds()) * 10_000_000 + now.microsecond * 10
    return f"<{_base36(ticks)}.{_base36(int(ids.hexadecimal(16), 16))}@{HOST}>"


def address_error(address: str) -> str:
    """Return the message of MimeKit's parser for a text that is not an address."""
    bare = address.strip()
    local = _LOCAL.match(bare)
    if local is None:
        return "Invalid local-part at offset 0"
    rest = bare[local.end() :].lstrip()
    if rest in ("", "@"):  # MailKit accepts an address without a domain, and servers do not
        return "Incomplete addr-spec token at offset 0"
    if not rest.startswith("@"):
        return f"Invalid {'local-part' if rest.startswith('.') else 'addr-spec token'} at offset 0"
    start = len(bare) - len(rest[1:].lstrip())
    domain = _DOMAIN.match(bare, start)
    left = bare[domain.end() :].lstrip() if domain else ""
    if not left:
        return f"Invalid domain token at offset {_size(bare[:start])}"
    return f"Unexpected '{left[0]}' token at offset {_size(bare[: len(bare) - len(left)])}"


def failure_message(failure: Failure) -> str:
    """Return MailKit's message for a failure: the text of the reply, after its code for a failed login."""
    if failure.code is None:
        return _CLIENT_ERRORS.get(failure.text, failure.text)
    return f"{failure.code}: {failure.text}" if failure.stage is Stage.AUTHENTICATE else failure.text


def _base36(number: int) -> str:
    digits = ""
    while number or not digits:
        number, digit = divmod(number, len(BASE36))
        digits += BASE36[digit]
    return digits


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
