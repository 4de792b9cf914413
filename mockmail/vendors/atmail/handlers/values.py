"""What a value must look like, whatever it is for. All of this is assumed: the page gives types and no bounds."""

from __future__ import annotations

import re

from mockmail.vendors.atmail.errors import AtmailError

TEXT_LIMIT = 255
NUMBER_LIMIT = 2**31 - 1

_DOMAIN = re.compile(r"(?=.{1,253}$)[^\W_]([\w-]{0,61}[^\W_])?(\.[^\W_]([\w-]{0,61}[^\W_])?)*")
_LOCAL_PART = re.compile(r"[^\s@<>()\[\],;:\\/\"\x00-\x1f\x7f\ufffd]{1,64}")


def natural(name: str, value: int) -> int:
    """A whole number that a column takes. Raises AtmailError."""
    if not 0 <= value <= NUMBER_LIMIT:
        raise AtmailError(f"{name} is out of range")
    return value


def text(name: str, value: str) -> str:
    """A text that a column takes. Raises AtmailError."""
    if len(value) > TEXT_LIMIT:
        raise AtmailError(f"{name} is too long")
    return value


def is_domain(name: str) -> bool:
    """Whether this can be a domain's name."""
    return _DOMAIN.fullmatch(name) is not None


def is_local_part(name: str) -> bool:
    """Whether this can stand before the @ of an address."""
    return _LOCAL_PART.fullmatch(name) is not None


def is_address(address: str) -> bool:
    """Whether this can be an e-mail address."""
    local, _, domain = address.rpartition("@")
    return is_local_part(local) and is_domain(domain)


def folded(name: str) -> str:
    """A domain's name or an address as state keeps it: without blanks around it, in lower case."""
    return name.strip().lower()
