"""A vendor's mail through its relay: an SMTP session with the sink."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from mockmail.core.bounds import MailLimits, SmtpLimits, WorldSettings
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.message import SentBy
from mockmail.core.mail.outgoing import Failure, Outcome, Outgoing, Relay, Security, Send, Stage
from mockmail.core.registry import Registry
from mockmail.core.sandboxes import Sandboxes
from mockmail.core.world import World
from mockmail.smtp.sink import Sink
from mockmail.smtp.submission import Submission
from mockmail.tls.certificates import Certificates

RAW = b"Subject: hi\r\nFrom: a@example.com\r\n\r\nHello\r\n"
SENT_BY = SentBy(client="api", vendor="postcard", operation="send", exchange=1, relay="mail.example.com:25")
LIMITS = SmtpLimits(message=50_000, line=2_000, recipients=10)


@pytest.fixture
async def relay() -> Any:
    """Send messages through a relay, and read the messages of its World."""
    settings = WorldSettings(mail=MailLimits(messages=5))
    sandboxes = Sandboxes(lambda name: World(Registry([]), settings, name=name))
    sink = Sink(sandboxes, LIMITS)
    submission = Submission(sink, Certificates())
    world = sandboxes.get()

    async def send(
        raw: bytes = RAW, *, sender: str = "a@example.com", to: Any = ("b@example.com",), **of: Any
    ) -> Outcome:
        message = Outgoing(sender=sender, recipients=tuple(to), raw=raw)
        through = Relay(**{"host": "mail.example.com", "port": 25, **of})
        return await submission.perform(Send(message=message, then=lambda _: None, relay=through), world, SENT_BY)

    yield SimpleNamespace(
        send=send,
        world=world,
        rules=world.smtp,
        mail=lambda: world.mail.find(Criteria()),
    )
    sink.disconnect_all()
    sandboxes.close()


async def test_message_arrives_with_envelope_and_transcript(relay):
    outcome = await relay.send(to=["b@example.com", "c@example.com"])

    [message] = relay.mail()
    assert outcome == Outcome(message=message.id)
    assert message.raw == RAW
    assert message.sent_by == SENT_BY
    assert message.envelope.sender == "a@example.com"
    assert message.envelope.recipients == ("b@example.com", "c@example.com")
    assert (message.envelope.helo, message.envelope.auth_user, message.envelope.tls) == ("localhost", None, "")
    assert message.envelope.transcript == (
        "S: 220 mockmail ESMTP mockmail",
        "C: EHLO localhost",
        "S: 250-mockmail",
        "S: 250-SIZE 50000",
        "S: 250-8BITMIME",
        "S: 250-SMTPUTF8",
        "S: 250-AUTH LOGIN PLAIN",
        "S: 250-PIPELINING",
        "S: 250-DSN",
        "S: 250-ENHANCEDSTATUSCODES",
        "S: 250 HELP",
        "C: MAIL FROM:<a@example.com>",
        "S: 250 2.1.0 Ok",
        "C: RCPT TO:<b@example.com>",
        "S: 250 2.1.5 Ok",
        "C: RCPT TO:<c@example.com>",
        "S: 250 2.1.5 Ok",
        "C: DATA",
        "S: 354 End data with <CR><LF>.<CR><LF>",
        f"S: 250 2.0.0 Ok: queued as {message.id}",
        "C: QUIT",
        "S: 221 2.0.0 Bye",
    )


async def test_next_message_has_the_same_transcript(relay):
    for name in ("one", "two", "three"):
        await relay.send(RAW.replace(b"hi", name.encode()))

    first, second, third = relay.mail()
    assert [message.subject for message in (first, second, third)] == ["one", "two", "three"]
    assert first.envelope.transcript[:-3] == second.envelope.transcript[:-3] == third.envelope.transcript[:-3]
    assert f"S: 250 2.0.0 Ok: queued as {third.id}" in third.envelope.transcript


async def test_login_of_one_message_does_not_affect_others(relay):
    await relay.send(user="jane", password="secret")
    await relay.send()
    await relay.send(user="joe", password="secret")

    assert [message.envelope.auth_user for message in relay.mail()] == ["jane", None, "joe"]
    assert "C: AUTH PLAIN ***" in relay.mail()[2].envelope.transcript
    assert "C: AUTH PLAIN ***" not in relay.mail()[1].envelope.transcript


@pytest.mark.parametrize("password", ["x" * 1_000, "x" * 20_000, "nul\0within"], ids=["token", "too long", "nul"])
async def test_password_is_accepted_up_to_the_limit_of_an_auth_line(relay, password):
    relay.rules.accounts = {"jane": password}

    outcome = await relay.send(user="jane", password=password)

    if len(password) > 12_000:
        text = "5.5.6 Authentication Exchange line is too long"
        assert outcome == Outcome(failure=Failure(stage=Stage.AUTHENTICATE, text=text, code=500))
    else:
        assert (outcome.failure, relay.mail()[0].envelope.auth_user) == (None, "jane")


@pytest.mark.parametrize(
    ("rules", "of", "failure"),
    [
        (
            {"accounts": {"jane": "right"}},
            {"user": "jane", "password": "wrong"},
            Failure(stage=Stage.AUTHENTICATE, text="5.7.8 Error: authentication failed", code=535),
        ),
        ({"require_auth": True}, {}, Failure(stage=Stage.SENDER, text="5.7.0 Authentication required", code=530)),
        (
            {"refused_senders": ["a@*"]},
            {},
            Failure(stage=Stage.SENDER, text="5.7.1 <a@example.com>: Sender address rejected", code=550),
        ),
        (
            {"refused_recipients": ["b@*"]},
            {},
            Failure(stage=Stage.RECIPIENTS, text="5.1.1 <b@example.com>: Recipient address rejected", code=550),
        ),
        (
            {"unreachable": ["mail.example.com:*"]},
            {},
            Failure(stage=Stage.CONNECT, text="Connection refused by mail.example.com:25"),
        ),
        ({}, {"host": "mail:587"}, Failure(stage=Stage.CONNECT, text="Name or service not known")),
        (
            {},
            {"host": "a" * 64, "security": Security.IMPLICIT},
            Failure(stage=Stage.CONNECT, text="Name or service not known"),
        ),
    ],
    ids=["password", "no login", "sender", "recipient", "unreachable", "host", "host of TLS"],
)
async def test_refusal_of_the_relay_is_reported_and_the_next_message_arrives(relay, rules, of, failure):
    for name, value in rules.items():
        setattr(relay.rules, name, value)

    assert await relay.send(**of) == Outcome(failure=failure)
    assert relay.mail() == []

    relay.world.clear_faults()
    await relay.send()
    assert len(relay.mail()) == 1


async def test_lines_that_begin_with_a_dot_are_stored_as_sent(relay):
    raw = RAW + b".\r\n..\r\n.hidden\r\nend.\r\n"

    await relay.send(raw)

    assert relay.mail()[0].raw == raw


async def test_last_line_without_an_end_gets_one(relay):
    await relay.send(RAW + b"end")

    assert relay.mail()[0].raw == RAW + b"end\r\n"


@pytest.mark.parametrize(
    ("raw", "failure"),
    [
        (
            RAW + b"a" * 1_999 + b"\r\n",
            Failure(stage=Stage.DATA, text="5.5.2 Line too long (see RFC5321 4.5.3.1.6)", code=500),
        ),
        (RAW + b"line\r\n" * 9_000, Failure(stage=Stage.DATA, text="5.3.4 Error: Too much mail data", code=552)),
    ],
    ids=["line", "message"],
)
async def test_bound_of_the_sink_holds_for_relays_too(relay, raw, failure):
    assert await relay.send(raw) == Outcome(failure=failure)
    assert relay.mail() == []


async def test_line_and_a_message_at_the_bound_are_taken(relay):
    longest = RAW + b"a" * 1_998 + b"\r\n"
    longest += b"line!\r\n" * ((50_000 - len(longest)) // 7)
    longest = longest[:-2] + b"x" * (50_000 - len(longest)) + b"\r\n"

    outcome = await relay.send(longest)

    assert (outcome.failure, len(relay.mail()[0].raw)) == (None, 50_000)


async def test_one_recipient_too_many_is_refused(relay):
    outcome = await relay.send(to=[f"user{number}@example.com" for number in range(11)])

    text = "4.5.3 too many recipients: max_recipients allows no more"
    assert outcome == Outcome(failure=Failure(stage=Stage.RECIPIENTS, text=text, code=452))


async def test_full_store_says_try_later(relay):
    for _ in range(5):
        await relay.send()

    text = "4.3.1 5 messages are kept, the most that max_messages allows"
    assert await relay.send() == Outcome(failure=Failure(stage=Stage.DATA, text=text, code=452))
    assert len(relay.mail()) == 5


@pytest.mark.parametrize(
    "of",
    [
        {"raw": RAW + b"line\r\n" * 8_000, "sender": "a@example.com"},
        {"sender": "jörg@example.com"},
        {"user": "jörg", "password": "secret"},
        {"security": Security.STARTTLS},
        {"security": Security.OPPORTUNISTIC},
        {"security": Security.IMPLICIT},
        {"to": ['"john doe"@example.com']},
    ],
    ids=["long", "utf8", "utf8 login", "starttls", "opportunistic", "implicit", "quoted"],
)
async def test_unusual_message_arrives(relay, of):
    outcome = await relay.send(**of)

    assert outcome == Outcome(message=relay.mail()[0].id)


@pytest.mark.parametrize("security", Security)
@pytest.mark.parametrize("host", ["xn--", "xn--a", "-", "a_b", "[::1]", "日本。jp", "a" * 63 + ".de"])
async def test_relay_may_have_any_valid_host_name(relay, host, security):
    outcome = await relay.send(host=host, security=security)

    assert outcome == Outcome(message=relay.mail()[0].id)


async def test_tls_is_not_used_if_it_is_not_offered(relay):
    relay.rules.starttls = False

    await relay.send(security=Security.OPPORTUNISTIC)
    refused = await relay.send(security=Security.STARTTLS)

    assert (len(relay.mail()), relay.mail()[0].envelope.tls) == (1, "")
    assert refused.failure is not None
    assert refused.failure.stage is Stage.STARTTLS


async def test_line_ends_are_converted_to_crlf(relay):
    await relay.send(b"Subject: hi\n\nHello\n.\r.hidden\r\n\n")

    assert relay.mail()[0].raw == b"Subject: hi\r\n\r\nHello\r\n.\r\n.hidden\r\n\r\n"
