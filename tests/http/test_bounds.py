"""Bounds of the HTTP port that need real connections, on both event loops."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import closing, suppress
from typing import Any

import pytest

from mockmail.core.bounds import HttpLimits
from mockmail.http.bodies import UNCOUNTED
from mockmail.inprocess.mockmail import MockMail
from mockmail.server.loop_thread import LoopThread
from mockmail.server.server_settings import ServerSettings

FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
CREATE = "/admin/index.php/api/domain/create"
LARGE = UNCOUNTED + 1000
RESPONSES = 1000


@pytest.fixture(params=["asyncio", "uvloop"])
def serve(request, atmail_only, monkeypatch):
    """Start a server with HTTP limits on each event loop."""
    opened = []
    if request.param == "uvloop":
        loops = pytest.importorskip("uvloop", reason="uvloop is not installed: install mockmail[speedups]")
        monkeypatch.setattr(asyncio, "new_event_loop", loops.new_event_loop)

    def start(**limits: Any) -> MockMail:
        thread = LoopThread()
        settings = ServerSettings(http=HttpLimits(**limits))
        opened.append((thread, MockMail(settings=settings, vendors=atmail_only, thread=thread)))
        return opened[-1][1].__enter__()

    yield start
    for thread, mm in opened:
        with closing(thread):
            mm.__exit__(None, None, None)


def form_of(size: int, name: bytes = b"a.example") -> bytes:
    return (b"domainName=" + name + b"&x=").ljust(size, b"x")


def status_after_retries(wire_to: Any, mm: MockMail, request: bytes, wanted: int) -> int:
    """Send a request until its response has the wanted status, for ten seconds at most; return the last status."""
    end = time.monotonic() + 10
    while True:
        with closing(wire_to(mm)) as wire, suppress(ConnectionError, IndexError):
            status = wire.ask(request).status
            if status == wanted or time.monotonic() > end:
                return status


def test_body_that_does_not_arrive_in_time_gets_the_vendors_408(serve, wire_to, request_of):
    mm = serve(body_seconds=0.05)
    wire = wire_to(mm)

    answer = wire.ask(request_of("POST", CREATE, headers=FORM + b"Content-Length: 100\r\n") + b"domainName=")

    assert (answer.status, answer.headers["content-type"]) == (408, "text/xml")
    assert b"the request&apos;s body did not arrive in time" in answer.body.replace(b"'", b"&apos;")
    assert mm.requests[0].status == 408


def test_control_call_whose_body_does_not_arrive_in_time_gets_408(serve, wire_to):
    mm = serve(body_seconds=0.05)
    head = b"POST /_mockmail/reset HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n"

    answer = wire_to(mm).ask(head)

    assert answer.status == 408
    assert b"did not arrive in time: see http_body_seconds" in answer.body


def test_large_body_waits_for_the_bytes_of_others(serve, wire_to, request_of):
    mm = serve(open_bodies=1000)
    half = request_of("POST", CREATE, headers=FORM + b"Content-Length: 999999\r\n") + form_of(LARGE)
    large = request_of("POST", CREATE, headers=FORM, body=form_of(LARGE, b"large.example"))
    small = request_of("POST", CREATE, headers=FORM, body=form_of(UNCOUNTED, b"small.example"))
    holder = wire_to(mm)
    holder.send(half)

    while_held = status_after_retries(wire_to, mm, large, 503)
    answer = wire_to(mm).ask(large)
    of_a_small_one = wire_to(mm).ask(small).status
    holder.close()
    afterwards = status_after_retries(wire_to, mm, large, 200)

    assert (while_held, of_a_small_one, afterwards) == (503, 200, 200)
    assert (answer.status, answer.headers["content-type"], answer.headers["retry-after"]) == (503, "text/xml", "10")
    assert b"see max_open_request_bytes" in answer.body


@pytest.mark.parametrize(("size", "status"), [(LARGE, 200), (LARGE + 1, 503)])
def test_one_body_may_have_all_bytes_of_all_bodies(serve, wire_to, request_of, size, status):
    mm = serve(open_bodies=LARGE - UNCOUNTED)
    wire = wire_to(mm)

    statuses = [
        wire.ask(request_of("POST", CREATE, headers=FORM, body=form_of(size, b"%d.example" % number))).status
        for number in range(3)
    ]

    assert statuses == [status] * 3


def read_nothing(mm: MockMail, wire: Any, request: bytes) -> None:
    """Send many requests for a large response."""
    mm.faults.add("atmail", status=500, message="x" * 60_000, times=RESPONSES)
    wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    wire.socket.settimeout(0.5)
    requests = request * RESPONSES
    with suppress(TimeoutError, ConnectionError):
        while requests:
            requests = requests[wire.socket.send(requests) :]


def test_client_that_reads_nothing_gets_few_responses(serve, wire_to, request_of):
    mm = serve(idle=60)

    read_nothing(mm, wire_to(mm), request_of())
    handled = -1
    while handled != mm.server._http.requests_count:
        handled = mm.server._http.requests_count
        time.sleep(0.2)

    assert 0 < handled < RESPONSES // 2


def test_client_that_reads_nothing_does_not_keep_its_connection(serve, wire_to, request_of):
    mm = serve(idle=0.05, connections=1)

    read_nothing(mm, wire_to(mm), request_of())
    mm.faults.clear()
    assert status_after_retries(wire_to, mm, request_of(), 200) == 200
