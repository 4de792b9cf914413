"""The SQL of a search: the tables that narrow it, and the conditions on their rows.

A condition that SQL cannot decide is left out or replaced by a wider one. `Term.matches` then compares the messages
that SQL found.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from mockmail.core.mail.terms import ADDRESS_FIELDS, COLUMNS, WORD_FIELDS, Group, Node, Term

GRAMS = 16
"""The most sequences of three characters that the index looks up for a part of a subject or an address."""

PROBED = 100
"""A term with this many rows or more has many. The search then looks for another term that may have fewer."""

LONGEST_INDEXED_PHRASE = 50
"""The words of a phrase that the index looks up: for each, SQLite loads all its positions in a message at once."""

LONGEST_PART = 1000
"""The characters of a part of a subject or address that the index looks up. `Term.matches` compares the rest."""

GRAM = 3

Range = tuple[int, int]
"""The first and the last cursor of the messages that are searched."""

Condition = tuple[str, list[object]]
"""A condition in SQL on a row of `subject`, and its arguments."""

# The column of the table `part` that has the subject or the addresses of a field, and maybe more.
_PARTS = {
    "subject": "subject", "from": "senders", "to": "recipients", "cc": "recipients", "bcc": "recipients",
    "recipient": "recipients",
}  # fmt: skip
_IN_MESSAGE = {
    "vendor": "vendor = ?",
    "operation": "operation = ?",
    "size": "length(raw) > CAST(? AS INTEGER)",
    "since": "received_at >= ?",
}
# The rows of the messages that are read or tagged, one for each message.
_MARKED = {
    "read": ("opened", "opened.seq"),
    "tagged": ("(SELECT DISTINCT seq FROM tag) AS tagged", "tagged.seq"),
}


@dataclass
class Query:
    """The SQL for a search.

    source: the table whose rows are read, in the order of `seq`; `subject` has a row for each indexed message.
    met: the conditions that every row of the source meets.
    """

    source: str = "subject"
    seq: str = "subject.seq"
    met: list[Node] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    arguments: list[object] = field(default_factory=list)

    def add(self, condition: str, *arguments: object) -> Self:
        """Add a condition that the rows must meet, and return the query."""
        self.conditions.append(condition)
        self.arguments.extend(arguments)
        return self

    def sql(self, result: str) -> str:
        """Return the statement that selects `result`, without an order."""
        join = "" if self.source in ("subject", "message") else f" CROSS JOIN subject ON subject.seq = {self.seq}"
        return f"SELECT {result} FROM {self.source}{join} WHERE {' AND '.join(self.conditions)}"  # noqa: S608  # our text

    def rows(self, result: str) -> str:
        """Return the statement that selects `result` from the rows of the source alone."""
        return f"SELECT {result} FROM {self.source} WHERE {' AND '.join(self.conditions)}"  # noqa: S608  # our text


def is_exact(node: Node) -> bool:
    """Return whether SQL decides a condition."""
    return all(leaf.field not in ("recipient", "header") and not _is_long(leaf) for leaf in node.leaves())


def plan(db: sqlite3.Connection, nodes: Sequence[Node], within: Range) -> Query:
    """Return the query for the indexed messages that may meet the conditions; if all are exact, the messages do.

    It reads the rows of the first source that has few of them, and checks the other conditions for each row. Rows are
    read in the order of arrival, so that a search that finds enough messages early ends early.
    """
    if not nodes:
        return _bounded(Query("message", "message.seq"), within)
    query = _source(db, nodes, within)
    for node in nodes:
        condition = None if node in query.met else _condition(node)
        if condition is not None:
            query.add(condition[0], *condition[1])
    return query


def _source(db: sqlite3.Connection, nodes: Sequence[Node], within: Range) -> Query:
    simple = [_bounded(query, within) for query in _simple_sources(nodes)]
    unions = [union for node in nodes if (union := _union(node, within)) is not None]
    for query in simple if unions else simple[:-1]:
        if _has_few(db, query):
            return query
    for node, branches in unions:
        if all(_has_few(db, query) for query in branches):
            chosen = " UNION ".join(query.rows(query.seq) for query in branches)
            is_met = all(query.met for query in branches)
            arguments = [argument for query in branches for argument in query.arguments]
            return Query(met=[node] if is_met else []).add(f"subject.seq IN ({chosen})", *arguments)
    return simple[-1] if simple else _bounded(Query(), within)


def _bounded(query: Query, within: Range) -> Query:
    return query.add(f"{query.seq} BETWEEN ? AND ?", *within)


def _has_few(db: sqlite3.Connection, query: Query) -> bool:
    sql = f"SELECT count(*) FROM ({query.rows('1')} LIMIT {PROBED})"  # noqa: S608  # our text
    return bool(db.execute(sql, query.arguments).fetchone()[0] < PROBED)


def _simple_sources(nodes: Sequence[Node]) -> list[Query]:
    """Return the tables that a search can read, each for some of the terms; the cheapest first."""
    positive = [node for node in nodes if isinstance(node, Term) and not node.is_negated]
    whole = [term for term in positive if term.is_whole_address]
    parts = [(term, _grams(term)) for term in positive if not term.is_whole_address]
    # Subjects and addresses of a test run often differ in a number only, and the other sequences are in all of them.
    numbers = [(term, [gram for gram in grams if gram.isdecimal()]) for term, grams in parts]
    words = [term for term in positive if term.field in WORD_FIELDS]
    sources = [_whole_address(term) for term in whole]
    tags = [term for term in positive if term.field == "tag"]
    sources += [Query("tag", "tag.seq", [term]).add("tag.folded = ?", term.value) for term in tags]
    sources += [Query(*_MARKED[term.value], [term]) for term in positive if term.field == "is"]
    for term, grams in (*numbers, *parts):
        if grams:
            match = f"{{{_PARTS[term.field]}}} : ({' '.join(map(_quoted, grams))})"
            sources.append(Query("part", "part.rowid").add("part MATCH ?", match))
    if words:
        query = Query("words", "words.rowid", [term for term in words if not _is_long(term)])
        sources.append(query.add("words MATCH ?", " AND ".join(map(_phrase, words))))
    attached = [term for term in positive if term.field in ("attachment", "has")]
    return sources or [Query("content", "content.seq", [term]).add(*_content_condition(term)) for term in attached[:1]]


def _whole_address(term: Term) -> Query:
    role = _wider(term).field if term.field == "recipient" else term.field
    met: list[Node] = [term] if is_exact(term) else []
    return Query("address", "address.seq", met).add("address.role = ? AND address.address = ?", role, term.value)


def _union(node: Node, within: Range) -> tuple[Node, list[Query]] | None:
    """Return a node of alternatives with a source for each; None for another node, or if one has no source."""
    if isinstance(node, Term) or not node.is_any:
        return None
    branches: list[Query] = []
    for branch in node.nodes:
        inner = list(branch.conjuncts())
        sources = _simple_sources(inner)
        if not sources:
            return None
        source = sources[0]
        source.met = source.met if source.met == inner else []
        branches.append(_bounded(source, within))
    return node, branches


def _condition(node: Node) -> Condition | None:
    """Return an SQL condition that is as strict as the node or wider, or None."""
    if isinstance(node, Group):
        found = [_condition(inner) for inner in node.nodes]
        known = [condition for condition in found if condition is not None]
        if not known or (node.is_any and len(known) < len(found)):
            return None
        joined = (" OR " if node.is_any else " AND ").join(sql for sql, _ in known)
        return f"({joined})", [argument for _, arguments in known for argument in arguments]
    if not is_exact(node):
        return None if node.is_negated or node.field == "header" else _condition(_wider(node))
    sql, arguments = _exact_condition(node)
    return (f"NOT ({sql})" if node.is_negated else sql), arguments


def _wider(term: Term) -> Term:
    """Return a wider condition that SQL decides: each message that meets the term meets it too."""
    if term.field == "recipient":
        return replace(term, field="to")
    return replace(term, value=" ".join(term.value.split(" ")[:LONGEST_INDEXED_PHRASE]))


def _exact_condition(term: Term) -> Condition:  # noqa: PLR0911  # a line for each kind of field
    if term.field == "subject":
        return "instr(subject.folded, ?) > 0", [term.value]
    if term.field in WORD_FIELDS:
        return "subject.seq IN (SELECT rowid FROM words WHERE words MATCH ?)", [_phrase(term)]
    if term.field in ADDRESS_FIELDS:
        return _address_condition(term)
    if term.field in ("attachment", "has"):
        sql, *arguments = _content_condition(term)
        return _exists("content", sql, *arguments)
    if term.field == "tag":
        return _exists("tag", "folded = ?", term.value)
    if term.field == "is":
        return _exists("opened" if term.value == "read" else "tag", "true")
    return _exists("message", _IN_MESSAGE[term.field], term.value)


def _address_condition(term: Term) -> Condition:
    if term.is_whole_address:
        return _exists("address", "role = ? AND address = ?", term.field, term.value)
    sql, arguments = _exists("address", "role = ? AND instr(address, ?) > 0", term.field, term.value)
    named, more = _exists("name", "role = ? AND instr(folded, ?) > 0", term.field, term.value.casefold())
    return f"({sql} OR {named})", [*arguments, *more]


def _content_condition(term: Term) -> tuple[str, ...]:
    if term.field == "attachment":
        return "instr(content.names, ?) > 0", term.value
    return ("content.has_html" if term.value == "html" else "content.names IS NOT NULL",)


def _exists(table: str, condition: str, *arguments: object) -> Condition:
    return f"EXISTS (SELECT 1 FROM {table} WHERE seq = subject.seq AND {condition})", list(arguments)  # noqa: S608  # our text


def _grams(term: Term) -> list[str]:
    """Return sequences of three characters that a part of a subject or address has, spread over it."""
    if term.field not in _PARTS or term.value.casefold() != term.value:
        return []
    value = without_nul(term.value[:LONGEST_PART])
    grams = list(dict.fromkeys(value[start : start + GRAM] for start in range(len(value) - GRAM + 1)))
    step = (len(grams) + GRAMS - 1) // GRAMS
    return grams[::step] if grams else []


def without_nul(text: str) -> str:
    """Return a text without NUL, because the tokenizer stops at a NUL."""
    return text.replace("\0", "\ufffd")


def _is_long(term: Term) -> bool:
    return term.field in WORD_FIELDS and term.value.count(" ") >= LONGEST_INDEXED_PHRASE


def _phrase(term: Term) -> str:
    """Return the words of a term as the full-text table takes them; of a long phrase, the first."""
    words = term.value.split(" ")
    start = "" if len(words) > LONGEST_INDEXED_PHRASE else " *"
    columns = "" if term.field == "words" else f"{{{' '.join(COLUMNS[term.field])}}} : "
    return f"({columns}{_quoted(' '.join(words[:LONGEST_INDEXED_PHRASE]))}{start})"


def _quoted(text: str) -> str:
    return '"{}"'.format(text.replace('"', '""'))


def leaves(nodes: Iterable[Node]) -> list[Term]:
    """Return all terms of conditions."""
    return [leaf for node in nodes for leaf in node.leaves()]
