"""The open database files of a server, limited in number, and its reserve of room on the disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockmail.core.state.database import Database

OPEN_FILES = 64
"""The most database files that are open at once; each takes three file descriptors."""


class SharedFiles:
    """The open database files of a server. Above the limit, the least recently used one is closed.

    release_reserve: frees the reserved room on the disk, and returns whether there was any.
    fill_reserve: reserves room again, if there is any.
    """

    def __init__(
        self,
        limit: int = OPEN_FILES,
        release_reserve: Callable[[], bool] = lambda: False,
        fill_reserve: Callable[[], None] = lambda: None,
    ) -> None:
        self._limit = limit
        self._open: dict[Database, None] = {}
        self.release_reserve = release_reserve
        self.fill_reserve = fill_reserve
        self.newest: Database | None = None

    def __len__(self) -> int:
        return len(self._open)

    def use(self, database: Database) -> None:
        """Note that an open file is used."""
        self._open.pop(database, None)
        self._open[database] = None
        while len(self._open) > self._limit and self.close_oldest(database):
            pass
        self.newest = database

    def close_oldest(self, besides: Database | None = None) -> bool:
        """Close the least recently used file that is in no transaction; return False if there is none."""
        oldest = next((item for item in self._open if item is not besides and not item.in_transaction), None)
        if oldest is None:
            return False
        self.newest = oldest  # its last writes do not count as a use
        oldest.close_file()
        self.forget(oldest)
        return True

    def forget(self, database: Database) -> None:
        """Note that a file is closed."""
        self._open.pop(database, None)
        if self.newest is database:
            self.newest = None
