"""How a directory object is named: by distinguished name, GUID or SID, in any case and spacing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

LONGEST = 4096
"""Characters of an identifier; one that is longer names nothing."""

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


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier in its normal form, and the index of directory objects that it is looked up in."""

    index: Literal["dn", "guid", "sid"]
    value: str


def identify(text: str) -> Identifier | None:
    """What an identifier is; None where it is none (Adaxes API documentation, "Request body")."""
    text = text.strip()
    return _identify(text) if text and len(text) <= LONGEST else None


@lru_cache(maxsize=512)
def _identify(text: str) -> Identifier | None:
    bare = text.strip("{}()").lower()
    if _GUID.fullmatch(bare):
        return Identifier("guid", normal_guid(bare))
    if _SID.fullmatch(text.upper()):
        return Identifier("sid", text.upper())
    dn = normal_dn(text)
    return None if dn is None else Identifier("dn", dn)


def is_guid(text: str) -> bool:
    """Whether a text is a GUID, in any of its spellings."""
    return _GUID.fullmatch(text.strip("{}() ").lower()) is not None


def is_sid(text: str) -> bool:
    """Whether a text is a SID."""
    return _SID.fullmatch(text.upper()) is not None


def normal_guid(text: str) -> str:
    """A GUID in lower case with its dashes and without braces."""
    digits = text.strip("{}() ").replace("-", "").lower()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def relative_names(dn: str) -> tuple[tuple[str, str], ...] | None:
    """The attribute and the value of each part of a distinguished name, unescaped; None where it is none."""
    return _relative_names(dn) if len(dn) <= LONGEST else None


@lru_cache(maxsize=512)
def _relative_names(dn: str) -> tuple[tuple[str, str], ...] | None:
    names = []
    at, more = 0, ","
    while more:
        part = _RELATIVE_NAME.match(dn, at)
        if part is None:
            return None
        value = _unescaped(part["bare"] if part["quoted"] is None else part["quoted"])
        if not value.strip():
            return None
        names.append((part["attribute"], value))
        at, more = part.end(), part["more"]
    return tuple(names)


def normal_dn(dn: str) -> str | None:
    """A distinguished name that compares equal to every spelling of it; None where it is none."""
    return _normal_dn(dn) if len(dn) <= LONGEST else None


@lru_cache(maxsize=512)
def _normal_dn(dn: str) -> str | None:
    names = relative_names(dn)
    if names is None:
        return None
    return ",".join(f"{attribute.lower()}={escaped(_folded(value))}" for attribute, value in names)


def is_within(dn: str, container: str) -> bool:
    """Whether a distinguished name is a container's own, or that of something in it."""
    inside, outside = normal_dn(dn), normal_dn(container)
    if inside is None or outside is None:
        return False
    return inside == outside or inside.endswith(f",{outside}")


def escaped(value: str) -> str:
    """A value as it stands in a distinguished name (RFC 4514)."""
    return _SPECIAL.sub(r"\\\1", value)


@lru_cache(maxsize=512)
def domain_of(dn: str) -> str:
    """The domain that a distinguished name is in (`example.com`); empty where it has none."""
    return ".".join(value for attribute, value in relative_names(dn) or () if attribute.upper() == "DC")


def _folded(value: str) -> str:
    return " ".join(value.split()).casefold()


def _unescaped(value: str) -> str:
    return _ESCAPED.sub(_unescape, value) if "\\" in value else value


def _unescape(match: re.Match[str]) -> str:
    octets, character = match.groups()
    return bytes.fromhex(octets.replace("\\", "")).decode("utf-8", "replace") if octets else character
