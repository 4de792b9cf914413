"""Tells the server that the times of scheduled messages have changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockmail.core.state.database import Database

Observer = Callable[[datetime | None], None]


class Schedule:
    """The changes of a World's scheduled messages, for the one that sends them in time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._observer: Observer | None = None

    def observe(self, observer: Observer) -> None:
        """Call a function after each commit of a change, with the new time; None if several may have changed."""
        self._observer = observer

    def changed(self, at: datetime | None = None) -> None:
        """Tell the observer that a message is due at a time; None if it must look. Call it in a transaction."""
        observer = self._observer
        if observer is not None:
            self._database.on_commit(lambda: observer(at))
