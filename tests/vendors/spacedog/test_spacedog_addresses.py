"""An address that is found at once is the one that would be found by looking at each of its signs."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from mockmail.vendors.spacedog import addresses
from mockmail.vendors.spacedog.addresses import BadAddress

TEXTS = st.lists(
    st.sampled_from(["a", "B", "7", "é", ".", "..", "@", "-", "_", " ", "<", ">", '"', ",", "=?", "(", "\\", "x.org"]),
    max_size=14,
).map("".join)


def outcome(text: str) -> object:
    try:
        return addresses.several(text), addresses.one(text)
    except BadAddress as error:
        return error.reason


def slow_outcome(text: str) -> object:
    try:
        found = [addresses._mailbox(part) for part in addresses._split(text)]
    except BadAddress as error:
        return error.reason
    return (found, found[0]) if len(found) == 1 else outcome(text)


@settings(max_examples=500, deadline=None)
@given(TEXTS)
def test_the_short_cut_leads_to_the_same_address(text):
    assert outcome(text) == slow_outcome(text)


def test_what_most_addresses_look_like():
    assert outcome("TEST <no-reply@api.example>")[0] == [addresses.Mailbox("no-reply@api.example", "TEST")]
    assert outcome("jane.o'neil+x@example.com")[0] == [addresses.Mailbox("jane.o'neil+x@example.com")]
