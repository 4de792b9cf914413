"""Send a vendor's mail: a real SMTP session with the vendor's settings, connected to the sink.

No mail leaves the machine, whatever relay is configured, unless the server's settings allow this relay.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Container
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from mockmail.core.errors import LimitReached
from mockmail.core.mail.addresses import is_host
from mockmail.core.mail.message import SentBy
from mockmail.core.mail.outgoing import Failure, Outcome, Outgoing, Relay, Security, Send, Stage
from mockmail.core.world import World
from mockmail.smtp.protocol import SubmissionContext
from mockmail.smtp.reader import END, LAST
from mockmail.smtp.sink import Sink
from mockmail.tls.certificates import Certificates

if TYPE_CHECKING:
    import aiosmtplib

LOCAL_HOSTNAME = "localhost"
INVITATION, TAKEN = 354, 250
"""The replies to DATA and to the message after it."""


class Submission:
    """Performs sends.

    allowed: the relays, `host:port`, to which real connections are made.
    """

    def __init__(self, sink: Sink, certificates: Certificates, allowed: Container[str] = ()) -> None:
        self._sink = sink
        self._certificates = certificates
        self._allowed = allowed

    async def perform(self, send: Send, world: World, sent_by: SentBy) -> Outcome:
        """Send a message to its relay and return the outcome; a refusal or an unreachable relay is one, too."""
        relay = send.relay
        if relay is None:
            raise ValueError("a message without a relay needs no session")
        submission_context = SubmissionContext(world, sent_by, world.generation)
        is_real = relay.where in self._allowed
        unreachable = None if is_real else _connection_error(relay, world)
        session = _Session(relay, send.message, lambda stage: _report(send, submission_context, stage))
        if unreachable is not None:
            await session.stage(Stage.CONNECT)
            return Outcome(failure=Failure(stage=Stage.CONNECT, text=unreachable))
        failure = await session.run(self._connect_for_real if is_real else self._connect_to_sink, submission_context)
        _complete_transcript(submission_context)
        return Outcome(failure=failure, message=next(iter(submission_context.messages), None))

    @asynccontextmanager
    async def _connect_for_real(self, relay: Relay, _: SubmissionContext) -> AsyncIterator[aiosmtplib.SMTP]:
        import aiosmtplib

        client = aiosmtplib.SMTP(
            hostname=relay.host,
            port=relay.port,
            use_tls=relay.security is Security.IMPLICIT,
            start_tls=False,
            timeout=relay.timeout,
        )
        try:
            yield client
        finally:
            client.close()

    @asynccontextmanager
    async def _connect_to_sink(
        self, relay: Relay, submission_context: SubmissionContext
    ) -> AsyncIterator[aiosmtplib.SMTP]:
        import aiosmtplib

        pair = _Pair()
        implicit = relay.security is Security.IMPLICIT
        wants_tls = relay.security is not Security.PLAIN and (implicit or submission_context.world.smtp.starttls)
        client = None
        try:
            tls = self._certificates.server(relay.host) if wants_tls else None
            pair.accepting = asyncio.ensure_future(self._accept(pair, submission_context, tls, implicit=implicit))
            client = aiosmtplib.SMTP(
                sock=pair.theirs,
                hostname=relay.host,
                use_tls=implicit,
                start_tls=False,
                tls_context=self._certificates.client(check_hostname=False) if wants_tls else None,
                local_hostname=LOCAL_HOSTNAME,
                timeout=relay.timeout,
            )
            yield client
        finally:
            pair.close(client)

    async def _accept(
        self, pair: _Pair, submission_context: SubmissionContext, tls: ssl.SSLContext | None, *, implicit: bool
    ) -> None:
        pair.taken = True
        starttls = None if implicit else tls
        await asyncio.get_running_loop().connect_accepted_socket(
            lambda: self._sink.connect(submission_context, starttls), pair.ours, ssl=tls if implicit else None
        )


class _Pair:
    """Two connected sockets, the sink's and the client's. taken: whether the sink's socket has a transport."""

    def __init__(self) -> None:
        self.ours, self.theirs = socket.socketpair()
        self.ours.setblocking(False)
        self.theirs.setblocking(False)
        self.taken = False
        self.accepting: asyncio.Future[None] | None = None

    def close(self, client: aiosmtplib.SMTP | None) -> None:
        """Close both sockets, or the transports that own them."""
        # With unsent data, a closed transport would stay on a file descriptor that is soon used for another file.
        transport: Any = client.transport if client is not None else None
        if transport is not None:
            transport.abort()
        else:
            self.theirs.close()
        if client is not None:
            client.close()
        if self.accepting is not None:
            self.accepting.cancel()
            self.accepting.add_done_callback(_retrieve_error)
        if not self.taken:
            self.ours.close()


