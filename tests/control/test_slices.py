"""Long requests to the control API: the server does other work in between, and reads no more than it shows."""

from __future__ import annotations

import asyncio
import base64
import json
import tracemalloc
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import web

from mockmail import MockMail
from mockmail.control import api
from mockmail.control import requests as request_calls
from mockmail.control import state as state_calls
from mockmail.core import request_content
from mockmail.core.journal import Exchange
from mockmail.core.mail import importing, search
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.index import SLICE_MESSAGES
from mockmail.core.mail.message import Envelope, Message, SentBy
from mockmail.core.rules import MOST_CONDITIONS
from mockmail.server import slices
from mockmail.server.har import har_stream
from mockmail.server.turns import Turns
from mockmail.wire.masking import Masking

MESSAGES = 5 * SLICE_MESSAGES


@pytest.fixture
async def mm(atmail_only):
    async with MockMail(vendors=atmail_only) as server:
        yield server


@pytest.fixture
async def call(mm):
    """Send a request to the control API; return the status and the JSON body."""
    async with aiohttp.ClientSession() as session:

        async def send(method, path, document=None):
            async with session.request(method, f"{mm.url}/_mockmail/{path}", json=document) as response:
                body = await response.read()
                return response.status, json.loads(body) if body else None

        yield send


@pytest.fixture
async def turns(monkeypatch):
    """Note the turns of the event loop in which a function returns something, and let slices end at once."""
    monkeypatch.setattr(slices, "SLICE_SECONDS", 0)
    turn = [0]

    async def count():
        while True:
            turn[0] += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())

    def watch(owner, name):
        function, noted = getattr(owner, name), []

        def watched(*given, **named):
            result = function(*given, **named)
            if result:
                noted.append(turn[0])
            return result

        monkeypatch.setattr(owner, name, watched)
        return noted

    yield watch
    counting.cancel()


def fill(mm, count=MESSAGES, text="hello"):
    mail = mm.server.sandboxes.get().mail
    for number in range(count):
        raw = f"Subject: n{number}\r\n\r\n{text}\r\n".encode()
        mail.add(raw, Envelope(sender="a@example.com", recipients=(f"u{number}@example.com",)), SentBy())
    return mail


def assert_in_turns(noted, count):
    assert len(noted) >= count
    assert len(set(noted)) == len(noted), "two slices in one turn of the event loop"


@pytest.mark.parametrize("query", ["subject=n7", "text=hello&limit=1"])
async def test_first_search_lets_other_work_run_between_slices(mm, call, turns, query):
    mail = fill(mm)
    indexed = turns(mail._index, "advance")

    status, found = await call("GET", f"messages?{query}")

    assert (status, found["total"]) == (200, MESSAGES if "hello" in query else 11)
    assert_in_turns(indexed, MESSAGES / SLICE_MESSAGES)


async def test_first_wait_lets_other_work_run_between_slices(mm, call, turns):
    mail = fill(mm)
    indexed = turns(mail._index, "advance")

    _, found = await call("POST", "messages/wait", {"to": f"u{MESSAGES - 1}@example.com", "timeout": 0})

    assert [message["subject"] for message in found["messages"]] == [f"n{MESSAGES - 1}"]
    assert_in_turns(indexed, MESSAGES / SLICE_MESSAGES)


def test_first_search_in_python_lets_the_server_run_between_slices(mockmail):
    mail = fill(mockmail)
    calls = []
    call = mockmail.inbox._bridge.call
    mockmail.inbox._bridge.call = lambda function: calls.append(function) or call(function)

    assert [message.subject for message in mockmail.inbox.find(subject=f"n{MESSAGES - 1}")] == [f"n{MESSAGES - 1}"]
    assert len(calls) >= MESSAGES / SLICE_MESSAGES
    assert not mail._database.in_transaction


async def test_search_with_many_terms_lets_other_work_run_between_ranges(mm, call, turns, monkeypatch):
    mail = fill(mm, 40)
    monkeypatch.setattr(search, "RANGE", 30)
    counted, searched = turns(mail._index, "count"), turns(mail._index, "cursors")

    _, found = await call("GET", "messages?query=to:example+from:a@example.com+subject:n&limit=15")

    assert (found["total"], [message["subject"] for message in found["messages"]]) == (
        40,
        [f"n{number}" for number in range(39, 24, -1)],
    )
    assert_in_turns(counted, 4)
    assert_in_turns(searched, 2)


