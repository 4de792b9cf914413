"""A client of SpaceDog, and the mail that it sent."""

from __future__ import annotations

import json
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import urlencode

import pytest
from http_client import Response, basic, send_request

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json;charset=utf-8"}
COMMON = {
    "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE, HEAD",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Content-Encoding, x-spacedog-debug",
}


class Answer(Response):
    @property
    def error(self) -> Any:
        assert self.json["success"] is False
        assert self.json["status"] == self.status
        return self.json["error"]

    @property
    def refused(self) -> tuple[int, str, str | None]:
        return self.status, self.error["message"], self.error.get("code")

    @property
    def in_dialect(self) -> bool:
        """Return True for a response that the vendor could give, and fail for any other: its headers and its JSON."""
        names = [name.lower() for name, _ in self.headers.items()]
        assert len(set(names)) == len(names)
        assert all(self.headers[name] == value for name, value in COMMON.items())
        if self.status == 304:
            return self.body == b""
        assert self.headers["Content-Type"] == "application/json;charset=UTF-8"
        if self.status >= 400:
            assert self.json["success"] is False
            assert self.json["status"] == self.status
            assert len({"error", "mailgun", "invalidParameters"} & set(self.json)) <= 1
        return True


class Client:
    """A user of a backend, or a guest."""

    def __init__(self, url: str, username: str | None = None, password: str | None = None, host: str | None = None):
        self.url, self.username, self.password, self.host = url, username, password, host

    def as_(self, username: str | None, password: str | None = None) -> Client:
        return Client(self.url, username, password, self.host)

    def at(self, host: str) -> Client:
        return Client(self.url, self.username, self.password, host)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str | None] | None = None
    ) -> Answer:
        wanted: dict[str, str | None] = {"Host": self.host}
        if self.username is not None:
            wanted["Authorization"] = basic(self.username, self.password)
        return send_request(self.url, method, path, body, headers=wanted | (headers or {}), response_class=Answer)

    def get(self, path: str, **headers: str | None) -> Answer:
        return self.ask("GET", path, headers=headers)

    def delete(self, path: str) -> Answer:
        return self.ask("DELETE", path)

    def put(self, path: str, value: Any) -> Answer:
        return self.ask("PUT", path, json.dumps(value).encode(), JSON)

    def post(self, path: str, value: Any = None) -> Answer:
        return self.ask("POST", path, None if value is None else json.dumps(value).encode(), JSON)

    def mail(self, /, **fields: str) -> Answer:
        """Send a mail as a form; `from_` is `from`."""
        named = {name.rstrip("_"): value for name, value in fields.items()}
        return self.ask("POST", "/1/mail", urlencode(named).encode(), FORM)

    def settings(self, **document: Any) -> None:
        """Set the mail settings."""
        answer = self.put("/1/settings/mail", document)
        assert answer.status in (200, 201), answer.body

    def sign_up(self, username: str, password: str) -> Client:
        document = {"username": username, "password": password, "email": f"{username}@example.com"}
        answer = self.as_(None).post("/1/credentials", document)
        assert answer.status == 201, answer.body
        return self.as_(username, password)


@pytest.fixture
def guest(mockmail) -> Client:
    return Client(mockmail.spacedog.url)


@pytest.fixture
def superadmin(guest) -> Client:
    """The superadmin of the backend `test`."""
    return guest.as_("test", "hi test")


@pytest.fixture
def admin(guest) -> Client:
    return guest.as_("dave", "hi dave")


@pytest.fixture
def vince(guest) -> Client:
    """A user of the backend `test`."""
    return guest.as_("vince", "hi vince")


@pytest.fixture
def superdog(guest) -> Client:
    return guest.as_("superdog-david", "hi superdog")


@pytest.fixture
def smtp(mockmail) -> Any:
    """Return the behaviour of the SMTP server that the settings name."""
    return mockmail.server.sandboxes.get().smtp


@pytest.fixture
def sent(mockmail):
    """The one message that was sent, as Python's parser has it: without defects, and with the headers it must have."""

    def parsed(count: int = 1) -> Any:
        assert len(mockmail.inbox) == count
        raw = mockmail.inbox[-1].raw
        assert raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r")
        message = message_from_bytes(raw.replace(b"\r\n", b"\n"), policy=policy.default)
        for part in message.walk():
            assert part.defects == []
            assert all(header.defects == () for header in part.values() if hasattr(header, "defects"))
        for name in ("From", "Date", "Message-ID", "MIME-Version"):
            assert len(message.get_all(name)) == 1, name
        assert len(message.get_all("Subject", [])) <= 1
        return message

    return parsed


@pytest.fixture
def make_template(superadmin):
    """Keep a template that anybody may send."""

    def keep(provider: dict[str, Any] | None = None, /, **properties: Any) -> None:
        template = {
            "from": "app@example.com",
            "to": ["jane@example.com"],
            "subject": "Hello",
            "text": "Hi",
            "roles": ["key"],
            **properties,
        }
        superadmin.settings(templates={"welcome": template}, **(provider or {}))

    return keep
