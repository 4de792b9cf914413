"""A MockMail before it starts and after it has stopped."""

from __future__ import annotations

import asyncio
import threading

import pytest

from mockmail import MockMail
from mockmail.core.errors import NotRunning, WaitEnded

NOT_RUNNING = "MockMail is not running; use it inside `with`."


@pytest.fixture
def ended():
    with MockMail() as mm:
        pass
    return mm


@pytest.mark.parametrize(
    "use",
    [
        lambda mm: len(mm.inbox),
        lambda mm: mm.inbox.wait_for(timeout=0),
        lambda mm: mm.reset(),
        lambda mm: mm.snapshot(),
        lambda mm: mm.requests.find(),
        lambda mm: mm.faults.add("atmail", status=500),
    ],
)
def test_call_after_the_end_raises_not_running(ended, use):
    with pytest.raises(NotRunning) as raised:
        use(ended)
    assert str(raised.value) == NOT_RUNNING


@pytest.mark.parametrize("use", [lambda mm: mm.url, lambda mm: mm.smtp_port, lambda mm: mm.atmail.url])
def test_address_before_start_or_after_end_raises_not_running(ended, use):
    for mm in (MockMail(), ended):
        with pytest.raises(NotRunning) as raised:
            use(mm)
        assert str(raised.value) == NOT_RUNNING


def test_wait_before_start_raises_not_running():
    with pytest.raises(NotRunning, match="MockMail is not running; use it inside `with`"):
        MockMail().inbox.wait_for(timeout=0)


def test_fault_can_be_added_before_start():
    mm = MockMail()
    mm.faults.add("atmail", status=503)
    with mm:
        assert [str(fault) for fault in mm.faults] == ["atmail *: status 503, used 0 of 1 times"]


def test_failed_start_leaves_no_thread(atmail_only):
    before = threading.active_count()
    with MockMail(vendors=atmail_only) as mm:
        port = int(mm.url.rpartition(":")[2])
        with pytest.raises(OSError, match="already in use"):
            MockMail(vendors=atmail_only, http_port=port).__enter__()
        assert threading.active_count() == before + 1


async def test_wait_ends_when_the_sandbox_is_deleted(atmail_only):
    async with MockMail(vendors=atmail_only) as mm:
        waiting = asyncio.create_task(mm.sandbox("mine").inbox.wait_for_async(to="jane@example.com", timeout=30))
        await asyncio.sleep(0)

        mm.server.sandboxes.remove("mine")

        with pytest.raises(WaitEnded, match="the sandbox was deleted, or the server stopped"):
            await waiting
