"""The event loop that servers in one test process share."""

from __future__ import annotations

import asyncio

import pytest

from mockmail.server.loop_thread import LoopThread


def test_close_cancels_running_tasks():
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


def test_error_is_raised_in_the_callers_thread():
    thread = LoopThread()
    with pytest.raises(ZeroDivisionError):
        thread.call(lambda: 1 // 0)
    thread.close()
