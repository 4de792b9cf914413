"""Events: `/_mockmail/events` and `MockMail.events`."""

from __future__ import annotations

import asyncio
import http.client
import json
import smtplib
from itertools import islice
from urllib.parse import urlsplit

import pytest
from http_client import basic, send_request

from mockmail import MockMail, WaitTimeout
from mockmail.core.errors import InvalidValue, WouldBlock

pytestmark = pytest.mark.mockmail(strict=False)

ROLES = "/admin/index.php/api/users/rolelist"
ADMIN = {"Authorization": basic("admin", "changeme")}


def call_roles(mm):
    assert send_request(mm.url, "GET", ROLES, headers=ADMIN).status in (200, 503)


class Stream:
    """A client of server-sent events, over a socket of its own."""

    def __init__(self, url, query="", headers=None, prefix=""):
        parts = urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
        self.connection.request("GET", f"{parts.path}/_mockmail/events{query}", headers=headers or {})
        self.response = self.connection.getresponse()
        self.first_id = self.block().get("id") if self.response.status == 200 else None

    def block(self):
        fields = {}
        while (line := self.response.readline().decode().rstrip("\n")) or not fields:
            if not line:
                raise EOFError
            name, _, value = line.partition(": ")
            fields[name] = value
        return fields

    def event(self):
        """Return the next event; comments are skipped."""
        while "data" not in (fields := self.block()):
            pass
        event = json.loads(fields["data"])
        assert (event["id"], event["kind"]) == (fields["id"], fields["event"])
        return event

    def events(self, count):
        return [self.event() for _ in range(count)]

    def close(self):
        self.response.close()
        self.connection.close()


@pytest.fixture
def stream(mockmail):
    opened = []

    def open_stream(query="", headers=None, *, mm=None):
        opened.append(Stream((mm or mockmail).url, query, headers))
        return opened[-1]

    yield open_stream
    for each in opened:
        each.close()


def test_every_kind_of_event_is_sent(mockmail, stream, send):
    mockmail.requests.clear()  # makes the sandbox
    reading = stream()
    assert reading.response.headers["Content-Type"] == "text/event-stream; charset=utf-8"

    call_roles(mockmail)
    mockmail.clock.freeze()
    mockmail.faults.add("atmail", operation="role.list", status=503)
    call_roles(mockmail)
    send(mockmail, "Welcome")
    mockmail.inbox.clear()
    send_request(mockmail.url, "DELETE", "/_mockmail/sandboxes/default")

    seen = []
    while not seen or seen[-1]["kind"] != "sandbox":
        seen.append(reading.event())
    assert [event["kind"] for event in seen if event["kind"] != "state"] == [
        "request",
        "clock",
        "request",
        "fault",
        "message",
        "removal",
        "sandbox",
    ]
    shown = [event["data"] for event in seen if event["kind"] != "state"]
    request, clock, failed, fault, message, removal, sandbox = shown
    assert (request["operation"], request["status"], request["path"]) == ("role.list", 200, ROLES)
    assert clock == {"now": clock["now"], "frozen": True}
    assert fault == {
        "fault": "atmail role.list: status 503, used 1 of 1 times",
        "vendor": "atmail",
        "operation": "role.list",
        "request": failed["id"],
    }
    assert (message["subject"], message["envelope"]["recipients"]) == ("Welcome", ["jane@example.com"])
    assert removal == {"ids": [], "all": True}
    assert sandbox == {"name": "default", "change": "removed"}
    assert [event["kind"] for event in seen][:2] == ["state", "state"]
    assert "atmail.users" in seen[1]["data"]["tables"]  # the login
    assert {event["sandbox"] for event in seen} == {"default"}


def test_secrets_are_masked(mockmail, stream):
    reading = stream("?kind=request")
    send_request(mockmail.url, "GET", "/admin/index.php/api/accounts/view/username/joe/password/s3cret?token=qu3ry")

    data = reading.event()["data"]

    assert (data["path"].rpartition("/")[2], data["query"]) == ("***", "token=***")


