"""What events cost: bounded memory, and nothing when nobody reads them."""

from __future__ import annotations

import json
import socket
from urllib.parse import urlsplit

import pytest
from http_client import send_request

from mockmail import MockMail
from mockmail.core.bounds import EventLimits
from mockmail.core.mail import rows
from mockmail.core.mail.marks import Change
from mockmail.server import events as events_module
from mockmail.server.events import LONGEST_EVENT
from mockmail.server.server_settings import ServerSettings

pytestmark = pytest.mark.mockmail(strict=False)


def test_events_take_bounded_memory_and_a_slow_reader_is_told_what_it_missed():
    limit = 300_000
    with MockMail(settings=ServerSettings(events=EventLimits(size=limit))) as mm:
        parts = urlsplit(mm.url)
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
            slow.connect((parts.hostname, parts.port))
            slow.sendall(b"GET /_mockmail/events HTTP/1.0\r\nHost: x\r\n\r\n")
            received = slow.recv(65536)
            while b"retry" not in received:
                received += slow.recv(65536)
            server_events = mm.server.events

            for _ in range(8):  # the loop serves the stream in between
                mm._bridge.call(
                    lambda world: [server_events.publish(world, "state", {"x": "x" * 30_000}) for _ in range(30)]
                )

            assert server_events._held <= limit
            mm._thread.run(mm.server.stop())
            while block := slow.recv(65536):
                received += block
    missed = [
        json.loads(line[6:]) for line in received.split(b"\n") if line.startswith(b"data: ") and b'"missed"' in line
    ]
    sent = received.count(b"event: state\n")
    assert missed
    assert sent + sum(event["data"]["missed"] for event in missed) <= 240 + 1
    assert sent < 240


def test_event_of_marks_reads_no_message(mockmail, send, monkeypatch):
    send(mockmail, "one", "two")
    read = []

    with mockmail.events("mark", timeout=30) as events:
        monkeypatch.setattr(rows, "read_start", lambda *given, **_: read.append(given))
        monkeypatch.setattr(rows, "read", lambda *given: read.append(given))
        mockmail._bridge.call(lambda world: world.mail.marks.change([1, 2], Change(is_read=True)))
        event = next(events)

    monkeypatch.undo()
    assert event.data["ids"] == [message.id for message in mockmail.inbox]
    assert read == []


def test_long_texts_and_lists_of_an_event_are_shortened():
    with MockMail() as mm:
        reading = mm.events(timeout=30)
        mm._bridge.call(
            lambda world: mm.server.events.publish(world, "state", {"text": "x" * LONGEST_EVENT, "list": ["y"] * 1000})
        )

        event = next(reading)

    assert event.data == {"text": "x" * 1000, "list": ["y"] * 20}


def test_event_of_allowed_length_is_complete():
    with MockMail() as mm:
        reading = mm.events(timeout=30)
        mm._bridge.call(lambda world: mm.server.events.publish(world, "state", {"text": "x" * (LONGEST_EVENT - 200)}))

        assert len(next(reading).data["text"]) == LONGEST_EVENT - 200


def test_event_larger_than_the_limit_is_kept_alone():
    with MockMail(settings=ServerSettings(events=EventLimits(size=10))) as mm:
        reading = mm.events(timeout=30)
        mm.clock.freeze()
        assert next(reading).kind == "clock"
        mm.clock.advance(1)
        mm.clock.advance(1)
        assert [next(reading).kind for _ in range(2)] == ["missed", "clock"]


class TestCost:
    def test_nothing_is_observed_before_anybody_listens(self, mockmail):
        send_request(mockmail.url, "GET", "/v1/customers")
        world = mockmail.server.sandboxes.get()
        assert "events" not in mockmail.server.__dict__
        assert (world.journal._observers, world.mail._observers, world.clock._observers) == ([], [], [])
        assert world.store._storage.changed_tables is None

    def test_recording_ends_some_time_after_the_last_reader_left(self, mockmail, monkeypatch):
        world = mockmail.server.sandboxes.get()
        mockmail.events().close()
        mockmail.clock.freeze()
        len(mockmail.requests)
        assert mockmail.server.events.is_recording

        monkeypatch.setattr(events_module, "KEPT_SECONDS", -1.0)
        mockmail.clock.advance(1)
        len(mockmail.requests)  # a call on the server's loop, after the change was noted there

        assert not mockmail.server.events.is_recording
        assert (world.journal._observers, world.mail._observers, world.clock._observers) == ([], [], [])
        assert (world.store._storage.changed_tables, world.database.after_commit) == (None, [])
        mockmail.clock.advance(1)

    def test_reader_that_comes_back_too_late_is_told(self, mockmail, monkeypatch):
        with mockmail.events(timeout=30) as reading:
            mockmail.clock.freeze()
            last = next(reading).id
        monkeypatch.setattr(events_module, "KEPT_SECONDS", -1.0)
        mockmail.clock.advance(1)

        again = mockmail.events(after=last, timeout=30)
        mockmail.clock.advance(1)

        assert [(event.kind, event.data.get("missed", 0)) for event in (next(again), next(again))] == [
            ("missed", None),
            ("clock", 0),
        ]
