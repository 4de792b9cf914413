"""What becomes of the recipients of a message, and who decides it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mockmail.core.errors import InvalidFault
from mockmail.core.mail.outgoing import Continue
from mockmail.core.senders import lifecycle, sending
from mockmail.core.senders.lifecycle import MOST_WEBHOOKS, add_event
from mockmail.core.senders.outcomes import ArrangedOutcome, RecipientOutcome, check_outcome
from mockmail.core.senders.records import SenderEvent, SentMessage, Suppression, Webhook
from mockmail.core.senders.sender import WebhookRequest
from mockmail.core.senders.sending import (
    KEPT_AT_ONCE,
    cancel,
    content_of,
    next_due,
    raw_of,
    reschedule,
    send_due,
    submit,
)


def send(acting, *submissions, result="done"):
    with acting.world.transaction():
        first = submit(acting.call(), submissions, result)
    return acting.settle(first)


def arrange(acting, recipient, kind, **fields):
    rule = ArrangedOutcome(recipient=recipient, kind=kind, **fields)
    check_outcome(rule)
    return acting.world.outcomes.add(rule)


def test_good_message_arrives_and_is_delivered(acting):
    assert send(acting, acting.submission("jane@example.org")) == "done"

    assert acting.states() == {"jane@example.org": "delivered"}
    assert acting.events() == [("accepted", ""), ("delivered", "jane@example.org")]
    assert acting.arrived == [("jane@example.org",)]
    assert raw_of(acting.world, acting.message()) == b"Subject: x\r\n\r\nx\r\n"
    assert acting.message().raw == ""
    assert content_of(acting.world, acting.message()).subject == "x"


def test_event_that_the_vendor_does_not_keep_draws_no_id(acting, monkeypatch):
    monkeypatch.setattr(acting.vendor.sender, "kinds", frozenset({"delivered"}), raising=False)
    drawn = acting.world.ids.drawn

    send(acting, acting.submission("jane@example.org"))

    assert acting.events() == [("delivered", "jane@example.org")]
    assert acting.world.ids.drawn == drawn + 1


def test_arranged_bounce_does_not_arrive_and_suppresses(acting):
    arrange(acting, "*@example.org", "bounced", times=1)

    send(acting, acting.submission("jane@example.org", "bob@example.net"))
    send(acting, acting.submission("jane@example.org", "joe@example.org"))

    assert acting.states("m1") == {"jane@example.org": "bounced", "bob@example.net": "delivered"}
    assert acting.states("m2") == {"jane@example.org": "suppressed", "joe@example.org": "delivered"}
    assert acting.arrived == [("bob@example.net",), ("joe@example.org",)]
    [suppression] = acting.records(Suppression)
    assert (suppression.address, suppression.reason, suppression.message) == ("jane@example.org", "bounce", "m1")


def test_suppression_that_does_not_count_for_a_message_is_ignored(acting, monkeypatch):
    arrange(acting, "jane@example.org", "bounced", times=1)
    send(acting, acting.submission("jane@example.org"))
    monkeypatch.setattr(acting.vendor.sender, "suppresses", lambda message, _: message.id != "m2")

    send(acting, acting.submission("jane@example.org"))
    send(acting, acting.submission("jane@example.org"))

    states = [acting.states(message)["jane@example.org"] for message in ("m1", "m2", "m3")]
    assert states == ["bounced", "delivered", "suppressed"]


@pytest.mark.parametrize(
    ("kind", "reply"),
    [
        ("delivered", (250, "2.0.0", "OK")),
        ("bounced", (550, "5.1.1", "5.1.1 user unknown")),
        ("deferred", (452, "4.2.2", "4.2.2 mailbox full")),
        ("suppressed", (0, "", "")),
        ("failed", (0, "", "")),
    ],
)
def test_arranged_outcome_has_the_usual_reply_of_its_kind(acting, kind, reply):
    arrange(acting, "jane@example.org", kind)

    send(acting, acting.submission("jane@example.org"))

    event = list(acting.records(SenderEvent))[-1]
    assert (event.kind, (event.code, event.status, event.reason)) == (kind, reply)


def test_soft_bounce_does_not_suppress(acting):
    arrange(acting, "jane@example.org", "bounced", hard=False)

    send(acting, acting.submission("jane@example.org"))

    assert acting.states() == {"jane@example.org": "bounced"}
    assert len(acting.records(Suppression)) == 0


def test_message_that_reaches_nobody_keeps_its_raw_text(acting):
    arrange(acting, "jane@example.org", "bounced")

    send(acting, acting.submission("jane@example.org"))

    assert (acting.arrived, raw_of(acting.world, acting.message())) == ([], b"Subject: x\r\n\r\nx\r\n")


def test_simulator_decides_before_what_a_test_arranged(acting):
    arrange(acting, "*", "delivered")

    send(acting, acting.submission("Gone+label@simulator.test", "any@sink.test", "away@simulator.test"))

    assert acting.events()[1:] == [
        ("bounced", "Gone+label@simulator.test"),
        ("delivered", "any@sink.test"),
        ("delivered", "away@simulator.test"),
        ("bounced", "away@simulator.test"),
    ]
    assert acting.arrived == [("away@simulator.test",)]
    assert len(acting.records(Suppression)) == 0


def test_recipient_that_the_smtp_side_refuses_bounces(acting):
    acting.world.smtp.refused_recipients.append("jane@*")

    send(acting, acting.submission("jane@example.org"))

    event = acting.records(SenderEvent).find("message", "m1")[-1]
    assert (event.kind, event.hard, event.code, event.status) == ("bounced", True, 550, "5.7.1")


def test_arranged_complaint_arrives_first(acting):
    arrange(acting, "jane@example.org", "complained")

    send(acting, acting.submission("jane@example.org"))

    assert acting.events()[1:] == [("delivered", "jane@example.org"), ("complained", "jane@example.org")]
    assert acting.arrived == [("jane@example.org",)]
    assert [found.reason for found in acting.records(Suppression)] == ["complaint"]


def test_failure_of_the_vendor_reaches_nobody(acting):
    failure = RecipientOutcome(kind="failed", reason="a variable is missing")

    send(acting, acting.submission("jane@example.org", failure=failure))

    assert acting.events() == [("accepted", ""), ("failed", "jane@example.org")]
    assert acting.arrived == []


def test_test_message_is_delivered_without_arriving(acting):
    send(acting, acting.submission("jane@example.org", is_test=True))

    assert (acting.states(), acting.arrived) == ({"jane@example.org": "delivered"}, [])


def test_messages_of_a_batch_arrive_in_order(acting):
    arrange(acting, "b@example.org", "bounced")

    send(acting, *(acting.submission(f"{name}@example.org") for name in "abc"))

    assert acting.arrived == [("a@example.org",), ("c@example.org",)]
    assert [message.id for message in acting.records(SentMessage)] == ["m1", "m2", "m3"]


def later(acting, **times):
    return (acting.world.clock.now() + timedelta(**times)).isoformat()


def test_scheduled_message_is_sent_when_the_clock_says_so(acting):
    send(acting, acting.submission("jane@example.org", scheduled_at=later(acting, hours=1)))
    assert (acting.states(), acting.arrived) == ({"jane@example.org": "scheduled"}, [])

    assert (send_due(acting.world), acting.arrived) == (0, [])
    assert next_due(acting.world).isoformat() == later(acting, hours=1)
    acting.world.clock.advance(3600)
    assert send_due(acting.world) == 1

    assert acting.arrived == [("jane@example.org",)]
    assert [kind for kind, _ in acting.events()] == ["accepted", "scheduled", "delivered"]
    assert (send_due(acting.world), next_due(acting.world)) == (0, None)


def test_many_scheduled_messages_are_kept_some_at_a_time(acting):
    due = later(acting, hours=1)
    many = [acting.submission("jane@example.org", scheduled_at=due) for _ in range(KEPT_AT_ONCE + 1)]

    with acting.world.transaction():
        result = submit(acting.call(), many, "done")
    assert isinstance(result, Continue)
    assert len(acting.records(SentMessage)) == KEPT_AT_ONCE

    assert acting.settle(result) == "done"
    assert len(acting.records(SentMessage)) == KEPT_AT_ONCE + 1


def test_fewer_long_scheduled_messages_are_kept_at_a_time(acting, monkeypatch):
    due = later(acting, hours=1)
    many = [acting.submission("jane@example.org", scheduled_at=due) for _ in range(3)]
    monkeypatch.setattr(sending, "KEPT_BYTES", len(many[0].raw))

    with acting.world.transaction():
        result = submit(acting.call(), many, "done")

    assert isinstance(result, Continue)
    assert len(acting.records(SentMessage)) == 2
    assert acting.settle(result) == "done"


def test_cancelled_message_is_never_sent(acting):
    send(acting, acting.submission("jane@example.org", scheduled_at=later(acting, hours=1)))

    with acting.world.transaction():
        cancel(acting.world, acting.vendor, acting.message())
    acting.world.clock.advance(7200)

    assert (send_due(acting.world), acting.arrived) == (0, [])
    assert acting.states() == {"jane@example.org": "cancelled"}


def test_message_is_scheduled_for_a_vendor_that_accepts_each_recipient(acting, monkeypatch):
    monkeypatch.setattr(acting.vendor.sender, "accepts_each", True)

    send(acting, acting.submission("jane@example.org", scheduled_at=later(acting, hours=1)))

    assert acting.states() == {"jane@example.org": "scheduled"}


def test_scheduled_message_of_a_vendor_that_accepts_it_when_due_is_accepted_then(acting):
    acting.vendor.sender.accepts_when_due = True
    send(acting, acting.submission("jane@example.org", scheduled_at=later(acting, hours=1)))
    at_request = acting.events()
    acting.world.clock.advance(3600)

    send_due(acting.world)
    send(acting, acting.submission("bob@example.org"))

    assert at_request == [("scheduled", "")]
    assert acting.events() == [("scheduled", ""), ("accepted", ""), ("delivered", "jane@example.org")]
    assert acting.events("m2") == [("accepted", ""), ("delivered", "bob@example.org")]


def test_rescheduled_message_is_sent_at_its_new_time(acting):
    send(acting, acting.submission("jane@example.org", scheduled_at=later(acting, hours=1)))

    with acting.world.transaction():
        reschedule(acting.world, acting.vendor, acting.message(), acting.world.clock.now() + timedelta(hours=3))
    acting.world.clock.advance(7200)
    assert send_due(acting.world) == 0
    acting.world.clock.advance(3600)

    assert send_due(acting.world) == 1


def test_scheduled_message_whose_time_is_past_is_sent_at_once(acting):
    send(acting, acting.submission("jane@example.org", scheduled_at=later(acting, hours=-1)))

    assert acting.arrived == [("jane@example.org",)]


def test_message_of_a_vendor_that_accepts_each_recipient_waits_for_its_time(acting, monkeypatch):
    monkeypatch.setattr(type(acting.vendor.sender), "accepts_each", True)
    send(acting, acting.submission("jane@example.org", "bob@example.org", scheduled_at=later(acting, hours=1)))
    assert acting.states() == {"jane@example.org": "scheduled", "bob@example.org": "scheduled"}

    acting.world.clock.advance(3600)

    assert send_due(acting.world) == 1


def test_later_event_changes_the_state_and_suppresses(acting):
    send(acting, acting.submission("jane@example.org"))

    with acting.world.transaction():
        add_event(acting.world, acting.vendor, acting.message(), "opened", "jane@example.org")
        assert acting.states() == {"jane@example.org": "delivered"}
        add_event(acting.world, acting.vendor, acting.message(), "complained", "JANE@example.org")

    assert acting.states() == {"jane@example.org": "complained"}
    assert [found.reason for found in acting.records(Suppression)] == ["complaint"]


def test_webhooks_get_the_events_that_they_want(acting):
    webhooks = acting.records(Webhook)
    webhooks.put(Webhook(id="1", url="http://127.0.0.1:9/a", created=later(acting)))
    webhooks.put(Webhook(id="2", url="http://127.0.0.1:9/b", kinds=("delivered",), created=later(acting)))
    webhooks.put(Webhook(id="3", url="http://127.0.0.1:9/c", enabled=False, created=later(acting)))
    told = []
    acting.world.webhook_queue.observe(lambda: told.append(len(acting.world.webhook_queue)))

    send(acting, acting.submission("jane@example.org"))

    queue = acting.world.webhook_queue
    assert told[-1] == 3
    taken = [queue.take(f"http://127.0.0.1:9/{path}") for path in "aab"]
    assert [(vendor, request.url[-1], request.body) for vendor, request in taken] == [
        ("acme", "a", b"accepted "),
        ("acme", "a", b"delivered jane@example.org"),
        ("acme", "b", b"delivered jane@example.org"),
    ]
    assert len(queue) == 0


def test_events_that_happen_together_are_batched_for_a_vendor_that_batches(acting, monkeypatch):
    def batched(world, webhook, message, events):
        return [WebhookRequest(url=webhook.url, body=" ".join(event.kind for event in events).encode())]

    acting.records(Webhook).put(Webhook(id="1", url="http://127.0.0.1:9/a", kinds=("none",), created=later(acting)))
    monkeypatch.setattr(acting.vendor.sender, "batched_requests", batched)

    send(acting, acting.submission("jane@example.org", "bob@example.org"))

    _, request = acting.world.webhook_queue.take("http://127.0.0.1:9/a")
    assert request.body == b"accepted delivered delivered"
    assert len(acting.world.webhook_queue) == 0


@pytest.mark.parametrize(("webhooks", "told"), [(MOST_WEBHOOKS, MOST_WEBHOOKS), (MOST_WEBHOOKS + 1, MOST_WEBHOOKS)])
def test_no_more_webhooks_are_told_than_the_bound_allows(acting, webhooks, told):
    for number in range(webhooks):
        hook = Webhook(id=f"{number}", url="http://127.0.0.1:9/", kinds=("delivered",), created=later(acting))
        acting.records(Webhook).put(hook)

    send(acting, acting.submission("jane@example.org"))

    assert len(acting.world.webhook_queue) == told


def test_rolled_back_events_queue_no_webhook(acting):
    acting.records(Webhook).put(Webhook(id="1", url="http://127.0.0.1:9/a", created=later(acting)))
    send(acting, acting.submission("jane@example.org"))
    before = len(acting.world.webhook_queue)

    with pytest.raises(ZeroDivisionError), acting.world.transaction():
        add_event(acting.world, acting.vendor, acting.message(), "opened", "jane@example.org")
        raise ZeroDivisionError

    assert len(acting.world.webhook_queue) == before


def test_oldest_messages_are_removed_over_the_bound(acting, monkeypatch):
    monkeypatch.setattr(lifecycle, "MOST_SENT", 16)
    monkeypatch.setattr(lifecycle, "REMOVED_AT_ONCE", 2)

    for _ in range(16):
        send(acting, acting.submission("jane@example.org"))
    assert len(acting.records(SentMessage)) == 16
    send(acting, acting.submission("jane@example.org"))

    assert [message.id for message in acting.records(SentMessage)][:1] == ["m3"]
    assert acting.events("m1") == []
    assert acting.events("m3") != []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"recipient": "jane"}, "recipient must be an address or a pattern"),
        ({"kind": "eaten"}, "kind must be one of suppressed, delivered, deferred, bounced"),
        ({"times": 0}, "times must be from 1"),
        ({"recipient": "a" * 1001 + "@b"}, "recipient must have at most 1000 characters"),
    ],
)
def test_outcome_that_no_recipient_could_have_is_refused(acting, fields, words):
    with pytest.raises(InvalidFault, match=words):
        arrange(acting, **({"recipient": "jane@example.org", "kind": "bounced"} | fields))


def test_reset_removes_what_was_arranged(acting):
    arrange(acting, "jane@example.org", "bounced")
    assert not acting.world.is_disposable

    acting.world.reset()

    assert len(acting.world.outcomes) == 0
