"""Batches of Postmark: bounds, and other requests in between."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from mockmail import MockMail
from mockmail.core.senders.batch import PREPARED_AT_ONCE
from mockmail.vendors.postmark.parameters import LONGEST_ADDRESSES, MOST_PARTS

GOOD = {"From": "a@example.com", "To": "b@example.org", "TextBody": "x"}
ATTACHMENT = {"Name": "x", "Content": "eA==", "ContentType": "text/plain"}
HEADER = {"Name": "X-A", "Value": "x"}


def test_batch_of_500_is_sent_and_one_more_message_is_refused(post, mockmail):
    results = post("/email/batch", [GOOD] * 500).json
    refused = post("/email/batch", [GOOD] * 501)

    assert [result["ErrorCode"] for result in results] == [0] * 500
    assert len(mockmail.inbox) == 500
    assert (refused.status, refused.json["ErrorCode"]) == (422, 410)


@pytest.fixture
async def turns(monkeypatch):
    """Start a server, and return it with a list that grows by one with each turn that a request takes."""
    async with MockMail(vendors=["postmark"]) as mm:
        taken = []
        take = mm.server.turns.next

        async def next_turn():
            taken.append(len(mm.server.sandboxes.get().mail))
            await take()

        monkeypatch.setattr(mm.server.turns, "next", next_turn)
        yield mm, taken


async def call(mm, path, document):
    headers = {"X-Postmark-Server-Token": mm.postmark.credentials["server_token"]}
    async with (
        aiohttp.ClientSession() as session,
        session.post(mm.url + path, json=document, headers=headers) as response,
    ):
        return response.status, await response.json()


async def test_event_loop_does_other_work_between_the_messages_of_a_batch(turns):
    mm, taken = turns

    status, results = await call(mm, "/email/batch", [GOOD] * (2 * PREPARED_AT_ONCE))

    assert (status, len(results)) == (200, 2 * PREPARED_AT_ONCE)
    # One turn to prepare the second half, then one for each message.
    assert taken == [0, *range(2 * PREPARED_AT_ONCE)]


async def test_single_message_takes_no_turn(turns):
    mm, taken = turns

    assert (await call(mm, "/email", GOOD))[0] == 200

    assert taken == []


async def test_batch_whose_sandbox_is_reset_is_given_up(turns, monkeypatch):
    mm, _ = turns
    take = mm.server.turns.next

    async def reset_in_between():
        mm.server.sandboxes.get().reset()
        await take()

    sending = asyncio.ensure_future(call(mm, "/email/batch", [GOOD] * 50))
    monkeypatch.setattr(mm.server.turns, "next", reset_in_between)
    status, document = await sending

    assert (status, document["Message"]) == (503, "the sandbox was reset while its mail was on the way")
    assert len(mm.server.sandboxes.get().mail) == 0


@pytest.mark.parametrize(
    ("fits", "refused", "words"),
    [
        ({"Headers": [HEADER] * MOST_PARTS}, {"Headers": [HEADER] * (MOST_PARTS + 1)}, "'Headers': it has too many"),
        (
            {"Attachments": [ATTACHMENT] * MOST_PARTS},
            {"Attachments": [ATTACHMENT] * (MOST_PARTS + 1)},
            "'Attachments': it has too many",
        ),
        (
            {"To": "b@example.org," + " " * (LONGEST_ADDRESSES - 14)},
            {"To": "b@example.org," + " " * (LONGEST_ADDRESSES - 13)},
            "'To': it is too long",
        ),
    ],
)
def test_message_has_bounds(post, fits, refused, words):
    assert post("/email", GOOD | fits).json["ErrorCode"] == 0
    assert words in post("/email", GOOD | refused).json["Message"]
