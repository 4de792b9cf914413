"""Hosts: what can be the name or the address of one."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address

LONGEST = 254
"""Characters of a name, with the dot at its end."""

_NAME = re.compile(r"(?=.{1,253}\.?\Z)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?")


def is_host(text: str) -> bool:
    """Whether a text can be a host's name or address: what cannot, no name server knows, and nobody connects to it."""
    return len(text) <= LONGEST and _is_host(text)


@lru_cache(maxsize=256)
def _is_host(text: str) -> bool:
    if _NAME.fullmatch(text):
        return True
    return _is_ipv6(text) if ":" in text else _is_beyond_ascii(text)


def ascii_name(name: str) -> str:
    """A name as DNS has it (`xn--…`). Raises UnicodeError for what can be none."""
    return name if name.isascii() else name.encode("idna").decode("ascii")


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text[1:-1] if text.startswith("[") and text.endswith("]") else text)
    except ValueError:
        return False
    return True


def _is_beyond_ascii(text: str) -> bool:
    try:
        return not text.isascii() and _NAME.fullmatch(ascii_name(text)) is not None
    except UnicodeError:
        return False
