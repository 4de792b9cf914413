"""What can be a host's name or address."""

from __future__ import annotations

import pytest

from mockmail.core.mail.hosts import is_host


@pytest.mark.parametrize(
    "text",
    [
        "mail.example.com",
        "mail.example.com.",
        "localhost",
        "a_b",
        "-",
        "xn--mller-kva.de",
        "müller.de",
        "日本。jp",
        "127.0.0.1",
        "::1",
        "[::1]",
        "a" * 63 + ".de",
        ".".join(["a" * 62] * 4) + "b",
    ],
)
def test_a_name_or_an_address(text):
    assert is_host(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "a..b",
        "。",
        "a b",
        " mail.example.com",
        "mail.example.com\n",
        "mail\r\nX",
        "\0",
        "a\x7f",
        "mail.example.com:587",
        "http://mail.example.com",
        "user@host",
        "*",
        "[mail.example.com]",
        "::1::",
        "a" * 64 + ".de",
        "é" * 64,
        ".".join(["a" * 62] * 4) + "bcd",
        "é" * 1_000_000,
        "\ud800",
    ],
    ids=lambda text: repr(text[:20]),
)
def test_what_no_name_server_knows(text):
    assert not is_host(text)
