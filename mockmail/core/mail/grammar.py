"""The grammar of a search query, the same in Python, over HTTP and on the page. `docs/search.md` describes it.

query = all {"OR" all}
all   = not {["AND"] not}
not   = {"-" | "!" | "NOT"} ("(" query ")" | term)
term  = [FIELD ":"] value
value = {bare | '"' quoted '"'}, without a blank between
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from mockmail.core.errors import InvalidQuery, InvalidValue, is_mistake
from mockmail.core.mail.terms import HEADER_LIMIT, Field, Group, Node, Term, folded_subject, storable, words_of

__tracebackhide__ = is_mistake

MOST_TERMS = 100
"""The most terms in a query."""

LONGEST_QUERY = 10_000
"""The most characters of a query."""

MOST_NESTING = 20
"""The most levels of nested brackets in a query."""

LONGEST_AGO = 100 * 365 * 86400
"""The most seconds before now; the clock of a sandbox leaves room for them."""

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_FACTORS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_BLANKS = re.compile(r"\s*")
_OPERATOR = re.compile(r"(AND|OR|NOT)(?=[\s()]|\Z)")
_SIGN = re.compile(r"[-!]|NOT(?=[\s()]|\Z)\s*")
_FIELD = re.compile(r"([A-Za-z][A-Za-z-]*):")
_BARE = re.compile(r"[^\s\"()]+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r'\\(["\\])')
_AGO = re.compile(r"(\d{1,10})([smhdw])")
_SIZE = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)([kmg]?)b?", re.IGNORECASE)
_HEADER_NAME = re.compile(r"[!-9;-<>-~]+")


def parse_query(query: str) -> Node | None:
    """Return the condition that a query describes, or None for an empty one. Raise InvalidQuery."""
    return _Parser(query).parse()


def term_of(field: str, value: str) -> Term:
    """Return the condition on one field of the grammar. Raise InvalidValue."""
    try:
        return _TERMS[field](value)
    except ValueError as error:
        raise InvalidValue(f"{field} {error}") from None


def fields() -> list[str]:
    """Return the names of the fields."""
    return list(_TERMS)


class _Parser:
    """Reads one query, from left to right."""

    def __init__(self, query: str) -> None:
        self._query = query
        self._position = 0
        self._terms = 0

    def parse(self) -> Node | None:
        if len(self._query) > LONGEST_QUERY:
            raise self._error(f"a query has at most {LONGEST_QUERY} characters, not {len(self._query)}", LONGEST_QUERY)
        self._skip_blanks()
        if self._is_at_end():
            return None
        node = self._any(0)
        if not self._is_at_end():
            raise self._error("there is no opening bracket for this one; put it in quotes to search for it")
        return node

    def _is_at_end(self) -> bool:
        return self._position >= len(self._query)

    def _any(self, depth: int) -> Node:
        nodes = [self._all(depth)]
        while self._take_operator("OR"):
            nodes.append(self._all(depth))
        return nodes[0] if len(nodes) == 1 else Group(tuple(nodes), is_any=True)

    def _all(self, depth: int) -> Node:
        nodes = [self._not(depth)]
        while not self._is_at_end() and self._query[self._position] != ")" and self._operator() != "OR":
            self._take_operator("AND")
            nodes.append(self._not(depth))
        return nodes[0] if len(nodes) == 1 else Group(tuple(nodes))

    def _not(self, depth: int) -> Node:
        is_negated = False
        while sign := _SIGN.match(self._query, self._position):
            self._position = sign.end()
            is_negated = not is_negated
        node = self._bracket(depth) if self._query.startswith("(", self._position) else self._term()
        self._skip_blanks()
        return node.negated() if is_negated else node

    def _bracket(self, depth: int) -> Node:
        start = self._position
        if depth >= MOST_NESTING:
            raise self._error(f"a query has at most {MOST_NESTING} levels of brackets")
        self._position += 1
        self._skip_blanks()
        node = self._any(depth + 1)
        if self._is_at_end():
            raise self._error("this bracket is not closed; put it in quotes to search for it", start)
        self._position += 1
        return node

    def _term(self) -> Term:
        start = self._position
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise self._error(f"a query has at most {MOST_TERMS} terms")
        if self._is_at_end() or self._operator() or self._query[start] == ")" or self._query[start].isspace():
            raise self._error("a term is missing here; put AND, OR, NOT, - and brackets in quotes to search for them")
        found = _FIELD.match(self._query, start)
        name = found[1].lower() if found else ""
        if found and name not in _TERMS:
            raise self._error(_unknown(found[1], self._query[start:]))
        self._position = found.end() if found else start
        value = self._value()
        if name and not value:
            raise self._error(f"{name}: needs a value", start)
        try:
            return term_of(name or "text", value)
        except InvalidValue as error:
            raise self._error(str(error), start) from None

    def _value(self) -> str:
        pieces: list[str] = []
        while not self._is_at_end():
            quoted = _QUOTED.match(self._query, self._position)
            if quoted is None and self._query[self._position] == '"':
                raise self._error('this quote is not closed; write \\" in quotes to search for one')
            found = quoted or _BARE.match(self._query, self._position)
            if found is None:
                break
            pieces.append(_ESCAPE.sub(r"\1", quoted[1]) if quoted else found[0])
            self._position = found.end()
        return "".join(pieces)

    def _operator(self) -> str:
        found = _OPERATOR.match(self._query, self._position)
        return found[1] if found else ""

    def _take_operator(self, operator: str) -> bool:
        if self._operator() != operator:
            return False
        self._position += len(operator)
        self._skip_blanks()
        return True

    def _skip_blanks(self) -> None:
        found = _BLANKS.match(self._query, self._position)
        self._position = found.end() if found else self._position

    def _error(self, sentence: str, position: int | None = None) -> InvalidQuery:
        return InvalidQuery(self._query, self._position if position is None else position, sentence)


def _unknown(name: str, rest: str) -> str:
    from mockmail.core.suggestions import did_you_mean  # only a mistake needs it

    advice = did_you_mean(name.lower(), {field: f"{field}:" for field in _TERMS}) or f"there are {', '.join(_TERMS)}"
    words = rest.split(maxsplit=1)[0][:80]
    return f'there is no field {name[:80]!r}; {advice}; quotes search for the words: "{words}"'


def _address(field: Field) -> Callable[[str], Term]:
    return lambda value: Term(field, storable(value.strip().removeprefix("<").removesuffix(">").lower()))


def _words(field: Field) -> Callable[[str], Term]:
    def term(value: str) -> Term:
        words = words_of(value)
        if not words:
            raise ValueError(f"must have a letter or a digit, not {value!r:.80}")
        return Term(field, words)

    return term


def _has(value: str) -> Term:
    if value.lower() not in ("attachment", "html"):
        raise ValueError(f"must be attachment or html, not {value!r:.80}")
    return Term("has", value.lower())


def _is(value: str) -> Term:
    match value.lower():
        case "read" | "tagged" as mark:
            return Term("is", mark)
        case "unread":
            return Term("is", "read", is_negated=True)
    raise ValueError(f"must be read, unread or tagged, not {value!r:.80}")


def _header(value: str) -> Term:
    name, sign, part = value.partition("=")
    if not _HEADER_NAME.fullmatch(name):
        raise ValueError(f"must be NAME=VALUE, or the NAME of a header, not {value!r:.80}")
    return Term("header", f"{name.lower()}{sign}{storable(part[:HEADER_LIMIT].casefold())}")


def _since(value: str) -> Term:
    ago = _AGO.fullmatch(value)
    try:
        if ago:
            seconds = int(ago[1]) * _SECONDS[ago[2]]
            if seconds <= LONGEST_AGO:
                return Term("ago", str(seconds))
        moment = datetime.fromisoformat(value)
        return Term("since", (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat())
    except (OverflowError, ValueError):
        expected = "a duration of at most 100 years (90s, 15m, 2h, 7d, 1w) or a time (2026-01-31, 2026-01-31T12:00Z)"
        raise ValueError(f"must be {expected}, not {value!r:.80}") from None


def _bytes(value: str) -> int:
    size = _SIZE.fullmatch(value)
    if size is None:
        raise ValueError(f"must be a number of bytes (500, 100k, 2.5M), not {value!r:.80}")
    return int(float(size[1]) * _FACTORS[size[2].lower()])


_TERMS: Mapping[str, Callable[[str], Term]] = {
    "to": _address("to"),
    "from": _address("from"),
    "cc": _address("cc"),
    "bcc": _address("bcc"),
    "recipient": _address("recipient"),
    "reply-to": _address("reply-to"),
    "message-id": _address("message-id"),
    "subject": lambda value: Term("subject", folded_subject(value)),
    "text": _words("words"),
    "body": _words("body"),
    "html": _words("html"),
    "attachment": lambda value: Term("attachment", storable(value.casefold()[:HEADER_LIMIT])),
    "has": _has,
    "is": _is,
    "tag": lambda value: Term("tag", storable(value.strip().lower())),
    "header": _header,
    "after": _since,
    "before": lambda value: _since(value).negated(),
    "larger": lambda value: Term("size", str(_bytes(value))),
    "smaller": lambda value: Term("size", str(_bytes(value) - 1), is_negated=True),
    "vendor": lambda value: Term("vendor", storable(value)),
    "operation": lambda value: Term("operation", storable(value)),
}
