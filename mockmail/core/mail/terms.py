"""The terms of a search, and the texts of a message that they compare. `plan.py` looks the same terms up in SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal
from unicodedata import normalize

from mockmail.core.mail import mime
from mockmail.core.mail.addresses import address_forms
from mockmail.core.mail.content import TEXT_LIMIT
from mockmail.core.mail.message import Message

SUBJECT_LIMIT = 2000
"""The characters of a subject that a search compares."""

HEADER_LIMIT = 1 << 16
"""The characters of another header, and of the names of the attachments, that a search compares."""

MOST_ADDRESSES = 1000
"""The addresses of the From header, and those of To and Cc, that a search reads. It reads the whole envelope."""

Field = Literal[
    "from", "to", "cc", "bcc", "recipient", "reply-to", "message-id",
    "subject", "words", "body", "html", "attachment", "has", "header",
    "vendor", "operation", "size", "since", "ago", "is", "tag",
]  # fmt: skip
"""The property of a message that a term tests.

`size`: it has more bytes. `since`: it arrived at this time or later. `ago`: it arrived at most these seconds ago.
`is`: it is read, or it is tagged.
"""

ADDRESS_FIELDS: frozenset[Field] = frozenset({"from", "to", "cc", "bcc", "recipient", "reply-to", "message-id"})
WORD_FIELDS: frozenset[Field] = frozenset({"words", "body", "html"})

# The headers whose addresses and texts count for a field.
_HEADERS = {"from": ("From",), "to": ("To", "Cc"), "cc": ("Cc",), "reply-to": ("Reply-To",)}
NAMED_FIELDS = tuple(_HEADERS)
"""The fields whose terms are also compared with display names."""

_WORD = re.compile(r"[^\W_]+")
_WHOLE_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_BETWEEN_ADDRESSES = re.compile(r"[\s<>,;]+")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_DIACRITICS = range(0x300, 0x332)  # the combining characters that the tokenizer ignores


class SearchedTexts:
    """The texts of one message that a search compares, each read when it is first needed.

    message: may have only the first bytes of the message. size: of the whole message in bytes.
    """

    def __init__(self, message: Message, size: int | None = None) -> None:
        self.message = message
        self.size = message.size if size is None else size
        self._addresses: dict[str, tuple[str, ...]] = {}
        self._names: dict[str, str] = {}
        self._headers: dict[str, list[str]] = {}
        self._in_header: dict[str, list[str]] = {}

    @cached_property
    def subject(self) -> str:
        """Return the subject, case-folded."""
        return folded_subject(self.message.subject)

    @cached_property
    def words(self) -> dict[str, str]:
        """Return the words of each text as the full-text index compares them, with a blank around each."""
        return {name: f" {_normalized_words(text)} " for name, text in self.texts().items()}

    @cached_property
    def attachments(self) -> str | None:
        """Return the case-folded names of the attachments, a line for each; None without an attachment."""
        names = self._start.attachment_names
        return storable("\n".join(names).casefold()[:HEADER_LIMIT]) if names else None

    @property
    def has_html(self) -> bool:
        """Return whether there is an HTML body."""
        return bool(self._start.html)

    def texts(self) -> dict[str, str]:
        """Return the texts that are searched for words, by the column of the full-text index."""
        message = self._start
        envelope = [message.envelope.sender, *message.envelope.recipients]
        headers = [text for name in ("From", "To", "Cc", "Reply-To") for text in self._header(name)]
        html = message.visible_html
        texts = {
            "subject": message.subject,
            "addresses": "\n".join(dict.fromkeys([*headers, *envelope])),
            "plain": "" if message.text == html else message.text,
            "html": html,
            "names": "\n".join(message.attachment_names)[:HEADER_LIMIT],
        }
        return {name: storable(text) for name, text in texts.items()}

    def addresses(self, field: str) -> tuple[str, ...]:
        """Return the addresses of a field, lower-cased, with both forms of a non-ASCII domain."""
        if field not in self._addresses:
            self._addresses[field] = self._read_addresses(field)
        return self._addresses[field]

    def names(self, field: str) -> str:
        """Return the case-folded texts of the headers of a field, a line for each that has more than addresses."""
        if field not in self._names:
            texts = [text for name in _HEADERS.get(field, ()) for text in self.header(name)]
            if not texts:
                return ""
            known = {"", *self.addresses(field)}
            named = [text for text in texts if not known.issuperset(_BETWEEN_ADDRESSES.split(text))]
            self._names[field] = "\n".join(named)
        return self._names[field]

    def header(self, name: str) -> list[str]:
        """Return the case-folded values of the headers with a name."""
        return [storable(text.casefold()) for text in self._header(name)]

    @cached_property
    def _start(self) -> Message:
        """The message, or the first `TEXT_LIMIT` bytes of it."""
        message = self.message
        return replace(message, raw=message.raw[:TEXT_LIMIT]) if message.size > TEXT_LIMIT else message

    def _header(self, name: str) -> list[str]:
        return [text[:HEADER_LIMIT] for text in self._whole_header(name)]

    def _whole_header(self, name: str) -> list[str]:
        if name not in self._headers:
            self._headers[name] = self.message.headers.get_all(name)
        return self._headers[name]

    def _read_addresses(self, field: str) -> tuple[str, ...]:
        envelope = self.message.envelope
        match field:
            case "from":
                return _forms([envelope.sender, *self._in_headers(*_HEADERS["from"])])
            case "to":
                return _forms([*envelope.recipients, *self._in_headers(*_HEADERS["to"])])
            case "recipient":
                return _forms(envelope.recipients)
            case "bcc":
                return _forms(self.message.bcc)
            case "message-id":
                return tuple(value.strip().strip("<>") for value in self.header("Message-ID"))
            case _:
                return _forms(self._in_headers(*_HEADERS[field]))

    def _in_headers(self, *names: str) -> list[str]:
        """Return the addresses in the headers with these names."""
        for name in names:
            if name not in self._in_header:
                values = self._whole_header(name)
                self._in_header[name] = mime.addresses(values) if values else []
        return [address for name in names for address in self._in_header[name]][:MOST_ADDRESSES]


@dataclass(frozen=True, slots=True)
class Term:
    """One condition of a search.

    value: lower-cased for an address; case-folded for a subject and for the name of an attachment; for words, the
        words with a blank between any two; for a header, its lower-cased name, `=`, and a case-folded part of its
        value; for a size a decimal number; for `since` an ISO 8601 timestamp in UTC.
    is_negated: only messages that do not meet the condition match.
    """

    field: Field
    value: str
    is_negated: bool = False

    @property
    def is_whole_address(self) -> bool:
        """Return whether the value is compared with whole addresses."""
        return self.field in ADDRESS_FIELDS and _WHOLE_ADDRESS.fullmatch(self.value) is not None

    def matches(self, texts: SearchedTexts) -> bool:
        """Return whether a message meets the condition."""
        return self._is_met(texts) != self.is_negated

    def negated(self) -> Term:
        """Return the opposite condition."""
        return replace(self, is_negated=not self.is_negated)

    def at(self, now: datetime) -> Term:
        """Return the condition with a time instead of a duration before now."""
        if self.field != "ago":
            return self
        return replace(self, field="since", value=(now - timedelta(seconds=int(self.value))).isoformat())

    def conjuncts(self) -> tuple[Term | Group, ...]:
        """Return the conditions that must all be met: the term itself."""
        return (self,)

    def leaves(self) -> Iterator[Term]:
        """Return an iterator over the term itself."""
        yield self

    def _is_met(self, texts: SearchedTexts) -> bool:  # noqa: C901, PLR0911  # a line for each field
        message, value = texts.message, self.value
        match self.field:
            case "subject":
                return value in texts.subject
            case "words" | "body" | "html":
                phrase = f" {_normalized_words(value)}"
                return any(phrase in texts.words[column] for column in COLUMNS[self.field])
            case "attachment":
                return value in (texts.attachments or "")
            case "has":
                return texts.has_html if value == "html" else texts.attachments is not None
            case "header":
                name, _, part = value.partition("=")
                return any(part in text for text in texts.header(name))
            case "vendor":
                return message.sent_by.vendor == value
            case "operation":
                return message.sent_by.operation == value
            case "size":
                return texts.size > int(value)
            case "is":
                return message.is_read if value == "read" else bool(message.tags)
            case "tag":
                return value in map(str.lower, message.tags)
            case "since":
                return message.received_at >= datetime.fromisoformat(value)
            case _:
                return self._is_in_addresses(texts)

    def _is_in_addresses(self, texts: SearchedTexts) -> bool:
        addresses = texts.addresses(self.field)
        if self.is_whole_address:
            return self.value in addresses
        return any(self.value in known for known in addresses) or self.value.casefold() in texts.names(self.field)


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of which all, or any, must be met."""

    nodes: tuple[Term | Group, ...]
    is_any: bool = False

    def matches(self, texts: SearchedTexts) -> bool:
        """Return whether a message meets the conditions."""
        results = (node.matches(texts) for node in self.nodes)
        return any(results) if self.is_any else all(results)

    def negated(self) -> Group:
        """Return the opposite condition."""
        return Group(tuple(node.negated() for node in self.nodes), not self.is_any)

    def at(self, now: datetime) -> Group:
        """Return the conditions with times instead of durations before now."""
        return Group(tuple(node.at(now) for node in self.nodes), self.is_any)

    def conjuncts(self) -> tuple[Term | Group, ...]:
        """Return the conditions that must all be met: the nodes, or the group itself if any of its nodes is enough."""
        return (self,) if self.is_any else self.nodes

    def leaves(self) -> Iterator[Term]:
        """Return an iterator over all terms."""
        return (leaf for node in self.nodes for leaf in node.leaves())


