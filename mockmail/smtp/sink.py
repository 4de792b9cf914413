"""The sink: an SMTP server that stores every message and forwards none."""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
from collections.abc import Callable
from itertools import count
from typing import Any

from aiosmtpd.smtp import AuthResult, TLSSetupException
from aiosmtpd.smtp import Envelope as SmtpEnvelope

from mockmail.core.bounds import SmtpLimits
from mockmail.core.errors import LimitReached, MailboxFull, Problem, StorageDamaged, StorageFull
from mockmail.core.mail.delivery import deliveries, has_quotas, is_unknown
from mockmail.core.mail.message import Envelope, SentBy
from mockmail.core.sandboxes import DEFAULT, Sandboxes
from mockmail.core.smtp_behaviour import SmtpBehaviour
from mockmail.core.world import World
from mockmail.smtp.extensions import KEYWORDS
from mockmail.smtp.open_messages import OpenMessages
from mockmail.smtp.protocol import (
    CONTROL,
    HOSTNAME,
    ConnectionLimiter,
    DigestLogin,
    PortTls,
    SinkEnvelope,
    SinkProtocol,
    SinkSession,
    SubmissionContext,
    fail_stage,
)
from mockmail.smtp.reader import AuthLineTooLong
from mockmail.tls.connection import tls_facts

log = logging.getLogger("mockmail.smtp")

_SIZE = re.compile(r"SIZE=([0-9]{1,18})", re.IGNORECASE)


