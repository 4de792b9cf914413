"""Forms that are made to hold the server: each is read or refused in time linear in its size."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from call_counter import calls
from hypothesis import given, settings
from hypothesis import strategies as st

from mockmail.wire import forms
from mockmail.wire.forms import BrokenForm, Field, multipart

SIZE = 1_000_000
MARGIN = 300
"""How many times the processor time of an ordinary form of its size a hostile one may take; usual is 0.1 to 30."""

CONTENT_TYPE = "multipart/form-data; boundary=x"
HEAD = b'--x\r\nContent-Disposition: form-data; name="a"'


def read(body: bytes, content_type: str = CONTENT_TYPE) -> list[Field] | str:
    """Return the fields of a form, or why it is refused."""
    try:
        return multipart(body, content_type)
    except BrokenForm as error:
        return str(error)


def processor_time(action: Callable[[], object]) -> float:
    start = time.process_time()
    action()
    return time.process_time() - start


def nested(depth: int) -> bytes:
    head = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n"
    return HEAD + b"\r\n" + b"".join(head % (level, level) for level in range(depth))


def of_parts(head: bytes, count: int = 1000) -> bytes:
    return (HEAD + head + b"\r\n\r\n1\r\n") * count + b"--x--"


@pytest.fixture(scope="module")
def ordinary_time() -> float:
    """The processor time for an ordinary form of a megabyte."""
    body = b"".join(HEAD + b"\r\n\r\n" + b"Hello world\r\n" * 80 + b"\r\n" for _ in range(900)) + b"--x--\r\n"
    return min(processor_time(lambda: multipart(body, CONTENT_TYPE)) for _ in range(5))


HOSTILE = {
    "open boundaries and empty lines": (nested(900) + b"\n" * 900_000 + b"--x--", CONTENT_TYPE),
    "empty lines": (HEAD + b"\r\n\r\n" + b"\n" * SIZE + b"--x--", CONTENT_TYPE),
    "boundary lines": (b"--x\n" * 250_000, CONTENT_TYPE),
    "boundaries within lines": (HEAD + b"\r\n\r\n" + b"a--x\n" * 200_000 + b"--x--", CONTENT_TYPE),
    "lines with hyphens": (HEAD + b"\r\n\r\n" + b"--\n" * 330_000 + b"--x--", CONTENT_TYPE),
    "hyphens": (b"-" * SIZE, f'multipart/form-data; boundary="{"-" * 70}"'),
    "parameters": (of_parts(b";a=" * 300), CONTENT_TYPE),
    "semicolons": (of_parts(b";" * 900), CONTENT_TYPE),
    "blanks in headers": (of_parts(b" " * 900), CONTENT_TYPE),
    "encoded words": (of_parts(b'; filename="' + b"=?l1?q?a?=" * 90 + b'"'), CONTENT_TYPE),
    "blanks after a boundary": (b"--x" + b" " * SIZE, CONTENT_TYPE),
    "blanks after boundaries": ((b"--x" + b" " * 1000) * 990, CONTENT_TYPE),
    "headers": (b"--x\r\n" + b"a:\n" * 330_000, CONTENT_TYPE),
    "quotes in the content type": (HEAD, "multipart/form-data;" + 'a="' * 5000),
}


@pytest.mark.parametrize(("body", "content_type"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_form_takes_little_more_time_than_an_ordinary_one(body, content_type, ordinary_time):
    assert processor_time(lambda: read(body, content_type)) < MARGIN * ordinary_time


def test_part_that_is_multipart_itself_is_refused():
    assert read(nested(1) + b"\r\n--b0--\r\n--x--") == (
        "part 1 is multipart itself: send each file as a part of the form"
    )


def test_headers_of_a_part_over_the_bound_are_refused():
    head = b'Content-Disposition: form-data; name="a"; filename="'
    name = b"n" * (forms.PART_HEAD_LIMIT - len(head) - len(b'"\r\n'))

    (field,) = multipart(b"--x\r\n" + head + name + b'"\r\n\r\none\r\n--x--', CONTENT_TYPE)
    refused = read(b"--x\r\n" + head + name + b'n"\r\n\r\none\r\n--x--')

    assert field == Field("a", "one", name.decode())
    assert refused == "the headers of part 1 are too long: at most 4096 bytes are read"


def test_many_parts_with_long_headers_are_read():
    assert len(multipart(of_parts(b";" * 1500, count=900), CONTENT_TYPE)) == 900


def test_lines_with_hyphens_are_not_counted_as_parts():
    script = b"-- a comment of SQL\r\n" * 5000

    assert multipart(HEAD + b"\r\n\r\n" + script + b"\r\n--x--", CONTENT_TYPE, limit=1) == [Field("a", script.decode())]


LINES = st.sampled_from(
    [
        b"--x", b"--x--", b"--x ", b"--y", b"--", b"", b"", b"hello", b'Content-Disposition: form-data; name="a"',
        b"Content-Disposition: form-data; name*0=a; name*1=b; filename*=utf-8''%C3%BC", b"Content-Type: text/plain",
        b"Content-Type: text/plain; charset=utf-7", b"Content-Transfer-Encoding: base64", b" folded", b"aGVsbG8=",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(LINES, max_size=20), st.sampled_from([b"\r\n", b"\n", b"\r"]), st.integers(1, 30))
def test_calls_and_result_are_bounded_by_the_size_of_the_form(lines, line_break, repetitions):
    body = line_break.join(lines * repetitions)
    fields = read(body)

    assert calls(lambda: read(body)) < 100 + 10 * len(body)
    if not isinstance(fields, str):
        assert sum(len(field.value) for field in fields) <= len(body)
