"""Charsets that others name."""

from __future__ import annotations

import pytest

from mockmail.core.charsets import in_charset


@pytest.mark.parametrize(
    ("octets", "charset", "text"),
    [
        (b"\xc3\xbc", "utf-8", "ü"),
        (b"\xfc", "Latin-1", "ü"),
        (b"\xfc", "utf-8", "\ufffd"),
        (b"\xff", "us-ascii", "\ufffd"),
    ],
)
def test_a_charset(octets, charset, text):
    assert in_charset(octets, charset) == text


@pytest.mark.parametrize(
    "charset",
    ["punycode", "PunyCode", "-punycode-", "idna", "undefined", "rot13", "zlib", "nonsense", "", "a\0b", "\udcff"],
)
def test_what_is_no_charset(charset):
    with pytest.raises((LookupError, ValueError)):
        in_charset(b"bcher-kva", charset)


def test_what_is_not_in_it():
    with pytest.raises(UnicodeDecodeError):
        in_charset(b"\xff", "utf-8", "strict")