class Sink:
    """The hooks of the SMTP server, shared by all connections. aiosmtpd calls the connection of a hook `server`.

    reject_unknown: whether a recipient that does not exist in a hosted domain is refused (550).
    port_tls: STARTTLS for the clients of the SMTP port; None does not offer it. limiter: the open connections.
    http_url: returns the URL of the server, for the address of the page in replies; empty for no address.
    """

    def __init__(
        self,
        sandboxes: Sandboxes,
        limits: SmtpLimits | None = None,
        *,
        reject_unknown: bool = False,
        port_tls: PortTls | None = None,
        http_url: Callable[[], str] = str,
    ) -> None:
        self._http_url = http_url
        self._sandboxes = sandboxes
        self.limits = limits or SmtpLimits()
        self._reject_unknown = reject_unknown
        self.limiter = ConnectionLimiter(self.limits.connections)
        self._messages = OpenMessages(self.limits.open_messages)
        self._challenges = count(1)
        self._port_tls = port_tls

    def accept(self, *, in_tls: bool = False) -> SinkProtocol:
        """Return the protocol of a client's new connection. in_tls: whether it is in TLS from the first byte."""
        return self._protocol(port_tls=None if in_tls else self._port_tls)

    def connect(self, submission_context: SubmissionContext, tls: ssl.SSLContext | None = None) -> SinkProtocol:
        """Return the protocol of a vendor's send that connects. tls: for STARTTLS; None does not offer it."""
        return self._protocol(submission_context=submission_context, tls_context=tls)

    def _protocol(self, **options: Any) -> SinkProtocol:
        return SinkProtocol(
            self,
            self.limits,
            self.limiter,
            messages=self._messages,
            challenge=lambda: f"<{next(self._challenges)}@{HOSTNAME}>",
            authenticator=self._authenticate,
            loop=asyncio.get_running_loop(),
            **options,
        )

    def disconnect_all(self) -> None:
        """Abort every connection."""
        self.limiter.close_all()

    async def handle_EHLO(  # noqa: N802  # aiosmtpd's name for the hook
        self, server: SinkProtocol, session: SinkSession, envelope: SmtpEnvelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Return the lines of the reply to EHLO."""
        session.host_name = hostname
        return [*responses[:-1], *(f"250-{keyword}" for keyword in KEYWORDS), responses[-1]]

    async def handle_MAIL(  # noqa: N802  # aiosmtpd's name for the hook
        self, server: SinkProtocol, session: SinkSession, envelope: SmtpEnvelope, address: str, options: list[str]
    ) -> str:
        """Return the reply to MAIL; `<>` is the null sender."""
        world = self._world(session)
        if world.smtp_faults and (reply := await fail_stage(server, world, "mail", sender=address)) is not None:
            return reply
        if world.smtp.require_auth and not session.authenticated:
            return "530 5.7.0 Authentication required"
        if world.smtp.refuses_sender(address):
            return f"550 5.7.1 <{address}>: Sender address rejected"
        if CONTROL.search(address):
            return "553 5.1.7 a sender's address must not have control characters"
        envelope.mail_from = address
        envelope.mail_options.extend(server.parameters)
        return "250 2.1.0 Ok"

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name for the hook
        self, server: SinkProtocol, session: SinkSession, envelope: SinkEnvelope, address: str, options: list[str]
    ) -> str:
        """Return the reply to RCPT; the envelope keeps a refusal."""
        refusal = await self._recipient_refusal(server, session, envelope, address)
        if refusal is not None:
            if len(envelope.refusals) < self.limits.recipients:
                envelope.refusals.append((address, refusal))
            return refusal
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.append(" ".join(server.parameters))
        return "250 2.1.5 Ok"

    async def _recipient_refusal(
        self, server: SinkProtocol, session: SinkSession, envelope: SinkEnvelope, address: str
    ) -> str | None:
        world = self._world(session)
        if world.smtp_faults and (reply := await fail_stage(server, world, "rcpt", recipient=address)) is not None:
            return reply
        if world.smtp.refuses_recipient(address):
            return f"550 5.1.1 <{address}>: Recipient address rejected"
        if CONTROL.search(address):
            return "553 5.1.3 a recipient's address must not have control characters"
        if len(envelope.rcpt_tos) >= self.limits.recipients:
            return "452 4.5.3 too many recipients: max_recipients allows no more"
        return self._mailbox_refusal(world, session, envelope, address)

    def _mailbox_refusal(self, world: World, session: SinkSession, envelope: SmtpEnvelope, address: str) -> str | None:
        if self._reject_unknown and is_unknown(world, address):
            return f"550 5.1.1 <{address}>: Recipient address rejected: User unknown in virtual mailbox table"
        if has_quotas(world):
            alone = Envelope(sender=_sender(envelope), recipients=(address,), peer=_peer(session))
            if deliveries(world, alone, _declared_size(envelope)).full is not None:
                return f"552 5.2.2 <{address}>: Recipient address rejected: Mailbox is full"
        return None

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name for the hook
        self, server: SinkProtocol, session: SinkSession, envelope: SinkEnvelope
    ) -> str:
        """Store the message, then return the reply to it."""
        server.end_data()
        if server.open_message.is_dropped:
            return "452 4.3.1 too many large messages at once: see max_open_message_bytes, try later"
        context = session.submission_context
        if context is not None and context.generation != context.world.generation:
            return "451 4.3.2 the sandbox was reset meanwhile"
        sent_by = context.sent_by if context is not None else SentBy()
        content = envelope.original_content or b""
        world = self._world(session)
        if world.smtp_faults and (reply := await fail_stage(server, world, "after_data", content=content)) is not None:
            return reply
        try:
            received = _envelope(server, session, envelope)
            message = world.receive(content, received, sent_by, refuse_full=True)
        except MailboxFull as error:
            return f"552 5.2.2 <{error.address}>: Mailbox is full"
        except LimitReached as error:
            return _try_later(error)
        if context is not None:
            context.messages.append(message.id)
        return f"250 2.0.0 Ok: queued as {message.id}{self._page_link(session, message.id)}"

    def _page_link(self, session: SinkSession, message_id: str) -> str:
        """Return ` at ` and the URL of a client's message on the page; empty for a vendor's message."""
        if session.submission_context is not None or not (url := self._http_url()):
            return ""
        sandbox = _sandbox_of(session)
        return f" at {url}{'' if sandbox == DEFAULT else f'/~{sandbox}'}/_mockmail/ui/#/inbox/{message_id}"

    async def handle_exception(self, error: Exception) -> str:
        """Return the reply to an error in a hook; log an unexpected error, and tell the client to try again."""
        if isinstance(error, LimitReached):
            return _try_later(error)
        if isinstance(error, AuthLineTooLong):
            return "500 5.5.6 Authentication Exchange line is too long"
        if isinstance(error, TLSSetupException):
            log.info("a TLS handshake failed: %s", error.__cause__)
            return ""  # aiosmtpd closes the connection
        log.error("the sink failed", exc_info=error)
        return "451 4.3.0 internal error"

    def world_with_faults(self, session: SinkSession) -> World | None:
        """Return the World of a dialogue if it has SMTP faults, else None."""
        context = session.submission_context
        world = context.world if context is not None else self._sandboxes.find(_sandbox_of(session))
        return world if world is not None and world.smtp_faults else None

    def _authenticate(
        self, server: SinkProtocol, session: SinkSession, envelope: SmtpEnvelope, mechanism: str, login: Any
    ) -> AuthResult:
        user = _text(login.user if isinstance(login, DigestLogin) else login.login)
        if CONTROL.search(user):
            refusal = "535 5.7.8 a user name must not have control characters"
            return AuthResult(success=False, handled=False, message=refusal)
        if user.startswith("~") and session.submission_context is None:
            try:
                self._sandboxes.get(user[1:])
            except StorageFull as error:
                return AuthResult(success=False, handled=False, message=f"454 4.7.0 {error}")
            except (Problem, LimitReached) as error:
                return AuthResult(success=False, handled=False, message=f"535 5.7.8 {error}")
        elif not _accepts(self._world(session).smtp, user, login):
            return AuthResult(success=False, handled=False, message="535 5.7.8 Error: authentication failed")
        session.auth_user = user
        return AuthResult(success=True)

    def _world(self, session: SinkSession) -> World:
        if session.submission_context is not None:
            return session.submission_context.world
        return self._sandboxes.get(_sandbox_of(session))


def _sandbox_of(session: SinkSession) -> str:
    user = session.auth_user or ""
    return user[1:] if user.startswith("~") else session.sandbox


def _try_later(error: LimitReached) -> str:
    return f"451 4.3.0 {error}" if isinstance(error, StorageDamaged) else f"452 4.3.1 {error}"


def _accepts(rules: SmtpBehaviour, user: str, login: Any) -> bool:
    if isinstance(login, DigestLogin):
        return rules.accepts_digest(user, login.challenge, login.digest)
    return rules.accepts_login(user, _text(login.password))


def _text(given: str | bytes) -> str:
    return given if isinstance(given, str) else given.decode("utf-8", "replace")


def _declared_size(envelope: SmtpEnvelope) -> int:
    declared = (_SIZE.fullmatch(parameter) for parameter in envelope.mail_options)
    return next((int(found[1]) for found in declared if found), 0)


def _sender(envelope: SmtpEnvelope) -> str:
    sender = envelope.mail_from or ""
    return "" if sender == "<>" else sender


def _peer(session: SinkSession) -> str:
    return "{}:{}".format(*session.peer[:2]) if session.peer else ""


def _envelope(server: SinkProtocol, session: SinkSession, envelope: SinkEnvelope) -> Envelope:
    return Envelope(
        sender=_sender(envelope),
        recipients=tuple(envelope.rcpt_tos),
        helo=session.host_name or "",
        mail_parameters=tuple(envelope.mail_options),
        recipient_parameters=tuple(envelope.rcpt_options),
        auth_user=session.auth_user,
        tls=tls_facts(server.transport),
        peer=_peer(session),
        refusals=tuple(envelope.refusals),
        transcript=server.transcript.take_message(),
    )
