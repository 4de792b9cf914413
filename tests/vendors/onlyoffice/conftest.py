"""A client of ONLYOFFICE DocSpace."""

from __future__ import annotations

import json
from typing import Any

import pytest
from http_client import Response, send_request

COOKIE = "asc_auth_key=864FE52C-1C1C-469F-9308-51DAFEFE7436"
SMTP = "/api/2.0/smtpsettings/smtp"


class DocSpaceResponse(Response):
    @property
    def document(self) -> Any:
        return self.json

    @property
    def result(self) -> Any:
        return self.document["response"]

    @property
    def error(self) -> str:
        return self.document["error"]["message"]

    @property
    def errors(self) -> dict[str, list[str]]:
        return self.result["errors"]


class Client:
    """`headers` are sent with every request; the headers of a call replace them, and None removes a header."""

    def __init__(self, url: str, **headers: str) -> None:
        self.url = url
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def request(self, method: str, path: str, body: bytes | None = None, **headers: str | None) -> DocSpaceResponse:
        given = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        return send_request(self.url, method, path, body, headers=given, response_class=DocSpaceResponse)

    def get(self, path: str, **headers: str | None) -> DocSpaceResponse:
        return self.request("GET", path, **headers)

    def delete(self, path: str, **headers: str | None) -> DocSpaceResponse:
        return self.request("DELETE", path, **headers)

    def post(self, path: str, document: Any = None, **headers: str | None) -> DocSpaceResponse:
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        return self.request("POST", path, body, **({"Content_Type": "application/json"} | headers))

    def save(self, **changes: Any) -> DocSpaceResponse:
        """Save the page's SMTP settings, without credentials and with changes; None removes a setting."""
        document = {"host": "mail.example.com", "senderAddress": "notify@example.com", "senderDisplayName": "Postman"}
        document |= changes
        return self.post(SMTP, {name: value for name, value in document.items() if value is not None})


@pytest.fixture
def docspace(mockmail) -> Client:
    """Return a client of the owner, with the page's cookie."""
    return Client(mockmail.url, Cookie=COOKIE)


@pytest.fixture
def stranger(mockmail) -> Client:
    """Return a client without credentials."""
    return Client(mockmail.url)


@pytest.fixture
def user(mockmail) -> Client:
    """Return a client of a user who is no admin."""
    mockmail.onlyoffice.seed(sessions=[{"token": "of-a-user", "userId": "4b3a5c0e-7f3f-4a51-9a3b-0d5f7d7f1a04"}])
    return Client(mockmail.url, Cookie="asc_auth_key=of-a-user")
