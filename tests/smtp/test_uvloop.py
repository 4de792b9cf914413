"""The sink on uvloop, which `mockmail serve` uses where it is installed."""

from __future__ import annotations

import asyncio
from contextlib import closing, suppress

import pytest

from mockmail.inprocess.mockmail import MockMail
from mockmail.server.loop_thread import LoopThread
from mockmail.server.server_settings import ServerSettings
from mockmail.smtp.protocol import SmtpLimits

uvloop = pytest.importorskip("uvloop", reason="uvloop is not installed: install mockmail[speedups]")


@pytest.fixture
def mm(atmail_only, monkeypatch):
    """A server on uvloop that takes two connections."""
    monkeypatch.setattr(asyncio, "new_event_loop", uvloop.new_event_loop)
    settings = ServerSettings(smtp=SmtpLimits(connections=2))
    with closing(LoopThread()) as thread, MockMail(settings=settings, vendors=atmail_only, thread=thread) as mm:
        yield mm


def test_connection_over_the_limit_is_refused(mm, dialogue_of):
    first, second = dialogue_of(mm), dialogue_of(mm)

    third = dialogue_of(mm)

    assert (first.greeting[:3], second.greeting[:3]) == ("220", "220")
    assert third.greeting == "421 4.3.2 too many connections: see max_connections, try later"
    assert third.reply() == ""


def test_stop_disconnects_clients(mm, dialogue_of):
    idle, sending = dialogue_of(mm), dialogue_of(mm)
    sending.begin()
    sending.send(b"Subject: half\r\n")

    mm.__exit__(None, None, None)

    for talk in (idle, sending):
        with suppress(ConnectionResetError):
            assert talk.reply() == ""