def test_events_are_filtered_by_kind(mockmail, stream, send):
    reading = stream("?kind=message,%20clock")

    call_roles(mockmail)
    send(mockmail, "one")
    mockmail.clock.advance(60)

    assert [event["kind"] for event in reading.events(2)] == ["message", "clock"]


def test_query_chooses_the_events_of_messages(mockmail, stream, send):
    mine = mockmail.sandbox("mine")
    reading = stream("?kind=message,clock&all_sandboxes=true&query=subject:two")

    send(mockmail, *(["one"] * 20), "two", "three")
    mine.clock.freeze()

    seen = reading.events(2)
    assert [event["data"].get("subject") for event in seen] == ["two", None]
    assert [event["kind"] for event in seen] == ["message", "clock"]


def test_stream_is_of_one_sandbox_or_of_all(mockmail, stream, send):
    own, all_of_them = stream(mm=mockmail.sandbox("mine")), stream("?all_sandboxes=true&kind=message,sandbox,clock")

    send(mockmail, "other")
    mockmail.sandbox("mine").clock.advance(1)
    send_request(mockmail.url, "DELETE", "/_mockmail/sandboxes/mine")

    assert [(event["kind"], event["sandbox"]) for event in own.events(3)] == [
        ("sandbox", "mine"),
        ("clock", "mine"),
        ("sandbox", "mine"),
    ]
    seen = [(event["kind"], event["sandbox"], event["data"].get("change")) for event in all_of_them.events(5)]
    assert seen == [
        ("sandbox", "default", "added"),
        ("message", "default", None),
        ("sandbox", "mine", "added"),
        ("clock", "mine", None),
        ("sandbox", "mine", "removed"),
    ]


def test_rolled_back_change_is_no_event(mockmail, stream):
    reading = stream("?kind=state,clock")
    send_request(mockmail.url, "PATCH", "/_mockmail/state", json={"vendors": {"atmail": {"domains": [{}]}}})
    mockmail.clock.freeze()

    seen = reading.events(2)

    assert [event["kind"] for event in seen] == ["state", "clock"]
    assert "atmail.domains" in seen[0]["data"]["tables"]  # the vendor was seeded before


@pytest.mark.parametrize("how", ["header", "query"])
def test_stream_goes_on_after_the_last_event(mockmail, stream, send, how):
    first = stream("?kind=message")
    send(mockmail, "one", "two", "three")
    seen = first.event()
    first.close()

    given = {"headers": {"Last-Event-ID": seen["id"]}} if how == "header" else {"query": f"?after={seen['id']}"}
    again = stream(**given)

    assert [event["data"]["subject"] for event in again.events(2)] == ["two", "three"]


def test_id_of_an_earlier_run_of_the_server_is_told_that_events_are_missing(mockmail, stream, send):
    stream()
    reading = stream("?kind=message", headers={"Last-Event-ID": "123-1"})
    send(mockmail, "one")

    missed, message = reading.events(2)

    assert (missed["kind"], missed["data"]) == ("missed", {"missed": None})
    assert message["data"]["subject"] == "one"


def test_invalid_id_in_the_header_does_not_end_in_a_loop_of_errors(stream, mockmail, send):
    reading = stream("?kind=message", headers={"Last-Event-ID": "nonsense"})
    send(mockmail, "one")
    assert [event["kind"] for event in reading.events(2)] == ["missed", "message"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (
            "?kind=mesage",
            "kind must be one of message, mark, removal, request, fault, state, clock, sandbox, not 'mesage'",
        ),
        ("?after=x", "after must be the id of an event, not 'x'"),
        ("?nonsense=1", "'nonsense' is unknown; this call takes kind, after, query, all_sandboxes"),
        ("?query=to:", "query, character 1, at 'to:': to: needs a value"),
        ("?all_sandboxes=7", "all_sandboxes must be true or false, not '7'"),
    ],
)
def test_invalid_query_is_refused(mockmail, query, words):
    response = send_request(mockmail.url, "GET", f"/_mockmail/events{query}")
    assert (response.status, response.json["error"]) == (400, words)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_page_of_another_site_cannot_read_events(mockmail, headers, status):
    assert send_request(mockmail.url, "GET", "/_mockmail/events", headers=headers).status == status


