"""Removed messages are told to observers, as soon as their transaction is committed."""

from __future__ import annotations

from contextlib import closing

import pytest

from mockmail.core.bounds import MailLimits
from mockmail.core.clock import Clock
from mockmail.core.mail.message import Envelope, SentBy
from mockmail.core.mail.removals import MOST_IDS, Removal
from mockmail.core.mail.store import MailStore
from mockmail.core.state.database import Database

NOBODY = Envelope(sender="", recipients=())


@pytest.fixture
def told(mail) -> list[Removal]:
    removals: list[Removal] = []
    mail.removals.observe(removals.append)
    return removals


def test_removed_message_is_named(mail, add, told):
    add("first")
    second = add("second")

    mail.remove(second.id)

    assert told == [Removal((second.id,))]


def test_message_that_is_not_there_is_no_removal(mail, add, told):
    add("first")

    mail.remove("unknown")
    mail.remove_all([7])

    assert told == []


@pytest.mark.parametrize(("count", "sizes"), [(MOST_IDS, [MOST_IDS]), (MOST_IDS + 1, [MOST_IDS, 1])])
def test_transaction_that_removes_many_makes_removals_of_bounded_size(mail, add, told, count, sizes):
    cursors = [add().cursor for _ in range(count)]

    mail.remove_all(cursors)

    assert [len(removal.ids) for removal in told] == sizes


def test_cleared_store_makes_one_removal_of_all_messages(mail, add, told):
    add("first")
    add("second")

    mail.clear()
    mail.clear()

    assert told == [Removal(all=True)]


def test_message_that_makes_room_for_a_newer_one_is_named():
    told: list[Removal] = []
    with closing(MailStore(Clock(), "0", limits=MailLimits(messages=1, removes_oldest=True))) as mail:
        mail.removals.observe(told.append)
        first = mail.add(b"Subject: first\r\n\r\n", NOBODY, SentBy())

        mail.add(b"Subject: second\r\n\r\n", NOBODY, SentBy())

    assert told == [Removal((first.id,))]


def test_removal_that_is_rolled_back_is_not_told():
    told: list[Removal] = []
    database = Database()
    with closing(MailStore(Clock(), "0", database)) as mail:
        mail.removals.observe(told.append)
        first = mail.add(b"Subject: first\r\n\r\n", NOBODY, SentBy())
        second = mail.add(b"Subject: second\r\n\r\n", NOBODY, SentBy())
        with pytest.raises(ZeroDivisionError), database.transaction():
            mail.remove(first.id)
            raise ZeroDivisionError

        mail.remove(second.id)

    assert told == [Removal((second.id,))]


def test_observer_that_ended_is_told_nothing(mail, add):
    told: list[Removal] = []
    stop = mail.removals.observe(told.append)
    message = add("first")

    stop()
    mail.remove(message.id)

    assert told == []
