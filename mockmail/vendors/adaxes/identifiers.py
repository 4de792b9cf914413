"""The identifiers of a directory object: distinguished name (DN), GUID or SID, in any case and spacing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

MAX_LENGTH = 4096
"""The most characters of a distinguished name."""

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}")
_SID = re.compile(r"S-1(-[0-9]{1,15}){1,16}")
_RELATIVE_NAME = re.compile(
    r"""\s*+(?P<attribute>[^\s=,;+"\\]++(?:\s++[^\s=,;+"\\]++)*+)\s*+=\s*+
    (?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>(?:[^\s\\,;"]|\s+(?=[^\s,;])|\\.)+))
    \s*(?P<more>[,;]|\Z)""",
    re.DOTALL | re.VERBOSE,
)
_ESCAPED = re.compile(r"((?:\\[0-9A-Fa-f]{2})+)|\\(.)", re.DOTALL)
_SPECIAL = re.compile(r'([\\,+"<>;=#])')


def is_guid(text: str) -> bool:
    """Return whether a text is a GUID, in any of its spellings."""
    return _GUID.fullmatch(text.strip("{}() ").lower()) is not None


def is_sid(text: str) -> bool:
    """Return whether a text is a SID, in any case."""
    return _SID.fullmatch(text.upper()) is not None


def normal_guid(text: str) -> str:
    """Return a GUID in lower case with its dashes and without braces."""
    digits = text.strip("{}() ").replace("-", "").lower()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


@lru_cache(256)
def relative_names(dn: str) -> tuple[tuple[str, str], ...]:
    """Return the attribute and the unescaped value of each part of a DN; empty for an invalid DN."""
    if len(dn) > MAX_LENGTH:
        return ()
    names = []
    at, more = 0, ","
    while more:
        part = _RELATIVE_NAME.match(dn, at)
        if part is None:
            return ()
        value = _ESCAPED.sub(_unescape, part["bare"] if part["quoted"] is None else part["quoted"])
        if not value.strip():
            return ()
        names.append((part["attribute"], value))
        at, more = part.end(), part["more"]
    return tuple(names)


@lru_cache(256)
def normal_dn(dn: str) -> str | None:
    """Return the form that all spellings of a DN share, or None for an invalid DN."""
    names = relative_names(dn)
    parts = (f"{attribute.lower()}={escaped(' '.join(value.split()).casefold())}" for attribute, value in names)
    return ",".join(parts) if names else None


def is_within(dn: str, container: str) -> bool:
    """Return whether a DN is that of the container or of an object in it."""
    inner, outer = normal_dn(dn), normal_dn(container)
    if inner is None or outer is None:
        return False
    return inner == outer or inner.endswith(f",{outer}")


def escaped(value: str) -> str:
    """Return a value with the escapes that it needs in a DN (RFC 4514)."""
    return _SPECIAL.sub(r"\\\1", value)


def domain_of(names: Iterable[tuple[str, str]]) -> str:
    """Return the domain in the parts of a DN, such as `example.com`; empty for a DN without one."""
    return ".".join(value for attribute, value in names if attribute.upper() == "DC")


def _unescape(match: re.Match[str]) -> str:
    hexadecimal, character = match.groups()
    return bytes.fromhex(hexadecimal.replace("\\", "")).decode("utf-8", "replace") if hexadecimal else character
