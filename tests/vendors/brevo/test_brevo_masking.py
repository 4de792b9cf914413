"""Brevo's secrets are masked where requests are shown, and its messages stay visible."""

from __future__ import annotations

import pytest
from leaks import JSON, SECRET, Watched

pytestmark = pytest.mark.mockmail(strict=False)

EMAIL = b'{"sender":{"email":"a@example.com"},"to":[{"email":"b@example.com"}],"subject":"A","htmlContent":"Token = 5"}'


def test_api_key_is_masked_and_the_message_stays_visible(mockmail):
    watched = Watched(mockmail)

    shown = watched.send("POST", "/v3/smtp/email", EMAIL, {"Content-Type": JSON, "api-key": SECRET})

    assert shown["operation"] == "email.send"
    assert shown["request"]["body"] == EMAIL.decode()
    assert SECRET not in watched.everything()


def test_token_of_a_webhook_is_masked(mockmail, client):
    watched = Watched(mockmail)

    client.webhooks.create_webhook(
        url="http://127.0.0.1:9/hook",
        events=["request"],
        auth={"type": "bearer", "token": SECRET},
        headers=[{"key": "Authorization", "value": f"Basic {SECRET}"}],
    )
    client.webhooks.get_webhooks()

    assert SECRET not in watched.everything()
