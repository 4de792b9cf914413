"""Read marks and tags of a sandbox's messages, and Jim: in memory, only clients of the compatible APIs see them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any
from weakref import WeakKeyDictionary

from mockmail.core.errors import InvalidValue
from mockmail.core.mail.criteria import Criteria
from mockmail.core.world import World

MOST_TAGS = 20
"""The most tags of a message."""

LONGEST_TAG = 100
"""The longest tag, in characters."""

_TAG = re.compile(r"[A-Za-z0-9._ -]+")


class Marks:
    """The read marks and tags of one World's messages, by cursor. Those of removed messages are forgotten.

    read: the cursors of the messages that were read. tags: of messages that have some.
    jim: the document of MailHog's Jim, None while he is off. jim_faults: the ids of his SMTP faults.
    """

    def __init__(self) -> None:
        self.read: set[int] = set()
        self.tags: dict[int, tuple[str, ...]] = {}
        self.jim: dict[str, Any] | None = None
        self.jim_faults: list[int] = []
        self._seen = (0, 0, 0)

    def synchronize(self, world: World) -> None:
        """Forget the marks of messages that were removed since the last call."""
        removed = world.mail.last - len(world.mail)
        generation, last, removed_before = self._seen
        self._seen = (world.generation, world.mail.last, removed)
        if world.generation != generation:
            self.jim, self.jim_faults = None, []
        if world.generation != generation or world.mail.last < last:
            self.read.clear()
            self.tags.clear()
        elif removed != removed_before and (self.read or self.tags):
            kept = set(world.mail.cursors(Criteria()))
            self.read &= kept
            self.tags = {cursor: tags for cursor, tags in self.tags.items() if cursor in kept}

    def mark(self, cursors: Iterable[int], *, is_read: bool) -> None:
        """Mark messages as read or unread."""
        (self.read.update if is_read else self.read.difference_update)(cursors)

    def set_tags(self, cursors: Iterable[int], tags: Collection[str]) -> None:
        """Replace the tags of messages. Raise InvalidValue."""
        checked = check_tags(tags)
        for cursor in cursors:
            if checked:
                self.tags[cursor] = checked
            else:
                self.tags.pop(cursor, None)

    def rename(self, old: str, new: str) -> None:
        """Rename a tag on all messages. Raise InvalidValue."""
        check_tags([new])
        for cursor, tags in self.tags.items():
            self.tags[cursor] = tuple(dict.fromkeys(new if tag == old else tag for tag in tags))

    def remove_tag(self, removed: str) -> None:
        """Take a tag off all messages."""
        left = {cursor: tuple(tag for tag in tags if tag != removed) for cursor, tags in self.tags.items()}
        self.tags = {cursor: tags for cursor, tags in left.items() if tags}

    def counts(self) -> dict[str, int]:
        """Return each tag, in order, with the number of its messages."""
        return dict(sorted(Counter(tag for tags in self.tags.values() for tag in tags).items()))

    def has_tag(self, cursor: int, wanted: str) -> bool:
        """Return whether a message has a tag, case-insensitive."""
        return any(tag.lower() == wanted.lower() for tag in self.tags.get(cursor, ()))


class AllMarks:
    """The marks of every World of a server, for as long as the World is there."""

    def __init__(self) -> None:
        self._marks: WeakKeyDictionary[World, Marks] = WeakKeyDictionary()

    def of(self, world: World) -> Marks:
        """Return the marks of a World's messages."""
        marks = self._marks.get(world)
        if marks is None:
            marks = self._marks[world] = Marks()
        marks.synchronize(world)
        return marks


def check_tags(tags: Collection[str]) -> tuple[str, ...]:
    """Return tags without duplicates. Raise InvalidValue for one that Mailpit would change, and for too many."""
    for tag in tags:
        if not _TAG.fullmatch(tag) or len(tag) > LONGEST_TAG:
            raise InvalidValue(
                f"a tag must have 1 to {LONGEST_TAG} letters, digits, '-', '.', '_' and spaces, not {tag[:80]!r}"
            )
    if len(tags) > MOST_TAGS:
        raise InvalidValue(f"a message has at most {MOST_TAGS} tags, not {len(tags)}")
    return tuple(dict.fromkeys(tags))
