"""A client of Resend that sends exactly what a test gives it, and its own Python client."""

from __future__ import annotations

import pytest
import resend
from http_client import send_request


@pytest.fixture
def call(mockmail):
    """Return a function that sends a request with the seed's API key."""
    key = mockmail.resend.credentials["api_key"]

    def send(method, path, json=None, **options):
        headers = {"Authorization": f"Bearer {key}"} | options.pop("headers", {})
        return send_request(mockmail.url, method, path, json=json, headers=headers, **options)

    return send


@pytest.fixture
def post(call):
    """Return a function that posts JSON with the seed's API key."""
    return lambda path, json=None, **options: call("POST", path, json, **options)


@pytest.fixture
def client(mockmail, monkeypatch):
    """Return the module `resend`, pointed at mockmail."""
    monkeypatch.setattr(resend, "api_url", mockmail.resend.url)
    monkeypatch.setattr(resend, "api_key", mockmail.resend.credentials["api_key"])
    return resend
