"""Random queries: each one is read or refused, and a search and a wait agree on it."""

from __future__ import annotations

import pytest
from call_counter import calls
from hypothesis import given, settings
from hypothesis import strategies as st

from mockmail.core.clock import Clock
from mockmail.core.errors import InvalidQuery
from mockmail.core.mail import grammar
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.grammar import LONGEST_QUERY, parse_query
from mockmail.core.mail.message import Envelope, SentBy
from mockmail.core.mail.store import MailStore

FEW_CALLS, MANY_CALLS = 2_000, 200_000
"""The most calls to read a short query, and the longest one."""

FIELDS = st.sampled_from([*grammar.fields(), "none", "TO", "x-y"])
VALUES = st.one_of(
    st.sampled_from(
        ["", "jane", "2026-01-31", "1d", "99999999999w", "1k", "9" * 9 + "g", "²", "attachment", "x-a=b", "=", "<a@b>"]
    ),
    st.text(max_size=12),
    st.text('"\\', max_size=6),
    st.text("\0\ud800é\u0301 \u2028'%*^_", max_size=6),
)
TOKENS = st.one_of(
    VALUES,
    VALUES.map('"{}"'.format),
    st.builds("{}:{}".format, FIELDS, VALUES),
    st.builds('{}:"{}"'.format, FIELDS, VALUES),
    st.sampled_from(["(", ")", "-", "!", "NOT", "AND", "OR", "NOT(", ":", " ", "\t", '"', "\\", "--", "()"]),
)
QUERIES = st.builds(
    lambda between, tokens: between.join(tokens), st.sampled_from(["", " "]), st.lists(TOKENS, max_size=12)
)


@pytest.fixture(scope="module")
def store():
    store = MailStore(Clock(), "0")
    for number, subject in enumerate(("Jane's (red) order", "", "é ² 100% _x")):
        raw = f"Subject: {subject}\r\nFrom: Jane <jane@example.com>\r\nX-A: b\r\n\r\nHello {subject}".encode()
        store.add(raw, Envelope(sender="a@b", recipients=(f"jane{number}@example.com",)), SentBy())
    yield store
    store.close()


@settings(max_examples=150)
@given(query=QUERIES)
def test_random_query_is_refused_at_a_place_or_a_search_and_a_wait_agree_on_it(store, query):
    try:
        node = parse_query(query)
    except InvalidQuery as error:
        assert 0 <= error.position <= len(query)
        return

    criteria = Criteria(query=query)

    found = [message.id for message in store.find(criteria)]
    assert found == [message.id for message in store.find(Criteria()) if store.fits(message, criteria)]
    assert node is not None or len(found) == store.count(Criteria())


@settings(max_examples=100)
@given(query=QUERIES)
def test_random_query_is_read_in_bounded_work(query):
    assert calls(lambda: _read(query)) < FEW_CALLS


@settings(max_examples=40)
@given(start=QUERIES, token=TOKENS, end=QUERIES)
def test_random_query_of_the_longest_length_is_read_in_bounded_work(start, token, end):
    middle = token * (LONGEST_QUERY // max(1, len(token)))

    assert calls(lambda: _read(f"{start}{middle}{end}"[:LONGEST_QUERY])) < MANY_CALLS


def _read(query):
    try:
        parse_query(query)
    except InvalidQuery:
        return
