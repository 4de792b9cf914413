"""Log what a server does: its addresses at the start, then a line for each request and each message."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from mockmail._version import __version__
from mockmail.core.mail import mime
from mockmail.core.sandboxes import DEFAULT
from mockmail.server.log import event

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
"""The bytes of a message in which its line looks for From and Subject."""
SERVER_ERROR = 500
"""The lowest status that is logged as a warning."""
NAMES, WIDTH = 11, 66
"""The columns of a vendor's name and of its details; with the indent they fill the 80 columns of a terminal."""


class Console:
    """Logs the addresses of a server, then each request and each message.

    log: the logger of the lines; the standard one of mockmail by default.
    """

    def __init__(self, log: logging.Logger | None = None) -> None:
        self._log = log or logging.getLogger("mockmail.server")
        self._masking_of_vendors: Masking | None = None

    def hello(self, server: Server) -> None:
        """Log the vendors with their addresses and credentials."""
        addresses = {"http": server.http_url, "smtp": server.smtp_address, **server.tls_addresses}
        urls = {vendor.name: vendor.client_url(server.http_url) for vendor in sorted(server.vendors, key=_name)}
        self._log.info(
            "mockmail %s is accessible via %s (SMTP %s)",
            __version__,
            server.http_url,
            server.smtp_address,
            extra=event({"version": __version__, **addresses, "vendors": urls}, _overview(server, urls)),
        )
        seeded = vendors_seeded_earlier(server)
        if seeded:
            self._log.warning(
                "seeds are ignored for %s: the data folder has their state; reset it to apply the seeds", seeded
            )
        if server.is_exposed:
            self._log.warning("the server listens on %s; other machines can reach it", server.listens_on)
            if not server.settings.guard.token:
                self._log.warning(
                    "anyone who reaches it can use the control API; set --control-token to require a token"
                )

    def watch(self, world: World) -> None:
        """Log each request and each message of a World from now on."""
        if self._log.isEnabledFor(logging.INFO):
            prefix = "" if world.name == DEFAULT else f"~{world.name} "
            world.journal.observe(lambda exchange: self._call(prefix, exchange, world))
            world.mail.observe(lambda message: self._mail(prefix, message, world))

    def goodbye(self) -> None:
        """Log that the server stopped."""
        self._log.info("mockmail stopped")

    def _call(self, prefix: str, exchange: Exchange, world: World) -> None:
        masked = self._masking(world)(exchange)
        fields = {
            "sandbox": world.name,
            "request": exchange.id,
            "vendor": exchange.vendor,
            "operation": exchange.operation,
            "method": exchange.method,
            "path": masked.path,
            "status": exchange.status,
            "seconds": round(exchange.seconds, 6),
            "nearest": list(masked.nearest[:1]),
        }
        self._log.log(
            logging.WARNING if exchange.unmatched or exchange.status >= SERVER_ERROR else logging.INFO,
            "%s%s %s %s  %s %s  %.1f ms",
            prefix,
            exchange.status,
            exchange.method,
            printable(masked.path),
            exchange.vendor or "-",
            exchange.operation or "no such operation",
            exchange.seconds * 1000,
            extra=event(fields, [f"    nearest: {near}" for near in masked.nearest[:1]]),
        )

    def _masking(self, world: World) -> Masking:
        if self._masking_of_vendors is None:
            from mockmail.wire.masking import Masking  # imported by the first request, so that the server starts fast

            self._masking_of_vendors = Masking(world.vendors)  # all Worlds of a server have the same vendors
        return self._masking_of_vendors

    def _mail(self, prefix: str, message: Message, world: World) -> None:
        recipients = message.envelope.recipients
        shown = ", ".join(recipients[:SHOWN]) + (" ..." if len(recipients) > SHOWN else "")
        # The line is logged while the message is accepted, so that little is read of the message.
        headers = mime.headers(message.raw, HEAD_SHOWN)
        author, subject, sender = headers.get("From"), printable(headers.get("Subject")), message.envelope.sender
        fields = {
            "sandbox": world.name,
            "message_id": message.id,
            "from": printable(author or sender),
            "sender": printable(sender),
            "to": [printable(recipient) for recipient in recipients[:SHOWN]],
            "subject": subject,
            "size": message.size,
        }
        self._log.info(
            "%smail %s: %r (%d bytes, by %s)",
            prefix,
            f"{printable(mime.shown_sender(author, sender))} -> {printable(shown)}",
            subject,
            message.size,
            message.sent_by,
            extra=event(fields),
        )


def _overview(server: Server, urls: Mapping[str, str]) -> list[str]:
    trust = "" if server.settings.tls_cert else f" (trust {server.http_url}/_mockmail/ca.pem)"
    lines = [f"  {name:{NAMES}} {address}{trust}" for name, address in server.tls_addresses.items()]
    for name, url in urls.items():
        lines.append(f"  {name:{NAMES}} {url}")
        credentials = server.vendors.named(name).credentials
        lines += [f"  {'':{NAMES}} {line}" for line in wrapped(f"{key} {value}" for key, value in credentials.items())]
    lines += [f"  {'smtp':{NAMES}} {address} for the sandbox {name}" for name, address in server.smtp_sandboxes.items()]
    lines.append(f"  {'messages':{NAMES}} {server.http_url}/_mockmail/messages")
    if server.settings.data_dir is not None:
        lines.append(f"  {'data':{NAMES}} {server.settings.data_dir}")
    lines += [f"  {'seed':{NAMES}} {seed.source}" for seed in server.settings.world.seeds]
    return lines


def _name(vendor: Vendor) -> str:
    return vendor.name


def vendors_seeded_earlier(server: Server) -> str:
    """Return the vendors whose seeds have no effect, because an earlier run seeded them."""
    kept = {name for world in server.sandboxes for name in world.seeded_vendors}
    return ", ".join(sorted(kept & {name for seed in server.settings.world.seeds for name in seed.vendors}))


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
