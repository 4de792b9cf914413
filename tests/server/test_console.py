"""The console of `mockmail serve`."""

from __future__ import annotations

import os

from mockmail.server.console import Console


def test_full_pipe_loses_lines_instead_of_blocking():
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    while True:
        try:
            os.write(writer, b"x" * 4096)
        except BlockingIOError:
            break
    os.set_blocking(writer, True)

    with os.fdopen(writer, "w") as stream:
        Console(stream=stream).goodbye()

    with os.fdopen(reader, "rb") as pipe:
        assert b"stopped" not in pipe.read()


def test_line_is_printed_to_a_pipe_with_room():
    reader, writer = os.pipe()

    with os.fdopen(writer, "w") as stream:
        Console(stream=stream).goodbye()

    with os.fdopen(reader) as pipe:
        assert pipe.read() == "mockmail stopped\n"
