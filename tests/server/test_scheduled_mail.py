"""Scheduled messages are sent when their time comes, and when a test moves the clock."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from mockmail import MockMail
from mockmail.core.bounds import MailLimits, WorldSettings
from mockmail.core.senders.records import SentMessage
from mockmail.core.senders.sending import cancel, reschedule
from mockmail.core.world import World
from mockmail.server import scheduled_mail
from mockmail.server.scheduled_mail import SENT_AT_ONCE
from mockmail.server.server_settings import ServerSettings

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def message_record(number: int, at: datetime) -> dict:
    return {
        "id": f"m{number}",
        "scope": "1/outbound",
        "at": NOON.isoformat(),
        "operation": "email.send",
        "sender": "a@example.com",
        "envelope_sender": "a@example.com",
        "recipients": [{"address": "b@example.org", "state": "scheduled"}],
        "scheduled_at": at.isoformat(),
        "raw": f"Subject: {number}\r\n\r\nx\r\n",
        "details": {"server": 1, "stream": "outbound", "trackOpens": False, "trackLinks": "None"},
    }


def schedule(mm: MockMail, *times: datetime) -> None:
    mm.postmark.seed(messages=[message_record(number, at) for number, at in enumerate(times)])


def in_world(mm: MockMail, change) -> None:
    """Call a function with the World, its vendor and the first message, in a transaction on the server's loop."""

    def call(world: World) -> None:
        vendor = world.vendors.named("postmark")
        with world.transaction():
            change(world, vendor, world.records("postmark", SentMessage).get("m0"))

    mm.inbox._bridge.call(call)


def subjects(mm: MockMail) -> list[str]:
    return [message.subject for message in mm.inbox]


def test_moved_clock_sends_what_is_due_at_once(mockmail):
    mockmail.clock.freeze(NOON)
    schedule(mockmail, NOON + timedelta(hours=2), NOON + timedelta(hours=1), NOON + timedelta(hours=3))
    assert subjects(mockmail) == []

    mockmail.clock.advance(2 * 3600)

    assert subjects(mockmail) == ["1", "0"]
    mockmail.clock.set(NOON + timedelta(days=1))
    assert subjects(mockmail) == ["1", "0", "2"]


def test_running_clock_sends_what_is_due(mockmail):
    schedule(mockmail, datetime.now(UTC) + timedelta(hours=1), datetime.now(UTC) + timedelta(seconds=0.05))

    assert mockmail.inbox.wait_for(subject="1", timeout=30).sent_by.vendor == "postmark"
    assert subjects(mockmail) == ["1"]


def test_frozen_clock_sends_nothing_until_it_runs_again(mockmail):
    mockmail.clock.freeze(datetime.now(UTC) - timedelta(seconds=1))
    schedule(mockmail, datetime.now(UTC) - timedelta(seconds=0.9))
    assert subjects(mockmail) == []

    mockmail.clock.resume()

    assert mockmail.inbox.wait_for(subject="0", timeout=30)


def test_more_than_a_slice_is_sent_in_turns(mockmail):
    mockmail.clock.freeze(NOON)
    schedule(mockmail, *[NOON + timedelta(seconds=number + 1) for number in range(2 * SENT_AT_ONCE + 1)])

    mockmail.clock.advance(3600)

    found = mockmail.inbox.wait_for_count(2 * SENT_AT_ONCE + 1, timeout=30)
    assert [message.subject for message in found] == [f"{number}" for number in range(2 * SENT_AT_ONCE + 1)]


def test_rescheduled_message_is_sent_at_the_earlier_time(mockmail):
    mockmail.clock.freeze(NOON)
    schedule(mockmail, NOON + timedelta(days=3))

    in_world(mockmail, lambda world, vendor, message: reschedule(world, vendor, message, NOON + timedelta(hours=1)))
    mockmail.clock.advance(3600)

    assert subjects(mockmail) == ["0"]


def test_cancelled_message_is_not_sent(mockmail):
    mockmail.clock.freeze(NOON)
    schedule(mockmail, NOON + timedelta(hours=1), NOON + timedelta(hours=1))

    in_world(mockmail, cancel)
    mockmail.clock.advance(3600)

    assert subjects(mockmail) == ["1"]


def test_restored_message_is_sent_in_time_and_a_reset_sends_none(mockmail):
    mockmail.clock.freeze(NOON)
    schedule(mockmail, NOON + timedelta(hours=1))
    state = mockmail.snapshot()

    mockmail.reset()
    assert subjects(mockmail) == []
    mockmail.restore(state)
    mockmail.clock.advance(3600)

    assert subjects(mockmail) == ["0"]


def test_message_that_waits_in_a_file_is_sent_after_a_restart(tmp_path):
    with MockMail(data_dir=tmp_path) as mm:
        mm.clock.freeze(NOON)
        schedule(mm, NOON + timedelta(hours=1))

    with MockMail(data_dir=tmp_path) as mm:
        assert subjects(mm) == []
        mm.clock.advance(3600)
        assert subjects(mm) == ["0"]


def test_message_for_which_the_inbox_has_no_room_is_sent_later(monkeypatch, send):
    monkeypatch.setattr(scheduled_mail, "RETRY_SECONDS", 0.01)
    settings = ServerSettings(world=WorldSettings(mail=MailLimits(messages=1)))
    with MockMail(settings=settings) as mm:
        send(mm, "first")
        mm.clock.freeze(NOON)
        schedule(mm, NOON + timedelta(hours=1))

        mm.clock.advance(3600)
        assert subjects(mm) == ["first"]
        mm.inbox.clear()

        assert mm.inbox.wait_for(subject="0", timeout=30)


@pytest.mark.parametrize("removes", [True, False])
def test_nothing_is_sent_after_the_sandbox_or_the_server_is_gone(removes):
    with MockMail() as mm:
        box = mm.sandbox("box")
        box.clock.freeze(NOON)
        schedule(box, NOON + timedelta(hours=1))
        world = mm.server.sandboxes.find("box")
        if removes:
            mm.server.sandboxes.remove("box")

    world.clock.advance(7200)

    assert not world.clock._observers


async def test_next_due_time_is_not_looked_for_again_by_a_later_message(monkeypatch, registry_of_postmark):
    with closing(World(registry_of_postmark)) as world:
        world.clock.freeze(NOON)
        looked = []
        monkeypatch.setattr(scheduled_mail, "next_due", looked.append)
        alarm = scheduled_mail._Alarm(world)

        for hours in (1, 2, 3):
            alarm.changed(NOON + timedelta(hours=hours))
        await asyncio.sleep(0)

        assert (alarm._due, looked) == (NOON + timedelta(hours=1), [])
        alarm.close()


def test_state_of_a_vendor_that_sends_nothing_needs_no_alarm(mockmail):
    mockmail.rackspace.seed(domains=[])

    assert "_scheduled_mail" not in mockmail.server._vendor_jobs.__dict__


@pytest.fixture
def registry_of_postmark():
    from mockmail.core.registry import Registry
    from mockmail.vendors.postmark import VENDOR

    return Registry({"postmark": VENDOR})
