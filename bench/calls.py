"""The vendors' requests of the mixed load: writes that are read back by key, and mails that contain a token."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import dataclass, field, replace
from typing import ClassVar
from urllib.parse import quote, urlencode

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
SIGNED = {
    "User-Agent": "Rackspace Management Interface",
    "X-Api-Signature": "eGbq9/2hcZsRlr1JV1Pi:20010308143725:46VIwd66mOFGG8IkbgnLlXnfnkU=",
    "Accept": "application/json",
}
DEFAULT = "default"
END = "that is all"
"""The last line of each mail that a vendor sends."""


@dataclass(frozen=True)
class Request:
    """A request. good: the statuses that acknowledge it."""

    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    good: tuple[int, ...] = (200, 201)
    mark: bytes = b""

    def acknowledged(self, status: int, body: bytes) -> bool:
        """Return whether a response acknowledges the request."""
        return status in self.good and self.mark in body

    def within(self, sandbox: str) -> Request:
        """Return the same request to a sandbox."""
        return self if sandbox == DEFAULT else replace(self, path=f"/~{sandbox}{self.path}")


class Adaxes:
    """People of a directory; the value is their title."""

    keys = 12
    api = "/adaxes/restApi/api/directoryObjects"
    headers: ClassVar = {"Adm-Authorization": "YOUR-SECURITY-TOKEN", **JSON}
    done = b'"resultType":0'

    def create(self, key: str, value: str) -> Request:
        """Return a request that creates a person."""
        properties = [_property("cn", key), _property("title", value), _property("mail", f"{key}@example.com")]
        body = {"createIn": "CN=Users,DC=example,DC=com", "objectType": "user", "properties": properties}
        return Request("POST", self.api, json.dumps(body).encode(), self.headers, mark=self.done)

    def edit(self, key: str, value: str) -> Request:
        """Return a request that changes the title."""
        body = {"directoryObject": self._dn(key), "properties": [_property("title", value)]}
        return Request("PATCH", self.api, json.dumps(body).encode(), self.headers, mark=self.done)

    def delete(self, key: str) -> Request:
        """Return a request that deletes the person."""
        return Request("DELETE", f"{self.api}?directoryObject={quote(self._dn(key))}", headers=self.headers)

    def read(self, key: str) -> Request:
        """Return a request that reads the person."""
        path = f"{self.api}?directoryObject={quote(self._dn(key))}&properties=title"
        return Request("GET", path, headers=self.headers)

    def refused(self, key: str, value: str) -> Request:
        """Return a request that is refused, because the name is taken."""
        return self.create(key, value)

    def mail(self, token: str) -> Request:
        """Return a request that sends a mail with a token."""
        john = "CN=John Smith,CN=Users,DC=example,DC=com"
        body = {"directoryObject": john, "subject": token, "text": f"{'It is good to have you. ' * 40}\n{END}"}
        return Request("POST", f"{self.api}/sendMail", json.dumps(body).encode(), self.headers, mark=self.done)

    def value(self, status: int, body: bytes) -> str | None:
        """Return the title in a response, or None."""
        return str(json.loads(body)["properties"]["title"][0]) if status == 200 else None

    def _dn(self, key: str) -> str:
        return f"CN={key},CN=Users,DC=example,DC=com"


class Atmail:
    """Accounts; the value is their first name."""

    keys = 12
    api = "/atmail/admin/index.php/api/accounts"
    headers: ClassVar = {"Authorization": "Basic " + b64encode(b"admin:changeme").decode(), **FORM}

    def create(self, key: str, value: str) -> Request:
        """Return a request that creates an account."""
        return self._call("create", username=f"{key}@yourdomain.com", password="changeme", firstName=value)

    def edit(self, key: str, value: str) -> Request:
        """Return a request that changes the first name."""
        return self._call("update", username=f"{key}@yourdomain.com", firstName=value)

    def delete(self, key: str) -> Request:
        """Return a request that deletes the account."""
        return self._call("delete", username=f"{key}@yourdomain.com")

    def read(self, key: str) -> Request:
        """Return a request that reads the account."""
        return self._call("view", username=f"{key}@yourdomain.com")

    def refused(self, key: str, value: str) -> Request:
        """Return a request that is refused, because the name is taken."""
        return self.create(key, value)

    def value(self, _: int, body: bytes) -> str | None:
        """Return the first name in a response, or None."""
        found = re.search(rb"<firstName>(.*?)</firstName>", body)
        return found[1].decode() if found else None

    def _call(self, operation: str, **fields: str) -> Request:
        body = urlencode(fields).encode()
        return Request("POST", f"{self.api}/{operation}/", body, self.headers, mark=b"<status>success</status>")


class Onlyoffice:
    """The SMTP settings of a portal, one set in each sandbox; the value is the sender's name."""

    keys = 1
    api = "/onlyoffice/api/2.0/smtpsettings/smtp"
    headers: ClassVar = {
        "Cookie": "asc_auth_key=864FE52C-1C1C-469F-9308-51DAFEFE7436",
        "Accept": "application/json",
        **JSON,
    }

    def create(self, _: str, value: str) -> Request:
        """Return a request that stores settings."""
        body = {"host": "mail.example.com", "port": 25, "senderAddress": "notify@example.com"}
        return Request("POST", self.api, json.dumps({**body, "senderDisplayName": value}).encode(), self.headers)

    edit = create

    def delete(self, _: str) -> Request:
        """Return a request that restores the default settings."""
        return Request("DELETE", self.api, headers=self.headers)

    def read(self, _: str) -> Request:
        """Return a request that reads the settings."""
        return Request("GET", self.api, headers=self.headers)

    def refused(self, _: str, value: str) -> Request:
        """Return a request that is refused, because the port is invalid."""
        body = {"host": "mail.example.com", "port": 99_999, "senderAddress": "notify@example.com"}
        return Request("POST", self.api, json.dumps({**body, "senderDisplayName": value}).encode(), self.headers)

    def test(self) -> Request:
        """Return a request for a test mail, which is sent after the response."""
        return Request("GET", f"{self.api}/test", headers=self.headers)

    def test_status(self) -> Request:
        """Return a request for the state of the test mail."""
        return Request("GET", f"{self.api}/test/status", headers=self.headers)

    def value(self, status: int, body: bytes) -> str | None:
        """Return the sender's name in a response, or None."""
        answer = json.loads(body)["response"] if status == 200 else {}
        return None if answer.get("isDefaultSettings", True) else str(answer["senderDisplayName"])


