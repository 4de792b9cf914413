"""A vendor's SMTP session with the sink in which nobody waits: what one end says, the other takes up at once.

The sink's end is aiosmtpd's protocol as it stands behind a socket, and every command goes through it in the bytes that
SMTP has. Only what carries them is different: no socket, no task and no turn of the loop between a command and its
reply. Most mail of a vendor goes so, in a tenth of the time; what is long, secured or out of the ordinary has a
connection of its own (`submission`).
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import deque
from collections.abc import Container, Coroutine, Generator, Iterator
from dataclasses import dataclass
from types import coroutine
from typing import Any

from mockmail.core.mail.outgoing import Failure, Outgoing, Relay, Security, Send, Stage
from mockmail.core.world import World
from mockmail.smtp.data import as_data, has_whole_lines
from mockmail.smtp.protocol import PLAIN_ADDRESS, Errand, SinkProtocol
from mockmail.smtp.sink import Sink

LONGEST = 64 << 10
"""How many bytes a message may have: the loop has other things to do."""

MOST_RECIPIENTS = 20

LOCAL_HOSTNAME = "localhost"
_ADDRESS = re.compile(PLAIN_ADDRESS)
_CREDENTIAL = re.compile(r"[\x20-\x7e]{0,4000}")
"""What PLAIN has no trouble with: where it has, a client goes on to LOGIN."""
_TURN = object()


@coroutine
def _give_turn() -> Generator[object, None, None]:
    yield _TURN


class Refused(Exception):  # what it is, not that it is an error: the send has an outcome
    """The sink said no. code, text: its reply."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass(slots=True)
class _Words:
    """What the client said and the sink has not read."""

    said: deque[bytes]

    async def readuntil(self) -> bytes:
        """The next line; until there is one, it is the client's turn."""
        return await self.read()

    async def read(self, _: int = 0) -> bytes:
        """The next thing said: a command, or all of a message's data."""
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

    def __init__(self, sink: SinkProtocol) -> None:
        self._said: deque[bytes] = deque()
        self._replies = bytearray()
        self._protocol = sink
        self._sink: Coroutine[Any, Any, None] = sink.converse(_Words(self._said), _Replies(self._replies))
        self.say(b"", (220,))
        self.say(f"EHLO {LOCAL_HOSTNAME}\r\n".encode(), (250,))

    def deliver(self, errand: Errand, relay: Relay, message: Outgoing) -> Failure | None:
        """Hand a message to the sink. Gives why it was not taken; None when it was."""
        stage = Stage.CONNECT
        self._protocol.run(errand)
        try:
            for stage, words, expected in _dialogue(relay, message):  # noqa: B007  # the stage is for a refusal
                self.say(words, expected)
        except Refused as refused:
            return Failure(stage=stage, text=refused.text, code=refused.code)
        finally:
            self._protocol.run(None)
        return None

    def say(self, words: bytes, expected: Container[int]) -> None:
        """Say a command, all of a message's data, or nothing, and hear the reply. Raises Refused for another code."""
        if words:
            self._said.append(words)
        try:
            turn = self._sink.send(None)
        except StopIteration:  # it hung up, with a word or without one
            turn = _TURN
        if turn is not _TURN:
            raise RuntimeError("a hook of the sink waits for something: it cannot be talked to directly")
        reply = self._replies.decode("utf-8", "replace")
        self._replies.clear()
        code = int(reply[:3] or 421)
        if code not in expected:
            raise Refused(code, "\n".join(line[4:] for line in reply.splitlines()))

    def close(self) -> None:
        """Hang up."""
        self._sink.close()


class DirectSessions:
    """Sessions with a sink whose two ends are here.

    The last one stays open where nobody logged in, as mail clients do that have more to send: the next message begins
    with its MAIL, and its transcript with the greeting all the same.
    """

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._open: Conversation | None = None

    def deliver(self, errand: Errand, relay: Relay, message: Outgoing) -> Failure | None:
        """Hand a message to the sink. Gives why it was not taken; None when it was."""
        taken, self._open = (None if relay.user else self._open), None
        talk = taken or Conversation(self._sink.connect())
        failure = talk.deliver(errand, relay, message)
        if failure is None and not relay.user:
            self._open = talk
        else:
            talk.close()
        return failure


def is_direct(send: Send, world: World) -> bool:
    """Whether a send is short, plain and ordinary enough."""
    relay, message = send.relay, send.message
    return (
        relay is not None
        and send.progress is None  # whose stages somebody wants to see happen
        and _is_plain(relay, world)
        and len(message.raw) <= LONGEST
        and len(message.recipients) <= MOST_RECIPIENTS
        and all(map(_ADDRESS.fullmatch, (message.sender, *message.recipients)))
        and has_whole_lines(message.raw)
    )


def _is_plain(relay: Relay, world: World) -> bool:
    if relay.user and not all(map(_CREDENTIAL.fullmatch, (relay.user, relay.password))):
        return False
    if relay.security is Security.OPPORTUNISTIC:
        return not world.rules.smtp.starttls
    return relay.security is Security.PLAIN


def _dialogue(relay: Relay, message: Outgoing) -> Iterator[tuple[Stage, bytes, tuple[int, ...]]]:
    """What the client says, stage by stage, and the codes that let it go on."""
    if relay.user:
        secret = b64encode(f"\0{relay.user}\0{relay.password}".encode())
        yield Stage.AUTHENTICATE, b"AUTH PLAIN " + secret + b"\r\n", (235,)
    yield Stage.SENDER, f"MAIL FROM:<{message.sender}>\r\n".encode(), (250,)
    for recipient in message.recipients:
        yield Stage.RECIPIENTS, f"RCPT TO:<{recipient}>\r\n".encode(), (250, 251)
    yield Stage.DATA, b"DATA\r\n", (354,)
    yield Stage.DATA, as_data(message.raw), (250,)
