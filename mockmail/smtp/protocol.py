"""An SMTP connection: aiosmtpd's protocol with further limits and a transcript."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, Session

from mockmail.core.bounds import SmtpLimits
from mockmail.core.mail.message import SentBy
from mockmail.core.sandboxes import DEFAULT
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
    """The client of a connection.

    auth_user: the user name of its last successful AUTH. sandbox: the one that it uses without `~NAME` as its user.
    """

    login_data: Any = None
    """aiosmtpd sets this at every AUTH; its own attribute emits a warning when it is set."""

    def __init__(self, loop: asyncio.AbstractEventLoop, submission_context: SubmissionContext | None) -> None:
        super().__init__(loop)
        self.auth_user: str | None = None
        self.submission_context = submission_context
        self.sandbox = DEFAULT


class ConnectionLimiter:
    """The open connections, limited in number."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open: set[SinkProtocol] = set()

    def enter(self, protocol: SinkProtocol) -> bool:
        """Add a connection and return whether it is within the limit."""
        self._open.add(protocol)
        return len(self._open) <= self._limit

    def leave(self, protocol: SinkProtocol) -> None:
        """Remove a connection."""
        self._open.discard(protocol)

    def close_all(self) -> None:
        """Abort every connection."""
        for protocol in list(self._open):
            protocol.drop()


class SinkProtocol(SMTP):
    """One SMTP connection to the sink. sandbox: see SinkSession; set before the client connects."""

    sandbox = DEFAULT

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
        # aiosmtpd shares one dict between all connections, and EHLO changes it.
        self.command_size_limits = defaultdict(lambda: SMTP.command_size_limit, AUTH=LONGEST_AUTH_LINE)

    async def push(self, status: Any) -> None:
        """Send a reply and add it to the transcript."""
        text = status if isinstance(status, str) else status.decode("utf-8", "replace")
        self.transcript.server(text)
        await super().push(text.encode("utf-8", "replace"))

    def connection_made(self, transport: Any) -> None:
        """Accept a connection, or refuse it with 421 above the limit. Called again when TLS starts."""
        is_new = self.transport is None
        super().connection_made(transport)
        if not is_new:
            self._reader.clear()
        elif not self._limiter.enter(self):
            transport.write(b"421 4.3.2 too many connections: see max_connections, try later\r\n")
            transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        """Remove the connection from the open ones."""
        self._limiter.leave(self)
        super().connection_lost(error)
        # The cancelled task is part of a reference cycle with this protocol, which would keep a partial message alive
        # until garbage is collected.
        self._handler_coroutine = None

    def drop(self) -> None:
        """Abort the connection."""
        transport: Any = self.transport
        if transport is not None:
            transport.abort()

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        plain = _PLAIN.fullmatch(arg)  # aiosmtpd's parser, which reads every other form, takes twenty times as long
        return plain.groups() if plain else super()._getaddr(arg)  # type: ignore[return-value]

    def _create_session(self) -> SinkSession:
        session = SinkSession(self.loop, self._submission_context)
        session.sandbox = self.sandbox
        return session

    def _cb_client_connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader: Any = SinkReader(reader, self.transcript, self.line_length_limit)
        self._writer = writer
