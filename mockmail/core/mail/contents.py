"""What of messages a database in memory need not hold: their bytes and envelopes stay the objects that they are.

Written into rows and read back they would be copied twice, and the envelopes turned into JSON and back, to no use: a
process that ends loses both. A store with a file has all of a message in its row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mockmail.core.mail.message import Envelope, Message

SPARE_MESSAGES, SPARE_OCTETS = 100, 1 << 20
"""How much more than twice what there is may be held of messages that are gone, before they are looked for."""


class Contents:
    """The bytes and envelopes of messages, by cursor.

    A message that is taken away, or whose coming is taken back, leaves its own here until `tidy`: a transaction may
    bring it back.
    """

    def __init__(self) -> None:
        self._kept: dict[int, tuple[bytes, Envelope]] = {}
        self._octets = 0

    def keep(self, message: Message) -> None:
        """Hold a message's; what another left that had its cursor goes."""
        gone = self._kept.get(message.cursor)
        if gone is not None:
            self._octets -= len(gone[0])
        self._kept[message.cursor] = (message.raw, message.envelope)
        self._octets += len(message.raw)

    def of(self, cursor: int) -> tuple[bytes, Envelope]:
        """A message's bytes and envelope."""
        return self._kept[cursor]

    def tidy(self, messages: int, octets: int, cursors: Callable[[], Iterable[int]]) -> None:
        """Let go of what messages have left that are gone, where it is more than those that are there.

        messages, octets: how many there are. cursors: gives theirs.
        """
        if len(self._kept) <= 2 * messages + SPARE_MESSAGES and self._octets <= 2 * octets + SPARE_OCTETS:
            return
        self._kept = {cursor: self._kept[cursor] for cursor in cursors()}
        self._octets = sum(len(raw) for raw, _ in self._kept.values())
