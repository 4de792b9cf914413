"""Messages that are made to hold the server: each is accepted, kept, and parsed in time linear in its size."""

from __future__ import annotations

import io
import logging
import sys
import time
from collections.abc import Callable
from contextlib import closing
from email import policy
from email.header import Header
from email.message import EmailMessage
from email.parser import BytesParser
from types import SimpleNamespace

import pytest
from call_counter import calls
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import logger_to

from mockmail.core import charsets
from mockmail.core.bounds import MailLimits
from mockmail.core.clock import Clock
from mockmail.core.mail import addresses, content_headers, encoded_words, html_text, mime, parts
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.message import Envelope, SentBy
from mockmail.core.mail.store import MailStore
from mockmail.server import console

SIZE = 1_000_000
MARGIN = 75
"""How many times the processor time of an ordinary message of its size a hostile one may take; usual is 0.1 to 10."""


def message_of(raw: bytes, **limits: int):
    """Store a message and return it."""
    with closing(MailStore(Clock(), "0", limits=MailLimits(**limits))) as store:
        return store.add(raw, Envelope(sender="a@example.com", recipients=("b@example.com",)), SentBy())


def read(raw: bytes) -> None:
    """Store a message, show it, and search for a word in it."""
    with closing(MailStore(Clock(), "0")) as store:
        store.add(raw, Envelope(sender="a@example.com", recipients=("b@example.com",)), SentBy())
        store.find(Criteria())[0].details()
        store.count(Criteria(text="nonsense"))


def processor_time(action: Callable[[], object]) -> float:
    start = time.process_time()
    action()
    return time.process_time() - start


