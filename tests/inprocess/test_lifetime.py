"""What a MockMail says before it starts and after it has ended."""

from __future__ import annotations

import asyncio

import pytest

from mockmail import MockMail
from mockmail.core.errors import NotRunning, WaitEnded

ENDED = "this mockmail has ended: ask while it runs, inside its `with`"
NO_ADDRESS = "this mockmail does not run: it has an address between its start and its end"


@pytest.fixture
def ended():
    with MockMail() as mm:
        pass
    return mm


@pytest.mark.parametrize(
    "ask",
    [
        lambda mm: len(mm.inbox),
        lambda mm: mm.inbox.wait_for(timeout=0),
        lambda mm: mm.reset(),
        lambda mm: mm.snapshot(),
        lambda mm: mm.requests.find(),
        lambda mm: mm.faults.add("atmail", status=500),
    ],
)
def test_after_its_end_it_says_that_it_has_ended(ended, ask):
    with pytest.raises(NotRunning) as raised:
        ask(ended)
    assert str(raised.value) == ENDED


@pytest.mark.parametrize("ask", [lambda mm: mm.url, lambda mm: mm.smtp_port, lambda mm: mm.atmail.url])
def test_it_has_no_address_before_it_starts_and_after_its_end(ended, ask):
    for mm in (MockMail(), ended):
        with pytest.raises(NotRunning) as raised:
            ask(mm)
        assert str(raised.value) == NO_ADDRESS


def test_nothing_can_be_waited_for_before_it_starts():
    with pytest.raises(NotRunning, match="nothing can arrive outside its `with`"):
        MockMail().inbox.wait_for(timeout=0)


def test_a_fault_may_be_arranged_before_it_starts():
    mm = MockMail()
    mm.faults.add("atmail", status=503)
    with mm:
        assert [str(fault) for fault in mm.faults] == ["atmail *: status 503, used 0 of 1 times"]


async def test_waiting_in_a_sandbox_ends_when_it_is_deleted(atmail_only):
    async with MockMail(vendors=atmail_only) as mm:
        waiting = asyncio.create_task(mm.sandbox("mine").inbox.wait_for_async(to="jane@example.com", timeout=30))
        await asyncio.sleep(0)

        mm.server.sandboxes.remove("mine")

        with pytest.raises(WaitEnded, match="the sandbox was deleted, or its server stopped"):
            await waiting
