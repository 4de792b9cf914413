"""JSON bodies, within bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockmail.core.errors import Problem
from mockmail.wire import json_text
from mockmail.wire.json_text import MAX_VALUES, BrokenJson, read_json, write_json


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": [1, -2.5, true, null, "\xc3\xbc"]}', {"a": [1, -2.5, True, None, "ü"]}),
        (b"\xef\xbb\xbf 1 ", 1),
        (b'"\xff"', "\ufffd"),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'"[[["', "[[["),
    ],
)
def test_json_is_read(body, value):
    assert read_json(body) == value


@pytest.mark.parametrize(
    "body",
    [b"", b" ", b"{", b"[1,]", b"{'a': 1}", b"NaN", b"[Infinity]", b"-Infinity", b"1 2", b"nul", b"\0", b"1" * 5000],
)
def test_invalid_json_is_refused(body):
    with pytest.raises(BrokenJson):
        read_json(body)


def test_error_has_line_and_column():
    with pytest.raises(BrokenJson) as caught:
        read_json(b'{\n "a": x}')
    assert (caught.value.line, caught.value.column, caught.value.position) == (2, 7, 8)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (b"NaN", "NaN is not JSON"),
        (b"-Infinity", "-Infinity is not JSON"),
        (b"1" * 5000, "a number of too many digits"),
    ],
    ids=["not a number", "infinity", "too long"],
)
def test_error_of_an_invalid_number_has_its_position(number: bytes, reason: str):
    with pytest.raises(BrokenJson) as caught:
        read_json(b'{"NaN": "\\"NaN",\n "a": ' + number + b"}")
    error = caught.value
    assert (error.reason, error.line, error.column, error.position) == (reason, 2, 7, 23)
    assert str(error) == f"{reason}: line 2, column 7"


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_depth_over_the_limit_is_refused(opening, closing):
    inner = b"1" if opening != b"[" else b""
    read_json(opening * 100 + inner + closing * 100)
    with pytest.raises(BrokenJson, match="deeper than 100 levels"):
        read_json(opening * 101 + inner + closing * 101)
    with pytest.raises(BrokenJson, match="deeper than 100 levels"):
        read_json(opening * (MAX_VALUES - 1))
    assert len(read_json(b"[" + b",".join([b"[]"] * 1000) + b"]")) == 1000


def test_text_without_a_closing_quote_is_scanned_once():
    with pytest.raises(BrokenJson):
        read_json(b"[" + b"[]," * 200 + b'"' + b'\\"' * 300_000)
    with pytest.raises(BrokenJson):
        read_json(b"[" + b"[]," * 200 + b'"' + b'\\"' * 300_000 + b"\\")


@pytest.mark.parametrize("charset", ["nonsense", "idna", "punycode", "a\0b", "undefined", "rot13", "", "\udcff"])
def test_unknown_charset_is_read_as_utf_8(charset):
    assert read_json('"ü"'.encode(), charset=charset) == "ü"
    assert read_json(b'"bcher-kva"', charset=charset) == "bcher-kva"


@given(st.binary(max_size=100))
def test_any_bytes_are_read_or_refused(body):
    try:
        read_json(body)
    except BrokenJson as error:
        assert error.line >= 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


@given(JSON)
def test_written_json_can_be_read(value):
    assert read_json(write_json(value)) == value


@pytest.mark.parametrize(("last", "reason"), [(b"NaN", "NaN is not JSON"), (b"-" + b"1" * 4301, "too many digits")])
def test_invalid_number_in_megabytes_of_digits_is_found_fast(last, reason):
    before = b"[" + b"9" * 4300
    with pytest.raises(BrokenJson, match=reason) as caught:
        read_json(before + (b"," + b"9" * 4300) * 1000 + b"," + last + b"]")
    assert caught.value.position == 1 + 1001 * 4301


def array_of(element: bytes, count: int) -> bytes:
    return b"[" + b",".join([element] * count) + b"]"


ELEMENTS = [
    (b"[]", MAX_VALUES - 1),
    (b"1", MAX_VALUES - 1),
    (b'"a,b[{"', MAX_VALUES - 1),
    (b'{"":0}', (MAX_VALUES - 1) // 2),
    (b'{"\\"" :\n{}}', (MAX_VALUES - 1) // 2),
]


@pytest.mark.parametrize(("element", "count"), ELEMENTS, ids=[str(element) for element, _ in ELEMENTS])
def test_most_values_are_read(element, count):
    assert len(read_json(array_of(element, count))) == count


@pytest.mark.parametrize(("element", "count"), ELEMENTS, ids=[str(element) for element, _ in ELEMENTS])
def test_more_values_are_refused_before_they_are_built(monkeypatch, element, count):
    monkeypatch.setattr(json_text, "_STRICT", None)

    with pytest.raises(Problem, match=f"the body has more than {MAX_VALUES} JSON values") as caught:
        read_json(array_of(element, count + 1))

    assert caught.value.status == 413


@pytest.mark.parametrize(
    "body",
    [b'["a"' + b'""' * 2_000_000, b'{"a"' + b':"a"' * 1_000_000, b"]" * 1_000_000 + b"," * MAX_VALUES],
    ids=["strings", "names", "brackets"],
)
def test_broken_json_is_scanned_only_up_to_the_bound(monkeypatch, body):
    steps = 0
    tokens = json_text._TOKENS

    class Counted:
        def finditer(self, text):
            nonlocal steps
            for match in tokens.finditer(text):
                steps += 1
                yield match

    monkeypatch.setattr(json_text, "_TOKENS", Counted())

    with pytest.raises(Problem, match="JSON values"):
        read_json(body)

    assert steps <= 3 * MAX_VALUES + 1


def test_long_text_of_many_commas_is_one_value():
    text = "a,[{" * MAX_VALUES

    assert read_json(b'["%b"]' % text.encode()) == [text]


@pytest.mark.parametrize("integer", [b"0", b"7", b"42", b"199", b"249", b"255"])
def test_row_of_bytes_counts_as_one_value_if_files_are_arrays_of_bytes(integer):
    body = b"[" + b" , ".join([integer] * (MAX_VALUES + 1)) + b"]"

    assert read_json(body, has_byte_arrays=True) == [int(integer)] * (MAX_VALUES + 1)
    with pytest.raises(Problem, match="JSON values"):
        read_json(body)


@pytest.mark.parametrize("value", [b"256", b"999", b"-1", b"1.5", b"01", b"1e2", b'"1"', b"[1]", b"1,{}"])
def test_other_values_in_a_row_are_counted_each(value):
    with pytest.raises(Problem, match="JSON values"):
        read_json(b"[" + b",".join([value] * (MAX_VALUES + 1)) + b"]", has_byte_arrays=True)
