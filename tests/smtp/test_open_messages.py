"""The bound over all messages in progress, and the turns of connections with many commands at once."""

from __future__ import annotations

import asyncio
import time

import pytest

from mockmail.smtp.open_messages import UNCOUNTED, OpenMessage, OpenMessages
from mockmail.smtp.reader import COMMANDS_AT_ONCE, SinkReader, Transcript

LINE = b"x" * 998 + b"\r\n"
LARGE = LINE * (3 * UNCOUNTED // 1000)
LIMITED = pytest.mark.mockmail(max_message_bytes=3 * UNCOUNTED, max_open_message_bytes=3 * UNCOUNTED)


def held(mockmail):
    return mockmail.server._sink._messages.held


def wait_until_held(mockmail, least, most):
    end = time.monotonic() + 20
    while not least <= held(mockmail) <= most:
        assert time.monotonic() < end, f"{held(mockmail)} bytes are held"
        time.sleep(0.005)


@LIMITED
def test_large_message_beyond_the_bound_is_refused_and_the_connection_stays_in_step(mockmail, dialogue):
    first, second = dialogue(), dialogue()
    first.begin()
    first.send(LARGE)
    wait_until_held(mockmail, UNCOUNTED, 3 * UNCOUNTED)

    second.begin()
    second.send(LARGE + b"QUIT\r\n.\r\n")
    refused = second.reply()
    first.send(b".\r\n")

    assert refused == "452 4.3.1 too many large messages at once: see max_open_message_bytes, try later"
    assert first.reply()[:3] == "250"
    assert mockmail.inbox[0].raw == LARGE
    wait_until_held(mockmail, 0, 0)
    assert second.codes("MAIL FROM:<a@example.com>", "RCPT TO:<b@example.com>", "DATA") == ["250", "250", "354"]
    second.send(LARGE + b".\r\n")
    assert second.reply()[:3] == "250"
    assert mockmail.inbox[1].raw == LARGE


@LIMITED
def test_small_message_is_accepted_while_large_ones_take_all_bytes(mockmail, dialogue):
    large, small = dialogue(), dialogue()
    large.begin()
    large.send(LARGE)
    wait_until_held(mockmail, UNCOUNTED, 3 * UNCOUNTED)

    small.begin()
    small.send(LINE * 60 + b".\r\n")

    assert small.reply()[:3] == "250"


@LIMITED
@pytest.mark.parametrize("ending", [b"\r\n" + b"x" * (1 << 20), LARGE])
def test_message_over_its_own_limit_takes_no_bytes(mockmail, dialogue, ending):
    talk = dialogue()
    talk.begin()
    talk.send(LARGE)
    wait_until_held(mockmail, UNCOUNTED, 3 * UNCOUNTED)
    talk.send(ending + b"\r\n.\r\n")
    assert talk.reply()[:3] in ("500", "552")
    wait_until_held(mockmail, 0, 0)


@LIMITED
def test_client_that_disconnects_frees_its_bytes(mockmail, dialogue):
    talk = dialogue()
    talk.begin()
    talk.send(LARGE)
    wait_until_held(mockmail, UNCOUNTED, 3 * UNCOUNTED)

    talk.close()

    wait_until_held(mockmail, 0, 0)


@pytest.mark.parametrize(("more", "kept"), [(0, True), (1, False)])
def test_last_byte_that_fits_is_kept_and_the_next_one_not(more, kept):
    message = OpenMessage(OpenMessages(100), most=1 << 20)
    assert message.keeps(UNCOUNTED)
    assert message.keeps(100 + more) is kept


async def test_many_commands_at_once_let_others_be_served():
    stream = asyncio.StreamReader()
    stream.feed_data(b"NOOP\r\n" * 10 * COMMANDS_AT_ONCE)
    reader = SinkReader(stream, Transcript(), 1000, OpenMessage(OpenMessages(100), 100))
    turns = []

    async def read_all() -> None:
        for _ in range(10 * COMMANDS_AT_ONCE):
            await reader.readuntil()

    reading = asyncio.create_task(read_all())
    while not reading.done():
        await asyncio.sleep(0)
        turns.append(1)

    assert len(turns) >= 10
