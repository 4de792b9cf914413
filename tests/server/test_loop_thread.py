"""The event loop that servers in a test's own process share."""

from __future__ import annotations

import asyncio

import pytest

from mockmail.server.loop_thread import LoopThread


def test_what_still_runs_when_the_thread_ends_is_ended():
    ended = []

    async def endless():
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    async def begin():
        return asyncio.create_task(endless())

    thread = LoopThread()
    task = thread.run(begin())
    thread.call(lambda: None)
    thread.close()
    assert (ended, task.cancelled()) == ([True], True)
    thread.close()


def test_an_error_is_raised_where_it_was_asked_for():
    thread = LoopThread()
    with pytest.raises(ZeroDivisionError):
        thread.call(lambda: 1 // 0)
    thread.close()
