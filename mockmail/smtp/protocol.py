"""An SMTP connection: aiosmtpd's protocol with further limits and a transcript."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from aiosmtpd.smtp import MISSING, SMTP, AuthResult, Envelope, Session, TLSSetupException, syntax

from mockmail.core.bounds import SmtpLimits
from mockmail.core.mail.message import SentBy
from mockmail.core.sandboxes import DEFAULT
from mockmail.core.world import World
from mockmail.smtp.extensions import COMMAND_BYTES, with_status, without_dsn
from mockmail.smtp.open_messages import OpenMessage, OpenMessages
from mockmail.smtp.reader import LONGEST_AUTH_LINE, SinkReader, Transcript
from mockmail.tls.connection import local_address

_PLAIN = re.compile(r"\s*<([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+)>(.*)")

_PARSER_ERRORS = (AttributeError, IndexError, UnboundLocalError)
"""Errors that Python's parser raises for broken addresses, such as `<`, ` a@[.` and `<@[`."""

_SIZE = re.compile(r"SIZE=(?![0-9]{1,20}$)", re.IGNORECASE)
"""The start of a SIZE that is not a number (RFC 1870, 4)."""

CONTROL = re.compile(r"[\x00-\x1f\x7f]")
"""The control characters. No name or address of the envelope may have one."""

HOSTNAME = "mockmail"
IDENT = "ESMTP mockmail"

TOO_SLOW = "421 4.4.2 the message did not arrive in time: see smtp_data_seconds"
"""The reply to a message that takes too long; the connection ends."""


@dataclass(slots=True)
class SubmissionContext:
    """A vendor's send: the World that keeps its mail, the sender, and the results of the session.

    generation: the generation of the World when the send began. messages: the ids of the stored messages.
    """

    world: World
    sent_by: SentBy
    generation: int
    messages: list[str] = field(default_factory=list)
    transcript: Transcript = field(default_factory=Transcript)


@dataclass(frozen=True, slots=True)
class DigestLogin:
    """A login with CRAM-MD5. digest: of the challenge and the password."""

    user: str
    challenge: str
    digest: str


@dataclass(frozen=True, slots=True)
class PortTls:
    """STARTTLS for the clients of a port.

    context: returns the TLS context for the address that a client has connected to.
    is_required: whether clients must use it before any mail.
    handshake_seconds: seconds in which a handshake must end.
    """

    context: Callable[[str], ssl.SSLContext]
    is_required: bool
    handshake_seconds: float


class SinkSession(Session):
    """The client of a connection.

    auth_user: the user name of its last successful AUTH. sandbox: its sandbox, unless its user name is `~NAME`.
    """

    login_data: Any = None
    """aiosmtpd sets this at every AUTH; its own attribute emits a warning when it is set."""

    def __init__(self, loop: asyncio.AbstractEventLoop, submission_context: SubmissionContext | None) -> None:
        super().__init__(loop)
        self.auth_user: str | None = None
        self.submission_context = submission_context
        self.sandbox = DEFAULT


class SinkEnvelope(Envelope):
    """The message of a connection that is in progress. refusals: pairs of a refused recipient and the reply."""

    def __init__(self) -> None:
        super().__init__()
        self.refusals: list[tuple[str, str]] = []


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


async def fail_stage(connection: SinkProtocol, world: World, stage: str, **command: Any) -> str | None:
    """Apply an SMTP fault. The first dialogue that may meet one imports `stages`; see `stages.fail_stage`."""
    from mockmail.smtp import stages

    return await stages.fail_stage(connection, world, stage, **command)


