"""SendGrid's secrets are masked where requests are shown, and its messages stay visible."""

from __future__ import annotations

import pytest
from leaks import JSON, SECRET, Watched

pytestmark = pytest.mark.mockmail(strict=False)

MAIL = b'{"from":{"email":"a@example.com"},"subject":"Key = 5","content":[{"type":"text/plain","value":"token: 1234"}]}'


def test_api_key_is_masked_and_the_message_stays_visible(mockmail):
    watched = Watched(mockmail)

    shown = watched.send("POST", "/v3/mail/send", MAIL, {"Content-Type": JSON, "Authorization": f"Bearer {SECRET}"})

    assert shown["request"]["body"] == MAIL.decode()
    assert SECRET not in watched.everything()


def test_secrets_of_bodies_are_masked(mockmail, post):
    watched = Watched(mockmail)

    key = post("/v3/api_keys", {"name": "mailer"}).json["api_key"]
    webhook = {"url": "http://127.0.0.1:9/hook", "oauth_client_secret": SECRET}
    assert post("/v3/user/webhooks/event/settings", webhook).status == 201

    everything = watched.everything()
    assert key not in everything
    assert SECRET not in everything
