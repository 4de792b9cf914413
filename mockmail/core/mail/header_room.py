"""How much is read of the headers of a message or a form.

Python's email package reads a header with parameters in a time that grows with the square of its length, and reads it
again whenever it is asked for: a hundred kilobytes of semicolons take it minutes.
"""

from __future__ import annotations

ROOM = 20_000_000
"""Room for one header of 4,400 characters, or for 2,000 of 100."""


class HeaderRoom:
    """What may yet be read of some headers, in squares of characters."""

    __slots__ = ("_left",)

    def __init__(self, room: int = ROOM) -> None:
        self._left = room

    def __repr__(self) -> str:
        return f"<HeaderRoom {self._left}>"

    def takes(self, value: str) -> bool:
        """Whether there is room for a header's value; then it is taken."""
        square = len(value) ** 2
        if square > self._left:
            return False
        self._left -= square
        return True
