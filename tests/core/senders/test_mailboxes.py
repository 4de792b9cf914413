"""One mailbox in a text."""

from __future__ import annotations

import pytest

from mockmail.core.errors import NotAnAddress
from mockmail.core.senders.mailboxes import read_mailbox


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("jane@example.com", "", "jane@example.com"),
        (" <jane@example.com> ", "", "jane@example.com"),
        ("Jane Doe<jane@example.com>", "Jane Doe", "jane@example.com"),
        ("Acme, Inc. <jane@example.com>", "Acme, Inc.", "jane@example.com"),
        ('"Doe, \\"J\\"" <jane@example.com>', 'Doe, "J"', "jane@example.com"),
        ("=?utf-8?q?J=C3=A4ne?= <jane@example.com>", "Jäne", "jane@example.com"),
        ("a < b <jane@example.com>", "a < b", "jane@example.com"),
    ],
)
def test_name_and_address_are_read(text, name, address):
    found = read_mailbox(text)

    assert (found.name, found.address) == (name, address)


@pytest.mark.parametrize(
    "text",
    ["", "Jane", "jane@localhost", "Jane <jane>", "a@example.com, b@example.com", "<a@example.com> x", "Jane <a@b.c"],
)
def test_other_text_is_refused(text):
    with pytest.raises(NotAnAddress):
        read_mailbox(text)
