"""Charsets that others name."""

from __future__ import annotations

import pytest

from mockmail.core.charsets import in_charset


@pytest.mark.parametrize(
    ("payload", "charset", "text"),
    [
        (b"\xc3\xbc", "utf-8", "ü"),
        (b"\xfc", "Latin-1", "ü"),
        (b"\xfc", "utf-8", "\ufffd"),
        (b"\xff", "us-ascii", "\ufffd"),
    ],
)
def test_decoded_bytes_are_text_of_the_charset(payload, charset, text):
    assert in_charset(payload, charset) == text


@pytest.mark.parametrize(
    "charset",
    ["punycode", "PunyCode", "-punycode-", "idna", "undefined", "rot13", "zlib", "nonsense", "", "a\0b", "\udcff"],
)
def test_unknown_charset_is_refused(charset):
    with pytest.raises((LookupError, ValueError)):
        in_charset(b"bcher-kva", charset)


def test_strict_decoding_refuses_bytes_outside_the_charset():
    with pytest.raises(UnicodeDecodeError):
        in_charset(b"\xff", "utf-8", "strict")
