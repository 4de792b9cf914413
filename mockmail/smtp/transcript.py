"""The SMTP dialogue, line by line, as it is kept with a message."""

from __future__ import annotations

MOST_LINES = 500
"""How many lines of a dialogue are kept; a message to more recipients than that has the rest in its envelope."""


class Transcript:
    """What was said before the first message of a connection, and what was said since the last one."""

    def __init__(self) -> None:
        self._greeting: list[str] = []
        self._lines: list[str] = []
        self._greeted = False

    def client(self, line: bytes) -> None:
        """A line from the client; what follows AUTH is not kept."""
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        verb, blank, _ = text.partition(" ")
        if verb.upper() == "MAIL":
            self._greeted = True
            self._lines.clear()
        if verb.upper() == "AUTH" and blank:
            text = f"{' '.join(text.split(' ')[:2])} ***"
        self._keep(f"C: {text}")

    def secret(self) -> None:
        """A line from the client that is an answer to an AUTH challenge."""
        self._keep("C: ***")

    def server(self, line: str) -> None:
        """A line from the server."""
        self._keep(f"S: {line}")

    def tell(self, lines: list[str]) -> None:
        """All that was said since the last message, as it is to be kept."""
        self._greeted = True
        self._lines = lines[:MOST_LINES]

    def of_message(self) -> tuple[str, ...]:
        """The greeting, and what led to the message that just ended."""
        return (*self._greeting, *self._lines)

    def _keep(self, line: str) -> None:
        lines = self._lines if self._greeted else self._greeting
        if len(lines) < MOST_LINES:
            lines.append(line)