def _retrieve_error(ended: asyncio.Future[None]) -> None:
    # Without this, asyncio would log the error of a handshake that the client has given up.
    if not ended.cancelled():
        ended.exception()


class _Session:
    def __init__(self, relay: Relay, message: Outgoing, report: Callable[[Stage], None]) -> None:
        self._relay = relay
        self._message = message
        self._report = report
        self._stage = Stage.CONNECT

    async def stage(self, stage: Stage) -> None:
        """Report that a stage begins, and let other tasks see it."""
        self._stage = stage
        self._report(stage)
        await asyncio.sleep(0)

    async def run(
        self, connect: Callable[[Relay, SubmissionContext], object], submission_context: SubmissionContext
    ) -> Failure | None:
        """Send the message. Return why it was not accepted, or None."""
        import aiosmtplib

        try:
            await self.stage(Stage.CONNECT)
            async with connect(self._relay, submission_context) as client:  # type: ignore[attr-defined]  # both are context managers
                await client.connect()
                await self._dialogue(client)
        except aiosmtplib.SMTPResponseException as error:
            return Failure(stage=self._stage, text=error.message, code=error.code)
        except Exception as error:  # noqa: BLE001  # settings can be anything, and a send that fails is an outcome
            return Failure(stage=self._stage, text=str(error) or type(error).__name__)
        return None

    async def _dialogue(self, client: aiosmtplib.SMTP) -> None:
        import aiosmtplib

        await client.ehlo()
        await self._secure(client)
        if self._relay.user:
            await self.stage(Stage.AUTHENTICATE)
            await client.login(self._relay.user, self._relay.password)
        await self.stage(Stage.SENDER)
        utf8 = [] if self._is_ascii() else ["SMTPUTF8"]
        await client.mail(self._message.sender, options=utf8, encoding="utf-8" if utf8 else "ascii")
        await self.stage(Stage.RECIPIENTS)
        for recipient in self._message.recipients:
            await client.rcpt(recipient, encoding="utf-8" if utf8 else "ascii")
        await self.stage(Stage.DATA)
        await _send_data(client, self._message.raw)
        with suppress(aiosmtplib.SMTPException, OSError):  # the message is accepted, however the session ends
            await client.quit()

    async def _secure(self, client: aiosmtplib.SMTP) -> None:
        offered = client.supports_extension("starttls")
        required = self._relay.security is Security.STARTTLS
        if required or (self._relay.security is Security.OPPORTUNISTIC and offered):
            await self.stage(Stage.STARTTLS)
            await client.starttls()
            await client.ehlo()

    def _is_ascii(self) -> bool:
        return all(address.isascii() for address in (self._message.sender, *self._message.recipients))


def _connection_error(relay: Relay, world: World) -> str | None:
    if not is_host(relay.host):
        return "Name or service not known"
    return f"Connection refused by {relay.where}" if world.smtp.is_unreachable(relay.where) else None


def _report(send: Send, submission_context: SubmissionContext, stage: Stage) -> None:
    if send.progress is not None and submission_context.generation == submission_context.world.generation:
        # A full disk only loses the progress; the send continues.
        with suppress(LimitReached), submission_context.world.store.transaction():
            send.progress(stage)


def _complete_transcript(submission_context: SubmissionContext) -> None:
    world = submission_context.world
    if submission_context.generation != world.generation:
        return
    lines = submission_context.transcript.since_message()
    for message_id in submission_context.messages:
        with suppress(LimitReached):  # the message is stored; a full disk only costs it the end of the dialogue
            world.mail.append_transcript(message_id, lines)


def as_data(raw: bytes) -> bytes:
    """Return a message with CRLF line ends, dots doubled at line starts, and the final dot (RFC 5321, 4.5.2)."""
    has_only_crlf = raw.count(END) == raw.count(b"\n") == raw.count(b"\r")
    if not has_only_crlf:
        raw = raw.replace(END, b"\n").replace(b"\r", b"\n").replace(b"\n", END)
    stuffed = (b"." + raw if raw.startswith(b".") else raw).replace(END + b".", END + b"..")
    return stuffed + (LAST if raw.endswith(END) else END + LAST)


async def _send_data(client: aiosmtplib.SMTP, raw: bytes) -> None:
    # `client.data` encodes line by line, which blocks the loop for seconds if there are many lines.
    import aiosmtplib

    reply = await client.execute_command(b"DATA")
    if reply.code == INVITATION and client.protocol is not None:
        client.protocol.write(as_data(raw))
        reply = await client.protocol.read_response(timeout=client.timeout)
    if reply.code != TAKEN:
        raise aiosmtplib.SMTPDataError(reply.code, reply.message)
