"""Composed messages parse without a defect and give back the text of the draft."""

from __future__ import annotations

import re
from contextlib import closing
from email import message_from_bytes, policy

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockmail.core.mail import mime
from mockmail.core.mail.compose import LONGEST_HEAD, Attachment, Draft, HeadTooLong, Mailbox, NotAnAddress, compose
from mockmail.core.mail.message import Envelope, Message, SentBy
from mockmail.core.registry import Registry
from mockmail.core.world import World

A = Mailbox("a@example.com")
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=400)


@pytest.fixture
def world():
    with closing(World(Registry())) as made:
        yield made


@pytest.fixture(scope="module")
def some_world():
    with closing(World(Registry())) as made:
        yield made


def parsed(raw):
    message = message_from_bytes(raw, policy=policy.default)
    assert [part.defects for part in message.walk() if part.defects] == []
    assert {name: value.defects for name, value in message.items() if value.defects} == {}
    return message


def longest_line_of_head(raw):
    return max(map(len, raw.partition(b"\r\n\r\n")[0].split(b"\r\n")))


@given(text=TEXTS)
@example(text="plain words that go on and on, until there is more than one line of them, and then some more words " * 3)
@example(text="one" + " " * 300 + "two")
@example(text="=?utf-8?q?no?= =?")
@example(text="x" * 300)
@example(text="é" * 300)
@example(text="mostly ascii, with an é now and then; " * 10)
@example(text="😀" * 100)
@example(text="a_b=c?d" * 20)
@example(text="\tb")
def test_subject_of_any_characters_is_folded_and_read_back(some_world, text):
    raw = compose(some_world, Draft(sender=A, subject=text))
    expected = text.strip()
    assert longest_line_of_head(raw) <= 87  # a first word may be as long as a line, behind the header's name
    assert mime.headers(raw)["Subject"] == expected
    assert parsed(raw)["Subject"] == expected


def names_of(raw):
    """Return the display names of b and c in the To header."""
    value = raw.decode().partition("To: ")[2].partition("\r\nSubject:")[0].replace("\r\n ", " ")
    if value == "b@example.com, c@example.com":
        return ["", ""]
    first, _, rest = value.partition("<b@example.com>,")
    names = [first.strip(), rest.partition("<c@example.com>")[0].strip()]
    return [mime.decoded(re.sub(r"\\(.)", r"\1", name[1:-1]) if name.startswith('"') else name) for name in names]


@given(name=TEXTS)
@example(name="Doe, Jane")
@example(name='She said "no\\"')
@example(name="plain words " * 30)
@example(name="Jörg " * 30)
@example(name="J. Doe")
@example(name="\xa0")
def test_display_name_of_any_characters_is_folded_and_read_back(some_world, name):
    expected = name.strip()
    raw = compose(some_world, Draft(sender=A, to=[Mailbox("b@example.com", name), Mailbox("c@example.com", name)]))
    message = parsed(raw)
    assert [address.addr_spec for address in message["To"].addresses] == ["b@example.com", "c@example.com"]
    assert names_of(raw) == [expected, expected]
    if len(name.encode()) < 20:  # Python before 3.13 leaves the blank between two encoded words of a name
        assert [address.display_name for address in message["To"].addresses] == [expected, expected]
    assert longest_line_of_head(raw) <= 78


@pytest.mark.parametrize("sign", ["\r\n", "\n", "\r", "\0", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\x7f"])
def test_line_break_in_a_header_becomes_a_blank(world, sign):
    text = f"one{sign}Bcc: eve@example.com{sign}{sign}two"
    raw = compose(world, Draft(sender=Mailbox("a@example.com", text), subject=text, headers={"X-Note": text}))
    message = parsed(raw)
    expected = "one Bcc: eve@example.com two"
    assert (message["Subject"], message["X-Note"]) == (expected, expected)
    assert message["From"].addresses[0].display_name == expected
    assert message["Bcc"] is None


def test_message_has_date_id_and_mime_version(world):
    message = parsed(compose(world, Draft(sender=A, to=[Mailbox("b@example.com")], subject="s", text="Hello")))
    assert message["Date"].datetime == world.clock.now().replace(microsecond=0)
    assert message["Message-ID"].startswith("<")
    assert message["MIME-Version"] == "1.0"
    assert message["Content-Transfer-Encoding"] == "7bit"
    assert message.get_content() == "Hello\r\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "a\rb\r\nc\nd",
        "From here\n.\n.dot",
        "x" * 5000,
        "é\u2028ü\x00\x01",
        "trailing  \nblanks\t\n",
        "=41=\n",
    ],
)
@pytest.mark.parametrize("subtype", ["plain", "html"])
def test_body_of_any_text_is_sent_in_short_crlf_lines_and_read_back(world, text, subtype):
    draft = {"text": text} if subtype == "plain" else {"html": text}
    raw = compose(world, Draft(sender=A, **draft))
    message = parsed(raw)
    assert message.get_content_type() == f"text/{subtype}"
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    assert message.get_content().replace("\r\n", "\n") == (lines if lines.endswith("\n") else lines + "\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 900
    assert b"\n" not in raw.replace(b"\r\n", b"")


def structure(message):
    parts = [structure(part) for part in message.iter_parts()] if message.is_multipart() else []
    return [message.get_content_type(), *parts]


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        ({}, ["text/plain"]),
        ({"text": "t"}, ["text/plain"]),
        ({"html": "<p>h"}, ["text/html"]),
        ({"text": "t", "html": "<p>h"}, ["multipart/alternative", ["text/plain"], ["text/html"]]),
        ({"html": "<p>h", "mixed": True}, ["multipart/mixed", ["text/html"]]),
        ({"text": "t", "html": "", "mixed": True}, ["multipart/alternative", ["text/plain"], ["text/html"]]),
    ],
)
def test_structure_depends_on_the_bodies(world, draft, expected):
    assert structure(parsed(compose(world, Draft(sender=A, **draft)))) == expected


