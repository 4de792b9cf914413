"""A search that is done in steps, so that a server can do other work in between."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from mockmail.core.mail.content import TEXT_LIMIT
from mockmail.core.mail.index import RANGE, SLICE_BYTES, SLICE_MESSAGES, Index
from mockmail.core.mail.plan import Range, is_exact, leaves
from mockmail.core.mail.terms import WORD_FIELDS, Node, Term


class Search:
    """A search of the messages that meet all conditions: first it indexes messages, then it looks them up.

    found: the cursors of the messages found so far. count: their number; with counts, they are not in `found`.
    limit: the most messages that are looked for; negative for all. failure: makes an error of SQLite one for users.
    total: the number of messages in the range, None if it is not known. With counts and one negated condition, the
        messages that do not match are counted, and subtracted from it.
    """

    def __init__(
        self,
        index: Index,
        nodes: Sequence[Node],
        within: Range,
        failure: Callable[[sqlite3.Error], Exception],
        *,
        counts: bool = False,
        limit: int = -1,
        newest_first: bool = False,
        total: int | None = None,
    ) -> None:
        opposite = None if total is None or not counts else _opposite(nodes)
        nodes = nodes if opposite is None else [opposite]
        self.found: list[int] = []
        self._count = 0
        self._total = None if opposite is None else total
        self._index = index
        self._nodes = nodes
        self._inexact = [node for node in nodes if not is_exact(node)]
        self._failure = failure
        self._counts = counts
        self._limit = limit
        self._newest_first = newest_first
        self._is_indexed = False
        self._indexed: int | None = None
        self._ranges = _ranges(within, range_size(nodes), newest_first=newest_first)
        self._candidates: list[int] = []  # the last is compared first

    @property
    def count(self) -> int:
        """Return the number of messages found so far."""
        return self._count if self._total is None else self._total - self._count

    def advance(self) -> bool:
        """Do some of the work; return whether there is more. Raise StorageFull."""
        try:
            return self._advance()
        except sqlite3.DatabaseError as error:
            raise self._failure(error) from error

    def finish(self) -> None:
        """Do all of the work. Raise StorageFull."""
        while self.advance():
            pass

    def _advance(self) -> bool:
        if not self._is_indexed:
            if not self._ranges:  # an empty store may have no database, and a search makes none
                return False
            if self._index.advance(self._nodes):
                return True
            self._is_indexed = True
            self._indexed = self._index.indexed(self._nodes)
        if self._candidates:
            self._compare()
        elif self._ranges and self._missing:
            self._look_up(self._ranges.pop())
        return self._missing != 0 and bool(self._candidates or self._ranges)

    @property
    def _missing(self) -> int:
        """Return the number of messages that are still looked for, negative for all."""
        return self._limit if self._limit < 0 else self._limit - len(self.found)

    def _look_up(self, within: Range) -> None:
        """Look up the messages of a range, and list those that must be compared."""
        first, last = within
        indexed = last if self._indexed is None else max(min(last, self._indexed), first - 1)
        unindexed = range(indexed + 1, last + 1)
        if self._counts and not self._inexact and not unindexed:
            self._count += self._index.count(self._nodes, within)
            return
        limit = -1 if self._inexact or unindexed else self._missing
        found = self._index.cursors(self._nodes, (first, indexed), limit=limit, newest_first=self._newest_first)
        if self._inexact or unindexed:
            self._candidates = [*unindexed[::-1], *found] if self._newest_first else [*found, *unindexed]
            self._candidates.reverse()
        else:
            self._add(found)

    def _compare(self) -> None:
        """Compare some of the messages that SQL cannot decide about."""
        size = 0
        for _ in range(min(SLICE_MESSAGES, len(self._candidates))):
            seq = self._candidates.pop()
            nodes = self._inexact if self._indexed is None or seq <= self._indexed else self._nodes
            texts = self._index.read(seq, nodes) if nodes else None
            if not nodes or (texts is not None and all(node.matches(texts) for node in nodes)):
                self._add([seq])
            size += 0 if texts is None else min(texts.size, TEXT_LIMIT)
            if size >= SLICE_BYTES or not self._missing:
                break

    def _add(self, found: list[int]) -> None:
        self._count += len(found)
        if not self._counts:
            self.found += found


def _opposite(nodes: Sequence[Node]) -> Term | None:
    """Return the condition that is negated, if it is the only one: SQL has a source for it, and counts its messages."""
    [node] = nodes if len(nodes) == 1 else [None]
    return node.negated() if isinstance(node, Term) and node.is_negated else None


def range_size(nodes: Sequence[Node]) -> int:
    """Return the number of messages that SQL searches at once for these conditions."""
    # What a full-text term costs depends on the whole store and not on the range.
    return RANGE // max(sum(leaf.field not in WORD_FIELDS for leaf in leaves(nodes)), 1)


def _ranges(within: Range, size: int, *, newest_first: bool) -> list[Range]:
    """Return the ranges that are searched one after the other, the last one first."""
    first, last = within
    ranges = [(start, min(start + size - 1, last)) for start in range(first, last + 1, size)]
    return ranges if newest_first else ranges[::-1]
