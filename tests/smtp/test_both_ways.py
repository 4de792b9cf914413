"""A vendor's mail by a connection and by none, side by side: whatever is sent, and whatever the relay thinks of it."""

from __future__ import annotations

import random
from typing import Any

import pytest

from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.message import SentBy
from mockmail.core.mail.outgoing import Failure, Outcome, Outgoing, Relay, Security, Send
from mockmail.core.mail.store import MailLimits
from mockmail.core.registry import Registry
from mockmail.core.sandboxes import Sandboxes
from mockmail.core.world import World, WorldSettings
from mockmail.server.certificates import Certificates
from mockmail.smtp.direct import Conversation
from mockmail.smtp.protocol import SmtpLimits, SubmissionContext
from mockmail.smtp.sink import Sink
from mockmail.smtp.submission import Submission

SENT_BY = SentBy(client="api", vendor="postcard", operation="send", exchange=1, relay="mail.example.com:25")
LINES = ["", ".", "..", ".hidden", "Hello", "jörg", "tab\tand blank ", "\0", "From me", "C: QUIT"]
LONG_LINES = ["x" * 400, "y" * 1_100]
NAMES = ["a", "b.c", "d+tag", "e" * 60, "f" * 300, "g" * 495, "o'neil", "{h}", "jörg", '"john doe"', "i..j", "-k"]
DOMAINS = ["example.com", "EXAMPLE.org", "münchen.example", "xn--mnchen-3ya.example", "[127.0.0.1]", "host", "a_b.test"]
PASSWORDS = ["secret", "", "wrong", "pässword", "nul\0within"]


class Way:
    """A sink of its own, and a way to it."""

    def __init__(self, limits: SmtpLimits) -> None:
        settings = WorldSettings(mail=MailLimits(messages=30))
        self.sandboxes = Sandboxes(lambda name: World(Registry([]), settings, name=name))
        self.sink = Sink(self.sandboxes, limits)
        self.submission = Submission(self.sink, Certificates())
        self.world = self.sandboxes.get()
        self.world.clock.freeze()

    async def send(self, message: Outgoing, relay: Relay) -> Outcome:
        send = Send(message=message, then=lambda _: None, relay=relay)
        return await self.submission.perform(send, self.world, SENT_BY)

    def close(self) -> None:
        self.sink.disconnect_all()
        self.sandboxes.close()


@pytest.fixture(params=[(800, 5_000), (5_000, 1_000)], ids=["short messages", "short lines"])
async def ways(request, monkeypatch) -> Any:
    message, line = request.param
    limits = SmtpLimits(message=message, line=line, recipients=4)
    either, connected = Way(limits), Way(limits)
    direct: list[Outgoing] = []
    deliver = Conversation.deliver

    def noted(
        self: Conversation, submission_context: SubmissionContext, relay: Relay, message: Outgoing
    ) -> Failure | None:
        direct.append(message)
        return deliver(self, submission_context, relay, message)

    monkeypatch.setattr(Conversation, "deliver", noted)
    monkeypatch.setattr(connected.submission._direct, "takes", lambda *_: False)
    yield either, connected
    assert direct
    either.close()
    connected.close()


def an_address(chance: random.Random) -> str:
    return f"{chance.choice(NAMES)}@{chance.choice(DOMAINS)}" if chance.random() < 0.4 else "jane@example.com"


def a_message(chance: random.Random) -> Outgoing:
    end = chance.choice(["\r\n", "\r\n", "\r\n", "\n", "\r"])
    body = end.join(chance.choices([*LINES * 2, *LONG_LINES], k=chance.randrange(12)))
    raw = f"Subject: hi{end}{end}{body}{chance.choice(['', end])}".encode()
    to = tuple(an_address(chance) for _ in range(chance.choice([0, 1, 1, 1, 2, 3, 5])))
    return Outgoing(sender=an_address(chance), recipients=to, raw=raw)


def a_relay(chance: random.Random) -> Relay:
    return Relay(
        host="mail.example.com",
        port=chance.choice([25, 2525]),
        security=chance.choice([Security.PLAIN, Security.PLAIN, Security.OPPORTUNISTIC]),
        user=chance.choice([None, None, None, "jane", "jörg"]),
        password=chance.choice(PASSWORDS),
    )


def arrange(chance: random.Random, world: World) -> None:
    rules = world.smtp
    rules.accounts = chance.choice([None, {"jane": "secret"}, {"jane": ""}])
    rules.require_auth = chance.random() < 0.1
    rules.refused_senders = chance.choice([[], [], ["*@host"]])
    rules.refused_recipients = chance.choice([[], [], ["b.c@*", "*.test"]])
    rules.starttls = chance.random() < 0.1
    rules.unreachable = chance.choice([[], [], ["*:2525"]])


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_is_sent_nobody_can_tell_the_ways_apart(ways, seed):
    chance = random.Random(seed)
    outcomes = []
    for _ in range(80):
        message, relay, state = a_message(chance), a_relay(chance), chance.getstate()
        for way in ways:
            chance.setstate(state)
            arrange(chance, way.world)
        one, other = [await way.send(message, relay) for way in ways]
        assert one == other, (message, relay, ways[0].world.smtp)
        outcomes.append(one)

    for one, other in zip(*(way.world.mail.find(Criteria()) for way in ways), strict=True):
        assert (one.id, one.raw, one.sent_by) == (other.id, other.raw, other.sent_by)
        assert {**vars_of(one.envelope), "tls": bool(one.envelope.tls)} == {
            **vars_of(other.envelope),
            "tls": bool(other.envelope.tls),
        }
    assert {outcome.failure is None for outcome in outcomes} == {True, False}


def vars_of(envelope: Any) -> dict[str, Any]:
    return {name: getattr(envelope, name) for name in envelope.__slots__}
