"""XML from outside: without entities, types or the network."""

from __future__ import annotations

import pytest

from mockmail.wire.xml import parsed, sayable


def test_a_document():
    root = parsed('<a xmlns:b="urn:b"><b:c d="1">ü&amp;&#252;</b:c></a>'.encode())
    assert (root.tag, root[0].tag, root[0].get("d"), root[0].text) == ("a", "{urn:b}c", "1", "ü&ü")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<a>",
        b"<a></b>",
        b"\xff\xfe",
        b"<a>&nothing;</a>",
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY x "y">]><a/>',
        b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>',
        b"<a>" * 1000,
        b"<a>" * 1000 + b"</a>" * 1000,
        b"<a x='" + b"x" * (20 << 20) + b"'/>",
    ],
    ids=lambda body: repr(body[:40]),
)
def test_what_is_refused(body):
    with pytest.raises(ValueError, match=r"not well-formed XML|document type"):
        parsed(body)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ü 😀", "plain ü 😀"),
        ("a\tb\nc\r", "a\tb\nc\r"),
        ("\0\x1b\ufffe\ud800", "\ufffd\ufffd\ufffd\ufffd"),
        ("", ""),
    ],
)
def test_what_xml_cannot_say(text, shown):
    assert sayable(text) == shown