async def test_list_lets_other_work_run_between_messages(mm, call, turns):
    mail = fill(mm)
    listed = turns(mail, "summary")

    _, found = await call("GET", "messages?limit=200")

    assert [message["subject"] for message in found["messages"]][:2] == [f"n{MESSAGES - 1}", f"n{MESSAGES - 2}"]
    assert_in_turns(listed, 200)


async def test_response_to_a_wait_lets_other_work_run_between_messages(mm, call, turns):
    fill(mm, 50)
    shown = turns(Message, "details")

    _, found = await call("POST", "messages/wait", {"count": 50, "timeout": 0})

    assert found["total"] == 50
    assert_in_turns(shown, 50)


async def test_list_of_requests_lets_other_work_run_between_requests(mm, call, turns):
    world = mm.server.sandboxes.get()
    for _ in range(200):
        world.journal.add(Exchange(world.journal.next_id(), world.clock.now(), "GET", "/x", query="&" * 8000))
    shown = turns(request_calls, "summary")

    _, found = await call("GET", "requests?limit=1000")

    assert (found["total"], len(found["requests"])) == (200, 200)
    assert_in_turns(shown, 200)


async def test_imports_take_turns_and_let_other_work_run_between_batches(mm, turns):
    stored = turns(importing, "store")
    content = b"From x\nSubject: a\n\n" * (3 * importing.BATCH_MESSAGES)
    headers = {"Content-Type": "application/mbox"}
    async with aiohttp.ClientSession(mm.url, headers=headers) as session:
        sent = [session.post("/_mockmail/messages/import", data=content) for _ in range(4)]

        responses = [await response.json() for response in await asyncio.gather(*sent)]

    assert responses == [{"imported": 3 * importing.BATCH_MESSAGES}] * 4
    assert_in_turns(stored, 12)


async def test_state_lets_other_work_run_between_messages_and_needs_no_index(mm, call, turns):
    mail = fill(mm)
    written, indexed = turns(state_calls, "document_of"), turns(mail._index, "advance")

    _, state = await call("GET", "state")

    assert json.dumps(state) == json.dumps(mm.snapshot())
    assert len(state["mail"]) == MESSAGES
    assert_in_turns(written, MESSAGES)
    assert indexed == []


async def test_state_of_a_sandbox_that_is_reset_meanwhile_is_the_later_one(mm, call, monkeypatch):
    mail = fill(mm)
    monkeypatch.setattr(slices, "SLICE_SECONDS", 0)
    at, read = mail.at, []

    def reset_at_the_third(cursor):
        read.append(cursor)
        if len(read) == 3:
            mm.reset()
            fill(mm, 2, "later")
        return at(cursor)

    monkeypatch.setattr(mail, "at", reset_at_the_third)

    _, state = await call("GET", "state")

    assert json.dumps(state) == json.dumps(mm.snapshot())
    assert len(state["mail"]) == 2


async def test_messages_that_are_removed_during_a_list_are_left_out(mm, call, monkeypatch):
    mail = fill(mm, 5)
    monkeypatch.setattr(slices, "SLICE_SECONDS", 0)
    summary = mail.summary

    def summary_and_clear(cursor):
        shown = summary(cursor)
        if cursor == 4:
            mail.clear()
        return shown

    monkeypatch.setattr(mail, "summary", summary_and_clear)

    _, found = await call("GET", "messages")

    assert [message["subject"] for message in found["messages"]] == ["n4", "n3"]


def test_list_and_wait_hold_no_bodies(mockmail, call_control):
    fill(mockmail, 20, "x " * 500_000)
    tracemalloc.start()
    try:
        _, _, listed = call_control("GET", "/_mockmail/messages?limit=20")
        status, _, _ = call_control("POST", "/_mockmail/messages/wait", {"count": 21, "timeout": 0})
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert (listed["total"], [message["size"] for message in listed["messages"]][:1], status) == (20, [1000018], 408)
    assert peak < 1_000_000


