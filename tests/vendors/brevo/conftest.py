"""A client of Brevo that sends exactly what a test gives it, and Brevo's own Python client."""

from __future__ import annotations

import httpx
import pytest
from brevo import Brevo
from http_client import send_request


@pytest.fixture
def call(mockmail):
    """Return a function that sends a request with the seed's API key."""
    key = mockmail.brevo.credentials["api_key"]

    def send(method, path, json=None, **options):
        headers = {"api-key": key} | options.pop("headers", {})
        return send_request(mockmail.url, method, f"/v3{path}", json=json, headers=headers, **options)

    return send


@pytest.fixture
def post(call):
    """Return a function that posts JSON with the seed's API key."""
    return lambda path, json=None, **options: call("POST", path, json, **options)


@pytest.fixture
def client(mockmail):
    """Return Brevo's own client, pointed at mockmail."""
    with httpx.Client() as http:
        yield Brevo(
            api_key=mockmail.brevo.credentials["api_key"],
            base_url=mockmail.brevo.url,
            httpx_client=http,
            max_retries=0,
        )
