"""The grammar of a query: what it means, and the place that an error shows."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mockmail.core.clock import Clock
from mockmail.core.errors import InvalidQuery, InvalidValue
from mockmail.core.mail import grammar
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.documents import document_of, read_message
from mockmail.core.mail.grammar import LONGEST_AGO, LONGEST_QUERY, MOST_NESTING, MOST_TERMS, parse_query
from mockmail.core.mail.message import Envelope, SentBy
from mockmail.core.mail.store import MailStore
from mockmail.core.mail.terms import Group, Term

A, B, C = (Term("words", name) for name in "abc")


@pytest.mark.parametrize(
    ("query", "node"),
    [
        ("", None),
        (" \t\n", None),
        ("a", A),
        ("a b", Group((A, B))),
        ("a AND b", Group((A, B))),
        ("a OR b", Group((A, B), is_any=True)),
        ("a b OR c", Group((Group((A, B)), C), is_any=True)),
        ("a (b OR c)", Group((A, Group((B, C), is_any=True)))),
        ("-a", A.negated()),
        ("NOT a", A.negated()),
        ("NOT(a)", A.negated()),
        ("--a", A),
        ("-(a OR b)", Group((A.negated(), B.negated()))),
        ("-(a b)", Group((A.negated(), B.negated()), is_any=True)),
        ("a or b", Group((A, Term("words", "or"), B))),
        ('"OR"', Term("words", "OR")),
        ('"a b"', Term("words", "a b")),
        ("a-b", Term("words", "a b")),
        ("12:30", Term("words", "12 30")),
        ('subject:"A \\"b\\" \\\\ c"', Term("subject", 'a "b" \\ c')),
        ('header:X-Kind="two words"', Term("header", "x-kind=two words")),
        ("header:X-Kind", Term("header", "x-kind")),
        ("TO:<Jane@Example.com>", Term("to", "jane@example.com")),
        ("message-id:<1@x>", Term("message-id", "1@x")),
        ("larger:2.5k", Term("size", "2560")),
        ("smaller:1MB", Term("size", str((1 << 20) - 1), is_negated=True)),
        ("after:2026-01-31", Term("since", "2026-01-31T00:00:00+00:00")),
        ("before:2026-01-31T12:00+01:00", Term("since", "2026-01-31T11:00:00+00:00", is_negated=True)),
        ("after:2h", Term("ago", "7200")),
        (f"after:{LONGEST_AGO}s", Term("ago", str(LONGEST_AGO))),
        ("(" * MOST_NESTING + "a" + ")" * MOST_NESTING, A),
    ],
)
def test_query_is_read(query, node):
    assert parse_query(query) == node


@pytest.mark.parametrize(
    ("query", "position", "sentence"),
    [
        ("a foo:b", 2, "there is no field 'foo'; there are to, from, "),
        ("is:blue", 0, "is must be read, unread or tagged, not 'blue'"),
        ("a tag:", 2, "tag: needs a value"),
        ("re:hello", 0, 'quotes search for the words: "re:hello"'),
        ("a (b", 2, "this bracket is not closed; put it in quotes to search for it"),
        ("a b)", 3, "there is no opening bracket for this one; put it in quotes to search for it"),
        ("()", 1, "a term is missing here; "),
        ("a OR", 4, "a term is missing here; "),
        ("OR a", 0, "a term is missing here; "),
        ("a AND OR b", 6, "a term is missing here; "),
        ("a - b", 3, "a term is missing here; "),
        ("NOT", 3, "a term is missing here; "),
        ('a "b', 2, "this quote is not closed; "),
        ('subject:a"b', 9, "this quote is not closed; "),
        ("a to: b", 2, "to: needs a value"),
        ('to:""', 0, "to: needs a value"),
        ("a & b", 2, "text must have a letter or a digit, not '&'"),
        ("body:*", 0, "body must have a letter or a digit, not '*'"),
        ("a has:x", 2, "has must be attachment or html, not 'x'"),
        ("header:=x", 0, "header must be NAME=VALUE, or the NAME of a header, not '=x'"),
        ("after:soon", 0, "after must be a duration of at most 100 years "),
        (f"after:{LONGEST_AGO + 1}s", 0, "after must be a duration of at most 100 years "),
        ("before:0001-01-01T00:00+23:00", 0, "before must be a duration of at most 100 years "),
        ("larger:-1", 0, "larger must be a number of bytes (500, 100k, 2.5M), not '-1'"),
        ("a " * MOST_TERMS + "b", 2 * MOST_TERMS, f"a query has at most {MOST_TERMS} terms"),
        ("a" * (LONGEST_QUERY + 1), LONGEST_QUERY, f"a query has at most {LONGEST_QUERY} characters, not "),
        ("(" * (MOST_NESTING + 1) + "a", MOST_NESTING, f"a query has at most {MOST_NESTING} levels of brackets"),
    ],
)
def test_broken_query_is_refused_with_its_place(query, position, sentence):
    with pytest.raises(InvalidQuery) as caught:
        Criteria(query=query)

    assert caught.value.position == position
    rest = query[position : position + 20]
    assert str(caught.value).startswith(f"query, character {position + 1}, at {repr(rest) if rest else 'its end'}: ")
    assert sentence in str(caught.value)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("query", ["a " * MOST_TERMS, "a" * LONGEST_QUERY, "-" * (LONGEST_QUERY - 1) + "a"])
def test_query_at_a_bound_is_read(query):
    assert parse_query(query) is not None


@pytest.mark.parametrize("query", ['"' + "\\" * (LONGEST_QUERY - 1), "a" + ":a" * 4000, '"a"' * 3000, "-(" * 3000])
def test_hostile_query_is_read_at_once(query):
    try:
        parse_query(query)
    except InvalidQuery as error:
        assert len(str(error)) < 500


def test_argument_is_the_term_of_the_same_name():
    now = datetime.now(UTC)
    given = Criteria(to="Jane", sender="<a@b>", subject="X y", text="red, blue")

    assert given.conditions(now) == Criteria(query='to:Jane from:<a@b> subject:"X y" text:"red, blue"').conditions(now)
    with pytest.raises(InvalidValue, match=r"text must have a letter or a digit, not '\*'"):
        Criteria(text="*")


def test_duration_is_before_the_time_of_the_sandbox(mail, add):
    clock = mail._clock
    clock.freeze(datetime(2026, 1, 31, 12, tzinfo=UTC))
    message = add("old")
    clock.advance(3600)
    add("new")
    late = Criteria(query="after:59m")

    assert [found.subject for found in mail.find(late)] == ["new"]
    assert [found.subject for found in mail.find(Criteria(query="before:1h"))] == []
    assert [found.subject for found in mail.find(Criteria(query="before:3599s"))] == ["old"]
    assert not mail.fits(message, late)
    clock.advance(-3600)
    assert mail.fits(message, late)
    assert late.conditions(clock.now()) == (Term("since", (clock.now() - timedelta(minutes=59)).isoformat()),)


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [("90s", 90), ("1m", 60), ("1h", 3600), ("1d", 86_400), ("1w", 604_800), ("36500d", 3_153_600_000)],
)
def test_duration_has_the_seconds_of_its_unit(duration, seconds):
    assert parse_query(f"after:{duration}") == Term("ago", str(seconds))


def test_duration_over_a_hundred_years_is_refused():
    with pytest.raises(InvalidQuery):
        parse_query("after:36501d")


@pytest.mark.parametrize(("size", "bytes_"), [("500", 500), ("1k", 1024), ("2.5M", 2_621_440), ("1g", 1_073_741_824)])
def test_size_has_the_bytes_of_its_unit(size, bytes_):
    assert parse_query(f"larger:{size}") == Term("size", str(bytes_))


def test_time_of_a_message_in_another_zone_is_compared_as_a_time():
    store = MailStore(Clock(), "0")
    message = store.add(b"", Envelope(sender="", recipients=()), SentBy())
    document = {**document_of(message), "received_at": "2026-01-31T01:00:00+02:00"}
    store.replace([read_message(document, "mail[0]")])

    assert len(store.find(Criteria(query="after:2026-01-30T23:00 before:2026-01-30T23:01"))) == 1
    store.close()


def test_every_field_is_documented():
    page = (Path(__file__).parents[3] / "docs" / "search.md").read_text("utf-8")

    assert sorted(re.findall(r"^\| `([a-z-]+):` \|", page, re.MULTILINE)) == sorted(grammar.fields())
