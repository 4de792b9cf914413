"""MockMail under trio."""

from __future__ import annotations

import threading

import pytest

from mockmail import MockMail, WaitTimeout
from mockmail.core.errors import NotRunning, WouldBlock

trio = pytest.importorskip("trio")


def own_threads():
    return sum(thread.name == "mockmail" for thread in threading.enumerate())


def test_wait_returns_the_message_that_arrives_meanwhile(mockmail, send, watch):
    async def main():
        watched = watch(mockmail)
        async with trio.open_nursery() as nursery:

            async def wait():
                found.append(await mockmail.inbox.wait_for_async(subject="wanted", timeout=30))
                found.extend(await mockmail.inbox.wait_for_count_async(2, timeout=30))

            nursery.start_soon(wait)
            assert await trio.to_thread.run_sync(watched.waits.wait, 20)
            await trio.to_thread.run_sync(send, mockmail, "other", "wanted")

    found = []
    trio.run(main)
    assert [message.subject for message in found] == ["wanted", "other", "wanted"]


def test_wait_for_requests_times_out(mockmail):
    async def main():
        with pytest.raises(WaitTimeout):
            await mockmail.requests.wait_for_async(timeout=0.01)
        with pytest.raises(WaitTimeout):
            await mockmail.requests.wait_for_count_async(2, timeout=0.01)

    trio.run(main)


def test_events_are_read_with_async_for(mockmail):
    async def main():
        with mockmail.events("clock", timeout=10) as events:
            mockmail.clock.freeze()
            return await anext(events)

    assert trio.run(main).data["frozen"] is True


def test_cancelled_wait_stops_observing(mockmail, watch):
    async def main():
        watched = watch(mockmail)
        with trio.CancelScope() as scope:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(mockmail.inbox.wait_for_async)
                assert await trio.to_thread.run_sync(watched.waits.wait, 20)
                scope.cancel()
        assert await trio.to_thread.run_sync(watched.ended.wait, 20)
        return watched.mail._observers

    assert trio.run(main) == []


@pytest.mark.parametrize("wait", [lambda mm: mm.inbox.wait_for(), lambda mm: mm.requests.wait_for()])
def test_blocking_wait_in_a_task_is_refused(mockmail, wait):
    async def main():
        with pytest.raises(WouldBlock, match=r"use `await .*_async`"):
            wait(mockmail)

    trio.run(main)


def test_server_stops_in_a_cancelled_scope(atmail_only):
    async def main():
        with trio.CancelScope() as scope:
            async with MockMail(vendors=atmail_only) as mm:
                scope.cancel()
                await trio.sleep_forever()
        return mm

    mm = trio.run(main)

    with pytest.raises(NotRunning):
        mm.url  # noqa: B018


def test_async_with_runs_the_server_on_its_own_thread(send, atmail_only):
    async def main():
        async with MockMail(vendors=atmail_only) as mm:
            await trio.to_thread.run_sync(send, mm, "wanted")
            message = await mm.inbox.wait_for_async(subject="wanted")
            assert own_threads() == before + 1
            assert len(mm.inbox) == 1
        return message.subject

    before = own_threads()
    assert trio.run(main) == "wanted"
    assert own_threads() == before