def test_head_has_no_body(mockmail):
    response = send_request(mockmail.url, "HEAD", "/_mockmail/events")
    assert (response.status, response.body) == (200, b"")


def test_quiet_stream_gets_heartbeats(stream, monkeypatch):
    monkeypatch.setattr("mockmail.control.events.HEARTBEAT", 0.001)
    assert stream().block() == {"": "heartbeat"}


def test_streams_end_when_the_server_stops():
    with MockMail() as mm:
        reading, iterating = Stream(mm.url, "?kind=message"), mm.events("message")
        mm._thread.run(mm.server.stop())
        with pytest.raises(EOFError):
            reading.block()
        assert list(iterating) == []
        reading.close()


def test_stream_of_a_client_that_left_is_forgotten(mockmail):
    reading = Stream(mockmail.url)
    assert len(mockmail.server.events._subscriptions) == 1
    reading.close()
    mockmail.clock.freeze()
    while mockmail.server.events._subscriptions:
        mockmail.clock.advance(1)


class TestPython:
    def test_events_are_iterated(self, mockmail, send):
        with mockmail.events("message", timeout=30) as events:
            send(mockmail, "one", "two")
            assert [event.data["subject"] for event in islice(events, 2)] == ["one", "two"]

    async def test_events_are_iterated_on_another_loop(self, mockmail, send):
        events = mockmail.events("message", timeout=30)
        await asyncio.to_thread(send, mockmail, "one")
        assert (await anext(events)).data["subject"] == "one"

    async def test_events_are_iterated_on_the_servers_loop(self):
        async with MockMail() as mm:
            events = mm.events()
            mm.clock.freeze()
            async for event in events:
                assert (event.kind, event.sandbox) == ("clock", "default")
                events.close()

    async def test_loop_that_would_be_blocked_is_named(self):
        async with MockMail() as mm:
            with pytest.raises(WouldBlock, match=r"`for` would block the running event loop, and .*; use `async for`"):
                next(mm.events())

    async def test_stream_is_closed_on_another_thread(self):
        asyncio.get_running_loop().set_debug(True)  # asyncio then refuses what would not wake the loop
        async with MockMail() as mm:
            stream = mm.events()
            reading = asyncio.create_task(anext(stream, "ended"))
            await asyncio.sleep(0)

            await asyncio.to_thread(stream.close)

            assert await asyncio.wait_for(reading, 20) == "ended"
            assert not mm.server.events._subscriptions

    def test_timeout_is_an_error(self, mockmail):
        with pytest.raises(WaitTimeout, match=r"^no event of clock or message happened within 0 s$"):
            next(mockmail.events("message", "clock", timeout=0))

    def test_unknown_kind_is_refused(self, mockmail):
        with pytest.raises(InvalidValue, match="kind must be one of message, mark, removal, request"):
            mockmail.events("mail")


def test_smtp_fault_that_a_client_meets_is_an_event(mockmail):
    mockmail.smtp_faults.add("rcpt", code=451, status="4.7.1", text="Greylisted")

    with mockmail.events("fault", timeout=5) as events:
        with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port) as client:
            client.ehlo()
            client.mail("bob@example.com")
            assert client.rcpt("jane@example.com")[0] == 451
        event = next(events)

    assert event.data == {
        "fault": "SMTP rcpt: 451 4.7.1 Greylisted, used 1 of 1 times",
        "vendor": None,
        "operation": None,
        "request": None,
    }