async def test_long_response_is_written_in_parts(mm, call, monkeypatch):
    mail = fill(mm, 3, "x " * 1000)
    monkeypatch.setattr(api, "PART", 500)
    written, write = [], web.StreamResponse.write

    async def noted(self, part):
        written.append(len(part))
        await write(self, part)

    monkeypatch.setattr(web.StreamResponse, "write", noted)

    _, state = await call("GET", "state")

    assert [base64.b64decode(message["raw"]) for message in state["mail"]] == [
        message.raw for message in mail.find(Criteria())
    ]
    assert (len(written) > 10, max(written)) == (True, 500)
    assert await call("HEAD", "state") == (200, None)


async def test_many_long_requests_share_the_turns_of_the_event_loop(mm, call, turns):
    for number in range(20):
        mm.server.sandboxes.get().journal.add(Exchange(id=number + 1, at=datetime.now(UTC), method="GET", path="/"))
    listed = turns(request_calls, "summary")

    await asyncio.gather(*(call("GET", "requests") for _ in range(5)))

    assert_in_turns(listed, 100)


async def test_work_that_is_cancelled_leaves_its_turn_to_others():
    turns = Turns()
    await turns.begin()
    tasks = [asyncio.create_task(turns.next()) for _ in range(3)]
    await asyncio.sleep(0)
    tasks[0].cancel()

    await asyncio.wait_for(tasks[1], 10)
    await asyncio.wait_for(tasks[2], 10)
    await asyncio.wait_for(turns.begin(), 10)


async def test_waits_read_the_parameters_of_a_request_once(mm, call, monkeypatch):
    journal, read = mm.server.sandboxes.get().journal, []
    read_params = request_content.read_params
    monkeypatch.setattr(request_content, "read_params", lambda **given: read.append(1) or read_params(**given))
    waiting = [
        asyncio.create_task(call("POST", "requests/wait", {"where": {"a": str(number)}, "timeout": 30}))
        for number in range(20)
    ]
    while len(journal._observers) < 20:  # noqa: ASYNC110  # nothing tells that a wait began
        await asyncio.sleep(0.001)

    for number in range(20):
        exchange = Exchange(
            id=number + 1, at=datetime.now(UTC), method="GET", path="/", query=f"a={number}", status=200
        )
        journal.add(exchange)
        assert exchange._params is None

    assert [status for status, _ in await asyncio.gather(*waiting)] == [200] * 20
    assert len(read) == 20


async def test_unmet_expectation_lists_few_names_of_a_large_request(mm, call):
    query = "&".join(f"name{number}=0" for number in range(10_000))
    exchange = Exchange(id=1, at=datetime.now(UTC), method="GET", path="/", query=query, status=200)
    mm.server.sandboxes.get().journal.add(exchange)
    wanted = {"x" * 5000 + str(number): 0 for number in range(MOST_CONDITIONS)}

    status, found = await call("POST", "requests/verify", {"where": wanted})

    assert status == 409
    assert "name49 and 9950 more" in found["error"]
    assert len(found["error"]) < 250_000


async def test_conditions_of_where_are_bounded(mm, call):
    wanted = {str(number): 0 for number in range(MOST_CONDITIONS + 1)}
    assert (await call("POST", "requests/verify", {"where": wanted}))[0] == 400


async def test_long_list_of_messages_is_sent_in_pieces(mm):
    mail = fill(mm, 3, "x" * 400_000)
    async with aiohttp.ClientSession() as session:
        for count, length in ((1, True), (3, False)):
            async with session.post(f"{mm.url}/_mockmail/messages/wait", json={"count": count}) as response:
                found = json.loads(await response.read())
                assert ("Content-Length" in response.headers) == length
            assert [len(message["text"]) for message in found["messages"]] == [400_000 + 1] * count
            assert found["total"] == count
    assert len(mail) == 3


async def test_export_leaves_out_requests_that_are_removed_before_they_are_read(mm):
    journal = mm.server.sandboxes.get().journal
    for number in range(3):
        journal.add(Exchange(id=number + 1, at=datetime.now(UTC), method="GET", path="/", status=200))
    pieces = har_stream([1, 2, 3], journal, Masking(mm.server.vendors))
    parts = [await anext(pieces), await anext(pieces)]

    journal.remove_oldest()
    journal.remove_oldest()
    parts += [piece async for piece in pieces]

    entries = json.loads(b"".join(parts))["log"]["entries"]
    assert [entry["_mockmail"]["id"] for entry in entries] == [1, 3]
