"""A client of Mailgun that sends exactly what a test gives it, and the vendor's own Python client."""

from __future__ import annotations

import pytest
import requests
from mailgun.client import Client


@pytest.fixture
def call(mockmail):
    """Return a function that sends a request with the seed's API key."""

    def send(method, path, **options):
        auth = ("api", mockmail.mailgun.credentials["api_key"])
        return requests.request(method, f"{mockmail.url}{path}", **{"auth": auth, "timeout": 30, **options})

    return send


@pytest.fixture
def send(call):
    """Return a function that sends a message from example.com; None leaves a field out."""

    def post(files=None, domain="example.com", **fields):
        data = {"from": "App <app@example.com>", "to": "jane@example.org", "subject": "Hello", "text": "x", **fields}
        data = {name: value for name, value in data.items() if value is not None}
        return call("POST", f"/v3/{domain}/messages", data=data, files=files)

    return post


@pytest.fixture
def client(mockmail):
    """Return the vendor's own client."""
    return Client(auth=("api", mockmail.mailgun.credentials["api_key"]), api_url=mockmail.mailgun.url)
