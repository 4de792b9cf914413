"""django-anymail sends, with all its options, to each vendor that it knows."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from anymail.exceptions import AnymailError, AnymailRecipientsRefused, AnymailUnsupportedFeature
from anymail.message import AnymailMessage, attach_inline_image
from django.conf import settings
from django.test import override_settings

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n and so on"
OPTIONS = {
    "tags": ["welcome"],
    "metadata": {"user": "7"},
    "track_opens": True,
    "track_clicks": True,
}


def message(**fields) -> AnymailMessage:
    return AnymailMessage(
        **{"subject": "Grüße", "body": "plain", "from_email": "App <app@example.com>", "to": ["jane@example.org"]}
        | fields
    )


def sent(mail: AnymailMessage) -> AnymailMessage:
    assert mail.send() == 1
    return mail


def test_message_arrives_with_its_recipients_and_status(anymail):
    mail = sent(
        message(
            to=["Jane Doe <jane@example.org>", "bob@example.org"],
            cc=["carol@example.org"],
            bcc=["archive@example.org"],
            reply_to=["Help <help@example.com>"],
            headers={"X-Own": "yes"},
        )
    )

    status = mail.anymail_status
    assert status.status <= {"sent", "queued"}
    assert set(status.recipients) == {f"{name}@example.org" for name in ("jane", "bob", "carol", "archive")}
    assert status.message_id
    arrived = anymail.inbox.wait_for(to="jane@example.org")
    assert (arrived.subject, arrived.text.strip()) == ("Grüße", "plain")
    reached = {address for each in anymail.inbox for address in each.envelope.recipients}
    assert reached == set(status.recipients)
    assert b"archive@example.org" not in arrived.raw
    assert b"X-Own: yes" in arrived.raw
    assert b"help@example.com" in arrived.raw


def test_html_attachment_and_inline_image_arrive(anymail, backend):
    mail, content_id = message(), ""
    if backend.takes_inline_images:
        content_id = attach_inline_image(mail, PNG, filename="dot.png", subtype="png")
    mail.attach_alternative(f'<b>rich</b> <img src="cid:{content_id}">', "text/html")
    mail.attach("a.txt", b"hello", "text/plain")

    sent(mail)

    arrived = anymail.inbox.wait_for(to="jane@example.org")
    assert "<b>rich</b>" in arrived.html
    files = {attachment.filename: attachment.content.rstrip() for attachment in arrived.attachments}
    assert files["a.txt"] == b"hello", "Django 6 ends text with a line feed"
    assert not content_id or f"Content-ID: <{content_id}>".encode() in arrived.raw


def test_options_are_kept_with_the_message(anymail, backend):
    options = {name: value for name, value in OPTIONS.items() if name not in backend.unsupported}

    sent(message(**options))

    [record] = getattr(anymail, backend.vendor).state()["messages"]
    if backend.options_in_headers:
        headers = anymail.inbox[0].headers
        assert {name: headers[name] for name in backend.options_in_headers} == backend.options_in_headers
        return
    if "tags" in options:
        assert record["tags"] == ["welcome"]
    if "metadata" in options:
        assert record["metadata"]["user"] == "7"


@pytest.mark.parametrize("option", ["tags", "metadata", "track_opens", "track_clicks", "send_at", "merge_metadata"])
def test_unsupported_option_is_refused_by_the_backend(anymail, backend, option):
    anymail.clock.freeze(NOON)
    values = {**OPTIONS, "send_at": NOON + timedelta(hours=1), "merge_metadata": {"jane@example.org": {"user": "7"}}}
    mail = message(**{option: values[option]})

    if option in backend.unsupported:
        with pytest.raises(AnymailUnsupportedFeature):
            mail.send()
        assert len(anymail.inbox) == 0
    else:
        sent(mail)


def test_scheduled_message_waits_for_its_time(anymail, backend):
    if "send_at" in backend.unsupported:
        return
    anymail.clock.freeze(NOON)

    sent(message(send_at=NOON + timedelta(hours=1)))
    assert len(anymail.inbox) == 0
    anymail.clock.advance(3600)

    assert anymail.inbox[0].subject == "Grüße"


def test_batch_gives_each_recipient_a_message(anymail, backend):
    if "merge_metadata" in backend.unsupported:
        return
    metadata = {"jane@example.org": {"user": "1"}, "bob@example.org": {"user": "2"}}

    mail = sent(message(to=list(metadata), merge_metadata=metadata))

    assert mail.anymail_status.status <= {"sent", "queued"}
    assert sorted(each.envelope.recipients for each in anymail.inbox) == [("bob@example.org",), ("jane@example.org",)]
    for each in anymail.inbox:
        assert len(each.raw.partition(b"\r\nTo: ")[2].partition(b"\r\n")[0].split(b",")) == 1


def test_template_is_rendered(anymail, backend):
    if backend.add_template is None:
        return
    template = backend.add_template(anymail)

    sent(message(template_id=template, merge_global_data={"name": "Jane"}, subject=None, body=None))

    arrived = anymail.inbox.wait_for(to="jane@example.org")
    assert "Jane" in arrived.text + arrived.html
    if backend.sets_template_subject:
        assert arrived.subject == "Hello Jane"


def test_wrong_key_is_refused(anymail, backend):
    with (
        override_settings(ANYMAIL={**settings.ANYMAIL, **backend.wrong_key}),
        pytest.raises(AnymailError),
    ):
        message().send()

    assert anymail.requests[-1].status in {401, 403}
    assert len(anymail.inbox) == 0


def test_sender_that_is_not_verified_is_refused(anymail, backend):
    if backend.refused_sender is None:
        return

    with pytest.raises(AnymailError):
        message(from_email=backend.refused_sender).send()

    assert len(anymail.inbox) == 0


def test_recipient_that_bounced_is_suppressed(anymail, backend):
    anymail.outcomes.add("jane@example.org", "bounced", times=1)
    sent(message())

    mail = message()
    if backend.suppressed_status is None:
        with pytest.raises(AnymailError):
            mail.send()
    else:
        with suppress(AnymailRecipientsRefused):
            mail.send()
        assert mail.anymail_status.status == {backend.suppressed_status}
    assert len(anymail.inbox) == 0


def test_error_of_the_server_is_raised(anymail, backend):
    anymail.faults.add(backend.vendor, status=500)

    with pytest.raises(AnymailError):
        message().send()
