"""A client of Adaxes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from http_client import Response, send_request

TOKEN = "YOUR-SECURITY-TOKEN"
JOHN = "CN=John Smith,CN=Users,DC=example,DC=com"
ADMIN = "CN=Administrator,CN=Users,DC=example,DC=com"


class Client:
    """A client of Adaxes; `token` goes with each call."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.token: str | None = TOKEN

    def call(self, method: str, path: str, body: Any = None, headers: dict[str, str | None] | None = None) -> Response:
        sent: dict[str, str | None] = {"Content-Type": "application/json"} if body is not None else {}
        if self.token is not None:
            sent["Adm-Authorization"] = self.token
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        return send_request(self.url, method, path, body, headers={**sent, **(headers or {})})

    def send_mail(self, to: str = JOHN, subject: str = "Hello", text: str = "Hello, John") -> Response:
        return self.call(
            "POST",
            "/restApi/api/directoryObjects/sendMail",
            {"directoryObject": to, "subject": subject, "text": text},
        )

    def log_in(self, username: str = "administrator@example.com", password: str = "Secret123!") -> Response:
        return self.call("POST", "/api/authSessions/create", {"username": username, "password": password})


@pytest.fixture
def adaxes(mockmail):
    return Client(mockmail.url)


@pytest.fixture
def smtp_rules(mockmail):
    return mockmail.server.sandboxes.get().smtp
