"""Postmark's server token is masked, and the messages of its requests stay visible."""

from __future__ import annotations

import pytest
from leaks import JSON, SECRET, Watched

pytestmark = pytest.mark.mockmail(strict=False)

EMAIL = b'{"From":"a@example.com","To":"b@example.com","Subject":"Key = 5","TextBody":"Your token: 1234"}'


def test_server_token_is_masked_and_the_message_stays_visible(mockmail):
    watched = Watched(mockmail)

    shown = watched.send("POST", "/email", EMAIL, {"Content-Type": JSON, "X-Postmark-Server-Token": SECRET})

    assert shown["operation"] == "email.send"
    assert shown["request"]["body"] == EMAIL.decode()
    assert SECRET not in watched.everything()
