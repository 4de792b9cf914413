"""What became of the mail for each recipient."""

from __future__ import annotations

from mockmail.core.mail import traces as module
from mockmail.core.mail.message import Delivery, Envelope
from mockmail.core.mail.traces import traces

Row = tuple[str, str, tuple[str, ...], str | None]


def rows(envelope: Envelope, *deliveries: Delivery) -> list[Row]:
    """Return recipient, result, path and mailbox of each trace."""
    return [(trace.recipient, trace.result, trace.path, trace.mailbox) for trace in traces(envelope, deliveries)]


def to(*recipients: str, **more: tuple[tuple[str, str], ...]) -> Envelope:
    return Envelope(sender="a@there", recipients=recipients, **more)


def test_recipient_that_no_vendor_hosts():
    assert rows(to("jane@else.com")) == [("jane@else.com", "not_hosted", ("jane@else.com",), None)]


def test_recipient_with_a_mailbox():
    assert rows(to("Jane@here"), Delivery("host", "7", "Jane@here")) == [
        ("Jane@here", "delivered", ("Jane@here",), "7")
    ]


def test_alias_shows_each_address_that_the_mail_went_through():
    envelope = to(
        "Info@here", forwards=(("info@here", "team@here"), ("team@here", "a@here"), ("team@here", "b@else.com"))
    )

    assert rows(envelope, Delivery("host", "1", "a@here"), Delivery(None, None, "b@else.com")) == [
        ("Info@here", "delivered", ("Info@here", "team@here", "a@here"), "1"),
        ("Info@here", "not_hosted", ("Info@here", "team@here", "b@else.com"), None),
    ]


def test_two_recipients_of_one_mailbox_have_a_trace_each():
    envelope = to("a@here", "b@here", same_mailbox=(("b@here", "a@here"),))

    assert rows(envelope, Delivery("host", "1", "a@here")) == [
        ("a@here", "delivered", ("a@here",), "1"),
        ("b@here", "delivered", ("b@here",), "1"),
    ]


def test_mail_in_a_circle_is_lost_in_a_loop():
    envelope = to("a@here", forwards=(("a@here", "b@here"), ("b@here", "a@here")))

    assert rows(envelope, Delivery("host", None, "a@here")) == [("a@here", "loop", ("a@here",), None)]


def test_mail_for_a_full_mailbox_or_a_filter_that_drops_it_is_lost():
    assert rows(to("a@here"), Delivery("host", None, "a@here")) == [("a@here", "lost", ("a@here",), None)]


def test_non_ascii_domain_is_found_in_its_other_form():
    found = rows(to("a@münchen.example"), Delivery("host", "1", "a@xn--mnchen-3ya.example"))

    assert found == [("a@münchen.example", "delivered", ("a@münchen.example",), "1")]


def test_refused_recipient_has_the_reply():
    envelope = to("a@else.com", refusals=(("b@else.com", "550 5.1.1 no"),))

    refused = traces(envelope, ())[1]

    assert (refused.recipient, refused.result, refused.reply) == ("b@else.com", "refused", "550 5.1.1 no")


def test_steps_are_bounded(monkeypatch):
    monkeypatch.setattr(module, "MOST_STEPS", 2)

    assert len(rows(to("a@x", "b@x"))) == 2
    assert len(rows(to("a@x", "b@x", "c@x"))) == 2
