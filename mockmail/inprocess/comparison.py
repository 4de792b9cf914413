"""Explain the difference between two messages in a failing assert."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

from mockmail.core.mail.message import Message

MOST_LINES = 200
"""The most lines of each text that are compared."""

MOST_CHARACTERS = 200
"""The most characters of a line, or of a value, that are shown."""


def explain(left: object, right: object) -> list[str] | None:
    """Return the differences between two messages as lines; None if the values are not messages."""
    if not (isinstance(left, Message) and isinstance(right, Message)):
        return None
    return [f"{left!r} == {right!r}", *(line[:MOST_CHARACTERS] for line in _differences(left, right))]


def _differences(left: Message, right: Message) -> Iterator[str]:
    for name in ("id", "from_", "to", "cc", "bcc", "subject", "sent_by", "deliveries"):
        first, second = getattr(left, name), getattr(right, name)
        if first != second:
            yield f"{name}: {_short(first)} != {_short(second)}"
    for name in ("sender", "recipients"):
        first, second = getattr(left.envelope, name), getattr(right.envelope, name)
        if first != second:
            yield f"envelope.{name}: {_short(first)} != {_short(second)}"
    for name in ("text", "html"):
        first, second = (str(getattr(message, name)).splitlines()[:MOST_LINES] for message in (left, right))
        if first != second:
            yield f"{name}:"
            yield from list(unified_diff(first, second, "left", "right", lineterm="", n=1))[2:]
    first, second = ([repr(part) for part in message.attachments] for message in (left, right))
    if first != second:
        yield f"attachments: {', '.join(first) or 'none'} != {', '.join(second) or 'none'}"
    if left.raw != right.raw:
        yield f"raw: {left.size} bytes != {right.size} bytes"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= MOST_CHARACTERS // 2 else f"{text[: MOST_CHARACTERS // 2 - 1]}…"
