"""Decode bytes in a charset that a client names."""

from __future__ import annotations

import re
from encodings import normalize_encoding
from encodings.aliases import aliases

LONGEST_NAME = 60
"""The longest name of a charset, in characters."""

_WITHOUT_ALIAS = (
    "cp1006", "cp720", "cp737", "cp856", "cp874", "cp875", "koi8_t", "koi8_u", "mac_arabic", "mac_croatian",
    "mac_farsi", "mac_romanian", "utf_8_sig",
)  # fmt: skip
_NOT_TEXT = ("base64_codec", "bz2_codec", "hex_codec", "mbcs", "quopri_codec", "rot_13", "uu_codec", "zlib_codec")
# Python looks for a module at each unknown name, and never forgets the name, so that only known names are looked up.
# Python's `punycode` is not one of them: it takes minutes for a megabyte.
_NAME_OF_ALIAS = {alias: name for alias, name in aliases.items() if name not in _NOT_TEXT}
_KNOWN = frozenset({*_NAME_OF_ALIAS, *_NAME_OF_ALIAS.values(), *_WITHOUT_ALIAS})
_USUAL = frozenset({"utf-8", "us-ascii", "iso-8859-1"})
"""Charsets that need no look-up, and whose text never has surrogates."""
_SURROGATES = re.compile(r"[\ud800-\udfff]")


def is_charset(name: str) -> bool:
    """Return whether a name is a charset that can be decoded."""
    return name in _USUAL or (
        len(name) <= LONGEST_NAME and normalize_encoding(name).lower().replace(".", "_") in _KNOWN
    )


def in_charset(body: bytes, charset: str, errors: str = "replace") -> str:
    """Return the bytes decoded from a charset. Lone surrogates, which UTF-7 may contain, become U+FFFD.

    Raise LookupError or ValueError for an unknown charset; UnicodeDecodeError, which is a ValueError, if `errors`
    is "strict" and the bytes are not in the charset.
    """
    if charset in _USUAL:
        return body.decode(charset, errors)
    if not is_charset(charset):
        raise LookupError(f"{charset[:LONGEST_NAME]!r} is not a known charset")
    return _SURROGATES.sub("\ufffd", body.decode(charset, errors))
