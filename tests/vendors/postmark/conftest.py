"""A client of Postmark that sends exactly what a test gives it."""

from __future__ import annotations

import pytest
from http_client import send_request


@pytest.fixture
def post(mockmail):
    """Return a function that posts JSON with the seed's server token."""
    token = mockmail.postmark.credentials["server_token"]

    def send(path, json=None, **options):
        headers = {"X-Postmark-Server-Token": token, "Accept": "application/json"} | options.pop("headers", {})
        return send_request(mockmail.url, "POST", path, json=json, headers=headers, **options)

    return send
