"""JSON as Json.NET takes it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockmail.core.errors import Problem
from mockmail.wire.json_text import BrokenJson, read_json, write_json
from mockmail.wire.lenient_json import MAX_LENIENT_VALUES, read_lenient_json, without_surrogates


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ("{'a': 'b'}", {"a": "b"}),
        ("{'it''s': 1}", None),
        ('{\'it\\\'s\': "say \\"so\\""}', {"it's": 'say "so"'}),
        ("{'q': 'a \"quoted\" word'}", {"q": 'a "quoted" word'}),
        ("{a: 1, $b_2: [true, false, null]}", {"a": 1, "$b_2": [True, False, None]}),
        ("{'a': [1, 2,], }", {"a": [1, 2]}),
        ("[,]", None),
        ("/* one */ {'a': /* two */ 1 // three\n}", {"a": 1}),
        ("{'a': 1} /* never ends", None),
        ("{'a': 'first line\r\nsecond line'}", {"a": "first line\r\nsecond line"}),
        ('{"a": "raw\ttab"}', {"a": "raw\ttab"}),
        ("{'a': '\\u00e9\\ud83d\\ude00'}", {"a": "é😀"}),
        ("{'a': '\\ud83d'}", {"a": "\ufffd"}),
        ("{'a': '\\\\\\'\\\\\\\\\\n\\\"\"/\\/'}", {"a": '\\\'\\\\\n""//'}),
        ('{"a": "\\\\\\"it\\\'s\\\\\\\\", b: "\\\\"}', {"a": "\\\"it's\\\\", "b": "\\"}),
        ("{'\\u0061\\t': '\\b\\f\\r'}", {"a\t": "\b\f\r"}),
        ("['\\", None),
        ("['a\\'", None),
        ("{'a': '\\q'}", None),
        ("{'a': '\\u12'}", None),
        ("[0x1F, -0x10, 0, -0, 12, -1.5, .5, 1., 2e3]", [31, -16, 0, 0, 12, -1.5, 0.5, 1.0, 2000.0]),
        ("[0xFFFFFFFFFFFFFFFF, -0x0000000000000001]", [18446744073709551615, -1]),
        ("[0x10000000000000000]", None),
        ("[-0x" + "F" * 5000 + "]", None),
        ("['', 017]", None),
        ("['', 1" + "0" * 5000 + "]", None),
        ("{'a': 1, 'a': 2}", {"a": 2}),
        ("{'a': undefined}", None),
        ("{'a' 1}", None),
        ("{'a': 1 'b': 2}", None),
        ("{'a': 'b'", None),
        ("{'a': 'b", None),
        ("{'a':", None),
        ("['a'] ['b']", None),
        ("", None),
    ],
)
def test_lenient_syntax_is_read_or_refused(text, value):
    if value is None:
        with pytest.raises(BrokenJson):
            read_lenient_json(text.encode())
    else:
        assert read_lenient_json(text.encode()) == value


def test_error_position_counts_from_one():
    with pytest.raises(BrokenJson) as caught:
        read_lenient_json(b"{'a': 1,\n 'b' 2}")
    assert (caught.value.line, caught.value.column) == (2, 6)


@pytest.mark.parametrize(
    ("text", "reason", "column"),
    [
        ("['ab\\\\c\\xd']", "an unknown escape", 9),
        ("['ab\\u12g4']", "expected four hexadecimal digits", 6),
        ("['ab\\", "an unknown escape", 6),
        ("['ab\\'c", "a text without its closing quote", 2),
        ('{"a": "b', "a text without its closing quote", 7),
    ],
)
def test_error_names_reason_and_position(text, reason, column):
    with pytest.raises(BrokenJson) as caught:
        read_lenient_json(text.encode())
    assert (caught.value.reason, caught.value.column) == (reason, column)


def test_depth_and_number_of_values_are_bounded():
    assert read_lenient_json(b"[" * 99 + b"''" + b"]" * 99) is not None
    with pytest.raises(BrokenJson, match="levels"):
        read_lenient_json(b"[" * 101 + b"''" + b"]" * 101)
    with pytest.raises(BrokenJson, match="levels"):
        read_lenient_json(b"{a:" * 20_000)
    assert len(read_lenient_json(b"[" + b"''," * (MAX_LENIENT_VALUES - 1) + b"]")) == MAX_LENIENT_VALUES - 1
    with pytest.raises(Problem, match="values"):
        read_lenient_json(b"[" + b"''," * MAX_LENIENT_VALUES + b"]")


@pytest.mark.parametrize("charset", ["utf-8", "UTF-16", "no-such-charset", "idna", "undefined", "hex"])
def test_text_in_any_charset_is_read(charset):
    body = "{'a': 'é'}".encode("utf-16" if charset == "UTF-16" else "utf-8")
    assert read_lenient_json(body, charset=charset) == {"a": "é"}


def test_bytes_outside_the_charset_are_replaced():
    assert read_lenient_json(b"{'a': '\xff'}") == {"a": "\ufffd"}


def test_half_surrogate_pairs_are_replaced_and_whole_pairs_joined():
    assert without_surrogates("a\ud800b") == "a\ufffdb"
    assert without_surrogates("\ud83d\ude00") == "😀"
    assert without_surrogates("é") == "é"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=100)
@given(json_values)
def test_strict_json_is_read_unchanged(value):
    body = write_json(value)
    assert read_lenient_json(body) == read_json(body)
    assert read_lenient_json(b"[" + body + b" ,]") == [read_json(body)]


@settings(max_examples=200)
@given(st.binary(max_size=200) | st.text("{}[]'\":,/*\\u0aeE.-xn \n", max_size=60).map(str.encode))
def test_other_text_is_broken_json(body):
    try:
        read_lenient_json(body)
    except BrokenJson:
        return


@settings(max_examples=200)
@given(st.text("ab'\"\\/ntu0\n\u2028é😀", max_size=40), st.sampled_from("'\""))
def test_text_in_single_or_double_quotes_is_read(text, quote):
    written = text.replace("\\", "\\\\").replace(quote, "\\" + quote)
    assert read_lenient_json(f"{{x: {quote}{written}{quote},}}".encode()) == {"x": text}
