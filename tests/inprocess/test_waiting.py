"""Waiting for messages, without polling."""

from __future__ import annotations

import asyncio
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from mockmail import MockMail, WaitTimeout
from mockmail.core.clock import Clock
from mockmail.core.errors import WaitEnded, WouldBlock
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.store import MailStore
from mockmail.server.turns import Turns
from mockmail.server.waiting import wait_for


@pytest.fixture
def pool():
    with ThreadPoolExecutor(4) as threads:
        yield threads


def test_existing_message_is_returned_at_once(mockmail, send):
    send(mockmail, "one", "two")
    assert mockmail.inbox.wait_for(timeout=0).subject == "one"
    assert mockmail.inbox.wait_for(subject="two", timeout=0).subject == "two"
    assert [message.subject for message in mockmail.inbox.wait_for_count(2, timeout=0)] == ["one", "two"]


async def test_new_sandbox_is_made_on_the_servers_thread(mockmail, monkeypatch):
    made_on = []
    sandboxes = mockmail.server.sandboxes
    make = sandboxes._make

    def noted(name):
        made_on.append((name, threading.current_thread().name))
        return make(name)

    monkeypatch.setattr(sandboxes, "_make", noted)
    with pytest.raises(WaitTimeout):
        await asyncio.to_thread(mockmail.sandbox("one").inbox.wait_for, timeout=0)
    with pytest.raises(WaitTimeout):
        await mockmail.sandbox("two").inbox.wait_for_async(timeout=0)
    assert made_on == [("one", "mockmail"), ("two", "mockmail")]


def test_message_that_arrives_during_the_wait_is_returned(mockmail, send, watch, pool):
    watched = watch(mockmail)
    waiting = pool.submit(mockmail.inbox.wait_for, subject="wanted", timeout=30)
    assert watched.waits.wait(20)
    send(mockmail, "other", "wanted", "late")
    assert waiting.result(20).subject == "wanted"
    assert watched.ended.wait(20)
    assert watched.mail._observers == []


def test_wait_searches_only_once(mockmail, send, watch, pool):
    send(mockmail, "first")
    watched = watch(mockmail)
    waiting = pool.submit(mockmail.inbox.wait_for, subject="wanted", timeout=30)
    assert watched.waits.wait(20)
    send(mockmail, *[f"other {number}" for number in range(30)], "wanted")
    assert waiting.result(20).subject == "wanted"
    assert watched.searches == 1


def test_several_waits_run_at_once(mockmail, send, watch, pool):
    watched = watch(mockmail)
    waits = [pool.submit(mockmail.inbox.wait_for, subject=f"n{number}", timeout=30) for number in range(3)]
    assert watched.waits.wait(20)
    send(mockmail, "n2", "n0", "n1")
    assert [wait.result(20).subject for wait in waits] == ["n0", "n1", "n2"]


def test_count_includes_earlier_and_later_messages(mockmail, send, watch, pool):
    send(mockmail, "one")
    watched = watch(mockmail)
    waiting = pool.submit(mockmail.inbox.wait_for_count, 3, to="jane@example.com", timeout=30)
    assert watched.waits.wait(20)
    send(mockmail, "no", to="joe@example.com")
    send(mockmail, "two", "three", "four")
    assert [message.subject for message in waiting.result(20)] == ["one", "two", "three"]


def test_message_that_is_removed_during_the_wait_does_not_count(mockmail, send, watch, pool):
    send(mockmail, "removed")
    watched = watch(mockmail)
    waiting = pool.submit(mockmail.inbox.wait_for_count, 2, timeout=30)
    assert watched.waits.wait(20)
    mockmail.inbox.clear()
    send(mockmail, "one", "two", "three")
    assert [message.subject for message in waiting.result(20)] == ["one", "two"]


def test_wait_continues_when_the_sandbox_is_reset(mockmail, send, watch, pool):
    send(mockmail, "wanted", "other", "wanted")
    watched = watch(mockmail)
    waiting = pool.submit(mockmail.inbox.wait_for_count, 3, subject="wanted", timeout=30)
    assert watched.waits.wait(20)
    mockmail.reset()
    send(mockmail, "other", "wanted 1", "other", "wanted 2", "wanted 3")
    assert [message.subject for message in waiting.result(20)] == ["wanted 1", "wanted 2", "wanted 3"]


def test_message_is_found_by_its_index_without_reading_the_others(mockmail, send, monkeypatch):
    send(mockmail, "one", "two", "three")
    mail = mockmail.server.sandboxes.get().mail
    read, at = [], mail.at
    monkeypatch.setattr(mail, "at", lambda cursor: read.append(cursor) or at(cursor))

    assert [mockmail.inbox[place].subject for place in (0, 2, -1, -3)] == ["one", "three", "three", "one"]
    assert read == [1, 3, 3, 1]
    for place in (3, -4):
        with pytest.raises(IndexError):
            mockmail.inbox[place]


def test_after_matches_only_later_messages(mockmail, send):
    send(mockmail, "same", "same")
    first = mockmail.inbox.wait_for(subject="same")
    second = mockmail.inbox.wait_for(subject="same", after=first)
    assert second.id == mockmail.inbox[1].id
    with pytest.raises(WaitTimeout):
        mockmail.inbox.wait_for(subject="same", after=second, timeout=0)


