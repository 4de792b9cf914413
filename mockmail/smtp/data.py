"""A message as DATA has it (RFC 5321, 4.5.2), in time that grows with its size alone, whatever its lines are."""

from __future__ import annotations

END = b"\r\n"
LAST = b".\r\n"
"""The line that ends a message."""


def has_whole_lines(raw: bytes) -> bool:
    """Whether all its lines end as SMTP would have it."""
    return raw.count(END) == raw.count(b"\n") == raw.count(b"\r")


def as_data(raw: bytes) -> bytes:
    """A message in whole lines, with a dot more where one begins with a dot, and a dot alone at the end."""
    if not has_whole_lines(raw):
        raw = raw.replace(END, b"\n").replace(b"\r", b"\n").replace(b"\n", END)
    stuffed = (b"." + raw if raw.startswith(b".") else raw).replace(END + b".", END + b"..")
    return stuffed + (LAST if raw.endswith(END) else END + LAST)
