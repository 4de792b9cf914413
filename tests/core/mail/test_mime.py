"""Parsing of well-formed and of malformed messages."""

from __future__ import annotations

import base64
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockmail.core.bounds import MailLimits
from mockmail.core.clock import Clock
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.message import Envelope, SentBy
from mockmail.core.mail.store import MailStore


def parsed(raw: bytes, **limits: int):
    """Store a message, read all its properties, search for it, and return it."""
    store = MailStore(Clock(), "0", limits=MailLimits(**limits))
    try:
        message = store.add(raw, Envelope(sender="a@example.com", recipients=("b@example.com",)), SentBy())
        details = message.details()
        assert details.size == len(raw)
        repr(message)
        assert store.find(Criteria(query="to:b@example.com -word:nonsense", text="")) == [message]
        store.find(Criteria(text="anything", subject="anything", sender="anything"))
        return message
    finally:
        store.close()


def test_ordinary_message_has_all_its_parts():
    mail = EmailMessage()
    mail["From"] = "Müller & Söhne <shop@example.com>"
    mail["To"] = "Jane <jane@example.com>, joe@example.com"
    mail["Cc"] = "boss@example.com"
    mail["Subject"] = "Grüße aus Köln " + "und " * 30
    mail.set_content("Visit https://example.com/a?b=1, now.\n")
    mail.add_alternative(
        "<html><head><title>No</title><style>p{}</style></head><body><p>Vis<b>it</b> "
        '<a href="https://example.com/html">us</a></p><script>alert(1)</script></body></html>',
        subtype="html",
    )
    mail.add_attachment(b"\x00\x01PDF", maintype="application", subtype="pdf", filename="Rechnung März.pdf")
    message = parsed(mail.as_bytes())
    assert message.from_ == "Müller & Söhne <shop@example.com>"
    assert (message.to, message.cc) == (["jane@example.com", "joe@example.com"], ["boss@example.com"])
    assert message.subject == ("Grüße aus Köln " + "und " * 30)
    assert message.text == "Visit https://example.com/a?b=1, now.\n"
    assert '<a href="https://example.com/html">us</a>' in message.html
    assert message.links == ["https://example.com/html", "https://example.com/a?b=1"]
    [attachment] = message.attachments
    assert (attachment.filename, attachment.content_type) == ("Rechnung März.pdf", "application/pdf")
    assert attachment.content == b"\x00\x01PDF"


def test_message_with_html_alone_has_text():
    message = parsed(
        b"Content-Type: text/html\r\n\r\n<h1>Hi</h1><style>x</style>W<b>elcome</b>&amp;<br>you<td>1</td><td>2</td>"
    )
    assert message.text == "Hi Welcome& you 1 2"


def test_headers_may_repeat_be_folded_and_differ_in_case():
    message = parsed(b"X-A: one\r\nx-a:  two\r\n\tfolded\r\nSUBJECT: Hi\r\n\r\nBody: no\r\n")
    assert message.headers.get_all("X-A") == ["one", "two\tfolded"]
    assert (message.headers["x-A"], message.subject) == ("one", "Hi")
    assert "body" not in message.headers
    assert message.headers.get("Nothing") == ""
    with pytest.raises(KeyError):
        message.headers["Nothing"]


def test_inline_image_is_an_attachment_with_a_content_id():
    raw = (
        b"Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<img src=cid:x>\r\n"
        b"--b\r\nContent-Type: image/png\r\nContent-ID: <x>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw==\r\n"
        b"--b--\r\n"
    )
    [image] = parsed(raw).attachments
    assert (image.content_id, image.content) == ("x", b"\x89PNG")


def parts(count: int, newline: bytes = b"\r\n") -> bytes:
    head = newline.join([b"Subject: many", b"Content-Type: multipart/mixed; boundary=b", b"", b""])
    return head + (b"--b" + newline * 2 + b"x" + newline) * count + b"--b--" + newline


@pytest.mark.parametrize("newline", [b"\r\n", b"\n", b"\r"], ids=repr)
def test_message_with_a_hundred_thousand_parts_is_read_as_its_headers(newline):
    message = parsed(parts(100_000, newline), parts=1000)
    assert message.subject == "many"
    assert message.attachments == []


def test_message_with_parts_up_to_the_limit_is_parsed():
    assert len(parsed(parts(100), parts=100).attachments) == 99  # the first one is the body
    assert parsed(parts(250), parts=100).attachments == []


