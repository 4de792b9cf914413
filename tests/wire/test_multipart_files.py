"""The files of a multipart form, with their bytes and types."""

from __future__ import annotations

from mockmail.wire.forms import Field, multipart, multipart_parts

TYPE = "multipart/form-data; boundary=b"
BODY = (
    b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nx\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="\xc3\xa9.png"\r\nContent-Type: image/png\r\n\r\n'
    b"\x89PNG\r\n\x00\xff\r\n--b--\r\n"
)


def test_parts_have_the_bytes_and_the_type_of_files():
    [(text, plain), (name, file)] = multipart_parts(BODY, TYPE)

    assert (text, plain.filename, plain.text()) == ("text", None, "x")
    assert (name, file.filename, file.content()) == ("file", "é.png", b"\x89PNG\r\n\x00\xff")
    assert file.content_type.value == "image/png"


def test_fields_are_the_texts_of_the_parts():
    assert multipart(BODY, TYPE)[0] == Field("text", "x")
    assert [field.filename for field in multipart(BODY, TYPE)] == [None, "é.png"]
