"""How much is read of the headers of a message or a form.

Python's email package reads a header with parameters in a time that grows with the square of its length, and reads it
again whenever it is asked for: a hundred kilobytes of semicolons take it minutes.
"""

from __future__ import annotations

ROOM = 36_000_000
"""Room for one header of 6,000 characters, or for 3,600 of 100."""


class HeaderRoom:
    """What may yet be read of the headers that describe content, in squares of characters; others are not read so."""

    __slots__ = ("_left",)

    def __init__(self, room: int = ROOM) -> None:
        self._left = room

    def __repr__(self) -> str:
        return f"<HeaderRoom {self._left}>"

    def takes(self, name: str, value: str) -> bool:
        """Whether there is room for a header; then it is taken."""
        if not name.lower().startswith("content-"):
            return True
        square = len(value) ** 2
        if square > self._left:
            return False
        self._left -= square
        return True
