"""Search criteria: the terms that a message must meet. `index.py` looks the same terms up in the database."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal
from unicodedata import normalize

from mockmail.core.errors import TooManyTerms
from mockmail.core.mail import mime
from mockmail.core.mail.addresses import address_forms
from mockmail.core.mail.message import Message

MOST_TERMS = 100
"""The most terms in a query."""

TEXT_LIMIT = 1 << 20
"""The bytes of a message that a search reads. A body behind a large attachment is not searched."""

SUBJECT_LIMIT = 2000
"""The characters of a subject that a search compares."""

MOST_ADDRESSES = 1000
"""The addresses of the From header, and those of To and Cc, that a search reads. It reads the whole envelope."""

Field = Literal["from", "to", "subject", "words"]

_TERM = re.compile(r"""([-!]?)(?:(to|from|subject):)?("[^"]*"?|[^\s"]\S*)""", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_WHOLE_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_DIACRITICS = range(0x300, 0x332)  # the combining characters that the tokenizer ignores


class SearchedTexts:
    """The texts of one message that a search compares, each read when it is first needed."""

    def __init__(self, message: Message) -> None:
        self.message = message

    @cached_property
    def subject(self) -> str:
        """Return the subject, case-folded."""
        return _folded_subject(self.message.subject)

    @cached_property
    def senders(self) -> tuple[str, ...]:
        """Return the addresses of MAIL FROM and From, lower-cased, with both forms of a domain beyond ASCII."""
        return _forms([self.message.envelope.sender, *self._in_header("From")])

    @cached_property
    def recipients(self) -> tuple[str, ...]:
        """Return the addresses of RCPT TO, To and Cc, in the same form as `senders`."""
        return _forms([*self.message.envelope.recipients, *self._in_header("To", "Cc")])

    @cached_property
    def text(self) -> str:
        """Return the subject, the addresses and the body."""
        message = self.message
        if message.size > TEXT_LIMIT:
            message = replace(message, raw=message.raw[:TEXT_LIMIT])
        addresses = [*self._in_header("To", "Cc"), *message.envelope.recipients]
        return storable("\n".join([message.subject, message.from_, *addresses, message.text]))

    @cached_property
    def words(self) -> str:
        """Return the words of `text` as the full-text index compares them, with a blank around each."""
        return f" {_normalized_words(self.text)} "

    def _in_header(self, *names: str) -> list[str]:
        """Return the addresses in the headers with these names."""
        return mime.addresses([value for name in names for value in self.message.headers.get_all(name)])[
            :MOST_ADDRESSES
        ]


@dataclass(frozen=True, slots=True)
class Term:
    """One condition of a search.

    value: lower-cased for an address, case-folded for a subject; the words, with a blank between any two.
    is_negated: only messages that do not meet the condition match.
    """

    field: Field
    value: str
    is_negated: bool = False

    @property
    def is_whole_address(self) -> bool:
        """Return whether the value is compared with whole addresses."""
        return self.field in ("from", "to") and _WHOLE_ADDRESS.fullmatch(self.value) is not None

    def matches(self, texts: SearchedTexts) -> bool:
        """Return whether a message meets the condition."""
        return self._is_in(texts) != self.is_negated

    def _is_in(self, texts: SearchedTexts) -> bool:
        if self.field == "subject":
            return self.value in texts.subject
        if self.field == "words":
            return contains_phrase(texts, self.value)
        addresses = texts.recipients if self.field == "to" else texts.senders
        return self.value in addresses if self.is_whole_address else any(self.value in known for known in addresses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """Conditions that a message must meet, all of them.

    to, sender: a whole address, or a part that has no `@` or begins with it (`jane`, `@example.com`). `to` is compared
        with the envelope's recipients, To and Cc; `sender` with MAIL FROM and From. Both forms of a domain beyond
        ASCII match.
    subject: a part of the subject, case-insensitive.
    text: consecutive words of the body, the subject or the addresses.
    query: words as in `text`, and terms `to:`, `from:` and `subject:`; quotes join words, `-` excludes a term.
    after, before: cursors; only messages that arrived after the one and before the other match. 0 is none.
    """

    to: str | None = None
    sender: str | None = None
    subject: str | None = None
    text: str | None = None
    query: str | None = None
    after: int = 0
    before: int = 0

    def __str__(self) -> str:
        names = (("to", self.to), ("from", self.sender), ("subject", self.subject), ("text", self.text))
        terms = [f"{name}={value!r}" for name, value in (*names, ("query", self.query)) if value]
        return ", ".join(terms) or "anything"

    def terms(self) -> list[Term]:
        """Return the conditions on the content of a message. Raise TooManyTerms."""
        given = [("to", self.to, False), ("from", self.sender, False), ("subject", self.subject, False)]
        named = [(name, value, negated) for name, value, negated in given if value is not None]
        found = [_term(*term) for term in [*named, ("", self.text or "", False), *_query_terms(self.query or "")]]
        return [term for term in dict.fromkeys(found) if term.field != "words" or term.value]


def contains_phrase(texts: SearchedTexts, phrase: str) -> bool:
    """Return whether a message contains the words of a phrase consecutively; the last may be the start of a word."""
    return f" {_normalized_words(phrase)}" in texts.words


def storable(text: str) -> str:
    """Return a text that SQLite can store: bytes that are not UTF-8, and lone surrogates, become U+FFFD."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:
        return _SURROGATES.sub("\ufffd", text)


def _folded_subject(text: str) -> str:
    return storable(text[:SUBJECT_LIMIT].casefold())


def _forms(addresses: list[str]) -> tuple[str, ...]:
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


def _term(name: str, value: str, is_negated: bool) -> Term:
    if name == "subject":
        return Term("subject", _folded_subject(value), is_negated)
    if name:
        return Term("to" if name == "to" else "from", storable(value.strip().lower()), is_negated)
    return Term("words", " ".join(_WORD.findall(normalize("NFC", value))), is_negated)


def _query_terms(query: str) -> list[tuple[str, str, bool]]:
    """Return `(field or "", value, negated)` of each term."""
    found = _TERM.findall(query)
    if len(found) > MOST_TERMS:
        raise TooManyTerms(f"a query has at most {MOST_TERMS} terms, not {len(found)}")
    terms = ((field.lower(), value.strip('"'), bool(sign)) for sign, field, value in found)
    return [(field, value, negated) for field, value, negated in terms if value]
