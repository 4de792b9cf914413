"""aiosmtpd's protocol, with bounds of our own and a transcript."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, Session

from mockmail.core.bounds import SmtpLimits
from mockmail.core.mail.message import SentBy
from mockmail.core.world import World
from mockmail.smtp.reader import LONGEST_AUTH_LINE, SinkReader, Transcript

_PLAIN = re.compile(r"\s*<([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+)>(.*)")

HOSTNAME = "mockmail"
IDENT = "ESMTP mockmail"


@dataclass(slots=True)
class SubmissionContext:
    """A vendor's send: the World that keeps its mail, the sender, and the results of the session.

    generation: the World's when the send began. messages: ids of the stored messages.
    """

    world: World
    sent_by: SentBy
    generation: int
    messages: list[str] = field(default_factory=list)
    transcript: Transcript = field(default_factory=Transcript)


class SinkSession(Session):
    """The client of a connection. auth_user: the user name of its last successful AUTH."""

    login_data: Any = None
    """aiosmtpd sets it at every AUTH, and warns whoever does."""

    def __init__(self, loop: asyncio.AbstractEventLoop, submission_context: SubmissionContext | None) -> None:
        super().__init__(loop)
        self.auth_user: str | None = None
        self.submission_context = submission_context


class ConnectionLimiter:
    """The set of open connections, with a bound on their number."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open: set[SinkProtocol] = set()

    def enter(self, protocol: SinkProtocol) -> bool:
        """Add a connection; return False if it is over the bound."""
        self._open.add(protocol)
        return len(self._open) <= self._limit

    def leave(self, protocol: SinkProtocol) -> None:
        """Remove a connection."""
        self._open.discard(protocol)

    def close_all(self) -> None:
        """Drop every connection."""
        for protocol in list(self._open):
            protocol.drop()


_COMMANDS = tuple(name for name in dir(SMTP) if name.startswith(("smtp_", "auth_")))


class SinkProtocol(SMTP):
    """One SMTP connection to the sink."""

    def __init__(
        self,
        handler: Any,
        limits: SmtpLimits,
        limiter: ConnectionLimiter,
        *,
        submission_context: SubmissionContext | None = None,
        **options: Any,
    ) -> None:
        self._limiter = limiter
        self.line_length_limit = limits.line
        self.transcript = submission_context.transcript if submission_context else Transcript()
        self._submission_context = submission_context
        super().__init__(
            handler,
            hostname=HOSTNAME,
            ident=IDENT,
            data_size_limit=limits.message,
            timeout=limits.idle,
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            **options,
        )
        # aiosmtpd keeps them with the class: a client's EHLO would change what all others may say.
        self.command_size_limits = defaultdict(lambda: SMTP.command_size_limit, AUTH=LONGEST_AUTH_LINE)

    def __dir__(self) -> tuple[str, ...]:
        """The commands alone: aiosmtpd looks for them, thrice and at each connection, among all the names there are."""
        return _COMMANDS

    async def push(self, status: Any) -> None:
        """Send a reply and add it to the transcript."""
        said = status if isinstance(status, bytes) else status.encode("utf-8", "replace")
        self.transcript.server(status if isinstance(status, str) else status.decode("utf-8", "replace"))
        await super().push(said)

    def connection_made(self, transport: Any) -> None:
        """Take a connection (again, when it has just become TLS), or turn it away when there are too many."""
        first = self.transport is None
        super().connection_made(transport)
        if not first:
            self._reader.forget()
        if first and not self._limiter.enter(self):
            transport.write(b"421 4.3.2 too many connections: see max_connections, try later\r\n")
            transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        """Make room for the next."""
        self._limiter.leave(self)
        super().connection_lost(error)
        # Its task has been cancelled, keeps the frames that this happened in, and they keep this protocol: let go of
        # it, or half a message stays until somebody looks for garbage.
        self._handler_coroutine = None

    def drop(self) -> None:
        """End the connection at once."""
        transport: Any = self.transport
        if transport is not None:
            transport.abort()

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """A plain `<address>` at once; whatever else there is, as aiosmtpd reads it, at twenty times the cost."""
        plain = _PLAIN.fullmatch(arg)
        return plain.groups() if plain else super()._getaddr(arg)  # type: ignore[return-value]

    def _create_session(self) -> SinkSession:
        return SinkSession(self.loop, self._submission_context)

    def _cb_client_connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader: Any = SinkReader(reader, self.transcript, self.line_length_limit)
        self._writer = writer
