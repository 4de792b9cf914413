"""An SMTP connection: aiosmtpd's protocol with further limits and a transcript."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import MISSING, SMTP, AuthResult, Session, syntax

from mockmail.core.bounds import SmtpLimits
from mockmail.core.mail.message import SentBy
from mockmail.core.world import World
from mockmail.smtp.reader import LONGEST_AUTH_LINE, SinkReader, Transcript
from mockmail.tls.connection import local_address

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


@dataclass(frozen=True, slots=True)
class DigestLogin:
    """What a client sends to log in with CRAM-MD5: its user name, and a digest of the challenge and the password."""

    user: str
    challenge: str
    digest: str


@dataclass(frozen=True, slots=True)
class PortTls:
    """STARTTLS for the clients of a port.

    context: returns the TLS context for the address that a client has connected to. is_required: before any mail.
    handshake_seconds: that a handshake may take.
    """

    context: Callable[[str], ssl.SSLContext]
    is_required: bool
    handshake_seconds: float


class SinkSession(Session):
    """The client of a connection. auth_user: the user name of its last successful AUTH."""

    login_data: Any = None
    """aiosmtpd sets this at every AUTH; its own attribute emits a warning when it is set."""

    def __init__(self, loop: asyncio.AbstractEventLoop, submission_context: SubmissionContext | None) -> None:
        super().__init__(loop)
        self.auth_user: str | None = None
        self.submission_context = submission_context


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
    """One SMTP connection to the sink.

    challenge: returns a new challenge for CRAM-MD5. port_tls: STARTTLS for a client; None to not offer it.
    """

    def __init__(
        self,
        handler: Any,
        limits: SmtpLimits,
        limiter: ConnectionLimiter,
        *,
        challenge: Callable[[], str],
        submission_context: SubmissionContext | None = None,
        port_tls: PortTls | None = None,
        **options: Any,
    ) -> None:
        self._limiter = limiter
        self._challenge = challenge
        self._port_tls = port_tls
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
            # The libraries of vendors log in with PLAIN or LOGIN.
            auth_exclude_mechanism=() if submission_context is None else ("CRAM-MD5",),
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
        if is_new and self._port_tls is not None:
            self.tls_context = self._port_tls.context(local_address(transport))
            self.require_starttls = self._port_tls.is_required
        super().connection_made(transport)
        if not is_new:
            self._reader.clear()
        elif not self._limiter.enter(self):
            transport.write(b"421 4.3.2 too many connections: see max_connections, try later\r\n")
            transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        """Remove the connection from the open ones. Called twice after a failed handshake."""
        self._limiter.leave(self)
        if self._handler_coroutine is None:
            return
        super().connection_lost(error)
        # The cancelled task is part of a reference cycle with this protocol, which would keep a partial message alive
        # until garbage is collected.
        self._handler_coroutine = None

    @syntax("STARTTLS", when="tls_context")
    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802  # aiosmtpd's name for the command
        """Begin TLS; the handshake is limited in time."""
        if self._tls_protocol is not None:
            await self.push("503 5.5.1 TLS has begun already")
            return
        if self._port_tls is not None and not arg:
            self._reset_timeout(self._port_tls.handshake_seconds)
        await super().smtp_STARTTLS(arg)

    async def auth_CRAM__MD5(self, _: Any, arguments: list[str]) -> AuthResult:  # noqa: N802  # aiosmtpd's name
        """Authenticate by a digest of the password (RFC 2195)."""
        if len(arguments) > 1:
            await self.push("501 5.5.4 CRAM-MD5 takes no initial response")
            return AuthResult(success=False, handled=True)
        challenge = self._challenge()
        answer = await self.challenge_auth(challenge)
        if answer is MISSING:
            return AuthResult(success=False)
        user, _, digest = answer.decode("utf-8", "replace").rpartition(" ")
        return self._authenticate("CRAM-MD5", DigestLogin(user, challenge, digest))

    def drop(self) -> None:
        """Abort the connection."""
        transport: Any = self.transport
        if transport is not None:
            transport.abort()

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        plain = _PLAIN.fullmatch(arg)  # aiosmtpd's parser, which reads every other form, takes twenty times as long
        return plain.groups() if plain else super()._getaddr(arg)  # type: ignore[return-value]

    def _create_session(self) -> SinkSession:
        return SinkSession(self.loop, self._submission_context)

    def _cb_client_connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader: Any = SinkReader(reader, self.transcript, self.line_length_limit)
        self._writer = writer
