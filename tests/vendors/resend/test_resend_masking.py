"""Resend's secrets are masked where requests are shown, and its messages stay visible."""

from __future__ import annotations

import pytest
from leaks import JSON, SECRET, Watched

pytestmark = pytest.mark.mockmail(strict=False)

EMAIL = b'{"from":"a@example.com","to":"b@example.com","subject":"Key = 5","text":"Your token: 1234"}'


def test_api_key_is_masked_and_the_message_stays_visible(mockmail):
    watched = Watched(mockmail)

    shown = watched.send("POST", "/emails", EMAIL, {"Content-Type": JSON, "Authorization": f"Bearer {SECRET}"})

    assert shown["operation"] == "email.send"
    assert shown["request"]["body"] == EMAIL.decode()
    assert SECRET not in watched.everything()


def test_secrets_of_responses_are_masked(mockmail, client):
    watched = Watched(mockmail)

    key = client.ApiKeys.create({"name": "mailer"})["token"]
    webhook = client.Webhooks.create({"endpoint": "http://127.0.0.1:9/hook", "events": ["email.sent"]})
    client.Webhooks.get(webhook["id"])

    everything = watched.everything()
    assert key not in everything
    assert webhook["signing_secret"] not in everything