def nested(depth: int, newline: bytes = b"\r\n") -> bytes:
    raw = b"Subject: deep\r\n"
    for level in range(depth):
        raw += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
    return (raw + b"\r\nbottom\r\n").replace(b"\r\n", newline)


@pytest.mark.parametrize("depth", [10, 90, 300, 1000, 20_000])
def test_deeply_nested_message_is_read(depth):
    message = parsed(nested(depth))
    assert message.subject == "deep"
    assert message.text == ("" if depth > 90 else "bottom")


def test_nested_messages_are_read():
    message = parsed(b"Subject: x\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 5000)
    assert message.subject == "x"


@pytest.mark.parametrize(
    "header",
    [
        b"Subject: " + b"x" * (1 << 20),
        b"To: " + b"a@example.com, " * 70_000,
        b"To: " + b"<" * (1 << 20),
        b"From: " + b"(" * (1 << 20),
        b'To: "' + b"\\" * (1 << 20),
        b"Subject: " + b"=?utf-8?q?=C3=BC?= " * 50_000,
        b"Subject: " + b"=?" * 500_000,
        b"Content-Type: multipart/mixed; " + b"a=b; " * 200_000,
        b"Content-Type: text/plain; charset*0=" + b"u" * (1 << 20),
        b"X: " + b"a\r\n " * 300_000,
        b"\r\n".join(b"X-%d: y" % number for number in range(100_000)),
    ],
    ids=lambda header: repr(header[:24]),
)
def test_header_of_a_megabyte_is_read(header):
    assert parsed(header + b"\r\n\r\nbody\r\n").size > 1 << 19


@pytest.mark.parametrize(
    "html",
    [
        b"<" * 200_000,
        b"<a " * 100_000,
        b"<!--" * 100_000,
        b"<![" * 100_000,
        b"&#" * 200_000,
        b"<a href='" * 50_000,
        b"</" * 100_000,
        b"<?" * 100_000,
        b"<script>" * 50_000,
        b"<div>" * 100_000,
    ],
    ids=lambda html: repr(html[:8]),
)
def test_broken_html_is_read(html):
    parsed(b"Content-Type: text/html\r\n\r\n" + html)


BODY = base64.b64encode(b"Hello \xff\xfe")
CHARSETS = [
    "utf-7",
    "rot13",
    "base64",
    "zlib",
    "hex",
    "idna",
    "punycode",
    "undefined",
    "unicode_escape",
    "raw_unicode_escape",
    "utf-16",
    "utf-32",
    "nonsense",
    "a\0b",
    "x" * 1000,
    "mbcs",
    '""',
    "'",
    "utf-8'en'x",
    "..",
    "../../etc/passwd",
]


@pytest.mark.parametrize("charset", CHARSETS, ids=repr)
@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit", "x-uuencode", "nonsense"])
def test_body_in_any_charset_and_encoding_is_read(charset, encoding):
    head = f"Subject: x\r\nContent-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    message = parsed(head.encode() + BODY + b"=3D=\xff\r\nbegin 666 x\r\n+2AA-\r\n")
    assert message.subject == "x"
    message.text.encode("utf-8")


@pytest.mark.parametrize("charset", [*CHARSETS, ""], ids=repr)
def test_encoded_word_in_any_charset_is_read(charset):
    raw = f"Subject: =?{charset}?q?=D8=00+2AA-?=\r\nFrom: =?{charset}?b?{BODY.decode()}?= <a@b>\r\n\r\n"
    message = parsed(raw.encode())
    message.subject.encode("utf-8")


def test_punycode_is_not_decoded():
    """Python decodes it in quadratic time: minutes for a megabyte."""
    raw = (
        b"Subject: =?punycode?q?bcher-kva?= =?-PUNYCODE-*de?q?bcher-kva?=\r\nContent-Type: text/plain; charset=punycode"
    )
    message = parsed(raw + b"\r\n\r\nbcher-kva")
    assert message.text == "bcher-kva"
    assert message.subject == "=?punycode?q?bcher-kva?= =?-PUNYCODE-*de?q?bcher-kva?="


def test_subject_that_mentions_punycode_is_decoded():
    assert parsed(b"Subject: =?utf-8?q?=C3=BCber_punycode?=\r\n\r\n").subject == "über punycode"


def test_long_headers_before_those_of_the_content_do_not_hide_them():
    """Signatures and traces run to kilobytes, and often stand before the headers that describe the content."""
    others = b"".join(b"X-Smtpapi-%d: " % number + b"x" * 4000 + b"\r\n" for number in range(50))
    content = b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; " + b"name=value; " * 20 + b"boundary=" + b"y" * 70
    part = b"\r\n\r\n--" + b"y" * 70 + b"\r\n\r\nhello\r\n--" + b"y" * 70 + b"--\r\n"
    assert parsed(others + content + part).text == "hello"


def test_lone_surrogate_does_not_break_the_search():
    store = MailStore(Clock(), "0")
    envelope = Envelope(sender="a@example.com", recipients=("b@example.com",))
    raw = (
        b"Subject: =?utf-7?q?x+2AA-?=\r\nFrom: =?utf-7?q?+2AA-?= <a@b>\r\nContent-Type: text/plain; charset=utf-7\r\n"
        b"\r\nword +2AA-\r\n"
    )
    store.add(raw, envelope, SentBy())
    store.add(b"Subject: fine\r\n\r\nword\r\n", envelope, SentBy())
    assert [message.subject for message in store.find(Criteria(subject="fine"))] == ["fine"]
    assert len(store.find(Criteria(text="word"))) == 2
    store.close()


def test_parameter_in_an_unknown_charset_does_not_hide_the_text():
    message = parsed(b"Content-Type: text/html; name*=idna''%ff\r\n\r\n<a href='http://x.example/'>here</a>")
    assert (message.text, message.links, message.attachments) == ("here", ["http://x.example/"], [])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n",
        b"\0",
        b"no header at all",
        b": no name\r\n\r\n",
        b"Subject\r\n\r\n",
        b"\xff: \xff\r\n\r\n\xff",
        b"Content-Type: multipart/mixed\r\n\r\n--\r\n",
        b'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n--\r\n',
        b"Content-Type: \r\n\r\n",
        b"Content-Type: /\r\n\r\n",
        b"Content-Disposition: attachment; filename*=x''%\r\n\r\nx",
        b"Content-Disposition: attachment; filename*=idna''%ff\r\n\r\nx",
        b"Content-Type: text/plain; charset*=idna''%ff\r\n\r\nx",
        b"Content-Type: ; filename*=idna''%ff; name*=idna''%ff\r\n\r\nx",
        b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/related\r\n\r\n--b--",
        b"Content-Type: multipart/related; boundary=b; start=<x>\r\n\r\n--b\r\n\r\n--b--",
        b'To: @,;:<>()\r\nFrom: "\r\nCc: a@b@c\r\n\r\n',
        b"Content-ID: <\r\nContent-Type: image/png\r\n\r\nx",
        b"Content-Type: text/html; charset=utf-16\r\n\r\n\x00<\x00a",
        b"Date: nonsense\r\nMessage-ID: <<>>\r\n\r\n",
        b"From: [\r\nContent-Type: text/plain; charset*=\r\n\r\n",
        b"Subject: =?utf-8?b?!!!?=\r\n\r\n",
        b"From: a@[\r\nTo: a@[1.2\r\nContent-Type: application/octet-stream; name*0*=x'y'%ff\r\n\r\n",
    ],
    ids=lambda raw: repr(raw[:40]),
)
def test_malformed_message_is_read(raw):
    assert parsed(raw).raw == raw


PIECES = st.sampled_from(
    [
        b"\r\n",
        b"\n",
        b"\r",
        b"\r\n\r\n",
        b"--b",
        b"--b--",
        b"Content-Type: ",
        b"multipart/mixed; boundary=b",
        b"text/html",
        b"text/plain; charset=",
        b"utf-8",
        b"utf-7",
        b"idna",
        b"message/rfc822",
        b"Content-Transfer-Encoding: base64",
        b"=",
        b"Subject: ",
        b"=?utf-8?q?",
        b"?=",
        b"To: ",
        b"From: ",
        b"<",
        b">",
        b'"',
        b"(",
        b",",
        b"@",
        b"a@b.c",
        b"Content-ID: ",
        b"Content-Disposition: attachment; filename*0*=",
        b"utf-8''%ff",
        b"\0",
        b"\xff",
        b"<a href=",
        b"<!--",
        b" ",
        b"\t",
        b"multipart/alternative; boundary=b",
        b"message/delivery-status",
        b"message/partial",
        b"[",
        b"]",
        b"%",
        b"+2AA-",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=30).map(b"".join))
def test_any_bytes_are_read(raw):
    parsed(raw)
