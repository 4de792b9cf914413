"""Messages in the mail store before the first search indexes them."""

from __future__ import annotations

import pytest
from memory import kept

from mockmail.core.clock import Clock
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.documents import document_of, read_message
from mockmail.core.mail.mailboxes import Usage
from mockmail.core.mail.message import Delivery, Envelope, SentBy
from mockmail.core.mail.store import MailStore
from mockmail.core.registry import Registry
from mockmail.core.world import World

ENVELOPE = Envelope(sender="a@example.com", recipients=("b@example.com",))


def test_thousand_messages_are_found_in_order_of_arrival(mail, add):
    added = [add(f"number {number}") for number in range(1003)]

    found = mail.find(Criteria())

    assert [message.id for message in found] == [message.id for message in added]
    assert [message.cursor for message in found] == list(range(1, 1004))
    assert len(mail) == 1003


def test_search_finds_messages_that_arrived_after_the_last_search(mail, add):
    add("first")
    mail.find(Criteria(subject="first"))
    second = add("second")

    assert [message.id for message in mail.find(Criteria(subject="second"))] == [second.id]
    assert mail.get(second.id).raw == second.raw


def test_mailbox_counts_messages_that_were_never_searched(mail):
    for _ in range(3):
        mail.add(b"Subject: hi\r\n\r\n", ENVELOPE, SentBy(), [Delivery("postcard", "b", "b@example.com")])

    assert mail.mailboxes.usage("postcard", "b") == Usage(3, 45)


def test_clear_counts_messages_that_were_never_searched(mail, add):
    add("one")
    add("two")

    assert mail.clear() == 2
    assert mail.find(Criteria()) == []
    assert add("three").cursor == 3


def test_relay_name_of_any_characters_is_stored(mail, add):
    first = add("first")
    mail.add(b"Subject: odd\r\n\r\n", ENVELOPE, SentBy(client="api", relay="\ud800.example:25"))

    assert [message.sent_by.relay for message in mail.find(Criteria())] == [None, "\ufffd.example:25"]
    assert mail.get(first.id) == first


def test_delivery_address_of_any_characters_is_stored(mail, add):
    first = add("first")
    odd = [Delivery(None, None, "j\udcff@else.example"), Delivery("postcard", "j\udcff", "j\udcff@here.example")]
    mail.add(b"Subject: odd\r\n\r\n", ENVELOPE, SentBy(), odd)

    assert [message.subject for message in mail.find(Criteria())] == ["first", "odd"]
    assert [delivery.address for delivery in mail.find(Criteria(subject="odd"))[0].deliveries] == [
        "j\ufffd@else.example",
        "j\ufffd@here.example",
    ]
    assert mail.mailboxes.usage("postcard", "j\udcff") == Usage(1, 16)
    mail.mailboxes.rename("postcard", "j\udcff", "k\udcfe")
    assert mail.mailboxes.usage("postcard", "k\udcfe") == Usage(1, 16)
    mail.mailboxes.forget("postcard", "k\udcfe")
    assert mail.mailboxes.usage("postcard", "k\udcfe") == Usage(0, 0)
    assert mail.get(first.id) == first


def test_id_from_a_snapshot_is_not_used_again():
    other = MailStore(Clock(), "0")
    brought = [other.add(b"Subject: hi\r\n\r\n", ENVELOPE, SentBy()) for _ in range(2)][1]
    other.close()
    store = MailStore(Clock(), "0")
    store.replace([read_message(document_of(brought), "here")])

    new = store.add(b"Subject: new\r\n\r\n", ENVELOPE, SentBy())

    assert new.id != brought.id
    assert {message.id for message in store.find(Criteria())} == {brought.id, new.id}
    store.close()


def test_removed_and_cleared_messages_free_their_memory(mail, add):
    with kept() as fewer_than:
        for _ in range(20):
            mail.remove(add(raw=b"x" * 1_000_000).id)
        assert fewer_than(4_000_000)
        for _ in range(20):
            add(raw=b"y" * 1_000_000)
        mail.clear()
        assert fewer_than(4_000_000)
        last = add(raw=b"z" * 1_000_000)
        assert mail.get(last.id).raw == b"z" * 1_000_000


def test_memory_of_many_removed_messages_is_freed(mail, add):
    stays = add("stays")
    with kept() as fewer_than:
        for number in range(5_000):
            mail.remove(add(f"message {number}").id)
        assert fewer_than(2_000_000)
    assert mail.get(stays.id).subject == "stays"
    assert [message.subject for message in mail.find(Criteria())] == ["stays"]


def test_store_in_memory_keeps_any_bytes_and_the_whole_envelope(mail):
    raw = bytes(range(256)) * 40
    envelope = Envelope(
        sender="j\udcf6rg@example.com",
        recipients=("b@example.com", "c@example.com"),
        helo="client",
        mail_parameters=("SIZE=120",),
        recipient_parameters=("", "NOTIFY=NEVER"),
        auth_user="jane",
        tls="TLSv1.3 TLS_AES_256_GCM_SHA384",
        peer="127.0.0.1:5",
        transcript=("S: 220 here", "C: DATA"),
    )

    message = mail.add(raw, envelope, SentBy())

    assert (mail.get(message.id).raw, mail.get(message.id).envelope) == (raw, envelope)


def test_rolled_back_clear_restores_the_messages():
    world = World(Registry({}))
    world.receive(b"Subject: kept\r\n\r\n", Envelope(sender="a@x", recipients=("b@x",)), SentBy())
    before = world.mail.find(Criteria())

    with pytest.raises(ZeroDivisionError), world.store.transaction():
        world.mail.clear(start_over=True)
        raise ZeroDivisionError
    after = world.mail.find(Criteria())
    later = world.receive(b"Subject: later\r\n\r\n", Envelope(sender="a@x", recipients=("b@x",)), SentBy())

    assert [(message.id, message.raw, message.envelope) for message in after] == [
        (message.id, message.raw, message.envelope) for message in before
    ]
    assert [message.subject for message in world.mail.find(Criteria())] == ["kept", "later"]
    assert later.cursor == 2
    world.close()


def test_appended_transcript_lines_follow_those_of_the_envelope(mail):
    envelope = Envelope(sender="a@example.com", recipients=("b@example.com",), transcript=("C: DATA", "S: 250 OK"))
    message = mail.add(b"Subject: hi\r\n\r\n", envelope, SentBy())

    mail.append_transcript(message.id, ["C: QUIT", "S: 221 Bye \udcff"])

    expected = ("C: DATA", "S: 250 OK", "C: QUIT", "S: 221 Bye \udcff")
    assert mail.get(message.id).envelope.transcript == expected


def test_appending_to_the_transcript_of_a_removed_message_changes_nothing(mail, add):
    message = add("gone")
    mail.remove(message.id)

    mail.append_transcript(message.id, ["C: QUIT"])

    assert mail.find(Criteria()) == []
