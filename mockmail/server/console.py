"""The console of `mockmail serve`: the addresses, then a line for each request and each message."""

from __future__ import annotations

import select
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

from mockmail._version import __version__
from mockmail.core.mail import mime
from mockmail.core.sandboxes import DEFAULT

if TYPE_CHECKING:
    from mockmail.core.journal import Exchange
    from mockmail.core.mail.message import Message
    from mockmail.core.vendor import Vendor
    from mockmail.core.world import World
    from mockmail.server.server import Server
    from mockmail.wire.masking import Masking

SHOWN = 3
"""The number of recipients that the line of a message shows."""
HEAD_SHOWN = 16384
"""The bytes of a message in which its line looks for the subject."""
NAMES, WIDTH = 11, 66
"""The columns of a vendor's name and of its details; with the indent they fill the 80 columns of a terminal."""


class Console:
    """Prints lines to standard output.

    quiet: print only the first lines and the last.
    """

    def __init__(self, *, quiet: bool = False, stream: TextIO | None = None) -> None:
        self._quiet = quiet
        self._stream = stream or sys.stdout
        self._masking_of_vendors: Masking | None = None

    def hello(self, server: Server) -> None:
        """Print what is served, where, and with which credentials."""
        self._say(f"mockmail {__version__} is accessible via {server.http_url} (SMTP {server.smtp_address})")
        for name, address in server.tls_addresses.items():
            authority = "" if server.settings.tls_cert else f" (trust {server.http_url}/_mockmail/ca.pem)"
            self._say(f"  {name:{NAMES}} {address}{authority}")
        for vendor in sorted(server.vendors, key=lambda vendor: vendor.name):
            self._say(f"  {vendor.name:{NAMES}} {client_url(vendor, server.http_url)}")
            for line in wrapped(f"{name} {value}" for name, value in vendor.credentials.items()):
                self._say(f"  {'':{NAMES}} {line}")
        self._say(f"  {'messages':{NAMES}} {server.http_url}/_mockmail/messages")
        if server.settings.data_dir is not None:
            self._say(f"  {'data':{NAMES}} {server.settings.data_dir}")
        for seed in server.settings.world.seeds:
            self._say(f"  {'seed':{NAMES}} {seed.source}")
        seeded = vendors_seeded_earlier(server)
        if seeded:
            self._say(
                f"  note: seeds are ignored for {seeded}: the data folder has their state; reset it to apply the seeds"
            )
        if server.is_exposed:
            self._say(f"  note: the server listens on {server.listens_on}; other machines can reach it")
            if not server.settings.guard.token:
                self._say(
                    "  note: anyone who reaches it can use the control API; set --control-token to require a token"
                )

    def watch(self, world: World) -> None:
        """Print a line for each request and each message of a World from now on."""
        if not self._quiet:
            prefix = "" if world.name == DEFAULT else f"~{world.name} "
            world.journal.observe(lambda exchange: self._call(prefix, exchange, world))
            world.mail.observe(lambda message: self._mail(prefix, message))

    def goodbye(self) -> None:
        """Print that the server stopped."""
        self._say("mockmail stopped")

    def _call(self, prefix: str, exchange: Exchange, world: World) -> None:
        masked = self._masking(world)(exchange)
        what = f"{exchange.vendor or '-'} {exchange.operation or 'no such operation'}"
        request = f"{exchange.method} {printable(masked.path)}"
        self._say(f"{prefix}{exchange.status} {request}  {what}  {exchange.seconds * 1000:.1f} ms")
        if exchange.nearest:
            self._say(f"    nearest: {masked.nearest[0]}")

    def _masking(self, world: World) -> Masking:
        if self._masking_of_vendors is None:
            from mockmail.wire.masking import Masking  # imported by the first request, so that the server starts fast

            self._masking_of_vendors = Masking(world.vendors)  # all Worlds of a server have the same vendors
        return self._masking_of_vendors

    def _mail(self, prefix: str, message: Message) -> None:
        recipients = message.envelope.recipients
        shown = ", ".join(recipients[:SHOWN]) + (" ..." if len(recipients) > SHOWN else "")
        route = printable(f"{message.envelope.sender or '<>'} -> {shown}")
        # The line is printed while the message is accepted, so that little is read of the message.
        subject = printable(mime.headers(message.raw, HEAD_SHOWN).get("Subject"))
        self._say(f"{prefix}mail {route}: {subject!r} ({message.size} bytes, by {message.sent_by})")

    def _say(self, line: str) -> None:
        # A closed pipe, a full disk or a full pipe loses the line; the server continues.
        with suppress(OSError, ValueError):
            if self._has_room():
                print(line, file=self._stream, flush=True)

    def _has_room(self) -> bool:
        try:
            _, writable, _ = select.select([], [self._stream], [], 0)
        except (OSError, ValueError):  # a stream in memory is always writable
            return True
        return bool(writable)


def vendors_seeded_earlier(server: Server) -> str:
    """Return the vendors whose seeds have no effect, because an earlier run seeded them."""
    kept = {name for world in server.sandboxes for name in world.seeded_vendors}
    return ", ".join(sorted(kept & {name for seed in server.settings.world.seeds for name in seed.vendors}))


def client_url(vendor: Vendor, url: str) -> str:
    """Return the base URL that `mockmail env` prints for a client of the vendor."""
    base = f"{url}/{vendor.name}"
    return next((value for value in vendor.environment_at(base).values() if value.startswith(base)), base)


def printable(text: str) -> str:
    """Replace the characters of a text that could control the terminal."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text[:200])


def wrapped(words: Iterable[str]) -> list[str]:
    """Join words with commas into lines of at most WIDTH characters, without breaking a word."""
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + len(word) + 2 <= WIDTH:
            lines[-1] += f", {word}"
        else:
            lines.append(word)
    return lines
