"""Masking hides every secret that a reader of requests finds, in random bodies that may be damaged."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from leaks import FORM, JSON, MULTIPART, SECRET
from multidict import CIMultiDict, CIMultiDictProxy

from mockmail.core.journal import Exchange
from mockmail.core.masking_rules import MaskingRules
from mockmail.wire.forms import BrokenForm, multipart, urlencoded
from mockmail.wire.json_text import BrokenJson, read_json
from mockmail.wire.lenient_json import read_lenient_json
from mockmail.wire.masking import MaskedExchange

RULES = MaskingRules(names=frozenset({"password"}), naming_members=frozenset({"propertyname"}))


def one_of(*choices: str) -> Any:
    """Return a strategy for one of several texts."""
    return st.sampled_from(choices)


DAMAGE = st.lists(
    st.tuples(
        st.integers(0, 200),
        one_of(*"{}[]:,\"'\\/&=<>;%+ \r\n", "password", SECRET, "/*", "//", "&password=", "\r\n\r\n", "--b0und", "\0"),
    ),
    max_size=2,
)
BLANKS = one_of("", "", " ", "\n", "/* x */", "//c\n", "\t")
NAMES = one_of(
    '"password"', "'password'", "password", '"pass\\u0077ord"', '"PASSWORD"', '"a"', '"user.password"',
    '"propertyName"', "values", '"values"',
)  # fmt: skip
SCALARS = one_of(
    f'"{SECRET}"', f"'{SECRET}'", f'"a\\"{SECRET}"', f'"\\\\{SECRET}"', f"'a\"{SECRET}'", '"unicodePwd"', "1", "0x1F",
    "true", "null", '""',
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(st.tuples(BLANKS, NAMES, BLANKS, st.just(":"), BLANKS, inner, BLANKS).map("".join), max_size=3).map(
            lambda members: f"{{{','.join(members)}}}"
        ),
        st.lists(st.tuples(BLANKS, inner, BLANKS).map("".join), max_size=3).map(
            lambda elements: f"[{','.join(elements)}]"
        ),
    ),
    max_leaves=6,
)
FIELDS = st.tuples(
    one_of("password", "p%61ssword", "password[]", "PASSWORD", "a", "%70assword", '"', "{", "<", ""),
    one_of("=", "=a=", ""),
    one_of(SECRET, "x", "", "{}", "<a/>"),
).map("".join)
PARTS = st.tuples(
    st.just("--b0und\r\n"),
    one_of("", "Content-Type: text/plain\r\n", "X: y\r\n z\r\n"),
    one_of("Content-Disposition", "content-disposition", "Content-Disposition "),
    one_of(": form-data;", ":form-data; ", ":\r\n form-data;", ": attachment; ", ": form-data;\r\n "),
    one_of(
        'name="password"', "name=password", "name*=utf-8''pass%77ord", "name*0=pass; name*1=word", 'name="pass\\word"',
        'name = "password"', 'name="a"; name="password"', 'filename="x"; name="password"', 'name="a"', "NAME=password",
        'name="a"\r\n ; name="password"', 'name="=?utf-8?q?password?="', "name=(c)password", 'name="password"; x="y"',
    ),
    one_of("\r\n\r\n", "\r\nContent-Type: text/plain\r\n\r\n", "\r\nno header\r\n\r\n", "\n\n"),
    one_of(SECRET, f"\r\n{SECRET}", f"x\r\n\r\n{SECRET}"),
    one_of("\r\n", "\n"),
).map("".join)  # fmt: skip


def damaged(texts: Any) -> Any:
    """Return a strategy for texts with a few pieces inserted anywhere."""

    def insert(drawn: Any) -> str:
        text, pieces = drawn
        for position, piece in pieces:
            text = text[:position] + piece + text[position:]
        return str(text)

    return st.tuples(texts, DAMAGE).map(insert)


def shown(body: str, content_type: str) -> bytes:
    """Return the body as an operation with secrets shows it."""
    exchange = Exchange(
        id=1,
        at=datetime(2024, 1, 1, tzinfo=UTC),
        method="POST",
        path="/",
        request_headers=CIMultiDictProxy(CIMultiDict({"Content-Type": content_type})),
        request_body=body.encode(),
    )
    return MaskedExchange(exchange, RULES).request_body.encode()


def has_secret(value: Any, *, is_secret: bool = False) -> bool:
    """Return whether a JSON value has SECRET in a member that is a secret."""
    if isinstance(value, list):
        return any(has_secret(inner, is_secret=is_secret) for inner in value)
    if not isinstance(value, dict):
        return is_secret and SECRET in str(value)
    hides_values = value.get("propertyName") == "unicodePwd"
    return any(
        has_secret(inner, is_secret=is_secret or "password" in name.lower() or (hides_values and name == "values"))
        for name, inner in value.items()
    )


@given(damaged(VALUES), one_of(FORM, JSON, "", "text/plain"))
def test_secret_that_a_json_reader_finds_is_masked(body, content_type):
    def reads_secret(read: Any, content: bytes) -> bool:
        try:
            return has_secret(read(content))
        except BrokenJson:
            return False

    for read in (read_json, read_lenient_json):
        if reads_secret(read, body.encode()):
            assert not reads_secret(read, shown(body, content_type))


@given(damaged(st.lists(FIELDS, min_size=1, max_size=4).map("&".join)), one_of(FORM, ""))
@example(f"{{=a&password={SECRET}", "")
@example(f'"a"&password={SECRET}', FORM)
def test_secret_that_a_form_reader_finds_is_masked(body, content_type):
    def reads_secret(content: bytes) -> bool:
        fields = urlencoded(content)
        return any(SECRET in field.value and field.name.partition("[")[0].lower() == "password" for field in fields)

    if reads_secret(body.encode()):
        assert not reads_secret(shown(body, content_type))


@given(damaged(st.lists(PARTS, min_size=1, max_size=3).map("".join).map(lambda parts: f"{parts}--b0und--\r\n")))
@example(f"--b0und\r\nContent-Disposition: form-data; name=password\r\n{SECRET}\r\n\r\n{SECRET}\r\n--b0und--")
def test_secret_that_a_multipart_reader_finds_is_masked(body):
    def reads_secret(content: bytes) -> bool:
        try:
            fields = multipart(content, MULTIPART)
        except BrokenForm:
            return False
        return any("password" in field.name.lower() and SECRET in field.value for field in fields)

    if reads_secret(body.encode()):
        assert not reads_secret(shown(body, MULTIPART))
