"""The sink: an SMTP server that stores every message and forwards none."""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
from typing import Any

from aiosmtpd.smtp import AuthResult, LoginPassword
from aiosmtpd.smtp import Envelope as SmtpEnvelope

from mockmail.core.bounds import SmtpLimits
from mockmail.core.errors import LimitReached, Problem, StorageFull
from mockmail.core.mail.delivery import is_unknown
from mockmail.core.mail.message import Envelope, SentBy
from mockmail.core.sandboxes import Sandboxes
from mockmail.core.world import World
from mockmail.smtp.protocol import ConnectionLimiter, SinkProtocol, SinkSession, SubmissionContext
from mockmail.smtp.reader import AuthLineTooLong

log = logging.getLogger("mockmail.smtp")

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Sink:
    """The hooks of the SMTP server, shared by all connections.

    reject_unknown: whether a recipient that does not exist in a hosted domain is refused (550).
    """

    def __init__(self, sandboxes: Sandboxes, limits: SmtpLimits | None = None, *, reject_unknown: bool = False) -> None:
        self._sandboxes = sandboxes
        self.limits = limits or SmtpLimits()
        self._reject_unknown = reject_unknown
        self._limiter = ConnectionLimiter(self.limits.connections)

    def connect(
        self, submission_context: SubmissionContext | None = None, tls: ssl.SSLContext | None = None
    ) -> SinkProtocol:
        """Return the protocol of a new connection.

        submission_context: the vendor's send that connects; None for a client of the SMTP port.
        tls: the TLS context for STARTTLS; None to not offer it.
        """
        return SinkProtocol(
            self,
            self.limits,
            self._limiter,
            authenticator=self._authenticate,
            loop=asyncio.get_running_loop(),
            tls_context=tls,
            submission_context=submission_context,
        )

    def disconnect_all(self) -> None:
        """Abort every connection."""
        self._limiter.close_all()

    async def handle_MAIL(  # noqa: N802  # aiosmtpd's name for the hook
        self, server: SinkProtocol, session: SinkSession, envelope: SmtpEnvelope, address: str, options: list[str]
    ) -> str:
        """Return the reply to MAIL; `<>` is the null sender."""
        world = self._world(session)
        if world.smtp.require_auth and not session.authenticated:
            return "530 5.7.0 Authentication required"
        if world.smtp.refuses_sender(address):
            return f"550 5.7.1 <{address}>: Sender address rejected"
        if _CONTROL.search(address):
            return "553 5.1.7 a sender's address must not have control characters"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Ok"

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name for the hook
        self, server: SinkProtocol, session: SinkSession, envelope: SmtpEnvelope, address: str, options: list[str]
    ) -> str:
        """Return the reply to RCPT."""
        world = self._world(session)
        if world.smtp.refuses_recipient(address):
            return f"550 5.1.1 <{address}>: Recipient address rejected"
        if _CONTROL.search(address):
            return "553 5.1.3 a recipient's address must not have control characters"
        if len(envelope.rcpt_tos) >= self.limits.recipients:
            return "452 4.5.3 too many recipients: max_recipients allows no more"
        if self._reject_unknown and is_unknown(world, address):
            return f"550 5.1.1 <{address}>: Recipient address rejected: User unknown in virtual mailbox table"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.append(" ".join(options))
        return "250 2.1.5 Ok"

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name for the hook
        self, server: SinkProtocol, session: SinkSession, envelope: SmtpEnvelope
    ) -> str:
        """Store the message, then return the reply to it."""
        context = session.submission_context
        if context is not None and context.generation != context.world.generation:
            return "451 4.3.2 the sandbox was reset meanwhile"
        sent_by = context.sent_by if context is not None else SentBy()
        content = envelope.original_content or b""
        try:
            message = self._world(session).receive(content, _envelope(server, session, envelope), sent_by)
        except LimitReached as error:
            return f"452 4.3.1 {error}"
        if context is not None:
            context.messages.append(message.id)
        return f"250 2.0.0 Ok: queued as {message.id}"

    async def handle_exception(self, error: Exception) -> str:
        """Return the reply to an error in a hook; log an unexpected error, and tell the client to try again."""
        if isinstance(error, LimitReached):
            return f"452 4.3.1 {error}"
        if isinstance(error, AuthLineTooLong):
            return "500 5.5.6 Authentication Exchange line is too long"
        log.error("the sink failed", exc_info=error)
        return "451 4.3.0 internal error"

    def _authenticate(
        self, server: SinkProtocol, session: SinkSession, envelope: SmtpEnvelope, mechanism: str, login: Any
    ) -> AuthResult:
        user, password = _texts(login)
        if user.startswith("~") and session.submission_context is None:
            try:
                self._sandboxes.get(user[1:])
            except StorageFull as error:
                return AuthResult(success=False, handled=False, message=f"454 4.7.0 {error}")
            except (Problem, LimitReached) as error:
                return AuthResult(success=False, handled=False, message=f"535 5.7.8 {error}")
        elif not self._world(session).smtp.accepts_login(user, password):
            return AuthResult(success=False, handled=False, message="535 5.7.8 Error: authentication failed")
        session.auth_user = user
        return AuthResult(success=True)

    def _world(self, session: SinkSession) -> World:
        if session.submission_context is not None:
            return session.submission_context.world
        user = session.auth_user or ""
        return self._sandboxes.get(user[1:] if user.startswith("~") else session.sandbox)


def _texts(login: Any) -> tuple[str, str]:
    if not isinstance(login, LoginPassword):
        return str(login), ""
    return login.login.decode("utf-8", "replace"), login.password.decode("utf-8", "replace")


def _envelope(server: SinkProtocol, session: SinkSession, envelope: SmtpEnvelope) -> Envelope:
    sender = envelope.mail_from or ""
    cipher = (server.transport.get_extra_info("cipher") if server.transport else None) or ()
    return Envelope(
        sender="" if sender == "<>" else sender,
        recipients=tuple(envelope.rcpt_tos),
        helo=session.host_name or "",
        mail_parameters=tuple(envelope.mail_options),
        recipient_parameters=tuple(envelope.rcpt_options),
        auth_user=session.auth_user,
        tls=" ".join(str(part) for part in cipher[1::-1]),
        peer="{}:{}".format(*session.peer[:2]) if session.peer else "",
        transcript=server.transcript.take_message(),
    )