class Rackspace:
    """Exchange mailboxes; the value is their notes."""

    keys = 12
    api = "/rackspace/v1/customers/12345678/domains/example.com/ex/mailboxes"

    def create(self, key: str, value: str) -> Request:
        """Return a request that creates a mailbox."""
        body = urlencode({"displayName": key, "password": "Secret123!@#", "size": "2048", "notes": value}).encode()
        return Request("POST", f"{self.api}/{key}", body, {**SIGNED, **FORM})

    def edit(self, key: str, value: str) -> Request:
        """Return a request that changes the notes."""
        return Request("PUT", f"{self.api}/{key}", urlencode({"notes": value}).encode(), {**SIGNED, **FORM})

    def delete(self, key: str) -> Request:
        """Return a request that deletes the mailbox."""
        return Request("DELETE", f"{self.api}/{key}", headers=SIGNED)

    def read(self, key: str) -> Request:
        """Return a request that reads the mailbox."""
        return Request("GET", f"{self.api}/{key}", headers=SIGNED)

    def refused(self, key: str, value: str) -> Request:
        """Return a request that is refused, because the name is taken."""
        return self.create(key, value)

    def value(self, status: int, body: bytes) -> str | None:
        """Return the notes in a response, or None."""
        return str(json.loads(body)["contactInfo"]["notes"]) if status == 200 else None


class Spacedog:
    """Settings of a backend; the value is a field of theirs."""

    keys = 12
    api = "/spacedog/1/settings"
    headers: ClassVar = {"Authorization": "Basic " + b64encode(b"test:hi test").decode(), **JSON}

    def create(self, key: str, value: str) -> Request:
        """Return a request that stores settings."""
        return Request("PUT", f"{self.api}/{key}", json.dumps({"value": value}).encode(), self.headers)

    edit = create

    def delete(self, key: str) -> Request:
        """Return a request that deletes the settings."""
        return Request("DELETE", f"{self.api}/{key}", headers=self.headers)

    def read(self, key: str) -> Request:
        """Return a request that reads the settings."""
        return Request("GET", f"{self.api}/{key}", headers=self.headers)

    def refused(self, key: str, value: str) -> Request:
        """Return a request that is refused, because the caller may not store settings."""
        return Request("PUT", f"{self.api}/{key}", json.dumps({"value": value}).encode(), JSON)

    def mail(self, token: str) -> Request:
        """Return a request that sends a mail with a token."""
        body = urlencode({"to": "jane@example.com", "subject": token, "text": f"{'Hello! ' * 90}\n{END}"}).encode()
        return Request("POST", "/spacedog/1/mail", body, {**self.headers, **FORM})

    def value(self, status: int, body: bytes) -> str | None:
        """Return the field in a response, or None."""
        return str(json.loads(body)["value"]) if status == 200 else None


VENDORS = {
    "adaxes": Adaxes,
    "atmail": Atmail,
    "onlyoffice": Onlyoffice,
    "rackspace": Rackspace,
    "spacedog": Spacedog,
}


def _property(name: str, value: str) -> dict[str, object]:
    return {"propertyName": name, "propertyType": "String", "values": [value]}
