"""Form fields, from people and from programs that get it wrong."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockmail.wire.forms import BrokenForm, Field, multipart, urlencoded


def pairs(fields: list[Field]) -> list[tuple[str, str]]:
    return [(field.name, field.value) for field in fields]


@pytest.mark.parametrize(
    ("payload", "fields"),
    [
        (b"", []),
        (b"a=1&b=2&a=3", [("a", "1"), ("b", "2"), ("a", "3")]),
        (b"a=&b&=c&&", [("a", ""), ("b", ""), ("", "c")]),
        (b"a+b=c+d%2Be", [("a b", "c d+e")]),
        (b"a=b=c", [("a", "b=c")]),
        (b"a%3D1=%26", [("a=1", "&")]),
        (b"%C3%BC=\xc3\xbc", [("ü", "ü")]),
        (b"a=%zz%4", [("a", "%zz%4")]),
        (b"a=%ff\xfe", [("a", "\ufffd\ufffd")]),
        (b"a=%00", [("a", "\0")]),
    ],
)
def test_urlencoded_fields_are_read(payload, fields):
    assert pairs(urlencoded(payload)) == fields


@pytest.mark.parametrize("payload", [b"a=%zz", b"a=%4", b"a=%", b"a=%ff", b"%ff=1"])
def test_strict_reading_refuses_a_broken_form(payload):
    with pytest.raises(BrokenForm):
        urlencoded(payload, strict=True)


@given(
    st.lists(
        st.sampled_from([b"%", b"%0A", b"%3d", b"%C3%A9", b"=", b"=3D", b"\r\n", b" ", b"_", b"%2", b"\xff", b"3"])
    )
)
def test_escapes_are_read_as_the_standard_library_reads_them(parts):
    payload = b"".join(parts)
    (field,) = urlencoded(b"a=" + payload)
    assert field.value == unquote_to_bytes(payload).decode("utf-8", "replace")


def test_megabytes_of_escapes_are_read():
    assert pairs(urlencoded(b"a=" + b"%C3%A9" * 2_000_000)) == [("a", "é" * 2_000_000)]


def test_form_is_read_in_the_given_charset():
    assert pairs(urlencoded(b"a=%FC", charset="latin-1")) == [("a", "ü")]


@pytest.mark.parametrize("charset", ["nonsense", "idna", "punycode", "rot13", "a\0b", "undefined", "\udcff", ""])
def test_unknown_charset_is_read_as_utf_8(charset):
    assert pairs(urlencoded("a=ü".encode(), charset=charset)) == [("a", "ü")]


def test_part_in_punycode_is_read_as_utf_8():
    head = b'Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=punycode'
    assert pairs(multipart(b"--x\r\n" + head + b"\r\n\r\nbcher-kva\r\n--x--", "multipart/form-data; boundary=x")) == [
        ("a", "bcher-kva")
    ]


@pytest.mark.parametrize(
    "junk", [b"; a=b" * 20_000, b";" * 100_000, b'"a"' * 30_000, b'; a="' + b"=?utf-8?q?a?= " * 7_000 + b'"']
)
@pytest.mark.parametrize("header", [b'Content-Disposition: form-data; name="a"', b"Content-Type: text/plain"])
def test_headers_of_a_part_that_are_too_long_are_refused(header, junk):
    with pytest.raises(BrokenForm, match="too long"):
        multipart(b"--x\r\n" + header + junk + b"\r\n\r\none\r\n--x--", "multipart/form-data; boundary=x")


def test_long_file_name_is_read():
    part = b'--x\r\nContent-Disposition: form-data; name="a"; filename="' + b"n" * 2000 + b'"\r\n\r\none\r\n--x--'
    (field,) = multipart(part, "multipart/form-data; boundary=x")
    assert field.filename == "n" * 2000


def test_fields_over_the_limit_are_refused():
    assert len(urlencoded(b"&".join([b"a=1"] * 5), limit=5)) == 5
    with pytest.raises(BrokenForm, match="more than 5 fields"):
        urlencoded(b"&".join([b"a=1"] * 6), limit=5)


BODY = (
    b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\none\r\ntwo\r\n'
    b'--x\r\nContent-Disposition: form-data; name="f"; filename="a b.txt"\r\nContent-Type: text/plain\r\n\r\n\xff\r\n'
    b'--x\r\nContent-Disposition: form-data; name="\xc3\xbc"\r\n\r\n\xc3\xbc\r\n--x--\r\n'
)


def test_multipart_fields_are_read():
    fields = multipart(BODY, "multipart/form-data; boundary=x")
    assert fields[0] == Field("a", "one\r\ntwo")
    assert fields[1] == Field("f", "\ufffd", "a b.txt")
    assert fields[2].value == "ü"


@pytest.mark.parametrize(
    ("payload", "content_type"),
    [
        (BODY, "multipart/form-data"),
        (BODY, "multipart/form-data; boundary=y"),
        (b"", "multipart/form-data; boundary=x"),
        (BODY, "text/plain"),
        (BODY, "nonsense\0\udcff"),
    ],
)
def test_invalid_multipart_is_refused(payload, content_type):
    with pytest.raises(BrokenForm):
        multipart(payload, content_type)


def test_parts_over_the_limit_are_refused():
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    assert len(multipart(part * 5 + b"--x--", "multipart/form-data; boundary=x", limit=5)) == 5
    with pytest.raises(BrokenForm, match="more than 5 parts"):
        multipart(b"\r\n" + part * 7 + b"--x--", "multipart/form-data; boundary=x", limit=5)
    for newline in (b"\n", b"\r"):
        many = (part * 1000 + b"--x--").replace(b"\r\n", newline)
        with pytest.raises(BrokenForm, match="more than 5 parts"):
            multipart(many, "multipart/form-data; boundary=x", limit=5)


def test_broken_parameters_are_ignored():
    part = b'--x\r\nContent-Disposition: form-data; 0*; name="a"; ;;=\r\nContent-Type: text/plain;0*\r\n\r\n1\r\n--x--'
    assert multipart(part, "multipart/form-data; 0*; boundary=x;0*") == [Field("a", "1")]


@given(st.binary(max_size=200), st.text(max_size=50))
def test_any_bytes_are_read_or_refused(payload, content_type):
    urlencoded(payload)
    try:
        multipart(payload, content_type)
    except BrokenForm as error:
        assert str(error)
