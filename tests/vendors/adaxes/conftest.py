"""Calls to Adaxes as a client makes them."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

TOKEN = "YOUR-SECURITY-TOKEN"
JOHN = "CN=John Smith,CN=Users,DC=example,DC=com"
ADMIN = "CN=Administrator,CN=Users,DC=example,DC=com"


@dataclass
class Answer:
    status: int
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """A client of Adaxes; `token` goes with each call."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.token: str | None = TOKEN

    def call(self, method: str, path: str, body: Any = None, headers: dict[str, str | None] | None = None) -> Answer:
        parts = urlsplit(self.url)
        sent = {"Content-Type": "application/json"} if body is not None else {}
        if self.token is not None:
            sent["Adm-Authorization"] = self.token
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
        try:
            given = {name: value for name, value in {**sent, **(headers or {})}.items() if value is not None}
            connection.request(method, parts.path + path, body, given)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read())
        finally:
            connection.close()

    def send_mail(self, to: str = JOHN, subject: str = "Hello", text: str = "Hello, John") -> Answer:
        return self.call(
            "POST",
            "/restApi/api/directoryObjects/sendMail",
            {"directoryObject": to, "subject": subject, "text": text},
        )

    def log_in(self, username: str = "administrator@example.com", password: str = "Secret123!") -> Answer:
        return self.call("POST", "/api/authSessions/create", {"username": username, "password": password})


@pytest.fixture
def adaxes(mockmail):
    return Client(mockmail.url)


@pytest.fixture
def smtp_rules(mockmail):
    return mockmail.server.sandboxes.get().smtp
