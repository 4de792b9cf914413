"""Whether a message in a list has an attachment, and what it costs to know."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from mockmail.core.mail import rows
from mockmail.core.mail.content import TEXT_LIMIT
from mockmail.core.mail.criteria import Criteria


def composed(*, html="", inline=False, attached=False):
    message = EmailMessage()
    message["Subject"] = "Hello"
    message.set_content("text\n")
    if html:
        message.add_alternative(html, "html")
    if inline:
        message.get_payload()[1].add_related(b"picture", "image", "png", cid="<a@b>")
    if attached:
        message.add_attachment(b"a,b\n", "text", "csv", filename="numbers.csv")
    return message.as_bytes()


MESSAGES = {
    "plain text": (composed(), False),
    "text and HTML": (composed(html="<p>text</p>"), False),
    "an inline image": (composed(html="<p>text</p>", inline=True), True),
    "a file": (composed(attached=True), True),
    "a file behind a long text": (composed(html="<p>text</p>" * 20_000, attached=True), True),
    "a long text and no file": (composed(html="<p>text</p>" * 20_000), False),
    "a file alone": (b"Content-Type: application/pdf\r\n\r\n%PDF", True),
    "no bytes": (b"", False),
}


@pytest.mark.parametrize(("raw", "expected"), MESSAGES.values(), ids=MESSAGES)
@pytest.mark.parametrize("is_indexed", [False, True], ids=["not indexed", "indexed"])
def test_summary_says_what_search_and_message_say(mail, add, raw, expected, is_indexed):
    message = add(raw=raw)
    if is_indexed:
        mail.count(Criteria(query="has:attachment"))

    summary = mail.summary(message.cursor)

    assert summary.has_attachment is expected
    assert summary == message.summary()
    assert message.has_attachment is bool(message.attachments) is expected
    assert mail.count(Criteria(query="has:attachment")) == expected


@pytest.mark.parametrize(("extra", "expected"), [(-200, True), (0, False)], ids=["at the bound", "beyond it"])
def test_attachment_that_begins_beyond_the_searched_bytes_is_not_looked_for(mail, add, extra, expected):
    start = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\n'
    raw = start + b"x" * (TEXT_LIMIT - len(start) + extra) + b"\r\n--b\r\nContent-Type: a/b\r\n\r\nfile\r\n--b--\r\n"

    message = add(raw=raw)

    assert mail.summary(message.cursor).has_attachment is message.has_attachment is expected
    assert len(message.attachments) == 1


def test_body_of_an_indexed_message_is_not_read_for_its_summary(mail, add, monkeypatch):
    lengths = []

    def read_start(db, seq, max_parts, length=None, read=rows.read_start):
        lengths.append(length)
        return read(db, seq, max_parts, length)

    message = add(raw=MESSAGES["a file behind a long text"][0])
    mail.count(Criteria(query="has:attachment"))
    monkeypatch.setattr(rows, "read_start", read_start)

    assert mail.summary(message.cursor).has_attachment
    assert lengths == [None]
