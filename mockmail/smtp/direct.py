"""A vendor's SMTP session with the sink in which nobody waits: what one end says, the other takes up at once.

A session is opened through aiosmtpd's protocol as it stands behind a socket: greeting, EHLO and AUTH go through it in
the bytes that SMTP has. Only what carries them is different: no socket, no task and no turn of the loop between a
command and its reply. MAIL, RCPT and DATA follow, of which the ordinary ones leave aiosmtpd nothing to decide: they
come to the sink's hooks as it would call them, and into the transcript as it would have heard them.

Most mail of a vendor goes so, in a twentieth of the time; what is long, secured or out of the ordinary has a connection
of its own (`submission`).
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import deque
from collections.abc import Generator
from dataclasses import dataclass
from types import coroutine

from aiosmtpd.smtp import Envelope as SmtpEnvelope

from mockmail.core.mail.outgoing import Failure, Outgoing, Relay, Security, Send, Stage
from mockmail.core.world import World
from mockmail.smtp.data import END, has_whole_lines
from mockmail.smtp.protocol import PLAIN_ADDRESS, SinkProtocol, SinkSession, SubmissionContext
from mockmail.smtp.sink import Sink

LONGEST = 64 << 10
"""How many bytes a message may have: the loop has other things to do."""

MOST_RECIPIENTS = 20

LOCAL_HOSTNAME = "localhost"
_ADDRESS = re.compile(PLAIN_ADDRESS)
_LONGEST_ADDRESS = 400
"""With what a command says beside it, within the 512 bytes that aiosmtpd lets it have."""
_CREDENTIAL = re.compile(r"[\x20-\x7e]{0,4000}")
"""What PLAIN has no trouble with: where it has, a client goes on to LOGIN."""
_INVITATION = "S: 354 End data with <CR><LF>.<CR><LF>"
_TURN = object()


@coroutine
def _give_turn() -> Generator[object, None, None]:
    yield _TURN


@dataclass(slots=True)
class _Words:
    """What the client said and the sink has not read."""

    said: deque[bytes]

    async def readuntil(self) -> bytes:
        """The next line; until there is one, it is the client's turn."""
        while not self.said:
            await _give_turn()
        return self.said.popleft()


@dataclass(slots=True)
class _Replies:
    """What the sink said and the client has not read."""

    octets: bytearray

    def write(self, data: bytes) -> None:
        """Take a line of a reply."""
        self.octets += data

    async def drain(self) -> None:
        """There is always room."""

    def close(self) -> None:
        """There is nothing to close."""


class Conversation:
    """Both ends of a session with the sink, from the greeting on."""

    def __init__(self, sink: Sink) -> None:
        self._said: deque[bytes] = deque()
        self._replies = bytearray()
        self._sink = sink
        self._server = sink.connect()
        self._session, self._talk = self._server.converse(_Words(self._said), _Replies(self._replies))
        self._say(b"")
        self._say(f"EHLO {LOCAL_HOSTNAME}\r\n".encode())

    def deliver(self, submission_context: SubmissionContext, relay: Relay, message: Outgoing) -> Failure | None:
        """Hand a message to the sink. Gives why it was not taken; None when it was."""
        self._session.submission_context = submission_context
        try:
            return self._log_in(relay) or _transact(self._sink, self._server, self._session, message)
        finally:
            self._session.submission_context = None

    def close(self) -> None:
        """Hang up."""
        self._talk.close()

    def _log_in(self, relay: Relay) -> Failure | None:
        if not relay.user:
            return None
        secret = b64encode(f"\0{relay.user}\0{relay.password}".encode())
        return _failure(Stage.AUTHENTICATE, self._say(b"AUTH PLAIN " + secret + b"\r\n"))

    def _say(self, words: bytes) -> str:
        """Say a command, or nothing, and hear the reply."""
        if words:
            self._said.append(words)
        try:
            turn = self._talk.send(None)
        except StopIteration:  # it hung up, with a word or without one
            turn = _TURN
        if turn is not _TURN:
            raise RuntimeError("a hook of the sink waits for something: it cannot be talked to directly")
        reply = self._replies.decode("utf-8", "replace")
        self._replies.clear()
        return reply


class DirectSessions:
    """Sessions with a sink whose two ends are here.

    The last one stays open where nobody logged in, as mail clients do that have more to send: the next message begins
    with its MAIL, and its transcript with the greeting all the same.
    """

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._open: Conversation | None = None

    def takes(self, send: Send, world: World) -> bool:
        """Whether a send is short, plain and ordinary enough, and there is room for a connection."""
        relay, message = send.relay, send.message
        return (
            relay is not None
            and send.progress is None  # whose stages somebody wants to see happen
            and self._sink.has_room
            and _is_plain(relay, world)
            and 0 < len(message.recipients) <= MOST_RECIPIENTS
            and all(map(_is_ordinary, (message.sender, *message.recipients)))
            and self._is_short(message.raw)
            and has_whole_lines(message.raw)
        )

    def deliver(self, submission_context: SubmissionContext, relay: Relay, message: Outgoing) -> Failure | None:
        """Hand a message to the sink. Gives why it was not taken; None when it was."""
        taken, self._open = (None if relay.user else self._open), None
        talk = taken or Conversation(self._sink)
        failure = talk.deliver(submission_context, relay, message)
        if failure is None and not relay.user:
            self._open = talk
        else:
            talk.close()
        return failure

    def _is_short(self, raw: bytes) -> bool:
        """Whether neither the message nor a line of it can be over a bound, dots and a last line's end included."""
        limits = self._sink.limits
        return 2 * len(raw) < limits.message and len(raw) <= min(LONGEST, limits.line - len(END))


def _is_ordinary(address: str) -> bool:
    return len(address) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(address) is not None


def _is_plain(relay: Relay, world: World) -> bool:
    if relay.user and not all(map(_CREDENTIAL.fullmatch, (relay.user, relay.password))):
        return False
    if relay.security is Security.OPPORTUNISTIC:
        return not world.smtp.starttls
    return relay.security is Security.PLAIN


def _transact(sink: Sink, server: SinkProtocol, session: SinkSession, message: Outgoing) -> Failure | None:
    """What MAIL, RCPT and DATA come to. Whatever fails inside has a reply too, as aiosmtpd sees to."""
    stage = Stage.SENDER
    try:
        envelope = SmtpEnvelope()
        reply = sink.take_sender(session, envelope, message.sender)
        lines = [f"C: MAIL FROM:<{message.sender}>", f"S: {reply}"]
        for recipient in message.recipients:
            if reply[:2] != "25":
                break
            stage = Stage.RECIPIENTS
            reply = sink.take_recipient(session, envelope, recipient)
            lines += (f"C: RCPT TO:<{recipient}>", f"S: {reply}")
        if reply[:2] == "25":
            stage = Stage.DATA
            server.transcript.tell([*lines, "C: DATA", _INVITATION])
            envelope.original_content = message.raw if message.raw.endswith(END) else message.raw + END
            reply = sink.take_message(server, session, envelope)
    except Exception as error:  # noqa: BLE001  # the sink has a reply to anything
        reply = sink.reply_to(error)
    return _failure(stage, reply)


def _failure(stage: Stage, reply: str) -> Failure | None:
    """Why a reply is a refusal; None for one that is none."""
    if reply[:1] == "2":
        return None
    return Failure(stage=stage, text="\n".join(line[4:] for line in reply.splitlines()), code=int(reply[:3] or 421))