def filled(head: bytes, unit: bytes, end: bytes = b"", size: int = SIZE) -> bytes:
    return head + unit * ((size - len(head) - len(end)) // len(unit)) + end


def multipart(count: int, head: bytes = b"", body: bytes = b"x") -> bytes:
    part = b"--b\r\n" + (head + b"\r\n" if head else b"") + b"\r\n" + body + b"\r\n"
    return b"Subject: parts\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + part * count + b"--b--\r\n"


def nested(depth: int) -> bytes:
    head = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n"
    return b"Subject: nested\r\n" + b"".join(head % (level, level) for level in range(depth))


def ordinary(size: int = SIZE) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Jürgen <shop@example.com>", "Jane <jane@example.com>, joe@example.com"
    mail["Subject"] = "Grüße " * 20
    mail.set_content("Visit https://example.com/a now, it is good.\n" * (size // 180))
    mail.add_alternative("<p>Visit <a href='https://x.example'>us</a> &amp; me.</p>\n" * (size // 220), subtype="html")
    mail.add_attachment(bytes(range(256)) * (size // 750), maintype="image", subtype="png", filename="a.png")
    return mail.as_bytes()


HTML = b"Content-Type: text/html\r\n\r\n"
TEXT = b"Content-Type: text/plain; charset="
BASE64, QUOTED = b"Content-Transfer-Encoding: base64\r\n\r\n", b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
FILE = b"Content-Disposition: attachment"
HOSTILE = {
    "encoded words without an end": b"Subject: " + (b"=?utf-8?q?a" * 80 + b"\r\n ") * 284 + b"\r\n\r\n",
    "encoded words": filled(b"Subject: ", b"=?l1?q?a?= ", b"\r\n\r\n"),
    "encoded words in two charsets": filled(b"Subject: ", b"=?utf-8?q?a?= =?l1?q?b?=", b"\r\n\r\n"),
    "encoded words in unknown charsets": b"Subject: " + b"".join(b"=?x%d?q?a?= " % number for number in range(30_000)),
    "beginnings of encoded words": filled(b"Subject: ", b"=?" + b"a" * 59),
    "open boundaries and empty lines": filled(nested(900), b"\n"),
    "open boundaries up to the bound": filled(nested(99), b"\n"),
    "open boundaries and lines that resemble them": filled(nested(99), b"--\n"),
    "messages in messages": filled(b"", b"Content-Type: message/rfc822\n\n"),
    "empty lines": filled(b"Subject: x\r\n\r\n", b"\n"),
    "boundary lines": filled(b"Content-Type: multipart/mixed; boundary=b\n\n", b"--b\n"),
    "boundary lines that resemble headers": filled(b"Content-Type: multipart/mixed; boundary=b:\n\n", b"--b:\n"),
    "headers that resemble boundary lines": filled(
        b"Content-Type: multipart/mixed; boundary=b:\n\n" + b"--b:\n" * 990, b"--c:\n"
    ),
    "few boundary lines that resemble headers": filled(
        b"Content-Type: multipart/mixed; boundary=b:\n\n" + b"--b:\n" * 990, b"a:\n"
    ),
    "comments in content types": multipart(990, b"Content-Type: " + b"(" * 960),
    "semicolons in content types": multipart(990, b"Content-Type: text/plain" + b";" * 960),
    "parameters in content types": multipart(990, b"Content-Type: text/plain" + b";a=" * 320),
    "escapes in parameters": multipart(990, b'Content-Type: text/plain; a="' + b'\\"' * 470),
    "segments of a file name": multipart(990, FILE + b"".join(b"; filename*%d*=%%41" % number for number in range(45))),
    "encoded words in file names": multipart(990, FILE + b'; filename="' + b"=?l1?q?a?=" * 90 + b'"'),
    "charsets": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"".join(b"--b\r\n" + TEXT + b"x%d\r\n\r\nx\r\n" % number for number in range(990)),
    "commas": filled(b"To: ", b","),
    "addresses": filled(b"To: ", b"a@b.c,"),
    "addresses in a group": filled(b"To: a:", b"b,"),
    "groups": filled(b"To: ", b"a:"),
    "comments": filled(b"To: ", b"()"),
    "open comments": filled(b"To: ", b"("),
    "angle brackets": filled(b"To: ", b"<"),
    "square brackets": filled(b"To: ", b"["),
    "quotes": filled(b"To: ", b'"'),
    "backslashes": filled(b'To: "', b"\\"),
    "address headers": filled(b"", b"To:a\n"),
    "references": filled(b"References: ", b"<a@b>\r\n "),
    "headers": b"".join(b"X-%d: y\r\n" % number for number in range(100_000)),
    "short headers": filled(b"", b"a:\n"),
    "content types": filled(b"", b"Content-Type:\n"),
    "a header": filled(b"X: ", b"x"),
    "blanks in a header": filled(b"X: ", b" "),
    "folded lines": filled(b"X: ", b"\r\n "),
    "carriage returns": filled(b"a: b", b"\r"),
    "padding": filled(BASE64, b"A="),
    "line breaks in base64": filled(BASE64, b"\n"),
    "equals signs": filled(QUOTED, b"="),
    "soft line breaks": filled(QUOTED, b"=\r"),
    "bytes outside a charset": filled(TEXT + b"cp1253\r\n\r\n", b"\xff"),
    "bytes outside UTF-7": filled(TEXT + b"utf-7\r\n\r\n", b"\xff"),
    "shifts": filled(TEXT + b"iso-2022-jp\r\n\r\n", b"\x1b$B"),
    **{
        f"{unit.decode()} in HTML": filled(HTML, unit)
        for unit in (
            b"<", b"<a>", b"<a ", b"<a href='", b"<a href=x>", b"<a '\"", b"</a", b"<!--", b"<![", b"<?", b"<script>",
            b"&#", b"&a", b"&" + b"a" * 32, b"&lt;",
        )
    },
    "attributes": filled(HTML + b"<a", b" a", b">"),
    "blanks in a tag": filled(HTML + b"<a", b" "),
    "ends of a script": filled(HTML + b"<script>", b"</scrip"),
    "URLs": filled(b"\r\n", b"http://a "),
    "beginnings of URLs": filled(b"\r\n", b"http://"),
}  # fmt: skip


@pytest.fixture(scope="module")
def ordinary_time() -> float:
    """The processor time for an ordinary message of a megabyte."""
    raw = ordinary()
    return min(processor_time(lambda: read(raw)) for _ in range(3))


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_hostile_message_takes_little_more_time_than_an_ordinary_one(raw, ordinary_time):
    assert processor_time(lambda: read(raw)) < MARGIN * ordinary_time


def test_ten_megabytes_of_html_are_read_in_part(ordinary_time):
    raw = filled(HTML, b"<p>Hello <b>x</b> &amp; <a href='http://x/y'>z</a></p>\n", size=10 * SIZE)

    assert processor_time(lambda: read(raw)) < MARGIN * ordinary_time

    message = message_of(raw)
    assert message.links == ["http://x/y"]
    assert message.unparsed == [html_text.INCOMPLETE]
    assert len(message.html) > 9 * SIZE


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_hostile_message_is_stored_byte_exact(raw):
    message = message_of(raw)

    assert message.raw == raw
    assert len(str(message.details())) < 12 * len(raw)


def test_nothing_is_decoded_while_a_message_is_accepted(monkeypatch):
    decoded: list[str] = []
    monkeypatch.setattr(mime, "decoded", decoded.append)

    message_of(HOSTILE["encoded words without an end"])

    assert decoded == []


@pytest.mark.parametrize(("level", "count"), [(logging.ERROR, 0), (logging.INFO, 1)])
def test_console_decodes_only_the_start_of_a_subject(monkeypatch, level, count):
    decoded: list[str] = []
    monkeypatch.setattr(mime, "decoded", lambda value: decoded.append(value) or value)
    with closing(MailStore(Clock(), "0")) as store:
        world = SimpleNamespace(name="default", mail=store, journal=SimpleNamespace(observe=lambda _: None))
        console.Console(logger_to(io.StringIO(), level)).watch(world)

        store.add(HOSTILE["encoded words without an end"], Envelope(sender="a@b", recipients=()), SentBy())

    assert len(decoded) == count
    assert all(len(value) <= console.HEAD_SHOWN for value in decoded)


def test_console_shows_a_decoded_subject():
    stream = io.StringIO()
    with closing(MailStore(Clock(), "0")) as store:
        world = SimpleNamespace(name="default", mail=store, journal=SimpleNamespace(observe=lambda _: None))
        console.Console(logger_to(stream)).watch(world)

        store.add(b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\n", Envelope(sender="a@b", recipients=()), SentBy())

    assert "'Grüße'" in stream.getvalue()


def test_calls_for_a_message_do_not_grow_with_depth_times_lines():
    """Python's parser of email compares each line with each open boundary."""
    shallow, deep = (nested(depth) + b"\n" * 2000 for depth in (1, 99))

    extra = calls(lambda: message_of(deep).details()) - calls(lambda: message_of(shallow).details())

    assert extra < 99 * 100


def test_parts_over_the_bound_are_not_parsed_and_this_is_reported():
    at_the_bound, beyond = message_of(multipart(100), parts=100), message_of(multipart(101), parts=100)

    assert (len(at_the_bound.attachments), at_the_bound.unparsed) == (99, [])
    assert (beyond.attachments, beyond.subject, beyond.text) == ([], "parts", "")
    assert beyond.unparsed == ["The parts were not parsed: there are more than 100. Raise the setting max_parts."]
    assert beyond.details().unparsed == beyond.unparsed
    assert beyond.raw == multipart(101)


def test_levels_over_the_bound_are_not_parsed_and_this_is_reported():
    at_the_bound = message_of(nested(parts.DEPTH_LIMIT) + b"\r\nbottom\r\n")
    beyond = message_of(nested(parts.DEPTH_LIMIT + 1) + b"\r\nbottom\r\n")

    assert (at_the_bound.text, at_the_bound.unparsed) == ("bottom", [])
    assert (beyond.text, beyond.subject) == ("", "nested")
    assert beyond.unparsed == ["The parts were not parsed: there are more than 100 levels of parts."]


def test_messages_in_messages_over_the_bound_are_not_parsed():
    levels = b"Content-Type: message/rfc822\r\n\r\n"

    assert message_of(levels * parts.DEPTH_LIMIT + b"\r\n").unparsed == []
    assert message_of(levels * (parts.DEPTH_LIMIT + 1) + b"\r\n").unparsed != []


def test_lines_with_hyphens_are_not_counted_as_parts():
    text = b"-- a comment of SQL\r\n" * 5000

    message = message_of(multipart(2, body=text), parts=2)

    assert (message.text, message.unparsed) == (text.decode().replace("\r\n", "\n"), [])


def test_headers_over_the_bound_are_not_read_and_this_is_reported():
    lines = [b"X: y\r\n"] * mime.MOST_HEADERS

    at_the_bound, beyond = message_of(b"".join(lines) + b"\r\n"), message_of(b"".join(lines) + b"Y: z\r\n\r\n")

    assert (len(list(at_the_bound.headers.items())), at_the_bound.unparsed) == (mime.MOST_HEADERS, [])
    assert "Y" not in beyond.headers
    assert beyond.unparsed == ["Only the first 10000 headers in the first 262144 bytes were read."]


def test_bytes_of_headers_over_the_bound_are_not_read_and_this_is_reported():
    head = filled(b"X: ", b"x", b"\r\n", size=mime.HEAD_LIMIT)

    at_the_bound, beyond = message_of(head + b"\r\nbody"), message_of(head + b"Y: z\r\n\r\nbody")

    assert at_the_bound.unparsed == []
    assert "Y" not in beyond.headers
    assert beyond.unparsed == ["Only the first 10000 headers in the first 262144 bytes were read."]
    assert beyond.text == "body"


def test_addresses_over_the_bound_are_not_read():
    count = mime.MOST_TOKENS // 2

    assert len(mime.addresses(["a@b," * count])) == count
    assert len(mime.addresses(["a@b," * (count + 1)])) == count


def test_comment_with_more_brackets_than_the_bound_takes_the_rest_of_the_header():
    def comment(brackets):
        return "(" + "()" * (brackets // 2 - 1) + ")a@b"

    assert mime.addresses([comment(mime.MOST_TOKENS)]) == ["a@b"]
    assert mime.addresses([comment(mime.MOST_TOKENS + 2)]) == []


def test_parameters_over_the_bound_are_ignored():
    others = "; a=b" * (content_headers.MOST_PARAMETERS - 1)

    assert content_headers.content_header(f"text/plain{others}; name=x").parameters["name"] == "x"
    assert "name" not in content_headers.content_header(f"text/plain{others}; a=b; name=x").parameters


def test_value_over_the_bound_is_cut():
    start = "text/plain; name="
    fitting = "x" * (content_headers.VALUE_LIMIT - len(start))

    assert content_headers.content_header(f"{start}{fitting}").parameters["name"] == fitting
    assert content_headers.content_header(f"{start}{fitting}y").parameters["name"] == fitting


@pytest.mark.parametrize("unit", ["<b>", "&amp;", "<a b>", "<a href='&'>"])
def test_tags_and_references_over_the_bound_are_not_read(unit):
    each = {"<b>": 1, "&amp;": 1, "<a b>": 2, "<a href='&'>": 3}[unit]
    count = html_text.MOST_TOKENS // each

    assert html_text.read_html(unit * count).is_complete
    assert not html_text.read_html(unit * (count + 1)).is_complete


def test_characters_of_html_over_the_bound_are_not_read():
    at_the_bound = html_text.read_html("x" * html_text.TEXT_LIMIT)
    beyond = html_text.read_html("x" * html_text.TEXT_LIMIT + "y")

    assert (at_the_bound.is_complete, beyond.is_complete) == (True, False)
    assert at_the_bound.text == beyond.text


def test_characters_of_plain_text_over_the_bound_are_not_searched_for_links():
    link = "http://a.example/"
    at_the_bound = message_of(b"\r\n" + b" " * (html_text.TEXT_LIMIT - len(link)) + link.encode())
    beyond = message_of(b"\r\n" + b" " * html_text.TEXT_LIMIT + link.encode())

    assert (at_the_bound.links, at_the_bound.unparsed) == ([link], [])
    assert (beyond.links, beyond.unparsed) == ([], [html_text.INCOMPLETE])
    assert beyond.text.endswith(link)


def test_domain_over_the_bound_has_no_other_form():
    at_the_bound = ".".join(["é" * 19] * 5) + "."
    assert len(at_the_bound) == addresses.LONGEST_CONVERTED

    assert len(addresses.domain_forms(at_the_bound)) == 2
    assert addresses.domain_forms(f"é{at_the_bound}") == [f"é{at_the_bound}"]


def test_unknown_charsets_are_not_looked_up():
    """Python looks for a module at each unknown name, and never forgets the name."""
    before = len(sys.modules["encodings"]._cache)

    encoded_words.decode_words("".join(f"=?x{number}?q?a?= " for number in range(1000)))

    assert len(sys.modules["encodings"]._cache) == before


def test_charset_with_a_name_over_the_bound_is_unknown():
    assert charsets.is_charset("utf" + "-" * (charsets.LONGEST_NAME - 4) + "8")
    assert not charsets.is_charset("utf" + "-" * (charsets.LONGEST_NAME - 3) + "8")


LINES = st.sampled_from(
    [
        b"--b", b"--b--", b"--c", b"--c--", b"--", b"", b"", b"hello", b"Content-Type: multipart/mixed; boundary=b",
        b"Content-Type: multipart/related; boundary=c", b"Content-Type: message/rfc822", b"Content-Type: text/html",
        b"Content-Type: text/plain; charset=utf-7", b"Content-Transfer-Encoding: base64", b" folded",
        b"<a href=x>&amp;",
        b"Content-Disposition: attachment; filename*0*=utf-8''%C3%BC; filename*1=.txt", b"Content-ID: <x>",
        b"Subject: =?utf-8?q?=C3=BC?= =?x?b?", b"To: a (b <c@d>, e:f;", b"aGVsbG8=",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(LINES, max_size=20), st.sampled_from([b"\r\n", b"\n", b"\r"]), st.integers(1, 30))
def test_calls_and_result_are_bounded_by_the_size_of_the_message(lines, line_break, repetitions):
    raw = line_break.join(lines * repetitions)
    message = message_of(raw)

    assert calls(message.details) < 500 + 12 * len(raw)
    assert sum(len(part.content) for part in message.attachments) + len(message.text) <= 2 * len(raw)


def content_of(raw: bytes) -> list[tuple[str | None, str, bytes]]:
    message = message_of(raw)
    files = [(part.filename, part.content_type, part.content) for part in message.attachments]
    return [(None, "plain", message.text.encode()), (None, "html", message.html.encode()), *files]


def content_by_python(raw: bytes) -> list[tuple[str | None, str, bytes]]:
    message = BytesParser(policy=policy.default).parsebytes(raw)
    bodies = [message.get_body((kind,)) for kind in ("plain", "html")]
    texts = [(None, part.get_content_subtype(), part.get_payload(decode=True)) for part in bodies]
    files = [
        (part.get_filename(), part.get_content_type(), part.get_payload(decode=True))
        for part in message.walk()
        if not part.is_multipart() and not any(part is body for body in bodies)
    ]
    return [*texts, *files]


NAMES = st.none() | st.text(st.characters(codec="utf-8", categories=["L", "N"], include_characters=" .-"), min_size=1)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(NAMES, st.binary(max_size=200)), max_size=4), st.text(st.sampled_from("aü \n=<&-"), max_size=99)
)
def test_message_that_python_composes_is_read_as_python_reads_it(files, text):
    mail = EmailMessage()
    mail.set_content(text)
    mail.add_alternative(f"<p>{text}</p>", subtype="html")
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="x-test", filename=name)
    raw = mail.as_bytes()

    assert content_of(raw) == content_by_python(raw)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P"], include_characters=" "), max_size=200))
def test_subject_that_python_encodes_is_decoded(text):
    subject = " ".join(text.split())
    raw = f"Subject: {Header(subject, 'utf-8').encode(linesep=chr(10))}\n\n"

    assert message_of(raw.encode()).subject == subject
