"""E-mail addresses and host names: validation, and the two forms of a non-ASCII domain (Unicode and IDNA)."""

from __future__ import annotations

import re
from ipaddress import IPv6Address

from mockmail.core.errors import NotAnAddress

LONGEST = 1000
"""The longest address, in characters; RFC 5321 allows 254, and many servers accept more."""

LONGEST_CONVERTED = 100
"""The longest domain, in characters, that is converted to its other form. Python takes 2 microseconds a character."""

LONGEST_HOST = 254
"""The longest host name, in characters, with the dot at its end."""

_ATOM = r"[^\s<>,;:()\[\]\\\".@\x00-\x1f\x7f-\x9f\ud800-\udfff]+"
_QUOTED = r'"(?:[ !#-\[\]-~]|\\[ -~])+"'
_ADDRESS = re.compile(rf"(?:{_ATOM}(?:\.{_ATOM})*|{_QUOTED})@{_ATOM}(?:\.{_ATOM})*")
_HOST_NAME = re.compile(r"(?=.{1,253}\.?\Z)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?")


def validate_address(address: str) -> str:
    """Return an address without the blanks around it: atoms and dots, or a quoted text, then `@` and a domain.

    Raise NotAnAddress.
    """
    bare = address.strip()
    # A mail reader takes "=?" for the start of an encoded word.
    if len(bare) > LONGEST or not _ADDRESS.fullmatch(bare) or "=?" in bare:
        raise NotAnAddress(address)
    return bare


def with_ascii_domain(address: str) -> str:
    """Return an address with its domain in ASCII (`xn--...`). Raise NotAnAddress when the domain has no such form."""
    if address.isascii():
        return address
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{ascii_domain(domain)}"
    except UnicodeError as error:
        raise NotAnAddress(address) from error


def has_ascii_local_part(address: str) -> bool:
    """Return whether an address can be sent to without SMTPUTF8 once its domain is in ASCII."""
    return address.rpartition("@")[0].isascii()


def address_forms(address: str) -> list[str]:
    """Return an address, or a part of an address, unchanged, then with the other form of its domain if there is one."""
    local, at, domain = address.rpartition("@")
    return [f"{local}{at}{form}" for form in domain_forms(domain)]


def domain_forms(domain: str) -> list[str]:
    """Return a domain unchanged, then its other form if there is one: ASCII (`xn--...`) or Unicode."""
    if domain.isascii() and "xn--" not in domain:
        return [domain]
    try:
        other = _convertible(domain).encode("ascii").decode("idna") if domain.isascii() else ascii_domain(domain)
    except UnicodeError:
        return [domain]
    return [domain, other]


def ascii_domain(domain: str) -> str:
    """Return a domain in ASCII (`xn--...`). Raise UnicodeError when it has no such form."""
    return domain if domain.isascii() else _convertible(domain).encode("idna").decode("ascii")


def is_host(text: str) -> bool:
    """Return whether a text can be the name or IP address of a host."""
    if len(text) > LONGEST_HOST:
        return False
    if _HOST_NAME.fullmatch(text):
        return True
    return _is_ipv6(text) if ":" in text else _is_unicode_host(text)


def _convertible(domain: str) -> str:
    if len(domain) > LONGEST_CONVERTED:
        raise UnicodeError(f"a domain of more than {LONGEST_CONVERTED} characters is not converted")
    return domain


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text[1:-1] if text.startswith("[") and text.endswith("]") else text)
    except ValueError:
        return False
    return True


def _is_unicode_host(text: str) -> bool:
    try:
        return not text.isascii() and _HOST_NAME.fullmatch(ascii_domain(text)) is not None
    except UnicodeError:
        return False
