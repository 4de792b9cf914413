"""Which messages make room for new ones, and which are too old to keep."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

import pytest

from mockmail.core.bounds import MailLimits
from mockmail.core.clock import Clock
from mockmail.core.errors import LimitReached
from mockmail.core.mail.message import Envelope, SentBy
from mockmail.core.mail.retention import PRUNED
from mockmail.core.mail.store import MailStore

NOBODY = Envelope(sender="", recipients=())
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def store_of(**limits):
    clock = Clock()
    clock.freeze(NOON)
    return clock, MailStore(clock, "0", limits=MailLimits(**limits))


def fill(store, count):
    for number in range(count):
        store.add(b"Subject: %d\r\n\r\n" % number, NOBODY, SentBy())


def subjects(store):
    return [store.at(cursor).subject for cursor in range(1, store.last + 1) if store.has(cursor)]


def test_full_store_refuses_a_message_unless_it_removes_the_oldest():
    _, store = store_of(messages=2)
    with closing(store):
        fill(store, 2)
        with pytest.raises(LimitReached, match="max_messages"):
            fill(store, 1)


def test_oldest_message_makes_room_for_a_new_one_at_the_bound_and_not_below():
    _, store = store_of(messages=3, removes_oldest=True)
    with closing(store):
        fill(store, 3)
        assert subjects(store) == ["0", "1", "2"]

        fill(store, 1)
        assert subjects(store) == ["1", "2", "0"]
        assert len(store) == 3


def test_refused_message_removes_no_other():
    _, store = store_of(messages=1, size=200, removes_oldest=True)
    with closing(store):
        fill(store, 1)
        with pytest.raises(LimitReached, match="max_mail_bytes"):
            store.add(b"x" * 300, NOBODY, SentBy())
        assert subjects(store) == ["0"]


def test_lowered_bound_is_reached_in_slices(tmp_path):
    from mockmail.core.state.database import Database

    path = tmp_path / "1.sqlite"
    with closing(MailStore(Clock(), "0", Database(path))) as store:
        fill(store, 2 * PRUNED + 5)
    limits = MailLimits(messages=1, removes_oldest=True)
    with closing(MailStore(Clock(), "0", Database(path), limits)) as store:
        left = []
        for _ in range(3):
            fill(store, 1)
            left.append(len(store))

    assert left == [PRUNED + 6, 7, 1]


def test_message_expires_after_its_age_by_the_clock():
    clock, store = store_of(age=60)
    with closing(store):
        fill(store, 2)
        clock.advance(60)
        assert store.remove_expired() == 0

        clock.advance(0.001)
        assert store.remove_expired() == 2
        assert (len(store), store.size) == (0, 0)


def test_expired_messages_go_when_another_arrives():
    clock, store = store_of(age=60)
    with closing(store):
        fill(store, 2)
        clock.advance(61)

        fill(store, 1)

        assert len(store) == 1


def test_expired_messages_are_removed_in_slices():
    clock, store = store_of(age=60)
    with closing(store):
        fill(store, PRUNED + 1)
        clock.advance(61)

        assert [store.remove_expired() for _ in range(3)] == [PRUNED, 1, 0]


def test_look_at_unexpired_messages_reads_the_database_once(monkeypatch):
    _, store = store_of(age=60)
    with closing(store):
        fill(store, 2)
        store.remove_expired()
        monkeypatch.setattr(store._database, "reading", None)

        assert [store.remove_expired() for _ in range(3)] == [0, 0, 0]


def test_message_without_a_bound_stays():
    clock, store = store_of()
    with closing(store):
        fill(store, 1)
        clock.advance(10 * 365 * 86400)
        assert store.remove_expired() == 0
