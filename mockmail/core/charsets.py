"""Decode bytes in a charset that a client names."""

from __future__ import annotations

import codecs

NOT_CHARSETS = ("idna", "punycode", "undefined")
"""Names that Python decodes and that are not charsets. Punycode takes minutes for a megabyte."""

_USUAL = frozenset({"utf-8", "us-ascii", "iso-8859-1"})
"""Names that need no look-up."""


def in_charset(body: bytes, charset: str, errors: str = "replace") -> str:
    """Return the text that bytes are in a charset.

    Raise LookupError or ValueError for an unknown charset; UnicodeDecodeError, a ValueError as well, if errors is
    "strict" and the bytes are not in the charset.
    """
    if charset not in _USUAL and codecs.lookup(charset).name in NOT_CHARSETS:
        raise LookupError(f"{charset} is no charset")
    return body.decode(charset, errors)
