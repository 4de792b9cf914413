"""A client of SendGrid that sends exactly what a test gives it, and the vendor's own Python client."""

from __future__ import annotations

import pytest
from http_client import send_request
from sendgrid import SendGridAPIClient


@pytest.fixture
def call(mockmail):
    """Return a function that sends a request with the seed's API key."""
    key = mockmail.sendgrid.credentials["api_key"]

    def send(method, path, json=None, **options):
        headers = {"Authorization": f"Bearer {key}"} | options.pop("headers", {})
        return send_request(mockmail.url, method, path, json=json, headers=headers, **options)

    return send


@pytest.fixture
def post(call):
    """Return a function that posts JSON with the seed's API key."""
    return lambda path, json=None, **options: call("POST", path, json, **options)


@pytest.fixture
def client(mockmail):
    """Return SendGrid's own client, pointed at mockmail."""
    return SendGridAPIClient(mockmail.sendgrid.credentials["api_key"], host=mockmail.sendgrid.url)
