"""The reader that finds syntax errors and Python's agree on what JSON is."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mockmail.vendors.onlyoffice.syntax_errors import syntax_fault
from mockmail.wire.json_text import BrokenJson, read_json

PARTS = st.sampled_from(
    [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        '"',
        "\\",
        "\\u12",
        "a",
        '"a"',
        "1",
        "0",
        ".",
        "-",
        "e",
        "true",
        "nul",
        " ",
        "\n",
        "é",
    ]
)
TEXTS = st.lists(PARTS, max_size=14).map("".join)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
).map(json.dumps)


def fault_of(text):
    """Return the fault that the reader finds, or None for JSON."""
    try:
        return syntax_fault(text, 32, {"a"})
    except ValueError:
        return None


def check(text):
    fault = fault_of(text)
    try:
        read_json(text.encode(), max_depth=32)
    except BrokenJson:
        assert fault is not None
        if fault.complete:
            read_json(fault.complete.encode(), max_depth=32)
    else:
        assert fault is None


@settings(max_examples=400, deadline=None)
@given(TEXTS)
@example('{"a":[1,[2],{"b":[3,{"c":4,')
@example('{"b":[[1, [2]], {"c": {"d": [3]}}, [[[4]]], x')
@example("[" * 31 + "[[1]],")
@example('{"a":[1 ,\n "b", [ ] ,')
def test_any_text_is_json_for_both_or_for_neither(text):
    check(text)


@settings(max_examples=400, deadline=None)
@given(DOCUMENTS, st.integers(0, 40), PARTS | st.just(""))
def test_changed_document_is_json_for_both_or_for_neither(text, at, part):
    check(text[:at] + part + text[at + 1 :])


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("", ""),
        ("[1,", "[1]"),
        ("[1, {", "[1, {}]"),
        ('{"a": 1, "b": x', '{"a": 1}'),
        ('{"a": [1, 2, x', '{"a": [1, 2]}'),
        ('{"a": [1, {"b": x', '{"a": [1, {}]}'),
        ('{"b": {"c": 1, "d": x', '{"b": {"c": 1}}'),
        ('{"a": 1,', '{"a": 1}'),
        ('"text" x', '"text"'),
    ],
)
def test_text_before_the_error_is_closed(text, complete):
    fault = fault_of(text)

    assert fault is not None
    assert fault.complete == complete
