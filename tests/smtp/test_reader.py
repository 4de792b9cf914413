"""The reader returns a message in blocks and loses no byte of it or after it."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockmail.smtp.open_messages import OpenMessage, OpenMessages
from mockmail.smtp.reader import SinkReader, Transcript

LONGEST = 12
END = b".\r\n"

lines = st.lists(st.text("a.\r", max_size=LONGEST - 2).filter(lambda text: "\r" not in text[-1:]), max_size=30)


def reader_of(payload: bytes, pieces: list[int], longest: int = LONGEST) -> tuple[SinkReader, Transcript]:
    """Return a reader of these bytes, which arrive in pieces of these sizes and a last piece."""
    stream = asyncio.StreamReader()
    transcript = Transcript()

    async def arrive() -> None:
        at = 0
        for size in pieces:
            stream.feed_data(payload[at : at + size])
            at += size
            await asyncio.sleep(0)
        stream.feed_data(payload[at:])

    stream.arrival = asyncio.ensure_future(arrive())  # or it would be collected
    message = OpenMessage(OpenMessages(1 << 20), 1 << 20)
    return SinkReader(stream, transcript, longest, message), transcript


async def message(reader: SinkReader) -> list[bytes]:
    """Return the blocks of a message, as aiosmtpd reads them."""
    blocks = []
    while (block := await reader.readuntil(b"\r\n")) != END:
        blocks.append(block)
    return blocks


def as_aiosmtpd_has_it(block: bytes) -> bytes:
    """Return a block without the dot that aiosmtpd removes."""
    return block[1:] if block.startswith(b".") else block


@settings(max_examples=300, deadline=None)
@given(lines, st.lists(st.integers(1, 9), max_size=40))
async def test_message_and_the_command_after_it_arrive_as_sent(texts, pieces):
    sent = [text.encode()[: LONGEST - 3] + b"\r\n" for text in texts]
    stuffed = b"".join(b"." + line if line.startswith(b".") else line for line in sent)

    async def read() -> tuple[list[bytes], bytes]:
        reader, _ = reader_of(stuffed + END + b"NOOP\r\n", pieces)
        return await message(reader), await reader.readuntil()

    blocks, command = await read()
    assert b"".join(map(as_aiosmtpd_has_it, blocks)) == b"".join(sent)
    assert all(block.endswith(b"\r\n") and len(block) <= LONGEST for block in blocks)
    assert command == b"NOOP\r\n"


@pytest.mark.parametrize(
    ("stuffed", "block"),
    [
        (b"a\r\nb\r\n", b"a\r\nb\r\n"),
        (b"a\r\n..b\r\n...\r\n..\r\n", b"a\r\n.b\r\n..\r\n.\r\n"),
        (b"..a\r\n..b\r\n", b"..a\r\n.b\r\n"),  # aiosmtpd takes the first dot off
        (b"a\r\n.not stuffed\r\n", b"a\r\nnot stuffed\r\n"),
    ],
)
async def test_whole_message_is_read_in_one_piece(stuffed, block):
    reader, _ = reader_of(stuffed + END + b"NOOP\r\n", [], longest=1000)

    assert await message(reader) == [block]
    assert await reader.readuntil() == b"NOOP\r\n"


@pytest.mark.parametrize("length", [LONGEST - 2, LONGEST - 1, LONGEST, LONGEST + 1, 5 * LONGEST])
async def test_line_over_the_bound_is_told_and_can_be_skipped(length):
    async def read() -> tuple[bool, list[bytes]]:
        reader, _ = reader_of(b"a" * length + b"\r\nnext\r\n" + END, [3, LONGEST])
        told = False
        while True:
            try:
                return told, await message(reader)
            except asyncio.LimitOverrunError as error:
                told = True
                assert await reader.read(error.consumed) == b"a"

    told, blocks = await read()
    assert told == (length > LONGEST - 2)
    assert b"".join(blocks).endswith(b"\r\nnext\r\n")


async def test_commands_after_a_message_are_in_the_transcript():
    async def read() -> tuple[str, ...]:
        reader, transcript = reader_of(b"hi\r\n" + END + b"RSET\r\nNOOP\r\n", [])
        await message(reader)
        await reader.readuntil()
        await reader.readuntil()
        return transcript.take_message()

    assert await read() == ("C: RSET", "C: NOOP")


async def test_command_in_two_pieces_is_one_line():
    async def read() -> bytes:
        payload = b"hi\r\n" + END + b"NOOP\r\n"
        reader, _ = reader_of(payload, [len(payload) - 3])
        await message(reader)
        return await reader.readuntil()

    assert await read() == b"NOOP\r\n"


async def test_bytes_before_tls_are_dropped():
    async def read() -> bytes:
        reader, _ = reader_of(b"hi\r\n" + END + b"RSET\r\n", [])
        await message(reader)
        reader.clear()
        reader.feed_data(b"NOOP\r\n")
        return await reader.readuntil()

    assert await read() == b"NOOP\r\n"


async def test_message_that_breaks_off_ends_in_an_error():
    async def read() -> None:
        reader, _ = reader_of(b"hi\r\nhal", [])
        await asyncio.sleep(0)
        reader.feed_eof()
        await message(reader)

    with pytest.raises(asyncio.IncompleteReadError):
        await read()
