"""What names, addresses and passwords must look like; beyond the messages, no rule of the vendor's is known."""

from __future__ import annotations

import re

_USER_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9._&'-]{0,62}[a-z0-9_-])?", re.IGNORECASE | re.ASCII)
_LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.IGNORECASE | re.ASCII)
_DOMAIN = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+",
    re.IGNORECASE | re.ASCII,
)
_LONGEST_DISPLAY_NAME = 256
_LONGEST_LOCAL_PART = 64
_SHORTEST_PASSWORD = 8
LARGEST_SIZE = 2**31 - 1
"""The largest number of MB that is taken."""
MOST_LISTED = 1000
"""How many addresses one field may list."""


def is_user_name(text: str) -> bool:
    """Whether a mailbox may be called so."""
    return ".." not in text and _USER_NAME.fullmatch(text) is not None


def is_display_name(text: str) -> bool:
    """Whether a mailbox may be shown so: something to see, on one line."""
    return bool(text.strip()) and len(text) <= _LONGEST_DISPLAY_NAME and text.isprintable()


def is_password(text: str) -> bool:
    """Whether it is long enough (Rackspace API documentation, "Add/Edit", Errors)."""
    return len(text) >= _SHORTEST_PASSWORD


def is_domain(text: str) -> bool:
    """Whether a text is a domain."""
    return _DOMAIN.fullmatch(text) is not None


def is_address(text: str) -> bool:
    """Whether a text is an e-mail address."""
    local, _, domain = text.rpartition("@")
    return len(local) <= _LONGEST_LOCAL_PART and _LOCAL_PART.fullmatch(local) is not None and is_domain(domain)


def listed(text: str) -> list[str] | None:
    """What a field lists, with commas between; None where it is more than a field may."""
    parts = text.split(",", MOST_LISTED)
    return None if len(parts) > MOST_LISTED else [part.strip() for part in parts if part.strip()]
