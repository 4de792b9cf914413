"""Octets as text, in a charset that somebody else names."""

from __future__ import annotations

import codecs

NOT_CHARSETS = ("idna", "punycode", "undefined")
"""What Python decodes by name, and is no charset. Punycode takes it minutes for a megabyte."""

_USUAL = frozenset({"utf-8", "us-ascii", "iso-8859-1"})
"""What nobody needs to look up."""


def in_charset(octets: bytes, charset: str, errors: str = "replace") -> str:
    """The text that octets are in a charset.

    Raises LookupError or ValueError for what is none; UnicodeDecodeError, a ValueError as well, where errors is
    "strict" and the octets are not in it.
    """
    if charset not in _USUAL and codecs.lookup(charset).name in NOT_CHARSETS:
        raise LookupError(f"{charset} is no charset")
    return octets.decode(charset, errors)
