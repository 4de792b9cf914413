"""What a server says to the person who started it: where it is, then a line for each call and each mail."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

from mockmail._version import __version__
from mockmail.core import masking
from mockmail.core.journal import Exchange
from mockmail.core.mail.message import Message
from mockmail.core.sandboxes import DEFAULT
from mockmail.core.vendor import Vendor
from mockmail.core.world import World

if TYPE_CHECKING:
    from mockmail.server.server import Server

SHOWN = 3
"""How many recipients of a mail stand in its line."""
NAMES, WIDTH = 11, 66
"""Columns of a vendor's name and of what is said of it: together a terminal's 80."""


class Console:
    """Lines on standard output.

    quiet: only where it is, and when it stops.
    """

    def __init__(self, *, quiet: bool = False, stream: TextIO | None = None) -> None:
        self._quiet = quiet
        self._stream = stream or sys.stdout

    def hello(self, server: Server) -> None:
        """What is served, where, and with which credentials."""
        self._say(f"mockmail {__version__} is accessible via {server.http_url} (SMTP {server.smtp_address})")
        for vendor in sorted(server.vendors, key=lambda one: one.name):
            self._say(f"  {vendor.name:{NAMES}} {client_url(vendor, server.http_url)}")
            for line in folded(f"{name} {value}" for name, value in vendor.credentials.items()):
                self._say(f"  {'':{NAMES}} {line}")
        self._say(f"  {'messages':{NAMES}} {server.http_url}/_mockmail/messages")
        if server.settings.data_dir is not None:
            self._say(f"  {'data':{NAMES}} {server.settings.data_dir}")
        for seed in server.settings.world.seeds:
            self._say(f"  {'seed':{NAMES}} {seed.source}")
        begun = begun_before(server)
        if begun:
            self._say(f"  note: the data folder has state of {begun}: seeds are for new state, or for after a reset")
        if server.is_exposed:
            self._say(f"  note: it listens on {server.listens_on}, and so for other machines too")
            if not server.settings.guard.token:
                self._say(
                    "  note: anyone who reaches this port can use the control API: set --control-token to ask for one"
                )

    def watch(self, world: World) -> None:
        """Tell of a World's calls and mails from now on."""
        if not self._quiet:
            prefix = "" if world.name == DEFAULT else f"~{world.name} "
            world.journal.observe(lambda exchange: self._call(prefix, exchange))
            world.mail.observe(lambda message: self._mail(prefix, message))

    def goodbye(self) -> None:
        """It stopped because it was told to."""
        self._say("mockmail stopped")

    def _call(self, prefix: str, exchange: Exchange) -> None:
        what = f"{exchange.vendor or '-'} {exchange.operation or 'nobody serves this'}"
        request = f"{exchange.method} {printable(masking.path(exchange.path))}"
        self._say(f"{prefix}{exchange.status} {request}  {what}  {exchange.seconds * 1000:.1f} ms")
        if exchange.nearest:
            self._say(f"    nearest: {exchange.nearest[0]}")

    def _mail(self, prefix: str, message: Message) -> None:
        recipients = message.envelope.recipients
        shown = ", ".join(recipients[:SHOWN]) + (" ..." if len(recipients) > SHOWN else "")
        route = printable(f"{message.envelope.sender or '<>'} -> {shown}")
        subject = printable(message.subject)
        self._say(f"{prefix}mail {route}: {subject!r} ({message.size} bytes, by {message.sent_by})")

    def _say(self, line: str) -> None:
        """Say a line; where nobody listens, or a full disk takes no more of it, the work goes on."""
        with suppress(OSError, ValueError):
            print(line, file=self._stream, flush=True)


def begun_before(server: Server) -> str:
    """The vendors that seeds are for, and that began in an earlier run: those seeds do nothing now."""
    kept = {name for world in server.sandboxes for name in world.seeded_vendors}
    return ", ".join(sorted(kept & {name for seed in server.settings.world.seeds for name in seed.vendors}))


def client_url(vendor: Vendor, url: str) -> str:
    """What a client of the vendor is told as its base URL, as `mockmail env` has it."""
    base = f"{url}/{vendor.name}"
    return next((value for value in vendor.environment_at(base).values() if value.startswith(base)), base)


def printable(text: str) -> str:
    """A text that cannot move the cursor or change colours: what a stranger wrote is shown, not obeyed."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text[:200])


def folded(words: Iterable[str]) -> list[str]:
    """Words with commas between them, on as many lines as it takes; none is broken."""
    lines: list[str] = []
    for one in words:
        if lines and len(lines[-1]) + len(one) + 2 <= WIDTH:
            lines[-1] += f", {one}"
        else:
            lines.append(one)
    return lines
