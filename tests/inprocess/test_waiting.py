"""Waiting for mail: what is there, what comes, what does not; and never by polling."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from mockmail import MockMail, WaitTimeout
from mockmail.inprocess.bridge import WouldBlock


@pytest.fixture
def pool():
    with ThreadPoolExecutor(4) as threads:
        yield threads


def test_what_is_there_is_given_at_once(mockmail, send):
    send(mockmail, "one", "two")
    assert mockmail.inbox.wait_for(timeout=0).subject == "one"
    assert mockmail.inbox.wait_for(subject="two", timeout=0).subject == "two"
    assert [one.subject for one in mockmail.inbox.wait_for_count(2, timeout=0)] == ["one", "two"]


async def test_a_sandbox_that_is_new_to_whoever_waits_is_made_where_it_lives(mockmail, monkeypatch):
    made_on = []
    sandboxes = mockmail.server.sandboxes
    make = sandboxes._make

    def noted(name):
        made_on.append((name, threading.current_thread().name))
        return make(name)

    monkeypatch.setattr(sandboxes, "_make", noted)
    with pytest.raises(WaitTimeout):
        mockmail.sandbox("one").inbox.wait_for(timeout=0)
    with pytest.raises(WaitTimeout):
        await mockmail.sandbox("two").inbox.wait_for_async(timeout=0)
    assert made_on == [("one", "mockmail"), ("two", "mockmail")]


def test_what_comes_while_it_is_waited_for(mockmail, send, watch, pool):
    watched = watch(mockmail)
    waiting = pool.submit(mockmail.inbox.wait_for, subject="wanted", timeout=30)
    assert watched.waits.wait(20)
    send(mockmail, "other", "wanted", "late")
    assert waiting.result(20).subject == "wanted"
    assert watched.ended.wait(20)
    assert watched.mail._observers == []


def test_waiting_does_not_look_again_and_again(mockmail, send, watch, pool):
    watched = watch(mockmail)
    waiting = pool.submit(mockmail.inbox.wait_for, subject="wanted", timeout=30)
    assert watched.waits.wait(20)
    send(mockmail, *[f"other {number}" for number in range(30)], "wanted")
    assert waiting.result(20).subject == "wanted"
    assert watched.searches == 1


def test_several_wait_at_once(mockmail, send, watch, pool):
    watched = watch(mockmail)
    waits = [pool.submit(mockmail.inbox.wait_for, subject=f"n{number}", timeout=30) for number in range(3)]
    assert watched.waits.wait(20)
    send(mockmail, "n2", "n0", "n1")
    assert [wait.result(20).subject for wait in waits] == ["n0", "n1", "n2"]


def test_a_count_is_of_what_was_there_and_what_comes(mockmail, send, watch, pool):
    send(mockmail, "one")
    watched = watch(mockmail)
    waiting = pool.submit(mockmail.inbox.wait_for_count, 3, to="jane@example.com", timeout=30)
    assert watched.waits.wait(20)
    send(mockmail, "no", to="joe@example.com")
    send(mockmail, "two", "three", "four")
    assert [one.subject for one in waiting.result(20)] == ["one", "two", "three"]


def test_after_a_message(mockmail, send):
    send(mockmail, "same", "same")
    first = mockmail.inbox.wait_for(subject="same")
    second = mockmail.inbox.wait_for(subject="same", after=first)
    assert second.id == mockmail.inbox[1].id
    with pytest.raises(WaitTimeout):
        mockmail.inbox.wait_for(subject="same", after=second, timeout=0)


def test_a_time_out_says_what_came_instead(mockmail, send):
    send(mockmail, *[f"n{number}" for number in range(7)])
    with pytest.raises(WaitTimeout) as caught:
        mockmail.inbox.wait_for(to="joe@example.com", subject="Welcome", timeout=0)
    assert str(caught.value) == (
        "waited 0 s in vain for a message with to='joe@example.com', subject='Welcome'. The last 5 of 7 that came:\n"
        "  from 'shop@example.com' to jane@example.com: 'n6'\n"
        "  from 'shop@example.com' to jane@example.com: 'n5'\n"
        "  from 'shop@example.com' to jane@example.com: 'n4'\n"
        "  from 'shop@example.com' to jane@example.com: 'n3'\n"
        "  from 'shop@example.com' to jane@example.com: 'n2'"
    )
    assert isinstance(caught.value, TimeoutError)
    assert mockmail.server.sandboxes.get().mail._observers == []


def test_a_time_out_where_nothing_came_or_too_little(mockmail, send):
    with pytest.raises(WaitTimeout, match=r"for a message with anything\. No message came at all\."):
        mockmail.inbox.wait_for(timeout=0)
    send(mockmail, "one")
    with pytest.raises(WaitTimeout, match=r"for 2 messages \(there are 1\) with anything"):
        mockmail.inbox.wait_for_count(2, timeout=0.01)


async def test_the_fixture_is_waited_for_in_an_async_test(mockmail, send, watch):
    watched = watch(mockmail)
    waiting = asyncio.create_task(mockmail.inbox.wait_for_async(subject="wanted", timeout=30))
    assert await asyncio.to_thread(watched.waits.wait, 20)
    await asyncio.to_thread(send, mockmail, "wanted")
    assert (await waiting).subject == "wanted"
    assert mockmail.inbox.wait_for(subject="wanted").subject == "wanted"
    with pytest.raises(WaitTimeout):
        await mockmail.inbox.wait_for_async(subject="never", timeout=0)


async def test_a_server_on_the_running_loop(atmail_only, send):
    async with MockMail(vendors=atmail_only) as mm:
        waiting = asyncio.create_task(mm.inbox.wait_for_async(subject="wanted", timeout=30))
        await asyncio.to_thread(send, mm, "other", "wanted")
        assert (await waiting).subject == "wanted"
        assert [one.subject for one in mm.inbox] == ["other", "wanted"]
        with pytest.raises(WouldBlock, match="await the `_async` call instead"):
            mm.inbox.wait_for(subject="wanted")
        with pytest.raises(WouldBlock):
            mm.inbox.wait_for_count(1)


async def test_a_wait_that_is_given_up_is_forgotten(atmail_only):
    async with MockMail(vendors=atmail_only) as mm:
        mail = mm.server.sandboxes.get().mail
        waiting = asyncio.create_task(mm.inbox.wait_for_async(timeout=30))
        await asyncio.sleep(0)
        assert len(mail._observers) == 1
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert mail._observers == []


async def test_a_wait_through_the_fixture_that_is_given_up_is_forgotten(mockmail, watch):
    watched = watch(mockmail)
    waiting = asyncio.create_task(mockmail.inbox.wait_for_async(timeout=30))
    assert await asyncio.to_thread(watched.waits.wait, 20)
    waiting.cancel()
    assert await asyncio.to_thread(watched.ended.wait, 20)
    assert watched.mail._observers == []


def test_waiting_in_a_sandbox_sees_its_own_mail_only(mockmail, send):
    send(mockmail, "default")
    with pytest.raises(WaitTimeout, match="No message came at all"):
        mockmail.sandbox("other").inbox.wait_for(timeout=0)
