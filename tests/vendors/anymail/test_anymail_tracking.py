"""django-anymail's tracking webhooks verify and understand what each vendor tells them."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from anymail.message import AnymailMessage
from anymail.signals import tracking
from django.conf import settings
from django.test import RequestFactory, override_settings
from django.utils.module_loading import import_string

SECRET = "me:a-secret"


@pytest.fixture
def tell(anymail, backend, receiver):
    """Return a function that gives Django the next request of the vendor, and returns the events it made of it."""
    url = urlsplit(receiver.url)
    more = backend.add_webhook(anymail, f"{url.scheme}://{SECRET}@{url.netloc}/hook")
    view = import_string(f"anymail.webhooks.{backend.view}")

    def receive():
        path, headers, body = receiver.received.get(timeout=30)
        made = []

        def collect(sender, event, **_):
            made.append(event)

        content_type = headers.pop("Content-Type")
        request = RequestFactory().post(path, data=body, content_type=content_type, headers=headers)
        tracking.connect(collect)
        try:
            with override_settings(ANYMAIL={**settings.ANYMAIL, "WEBHOOK_SECRET": SECRET, **more}):
                response = view.as_view()(request)
        finally:
            tracking.disconnect(collect)
        assert response.status_code == 200
        return made

    return receive


def send() -> str:
    mail = AnymailMessage(
        subject="x", body="x", from_email="app@example.com", to=["jane@example.org"], metadata={"user": "7"}
    )
    mail.send()
    return mail.anymail_status.message_id


def next_of_kind(tell, kind):
    """Return the next event of a kind; a vendor may tell of others before it."""
    for _ in range(5):
        for event in tell():
            if event.event_type == kind:
                return event
    raise AssertionError(f"there was no event {kind}")


def test_delivery_is_told(anymail, backend, tell):
    message_id = send()

    event = next_of_kind(tell, backend.events["delivered"])

    assert (event.recipient, event.message_id, event.metadata) == ("jane@example.org", message_id, {"user": "7"})
    assert event.timestamp is not None


def test_bounce_is_told(anymail, backend, tell):
    anymail.outcomes.add("jane@example.org", "bounced", reason="5.1.1 no such user")
    message_id = send()

    event = next_of_kind(tell, backend.events["bounced"])

    assert (event.recipient, event.message_id) == ("jane@example.org", message_id)
    assert event.reject_reason == backend.bounce_reason


@pytest.mark.parametrize("kind", ["complained", "opened", "clicked", "unsubscribed"])
def test_later_event_is_told(anymail, backend, tell, kind):
    if kind not in backend.events:
        return
    message_id = send()
    sent = anymail.inbox.wait_for(to="jane@example.org")

    anymail.outcomes.add_event(sent, kind, details={"url": "https://example.com/a", "user_agent": "Firefox"})

    event = next_of_kind(tell, backend.events[kind])
    assert (event.recipient, event.message_id) == ("jane@example.org", message_id)
    if kind == "clicked":
        assert event.click_url == "https://example.com/a"
