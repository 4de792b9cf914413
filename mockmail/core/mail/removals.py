"""The removals of messages from a mail store, reported to observers after the commit of their transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mockmail.core.state.database import Database

MOST_IDS = 100
"""The most ids of a removal; a transaction that removes more messages makes several removals."""


@dataclass(frozen=True, slots=True)
class Removal:
    """Messages that were removed.

    ids: of the messages. all: whether every message was removed; `ids` is then empty.
    """

    ids: Sequence[str] = ()
    all: bool = False


class Removals:
    """The removals in the transaction in progress, and their observers.

    database: of the mail store. Nothing is noted without an observer.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._observers: list[Callable[[Removal], None]] = []
        self._ids: list[str] = []

    def observe(self, observer: Callable[[Removal], None]) -> Callable[[], None]:
        """Call a function with each removal. Return a function that ends this."""
        self._observers.append(observer)
        return lambda: self._observers.remove(observer)

    def note(self, message_id: str) -> None:
        """Note that the transaction in progress removes a message."""
        if self._observers:
            if not self._ids:
                self._database.on_rollback(self._ids.clear)
                self._database.on_commit(self._report)
            self._ids.append(message_id)

    def note_all(self) -> None:
        """Note that the transaction in progress removes every message."""
        if self._observers:
            self._database.on_commit(lambda: self._notify(Removal(all=True)))

    def _report(self) -> None:
        ids = tuple(self._ids)
        self._ids.clear()
        for start in range(0, len(ids), MOST_IDS):
            self._notify(Removal(ids[start : start + MOST_IDS]))

    def _notify(self, removal: Removal) -> None:
        for observer in tuple(self._observers):
            observer(removal)
