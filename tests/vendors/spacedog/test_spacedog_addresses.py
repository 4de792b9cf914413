"""Addresses as javax.mail and Mailgun read them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockmail.core.mail.compose import Mailbox
from mockmail.vendors.spacedog.outgoing import BadAddress, parse_address, parse_addresses

TEXTS = st.lists(
    st.sampled_from(["a", "B", "7", "é", ".", "..", "@", "-", "_", " ", "<", ">", '"', ",", "=?", "(", "\\", "x.org"]),
    max_size=14,
).map("".join)


@pytest.mark.parametrize(
    ("text", "mailboxes"),
    [
        ("TEST <no-reply@api.example>", [Mailbox("no-reply@api.example", "TEST")]),
        ("jane.o'neil+x@example.com", [Mailbox("jane.o'neil+x@example.com")]),
        ('"Doe, Jane" <jane@example.com>', [Mailbox("jane@example.com", "Doe, Jane")]),
        ("a@x.io, B <b@x.io>,", [Mailbox("a@x.io"), Mailbox("b@x.io", "B")]),
    ],
)
def test_list_of_addresses_is_split_into_mailboxes(text, mailboxes):
    assert parse_addresses(text) == tuple(mailboxes)


@settings(max_examples=500, deadline=None)
@given(TEXTS)
def test_any_text_is_one_mailbox_or_a_bad_address(text):
    try:
        found = parse_address(text)
    except BadAddress as error:
        assert error.reason
        return

    assert parse_addresses(text) == (found,)
