"""The log of `mockmail serve`."""

from __future__ import annotations

import io
import json
import logging
import os
import re

import pytest
from logs import logger_to

from mockmail.core.mail.message import Envelope, SentBy
from mockmail.core.registry import Registry
from mockmail.core.world import World
from mockmail.server.console import Console
from mockmail.server.log import JsonFormatter, TextFormatter, event


@pytest.fixture
def pipe():
    """Both ends of a pipe: the file number to read from, and the stream that writes."""
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as stream:
        yield reader, stream
    os.close(reader)


def fill(stream):
    """Fill a pipe to the last byte and return how many bytes it took."""
    os.set_blocking(stream.fileno(), False)
    taken = 0
    for size in (4096, 1):
        try:
            while True:
                taken += os.write(stream.fileno(), b"x" * size)
        except BlockingIOError:
            pass
    os.set_blocking(stream.fileno(), True)
    return taken


def read(number, size=1 << 20):
    return os.read(number, size).decode()


def test_full_pipe_loses_lines_instead_of_blocking_and_the_log_counts_them(pipe):
    reader, stream = pipe
    log = logger_to(stream)
    taken = fill(stream)

    for number in range(3):
        log.info("lost %d", number)
    drained = 0
    while drained < taken:
        drained += len(read(reader, taken - drained))
    log.info("shown")

    lines = read(reader).splitlines()
    assert [line[13:] for line in lines] == [
        "WARNING 3 log lines were lost, because nothing read the log",
        "INFO    shown",
    ]


def test_line_larger_than_a_pipe_is_finished_later_and_never_blocks(pipe):
    reader, stream = pipe
    log = logger_to(stream)

    log.info("a%sz", "x" * (1 << 20))
    log.info("lost")
    received = ""
    while "last" not in received:
        received += read(reader)
        log.info("last")

    assert received.count("\n") >= 1
    assert "a" + "x" * (1 << 20) + "z\n" in received


def test_line_is_written_to_a_pipe_with_room(pipe):
    reader, stream = pipe

    Console(logger_to(stream)).goodbye()

    assert re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3} INFO    mockmail stopped\n", read(reader))


def test_closed_pipe_loses_the_line():
    reader, writer = os.pipe()
    os.close(reader)

    with os.fdopen(writer, "w") as stream:
        Console(logger_to(stream)).goodbye()


def record(level, message, **fields):
    made = logging.LogRecord("mockmail.server", level, "", 0, message, None, None)
    made.__dict__ |= event(fields, ["  below"])
    return made


def test_json_line_has_time_level_message_and_fields():
    line = JsonFormatter().format(record(logging.WARNING, "Größe\n", status=404))

    document = json.loads(line)
    assert "\n" not in line
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", document.pop("time"))
    assert document == {"level": "warning", "logger": "mockmail.server", "message": "Größe\n", "status": 404}


def test_line_of_a_message_names_its_recipients_after_a_long_sender():
    world, stream = World(Registry()), io.StringIO()
    Console(logger_to(stream)).watch(world)
    bounce = f"bounce+{'0123456789' * 15}@vendor.test"
    raw = f"Subject: a\r\nFrom: {'The Shop ' * 9}<shop@example.com>\r\n\r\nHello\r\n".encode()

    world.receive(raw, Envelope(sender=bounce, recipients=("jane@example.com",)), SentBy())

    assert " -> jane@example.com: 'a' (" in stream.getvalue()
    world.close()


def test_traceback_is_a_field_of_json():
    error = ValueError("broken")
    made = logging.LogRecord("mockmail", logging.ERROR, "", 0, "failed", None, (ValueError, error, None))

    assert json.loads(JsonFormatter().format(made))["traceback"] == "ValueError: broken"
    assert TextFormatter().format(made).splitlines()[1:] == ["ValueError: broken"]


def test_terminal_shows_levels_in_colour():
    text = TextFormatter(colour=True).format(record(logging.ERROR, "broken"))

    assert text.splitlines()[0].endswith(" \x1b[31mERROR  \x1b[0m broken")
    assert text.splitlines()[1:] == ["  below"]


def test_stream_in_memory_is_written():
    stream = io.StringIO()

    Console(logger_to(stream)).goodbye()

    assert stream.getvalue().endswith("mockmail stopped\n")
