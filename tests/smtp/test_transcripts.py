"""The end of a vendor's SMTP session is added to the transcript of its message, if that is still possible."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from mockmail.core.errors import StorageFull
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.message import SentBy
from mockmail.core.mail.outgoing import Outcome, Outgoing, Relay, Send
from mockmail.core.registry import Registry
from mockmail.core.sandboxes import Sandboxes
from mockmail.core.world import World
from mockmail.smtp.sink import Sink
from mockmail.smtp.submission import Submission
from mockmail.tls.certificates import Certificates

RAW = b"Subject: hi\r\n\r\nHello\r\n"
END_OF_SESSION = ("C: QUIT", "S: 221 2.0.0 Bye")


@pytest.fixture
def path(tmp_path) -> Any:
    return tmp_path / "1.sqlite"


@pytest.fixture
async def relay(path) -> Any:
    """Send messages through a relay of a World with a file; `on_arrival` is called after each is stored."""
    sandboxes = Sandboxes(lambda name: World(Registry(), name=name, path=path))
    sink = Sink(sandboxes)
    world = sandboxes.get()
    submission = Submission(sink, Certificates())

    async def send() -> Outcome:
        message = Outgoing(sender="a@example.com", recipients=("b@example.com",), raw=RAW)
        through = Relay(host="mail.example.com", port=25)
        return await submission.perform(Send(message=message, then=lambda _: None, relay=through), world, SentBy())

    def on_arrival(action: Any) -> None:
        world.mail.observe(lambda message: asyncio.get_running_loop().call_soon(action, message))

    yield SimpleNamespace(send=send, world=world, on_arrival=on_arrival, mail=lambda: world.mail.find(Criteria()))
    sink.disconnect_all()
    sandboxes.close()


def read_again(path: Any) -> Any:
    """Return the messages in the file, as the next server reads them."""
    world = World(Registry(), path=path)
    try:
        return world.mail.find(Criteria())
    finally:
        world.close()


async def test_end_of_session_is_in_the_file(relay, path):
    outcome = await relay.send()
    relay.world.close()

    [message] = read_again(path)
    assert outcome == Outcome(message=message.id)
    assert message.envelope.transcript[-2:] == END_OF_SESSION


async def test_write_error_loses_only_the_end_of_the_session(relay, path):
    def refuse_writes(_: Any) -> None:
        relay.world.database.reading().execute("PRAGMA query_only = ON")

    relay.on_arrival(refuse_writes)

    outcome = await relay.send()
    relay.world.database.reading().execute("PRAGMA query_only = OFF")
    relay.world.close()

    [message] = read_again(path)
    assert outcome == Outcome(message=message.id)
    assert message.raw == RAW
    assert message.envelope.transcript[-2:] == ("C: DATA", "S: 354 End data with <CR><LF>.<CR><LF>")


async def test_full_database_keeps_the_message_and_its_transcript(relay):
    await relay.send()
    [before] = relay.mail()
    database = relay.world.database.reading()
    [pages] = database.execute("PRAGMA page_count").fetchone()
    database.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(StorageFull, match="full"):
        relay.world.mail.append_transcript(before.id, ["C: " + "x" * 1_000_000])

    [after] = relay.mail()
    assert (after.raw, after.envelope) == (before.raw, before.envelope)


async def test_reset_during_the_session_leaves_no_message(relay):
    relay.on_arrival(lambda _: relay.world.reset())

    await relay.send()

    assert relay.mail() == []


async def test_message_removed_during_the_session_stays_removed(relay):
    relay.on_arrival(lambda message: relay.world.mail.remove(message.id))

    outcome = await relay.send()

    assert outcome.failure is None
    assert relay.mail() == []
