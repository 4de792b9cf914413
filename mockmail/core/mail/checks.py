"""Check a message for defects that mail servers may refuse, or that mail readers may show wrongly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mockmail.core.errors import NotAnAddress
from mockmail.core.mail import mime
from mockmail.core.mail.addresses import validate_address
from mockmail.core.mail.encoded_words import LONGEST_WORD
from mockmail.core.mail.message import Message

MOST_LINE_BYTES = 998
"""The most bytes of a line, without its line break (RFC 5322, 2.1.1)."""

_REQUIRED = ("From", "Date")
_ONCE = ("From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Message-ID", "In-Reply-To", "References", "Subject", "Date")
_OF_ADDRESSES = ("From", "Sender", "Reply-To", "To", "Cc", "Bcc")
# Headers in which "=?" may stand for itself.
_STRUCTURED = frozenset({"message-id", "references", "in-reply-to", "received", "dkim-signature", "content-type"})
_ENCODED_WORD_START = re.compile(r"=\?[^?\s]{1,60}\?[bBqQ]\?.{0,80}")
_LONG_WORD = re.compile(r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?\s]*\?=")
_BARE_LF = re.compile(rb"(?<!\r)\n")
_BARE_CR = re.compile(rb"\r(?!\n)")
_LONG_LINE = re.compile(rb"^[^\r\n]{%d,}" % (MOST_LINE_BYTES + 1), re.MULTILINE)
_EIGHT_BIT = re.compile(rb"[\x80-\xff]")
_EIGHT_BIT_ENCODINGS = ("8bit", "binary")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is wrong with a message.

    check: its name, such as `bare-lf`. text: a sentence. source: where the rule is written down.
    line: the first line of the raw message that breaks the rule, counted from 1; None if the rule is not about a line.
    """

    check: str
    text: str
    source: str
    line: int | None = None


def findings(message: Message, *, dkim_key: str | None = None) -> list[Finding]:
    """Return the findings about a message, in the order of the checks. dkim_key: see `Message.checks`."""
    found = [
        *_headers(message),
        *_addresses(message),
        *_encoded_words(message),
        *_lines(message.raw),
        *_undeclared(message),
        *_alternative(message),
    ]
    if dkim_key is not None:
        from mockmail.core.mail.signatures import check_signature

        failure = check_signature(message, dkim_key)
        found += [] if failure is None else [Finding(check="dkim", text=failure, source="RFC 6376, 6.1")]
    return found


def _headers(message: Message) -> Iterator[Finding]:
    names = [name.lower() for name, _ in message.headers.items()]
    for name in _REQUIRED:
        if name.lower() not in names and message.headers.is_complete:
            yield Finding(check="missing-header", text=f"There is no {name} header.", source="RFC 5322, 3.6")
    if "message-id" not in names and message.headers.is_complete:
        text = "There is no Message-ID header: servers may add one, and replies cannot refer to this message."
        yield Finding(check="missing-header", text=text, source="RFC 5322, 3.6.4")
    for name in _ONCE:
        if (count := names.count(name.lower())) > 1:
            text = f"There are {count} {name} headers, and only one is allowed."
            yield Finding(check="repeated-header", text=text, source="RFC 5322, 3.6")


def _addresses(message: Message) -> Iterator[Finding]:
    for name in _OF_ADDRESSES:
        for _, address in mime.mailboxes(message.headers.undecoded(name)):
            try:
                validate_address(address)
            except NotAnAddress:
                text = f"{name} has {address[:100]!r}, which is not an address."
                yield Finding(check="address", text=text, source="RFC 5322, 3.4.1")
                break


def _encoded_words(message: Message) -> Iterator[Finding]:
    for name, value in message.headers.undecoded_items():
        if "=?" not in value or name.lower() in _STRUCTURED:
            continue
        if found := _ENCODED_WORD_START.search(mime.decoded(value)):
            text = f"{name} has an encoded word that cannot be decoded: {found[0][:80]!r}."
            yield Finding(check="encoded-word", text=text, source="RFC 2047, 2")
        elif any(len(word) > LONGEST_WORD for word in _LONG_WORD.findall(value)):
            text = f"{name} has an encoded word of more than {LONGEST_WORD} characters."
            yield Finding(check="encoded-word", text=text, source="RFC 2047, 2")


def _alternative(message: Message) -> Iterator[Finding]:
    if message.has_html and not message.has_plain_text:
        text = "There is HTML, but no plain text: some readers show no HTML, and spam filters count the missing text."
        yield Finding(check="text-alternative", text=text, source="RFC 2046, 5.1.4")


def _lines(raw: bytes) -> Iterator[Finding]:
    rules = (
        ("bare-lf", _BARE_LF, "with a line feed alone, not with CR LF", "RFC 5321, 2.3.8"),
        ("bare-cr", _BARE_CR, "with a carriage return alone, not with CR LF", "RFC 5321, 2.3.8"),
    )
    for check, pattern, how, source in rules:
        if found := pattern.search(raw):
            count = sum(1 for _ in pattern.finditer(raw))
            lines = f"{count} lines end" if count > 1 else "A line ends"
            yield Finding(check=check, text=f"{lines} {how}.", source=source, line=_line(raw, found.start()))
    if found := _LONG_LINE.search(raw):
        count = sum(1 for _ in _LONG_LINE.finditer(raw))
        text = f"{f'{count} lines are' if count > 1 else 'A line is'} longer than {MOST_LINE_BYTES} bytes."
        yield Finding(check="long-line", text=text, source="RFC 5322, 2.1.1", line=_line(raw, found.start()))


def _undeclared(message: Message) -> Iterator[Finding]:
    raw, parameters = message.raw, [parameter.upper() for parameter in message.envelope.mail_parameters]
    parts = message.leaves
    first = min((part.start for part in parts), default=len(raw))
    if (found := _EIGHT_BIT.search(raw, 0, first)) and "SMTPUTF8" not in parameters:
        text = "A header has bytes outside ASCII: encode them (=?utf-8?...?=), or send with SMTPUTF8."
        yield Finding(check="8bit-header", text=text, source="RFC 6532, 3.2", line=_line(raw, found.start()))
    for part in parts:
        found = _EIGHT_BIT.search(raw, part.start, part.end)
        if found and part.encoding not in _EIGHT_BIT_ENCODINGS:
            text = (
                f"A {part.content_type.value} part has bytes outside ASCII, but its Content-Transfer-Encoding is "
                f"{part.encoding[:40] or 'missing'}, not 8bit."
            )
            yield Finding(check="undeclared-8bit", text=text, source="RFC 2045, 6.2", line=_line(raw, found.start()))
            return


def _line(raw: bytes, position: int) -> int:
    return raw.count(b"\n", 0, position) + 1
