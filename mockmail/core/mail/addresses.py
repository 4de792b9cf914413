"""Addresses: what is one, and how one with a domain beyond ASCII is spelled."""

from __future__ import annotations

import re

from mockmail.core.errors import NotAnAddress
from mockmail.core.mail.hosts import ascii_name
from mockmail.core.remembered import remembered

LONGEST = 1000
"""Characters of an address; RFC 5321 allows 254, and many servers take more."""

LONGEST_REMEMBERED = 254
"""Characters of what is remembered about addresses, and of hosts: no sender can fill the memory with them."""

_ATOM = r"[^\s<>,;:()\[\]\\\".@\x00-\x1f\x7f-\x9f\ud800-\udfff]+"
_QUOTED = r'"(?:[ !#-\[\]-~]|\\[ -~])+"'
_ADDRESS = re.compile(rf"(?:{_ATOM}(?:\.{_ATOM})*|{_QUOTED})@{_ATOM}(?:\.{_ATOM})*")


@remembered(1024, LONGEST_REMEMBERED)  # who is written to is often written to again
def checked(address: str) -> str:
    """An address without blanks around it: dots and atoms, or a quoted text, and a domain. Raises NotAnAddress."""
    bare = address.strip()
    if len(bare) > LONGEST or not _ADDRESS.fullmatch(bare) or "=?" in bare:  # which readers take for an encoded word
        raise NotAnAddress(address)
    return bare


def with_ascii_domain(address: str) -> str:
    """An address with its domain as DNS has it (`xn--…`). Raises NotAnAddress where there is no such domain."""
    if address.isascii():
        return address
    local, at, domain = address.rpartition("@")
    if len(domain) > LONGEST:
        raise NotAnAddress(address)
    try:
        return f"{local}{at}{ascii_name(domain)}"
    except UnicodeError as error:
        raise NotAnAddress(address) from error


def has_ascii_local_part(address: str) -> bool:
    """Whether it takes no SMTPUTF8 to send to an address once its domain is written as DNS has it."""
    return address.rpartition("@")[0].isascii()


def spellings(text: str) -> list[str]:
    """An address or a part of one in every way that its domain can be written, its own first."""
    local, at, domain = text.rpartition("@")
    found = [domain, *other_spelling(domain)]
    return [f"{local}{at}{one}" for one in found]


def other_spelling(domain: str) -> list[str]:
    """The other way to write a domain, for one that has two: beyond ASCII, or as DNS has it."""
    if len(domain) > LONGEST:
        return []
    try:
        if not domain.isascii():
            return [ascii_name(domain)]
        return [domain.encode("ascii").decode("idna")] if "xn--" in domain else []
    except UnicodeError:
        return []
