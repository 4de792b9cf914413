"""Messages that an application composed itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockmail.core.mail import mime
from mockmail.core.senders.raw import recipients_of, with_headers

RAW = (
    b"From: app@example.com\r\nTo: Jane Doe <jane@example.org>,\r\n bob@example.org\r\nCC: carol@example.org\r\n"
    b"Bcc: archive@example.org,\r\n\tother@example.org\r\nSubject: x\r\n\r\nBcc: in the body\r\n"
)


def test_recipients_are_read_from_the_headers():
    assert [(each.kind, each.name, each.address) for each in recipients_of(RAW)] == [
        ("to", "Jane Doe", "jane@example.org"),
        ("to", "", "bob@example.org"),
        ("cc", "", "carol@example.org"),
        ("bcc", "", "archive@example.org"),
        ("bcc", "", "other@example.org"),
    ]


def test_header_is_removed_with_its_further_lines_and_the_rest_stays():
    assert with_headers(RAW, removed=["bcc"]) == RAW.replace(
        b"Bcc: archive@example.org,\r\n\tother@example.org\r\n", b""
    )


def test_header_is_replaced_and_cannot_add_another():
    changed = with_headers(RAW, added={"Subject": "Grüße\r\nX-Evil: yes"})

    headers = mime.headers(changed)
    assert headers.get_all("Subject") == ["Grüße X-Evil: yes"]
    assert "X-Evil" not in headers
    assert changed.endswith(b"\r\n\r\nBcc: in the body\r\n")


@pytest.mark.parametrize("raw", [b"", b"no header at all", b"\r\nbody", b"Subject: x"])
def test_message_without_a_body_or_headers_gets_the_header(raw):
    changed = with_headers(raw, removed=["Bcc"], added={"X-Id": "7"})

    assert mime.headers(changed).get("X-Id") == "7"
    assert b"\r\n\r\n" in changed


@given(st.binary(max_size=300))
def test_any_bytes_are_taken(raw):
    recipients_of(raw)

    assert mime.headers(with_headers(raw, added={"X-Id": "7"})).get("X-Id") == "7"
