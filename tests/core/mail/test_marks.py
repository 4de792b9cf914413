"""Read marks and tags: stored with the messages, in the same transaction."""

from __future__ import annotations

from contextlib import closing

import pytest

from mockmail.core.clock import Clock
from mockmail.core.errors import InvalidValue, SeedError
from mockmail.core.mail import rows
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.marks import LONGEST_TAG, MOST_TAGS, Change, header_tags
from mockmail.core.mail.message import Envelope, SentBy
from mockmail.core.mail.store import MailStore
from mockmail.core.registry import Registry
from mockmail.core.world import World

NOBODY = Envelope(sender="", recipients=())


def tags_of(store, cursor=1):
    return store.at(cursor).tags


def test_new_message_is_unread_and_has_no_tags(mail, add):
    message = add("a")

    assert (message.is_read, message.tags) == (False, ())
    assert (mail.at(1).is_read, mail.at(1).tags) == (False, ())


def test_change_of_marks_is_seen_wherever_the_message_is_read(mail, add):
    message = add("a")

    assert mail.marks.change([1], Change(is_read=True, tags=["Red", "blue"])) == [message.id]

    for found in (mail.get(message.id), mail.at(1), mail.summary(1)):
        assert (found.is_read, tuple(found.tags)) == (True, ("blue", "Red"))


def test_change_without_effect_changes_no_message(mail, add):
    add("a")

    assert mail.marks.change([1, 7], Change(is_read=False, add_tags=[], remove_tags=["x"])) == []


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (Change(tags=[]), ()),
        (Change(add_tags=["RED", "c"]), ("a", "c", "Red")),
        (Change(remove_tags=["RED"]), ("a",)),
        (Change(tags=["x"], add_tags=["y"], remove_tags=["x"]), ("y",)),
    ],
)
def test_tags_are_replaced_added_and_removed_case_insensitive(mail, add, change, left):
    add("a")
    mail.marks.change([1], Change(tags=["Red", "a"]))

    mail.marks.change([1], change)

    assert tags_of(mail) == left


@pytest.mark.parametrize("tag", ["", " a", "a ", "a,b", "é", "a\n", "a" * (LONGEST_TAG + 1)])
def test_text_that_is_no_tag_is_refused(tag):
    with pytest.raises(InvalidValue, match="a tag must have 1 to 100 letters"):
        Change(add_tags=[tag])


def test_message_has_at_most_the_bound_of_tags(mail, add):
    add("a")
    mail.marks.change([1], Change(tags=["a" * LONGEST_TAG, *map(str, range(MOST_TAGS - 1))]))

    with pytest.raises(InvalidValue, match="a message has at most 20 tags, not 21"):
        mail.marks.change([1], Change(add_tags=["b"]))

    assert len(tags_of(mail)) == MOST_TAGS


def test_counts_are_of_all_messages_and_end_with_them(mail, add):
    for _ in range(3):
        add("a")
    mail.marks.change([1, 2], Change(is_read=True, tags=["Red"]))
    mail.marks.change([3], Change(tags=["red", "blue"]))
    assert (mail.marks.count_read(), mail.marks.counts()) == (2, {"blue": 1, "Red": 3})

    mail.remove_all([1, 3])
    assert (mail.marks.count_read(), mail.marks.counts()) == (1, {"Red": 1})

    mail.clear(start_over=True)
    add("b")
    assert (mail.marks.count_read(), mail.marks.counts(), mail.at(1).is_read) == (0, {}, False)


def test_counts_of_an_untouched_store_make_no_database(mail):
    assert (mail.marks.counts(), mail.marks.count_read(), mail.marks.opened()) == ({}, 0, [])
    assert not mail._database.exists


def test_accepting_a_message_without_tags_writes_no_mark(mail, add, monkeypatch):
    written = []
    monkeypatch.setattr(rows.marks, "insert", lambda *_, **__: written.append(1))

    add("a")

    assert written == []


def test_observers_hear_of_a_change_after_its_commit(mail, add):
    message = add("a")
    heard = []
    stop = mail.marks.observe(lambda ids, change: heard.append((ids, change.is_read)))

    mail.marks.change([1], Change(is_read=True))
    mail.marks.change([1], Change(is_read=True))
    stop()
    mail.marks.change([1], Change(is_read=False))

    assert heard == [([message.id], True)]


@pytest.mark.parametrize("path", [None, "1.sqlite"])
def test_marks_survive_a_snapshot_and_a_restart(tmp_path, path):
    place = tmp_path / path if path else None
    with closing(World(Registry(), path=place)) as world:
        world.receive(b"Subject: a\n\n", NOBODY, SentBy())
        world.mail.marks.change([1], Change(is_read=True, tags=["red"]))
        snapshot = world.snapshot()
    with closing(World(Registry(), path=place)) as again:
        if path is None:
            again.restore(snapshot)

        [message] = again.mail.find(Criteria(query="is:read tag:RED"))
        assert (message.is_read, message.tags) == (True, ("red",))
        assert again.snapshot()["mail"] == snapshot["mail"]


def test_snapshot_without_marks_is_restored_and_a_wrong_tag_is_named(tmp_path):
    with closing(World(Registry())) as world:
        world.receive(b"Subject: a\n\n", NOBODY, SentBy())
        snapshot = world.snapshot()
        [document] = snapshot["mail"]
        del document["is_read"], document["tags"]
        world.restore(snapshot)
        assert (world.mail.at(2).is_read, world.mail.at(2).tags) == (False, ())

        document["tags"] = ["a,b"]
        with pytest.raises(SeedError, match=r"snapshot: mail\[0\].tags: a tag must have"):
            world.restore(snapshot)


@pytest.mark.parametrize(
    ("raw", "tags"),
    [
        (b"Subject: a\r\nX-Tags: Red, two words\r\n\r\n", ("Red", "two words")),
        (b"X-TAGS: a\nX-Tags: b, A,, \n\n", ("a", "b")),
        (b"X-Tags: =?utf-8?q?caf=C3=A9!?=\r\n\r\n", ("caf",)),
        (b"Subject: a\r\n\r\nX-Tags: in the body\r\n", ()),
        (b"Subject: a\n\nX-Tags: in the body\n\r\n", ()),
        (b"X-Tags:\r\n\r\n", ()),
        (b"X-Tags: " + b"a" * (LONGEST_TAG + 1) + b"\r\n\r\n", ("a" * LONGEST_TAG,)),
        (b"", ()),
    ],
)
def test_header_x_tags_tags_a_message(raw, tags):
    assert header_tags(raw) == tags


def test_header_x_tags_gives_at_most_the_bound():
    raw = b"X-Tags: " + b",".join(b"t%d" % number for number in range(MOST_TAGS + 1)) + b"\n\n"

    assert len(header_tags(raw)) == MOST_TAGS


def test_store_without_marks_is_searched_for_them(mail, add):
    add("a")

    counts = {query: mail.count(Criteria(query=query)) for query in ("is:read", "is:unread", "is:tagged", "tag:a")}
    assert counts == {"is:read": 0, "is:unread": 1, "is:tagged": 0, "tag:a": 0}


def test_limits_of_a_store_do_not_change_marks():
    with closing(MailStore(Clock(), "0")) as store:
        assert store.marks.change([1], Change(is_read=True)) == []