Node = Term | Group

COLUMNS: dict[str, tuple[str, ...]] = {
    "words": ("subject", "addresses", "plain", "html", "names"),
    "body": ("plain", "html"),
    "html": ("html",),
}
"""The columns of the full-text index that a field of words is looked up in."""


def words_of(text: str) -> str:
    """Return the words of a text, with a blank between any two; empty for a text without a letter or digit."""
    return " ".join(_WORD.findall(normalize("NFC", text)))


def storable(text: str) -> str:
    """Return a text that SQLite can store: bytes that are not UTF-8, and lone surrogates, become U+FFFD."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:
        return _SURROGATES.sub("\ufffd", text)


def folded_subject(text: str) -> str:
    """Return a subject, or a part of one, as it is compared."""
    return storable(text[:SUBJECT_LIMIT].casefold())


def _forms(addresses: Iterable[str]) -> tuple[str, ...]:
    lower_cased = [storable(address).lower() for address in addresses]
    return tuple(dict.fromkeys(form for address in lower_cased for form in address_forms(address)))


def _normalized_words(text: str) -> str:
    """Return the words as SQLite's tokenizer `unicode61 remove_diacritics 2` compares them, with blanks between."""
    folded = text.lower() if text.isascii() else text.translate({ord(found): _folded(found) for found in set(text)})
    return " ".join(_WORD.findall(folded))


def _folded(character: str) -> str:
    if ord(character) in _DIACRITICS:
        return ""
    base = normalize("NFD", character)[0]
    folded = (base if base.isascii() and base.isalpha() else character).casefold()
    return folded if len(folded) == 1 else character.lower()
