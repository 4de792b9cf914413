"""Sandboxes: a World for each name, made on first use, bounded in number."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from mockmail.core.errors import LimitReached, Problem

if TYPE_CHECKING:
    from mockmail.core.world import World

DEFAULT = "default"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Sandboxes:
    """The Worlds of a server by name. They share no state and no mail.

    At the limit, a new World replaces the disposable World that has not been used for the longest time.

    forget: removes the file of a World before the World is closed. spare: makes a World in memory.
    """

    def __init__(
        self,
        make: Callable[[str], World],
        limit: int = 1000,
        forget: Callable[[World], None] | None = None,
        spare: Callable[[], World] | None = None,
    ) -> None:
        self._make = make
        self._limit = limit
        self._forget = forget
        self._spare = spare
        self._worlds: OrderedDict[str, World] = OrderedDict()
        self._observers: list[Callable[[World, bool], None]] = []

    def __len__(self) -> int:
        return len(self._worlds)

    def __iter__(self) -> Iterator[World]:
        return iter(list(self._worlds.values()))

    def get(self, name: str = DEFAULT) -> World:
        """Return the World with this name, made at the first call.

        Raise Problem (400) for an invalid name, LimitReached when there are too many Worlds.
        """
        world = self._worlds.get(name)
        if world is None:
            return self._add(name)
        if name != DEFAULT:
            self._worlds.move_to_end(name)
        return world

    def find(self, name: str) -> World | None:
        """Return the World with this name if it has been made, else None."""
        return self._worlds.get(name)

    def stand_in(self) -> World:
        """Return the default World, or one in memory, to refuse a request whose own World cannot be made."""
        try:
            return self.get()
        except LimitReached:
            if self._spare is None:
                raise
            return self._spare()

    def names(self) -> list[str]:
        """Return the names in use."""
        return sorted(self._worlds)

    def open(self, name: str) -> World:
        """Open the World of a sandbox that has a file, even above the limit. Raise Problem (400) for a wrong name."""
        check_name(name)
        return self._made(name)

    def observe(self, observer: Callable[[World, bool], None]) -> Callable[[], None]:
        """Call a function with each World that is made (True) or removed (False). Return a function that ends this."""
        self._observers.append(observer)
        return lambda: self._observers.remove(observer)

    def remove(self, name: str) -> bool:
        """Remove a sandbox and its state. Raise StorageFull, and keep it, if its file cannot be removed."""
        world = self._worlds.get(name)
        if world is None:
            return False
        self._remove(world)
        return True

    def close(self) -> None:
        """Close all sandboxes."""
        for world in self:
            world.close()
        self._worlds.clear()

    def _add(self, name: str) -> World:
        check_name(name)
        # The default sandbox does not count, so that clients without a sandbox are always served.
        if name != DEFAULT and len(self._worlds) - (DEFAULT in self._worlds) >= self._limit:
            self._make_room()
        return self._made(name)

    def _made(self, name: str) -> World:
        world = self._worlds[name] = self._make(name)
        self._notify(world, is_new=True)
        return world

    def _notify(self, world: World, *, is_new: bool) -> None:
        for observer in tuple(self._observers):
            observer(world, is_new)

    def _make_room(self) -> None:
        found = next((world for world in self._worlds.values() if world.name != DEFAULT and world.is_disposable), None)
        if found is None:
            raise LimitReached(
                f"there are {self._limit} sandboxes with state or mail, the most that max_sandboxes allows"
            )
        self._remove(found)

    def _remove(self, world: World) -> None:
        if self._forget is not None:
            self._forget(world)
        del self._worlds[world.name]
        self._notify(world, is_new=False)
        world.close(keep=False)


def check_name(name: str) -> None:
    """Raise Problem (400) for a name that no sandbox can have."""
    if not NAME.fullmatch(name):
        raise Problem(
            400,
            f"a sandbox cannot be named {name[:80]!r}: use up to 64 letters, digits, '.', '_' and '-',"
            " beginning with a letter or a digit",
        )