def _greeting(command: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Return aiosmtpd's EHLO or HELO, which refuses control characters."""

    @wraps(command)
    async def greet(self: SinkProtocol, hostname: str | None) -> None:
        if CONTROL.search(hostname or ""):
            await self.push("501 5.5.4 the name of a client must not have control characters")
        else:
            await command(self, hostname)

    return greet


def _staged(stage: str, command: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Return a command of aiosmtpd's that is not performed when an SMTP fault replies at this stage."""

    @wraps(command)  # aiosmtpd keeps the syntax of a command in attributes
    async def perform(self: SinkProtocol, arg: str) -> None:
        world = self.event_handler.world_with_faults(self.session)
        reply = None if world is None else await fail_stage(self, world, stage)
        if reply is None:
            await command(self, arg)
        else:
            await self.push(reply)

    return perform


class SinkProtocol(SMTP):
    """One SMTP connection to the sink.

    messages: the messages in progress of all connections. open_message: the message of this connection.
    challenge: returns a new challenge for CRAM-MD5. port_tls: STARTTLS for a client; None does not offer it.
    sandbox: see SinkSession; set before the client connects.
    """

    sandbox = DEFAULT

    _is_in_tls = False
    """Whether STARTTLS has succeeded."""

    parameters: Sequence[str] = ()
    """The parameters of the last MAIL or RCPT, as the client sent them."""

    reply_of_fault: str | None = None
    """The reply of the last SMTP fault, which is sent as it is."""

    _rate: int | None = None
    """The bytes a second of a throttled connection."""

    smtp_EHLO = _staged("ehlo", _greeting(SMTP.smtp_EHLO))  # noqa: N815  # aiosmtpd's names of commands
    smtp_HELO = _staged("ehlo", _greeting(SMTP.smtp_HELO))  # noqa: N815
    smtp_AUTH = _staged("auth", SMTP.smtp_AUTH)  # noqa: N815

    def __init__(
        self,
        handler: Any,
        limits: SmtpLimits,
        limiter: ConnectionLimiter,
        *,
        messages: OpenMessages,
        challenge: Callable[[], str],
        submission_context: SubmissionContext | None = None,
        port_tls: PortTls | None = None,
        **options: Any,
    ) -> None:
        self._limiter = limiter
        self.open_message = OpenMessage(messages, limits.message)
        self._challenge = challenge
        self._port_tls = port_tls
        self.line_length_limit = limits.line
        self._data_seconds = limits.data_seconds
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
        self.command_size_limits = defaultdict(lambda: SMTP.command_size_limit, AUTH=LONGEST_AUTH_LINE, **COMMAND_BYTES)

    async def push(self, status: Any) -> None:
        """Send a reply and add it to the transcript. A reply that is not of a fault gets an enhanced status code."""
        text = status if isinstance(status, str) else status.decode("utf-8", "replace")
        if status is not self.reply_of_fault:
            text = with_status(text)
        self.transcript.server(text)
        content = text.encode("utf-8", "replace")
        if self._rate is None:
            await super().push(content)
        else:
            from mockmail.smtp.stages import write_slowly

            await write_slowly(self._writer, content + b"\r\n", self._rate)

    def throttle(self, rate: int) -> None:
        """Send replies and read messages at this rate, in bytes a second, from now on."""
        self._rate = self._reader.rate = rate

    def extend_timeout(self, seconds: float) -> None:
        """Let the client wait for some seconds more before an idle connection is closed."""
        self._reset_timeout(self._timeout_duration + seconds)

    def connection_made(self, transport: Any) -> None:
        """Accept a connection, or refuse it with 421 above the limit. Called again when TLS starts."""
        is_new = self.transport is None
        if is_new and self._port_tls is not None:
            self.tls_context = self._port_tls.context(local_address(transport))
            self.require_starttls = self._port_tls.is_required
        super().connection_made(transport)
        if not is_new:
            self._is_in_tls = True
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
    async def _starttls(self, arg: str) -> None:
        if self._tls_protocol is not None:
            await self.push("503 5.5.1 TLS has begun already")
            return
        if self._port_tls is not None and not arg:
            self._reset_timeout(self._port_tls.handshake_seconds)
        try:
            await super().smtp_STARTTLS(arg)
        except TLSSetupException:
            self._limiter.leave(self)  # aiosmtpd closes the connection
            raise
        if self._original_transport is not None and not self._is_in_tls:
            self.connection_lost(None)  # a TLS connection whose handshake has not ended does not call it

    smtp_STARTTLS = _staged("starttls", _starttls)  # noqa: N815

    @syntax("DATA")
    async def _data(self, arg: str) -> None:
        self._watch_data(self._data_seconds)
        try:
            await super().smtp_DATA(arg)
        finally:
            self.end_data()
            self.open_message.end()

    smtp_DATA = _staged("data", _data)  # noqa: N815

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

    def end_data(self) -> None:
        """Stop the timer for the data of a message."""
        self._data_timer.cancel()

    def _watch_data(self, seconds: float) -> None:
        self._data_timer = self.loop.call_later(seconds, self._end_slow_data)

    def _end_slow_data(self) -> None:
        transport: Any = self.transport
        if self._reader.slept:
            seconds, self._reader.slept = self._reader.slept, 0.0
            self._watch_data(seconds)
        elif transport is not None:
            transport.write(f"{TOO_SLOW}\r\n".encode())
            transport.close()

    async def _handle_client(self) -> None:
        world = self.event_handler.world_with_faults(self.session)
        if world is not None:
            await fail_stage(self, world, "connect")
            await fail_stage(self, world, "greeting")
        await super()._handle_client()

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        # aiosmtpd's parser reads every other form, but takes twenty times as long.
        plain = _PLAIN.fullmatch(arg)
        if plain is not None:
            address, rest = plain.groups()
        else:
            try:
                address, rest = super()._getaddr(arg)
            except _PARSER_ERRORS:
                address = rest = None
        self.parameters = rest.split() if rest else ()
        return address, rest

    def _getparams(self, params: Sequence[str]) -> dict[str, str | bool] | None:
        envelope: Any = self.envelope
        others = without_dsn(params, of_recipient=bool(envelope.mail_from)) if params else params
        # aiosmtpd takes the digits of every language for a number, and crashes at some of them.
        if others is None or any(map(_SIZE.match, others)):
            return None
        return super()._getparams(others)

    def _create_envelope(self) -> SinkEnvelope:
        return SinkEnvelope()

    def _create_session(self) -> SinkSession:
        session = SinkSession(self.loop, self._submission_context)
        session.sandbox = self.sandbox
        return session

    def _cb_client_connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader: Any = SinkReader(reader, self.transcript, self.line_length_limit, self.open_message)
        self._writer = writer