def test_timeout_lists_the_last_messages(mockmail, send):
    send(mockmail, *[f"n{number}" for number in range(7)])
    with pytest.raises(WaitTimeout) as caught:
        mockmail.inbox.wait_for(to="joe@example.com", subject="Welcome", timeout=0)
    assert str(caught.value) == (
        "no message matched to='joe@example.com', subject='Welcome' within 0 s. The last 5 of 7 messages:\n"
        "  from 'shop@example.com' to jane@example.com: 'n6'\n"
        "  from 'shop@example.com' to jane@example.com: 'n5'\n"
        "  from 'shop@example.com' to jane@example.com: 'n4'\n"
        "  from 'shop@example.com' to jane@example.com: 'n3'\n"
        "  from 'shop@example.com' to jane@example.com: 'n2'"
    )
    assert isinstance(caught.value, TimeoutError)
    assert mockmail.server.sandboxes.get().mail._observers == []


def test_timeout_says_how_many_messages_matched(mockmail, send):
    with pytest.raises(WaitTimeout, match=r"no message matched anything within 0 s\. No message arrived at all\."):
        mockmail.inbox.wait_for(timeout=0)
    send(mockmail, "one")
    with pytest.raises(WaitTimeout, match=r"1 of 2 messages matched anything within 0\.01 s"):
        mockmail.inbox.wait_for_count(2, timeout=0.01)


async def test_fixture_waits_in_an_async_test(mockmail, send, watch):
    watched = watch(mockmail)
    waiting = asyncio.create_task(mockmail.inbox.wait_for_async(subject="wanted", timeout=30))
    assert await asyncio.to_thread(watched.waits.wait, 20)
    await asyncio.to_thread(send, mockmail, "wanted")
    assert (await waiting).subject == "wanted"
    [message] = await mockmail.inbox.wait_for_count_async(1, subject="wanted")
    assert message.subject == "wanted"
    with pytest.raises(WaitTimeout):
        await mockmail.inbox.wait_for_async(subject="never", timeout=0)


@pytest.mark.parametrize(
    ("called", "wait"),
    [
        ("inbox.wait_for", lambda mm: mm.inbox.wait_for()),
        ("inbox.wait_for_count", lambda mm: mm.inbox.wait_for_count(1)),
        ("requests.wait_for", lambda mm: mm.requests.wait_for()),
        ("requests.wait_for_count", lambda mm: mm.requests.wait_for_count(1)),
    ],
)
async def test_blocking_wait_in_a_task_of_another_loop_is_refused(mockmail, called, wait):
    with pytest.raises(WouldBlock) as caught:
        wait(mockmail)
    assert str(caught.value) == (
        f"`{called}` would block the running event loop, and the application if it runs there;"
        f" use `await {called}_async`"
    )


async def test_blocking_wait_is_refused_without_trio(mockmail, monkeypatch):
    monkeypatch.delitem(sys.modules, "trio", raising=False)
    with pytest.raises(WouldBlock):
        mockmail.inbox.wait_for()


async def test_blocking_wait_outside_of_a_task_is_served(mockmail, send):
    """Playwright's synchronous API runs a test while its loop is running, in no task of that loop."""
    await asyncio.to_thread(send, mockmail, "wanted")
    found = asyncio.get_running_loop().create_future()

    asyncio.get_running_loop().call_soon(lambda: found.set_result(mockmail.inbox.wait_for(subject="wanted")))

    assert (await found).subject == "wanted"


async def test_blocking_wait_on_the_servers_loop_is_refused(atmail_only, send):
    async with MockMail(vendors=atmail_only) as mm:
        waiting = asyncio.create_task(mm.inbox.wait_for_async(subject="wanted", timeout=30))
        await asyncio.to_thread(send, mm, "other", "wanted")
        assert (await waiting).subject == "wanted"
        assert [message.subject for message in mm.inbox] == ["other", "wanted"]
        with pytest.raises(WouldBlock, match=r"use `await inbox\.wait_for_async`"):
            mm.inbox.wait_for(subject="wanted")
        with pytest.raises(WouldBlock):
            mm.inbox.wait_for_count(1)


async def test_wait_that_is_ended_during_its_search_does_not_last(monkeypatch):
    mail, waits = MailStore(Clock(), "0"), set()
    search = mail.search
    monkeypatch.setattr(mail, "search", lambda *given, **named: [end() for end in waits] and search(*given, **named))

    with pytest.raises(WaitEnded):
        await wait_for(mail, Criteria(), Turns(), timeout=600, waits=waits)

    assert (mail._observers, waits) == ([], set())
    mail.close()


async def test_cancelled_wait_stops_observing(atmail_only):
    async with MockMail(vendors=atmail_only) as mm:
        mail = mm.server.sandboxes.get().mail
        waiting = asyncio.create_task(mm.inbox.wait_for_async(timeout=30))
        await asyncio.sleep(0)
        assert len(mail._observers) == 1
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert mail._observers == []


async def test_cancelled_wait_on_the_fixture_stops_observing(mockmail, watch):
    watched = watch(mockmail)
    waiting = asyncio.create_task(mockmail.inbox.wait_for_async(timeout=30))
    assert await asyncio.to_thread(watched.waits.wait, 20)
    waiting.cancel()
    assert await asyncio.to_thread(watched.ended.wait, 20)
    assert watched.mail._observers == []


def test_wait_in_a_sandbox_ignores_other_sandboxes(mockmail, send):
    send(mockmail, "default")
    with pytest.raises(WaitTimeout, match="No message arrived at all"):
        mockmail.sandbox("other").inbox.wait_for(timeout=0)
