"""Bound the bytes of all messages in progress together, because many connections may each send a large message."""

from __future__ import annotations

UNCOUNTED = 64 << 10
"""Bytes of each message that do not count for all messages, so that large messages never keep small ones out."""


class OpenMessages:
    """The bytes that all messages in progress may take together. held: the bytes that they take now."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.held = 0

    def hold(self, size: int) -> bool:
        """Count more bytes, and return whether there is room for them; without room, they do not count."""
        if self.held + size > self._limit:
            return False
        self.held += size
        return True

    def release(self, size: int) -> None:
        """Stop counting bytes."""
        self.held -= size


class OpenMessage:
    """The message that one connection is sending.

    most: the most bytes of a message. A longer one is refused and takes no memory.
    is_dropped: whether there was no room for a part of it.
    """

    def __init__(self, messages: OpenMessages, most: int) -> None:
        self._messages = messages
        self._most = most
        self._size = self._held = 0
        self.is_dropped = False

    def keeps(self, size: int) -> bool:
        """Count the next bytes of the message, and return whether to keep them."""
        self._size += size
        if self.is_dropped:
            return False
        if self._size > self._most:
            self._release()
        elif self._size > UNCOUNTED:
            wanted = self._size - UNCOUNTED - self._held
            self.is_dropped = not self._messages.hold(wanted)
            self._held += 0 if self.is_dropped else wanted
        return not self.is_dropped

    def end(self) -> None:
        """Stop counting the message, and begin the next one."""
        self._release()
        self._size = 0
        self.is_dropped = False

    def _release(self) -> None:
        self._messages.release(self._held)
        self._held = 0