def test_thousands_of_recipients_are_all_in_the_header(world):
    to = [Mailbox(f"user{number}@example.com", f"Üser {number}") for number in range(3000)]
    raw = compose(world, Draft(sender=A, to=to))
    message = Message("1", 1, world.clock.now(), raw, Envelope(sender="", recipients=()), SentBy())
    assert message.to == [mailbox.address for mailbox in to]
    assert longest_line_of_head(raw) <= 78


def test_headers_beyond_the_limit_are_refused(world):
    with pytest.raises(HeadTooLong, match="longer than 258048 bytes"):
        compose(world, Draft(sender=A, subject="x" * 10_000_000))
    with pytest.raises(HeadTooLong):
        compose(world, Draft(sender=Mailbox("a@example.com", "word " * 2_000_000)))
    with pytest.raises(HeadTooLong):
        compose(world, Draft(sender=A, to=[Mailbox(f"user{number}@example.com") for number in range(20_000)]))


@pytest.mark.parametrize("subject", ["x" * 200_000, "é" * 50_000, "word " * 50_000, "a" + " " * 150_000 + "b"])
def test_long_subject_below_the_limit_is_read_whole(world, subject):
    raw = compose(world, Draft(sender=A, subject=subject))
    assert len(raw) < LONGEST_HEAD + 500
    message = Message("1", 1, world.clock.now(), raw, Envelope(sender="", recipients=()), SentBy())
    assert message.subject == subject.strip()


def test_address_of_megabytes_is_refused_with_a_short_error(world):
    with pytest.raises(NotAnAddress) as caught:
        compose(world, Draft(sender=Mailbox("a" * 10_000_000 + "@example.com")))
    assert len(str(caught.value)) < 1100


@given(st.lists(st.tuples(TEXTS, st.binary(max_size=200), st.booleans()), max_size=3), st.booleans())
def test_attachments_are_given_back(some_world, files, has_html):
    attachments = [
        Attachment(name=name, content=content, content_id=f"{number}@x" if is_inline else "")
        for number, (name, content, is_inline) in enumerate(files)
    ]
    draft = Draft(sender=A, text="text", html="<p>html</p>" if has_html else None, attachments=attachments)

    raw = compose(some_world, draft)

    parts = [part for part in parsed(raw).walk() if part.get_content_disposition()]
    found = {(part.get_filename(), part.get_content(), part["Content-ID"]) for part in parts}
    expected = {
        (" ".join(name.split("\x00")).strip(), content, f"<{number}@x>" if is_inline else None)
        for number, (name, content, is_inline) in enumerate(files)
    }
    assert found == expected
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_inline_file_is_beside_the_html_and_another_is_after_the_bodies(world):
    files = [Attachment(name="a.txt", content=b"a"), Attachment(name="b.png", content=b"b", content_id="b@x")]

    message = parsed(compose(world, Draft(sender=A, text="text", html="<img src='cid:b@x'>", attachments=files)))

    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "application/octet-stream",
        "application/octet-stream",
    ]
    assert [part.get_filename() for part in message.iter_attachments()] == ["a.txt"]


def test_further_alternatives_follow_the_html(world):
    draft = Draft(sender=A, text="text", html="<p>html</p>", alternatives={"calendar": "BEGIN:VCALENDAR"})

    message = parsed(compose(world, draft))

    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html", "text/calendar"]
