"""Mixed load on a running mockmail: every vendor's writes, and SMTP, with a record of what was acknowledged.

A writer has a vendor, a sandbox and keys of its own, and one call under way at most: so after a kill each of its keys
has the acknowledged value, or, where a call was under way, the one that the call was to give it.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import smtplib
import threading
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
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


@dataclass(frozen=True)
class Request:
    """A request. good: the statuses that acknowledge it."""

    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    good: tuple[int, ...] = (200, 201)
    mark: bytes = b""


class Client:
    """One HTTP connection that stays open."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: Request) -> tuple[int, bytes]:
        """Status and body. Raises OSError or EOFError where the server goes away."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        headers = {"Host": "127.0.0.1", "Content-Length": str(len(request.body)), **request.headers}
        lines = [f"{request.method} {request.path} HTTP/1.1", *(f"{name}: {one}" for name, one in headers.items())]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + request.body)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])  # type: ignore[index]
        body = await reader.readexactly(length)
        if b"\r\nconnection: close" in head.lower():
            self.close()
        return int(head.split(b" ", 2)[1]), body

    def close(self) -> None:
        """End the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


class Adaxes:
    """People of a directory, whose notes are the value."""

    keys = 12
    api = "/adaxes/restApi/api/directoryObjects"
    headers: ClassVar = {"Adm-Authorization": "YOUR-SECURITY-TOKEN", **JSON}

    def create(self, key: str, value: str) -> Request:
        """A person."""
        properties = [_property("cn", key), _property("title", value), _property("mail", f"{key}@example.com")]
        body = {"createIn": "CN=Users,DC=example,DC=com", "objectType": "user", "properties": properties}
        return Request("POST", self.api, json.dumps(body).encode(), self.headers)

    def edit(self, key: str, value: str) -> Request:
        """Another title."""
        body = {"directoryObject": self._dn(key), "properties": [_property("title", value)]}
        return Request("PATCH", self.api, json.dumps(body).encode(), self.headers)

    def delete(self, key: str) -> Request:
        """A person goes."""
        return Request("DELETE", f"{self.api}?directoryObject={quote(self._dn(key))}", headers=self.headers)

    def read(self, key: str) -> Request:
        """What is known of a person."""
        path = f"{self.api}?directoryObject={quote(self._dn(key))}&properties=title"
        return Request("GET", path, headers=self.headers)

    def value(self, status: int, body: bytes) -> str | None:
        """The title."""
        return str(json.loads(body)["properties"]["title"][0]) if status == 200 else None

    def _dn(self, key: str) -> str:
        return f"CN={key},CN=Users,DC=example,DC=com"


class Atmail:
    """Accounts, whose first name is the value."""

    keys = 12
    api = "/atmail/admin/index.php/api/accounts"
    headers: ClassVar = {"Authorization": "Basic " + b64encode(b"admin:changeme").decode(), **FORM}

    def create(self, key: str, value: str) -> Request:
        """An account."""
        return self._call("create", username=f"{key}@yourdomain.com", password="changeme", firstName=value)

    def edit(self, key: str, value: str) -> Request:
        """Another first name."""
        return self._call("update", username=f"{key}@yourdomain.com", firstName=value)

    def delete(self, key: str) -> Request:
        """An account goes."""
        return self._call("delete", username=f"{key}@yourdomain.com")

    def read(self, key: str) -> Request:
        """An account."""
        return self._call("view", username=f"{key}@yourdomain.com")

    def value(self, _: int, body: bytes) -> str | None:
        """The first name."""
        found = re.search(rb"<firstName>(.*?)</firstName>", body)
        return found[1].decode() if found else None

    def _call(self, operation: str, **fields: str) -> Request:
        body = urlencode(fields).encode()
        return Request("POST", f"{self.api}/{operation}/", body, self.headers, mark=b"<status>success</status>")


class Onlyoffice:
    """A portal's SMTP settings, whose sender's name is the value: one in a sandbox."""

    keys = 1
    api = "/onlyoffice/api/2.0/smtpsettings/smtp"
    headers: ClassVar = {
        "Cookie": "asc_auth_key=864FE52C-1C1C-469F-9308-51DAFEFE7436",
        "Accept": "application/json",
        **JSON,
    }

    def create(self, _: str, value: str) -> Request:
        """Settings."""
        body = {"host": "mail.example.com", "port": 25, "senderAddress": "notify@example.com"}
        return Request("POST", self.api, json.dumps({**body, "senderDisplayName": value}).encode(), self.headers)

    edit = create

    def delete(self, _: str) -> Request:
        """The default settings again."""
        return Request("DELETE", self.api, headers=self.headers)

    def read(self, _: str) -> Request:
        """The settings."""
        return Request("GET", self.api, headers=self.headers)

    def value(self, status: int, body: bytes) -> str | None:
        """The sender's name."""
        answer = json.loads(body)["response"] if status == 200 else {}
        return None if answer.get("isDefaultSettings", True) else str(answer["senderDisplayName"])


class Rackspace:
    """Exchange mailboxes, whose notes are the value."""

    keys = 12
    api = "/rackspace/v1/customers/12345678/domains/example.com/ex/mailboxes"

    def create(self, key: str, value: str) -> Request:
        """A mailbox."""
        body = urlencode({"displayName": key, "password": "Secret123!@#", "size": "2048", "notes": value}).encode()
        return Request("POST", f"{self.api}/{key}", body, {**SIGNED, **FORM})

    def edit(self, key: str, value: str) -> Request:
        """Other notes."""
        return Request("PUT", f"{self.api}/{key}", urlencode({"notes": value}).encode(), {**SIGNED, **FORM})

    def delete(self, key: str) -> Request:
        """A mailbox goes."""
        return Request("DELETE", f"{self.api}/{key}", headers=SIGNED)

    def read(self, key: str) -> Request:
        """A mailbox."""
        return Request("GET", f"{self.api}/{key}", headers=SIGNED)

    def value(self, status: int, body: bytes) -> str | None:
        """The notes."""
        return str(json.loads(body)["contactInfo"]["notes"]) if status == 200 else None


class Spacedog:
    """Settings of a backend, each of which has the value as a field."""

    keys = 12
    api = "/spacedog/1/settings"
    headers: ClassVar = {"Authorization": "Basic " + b64encode(b"test:hi test").decode(), **JSON}

    def create(self, key: str, value: str) -> Request:
        """Settings."""
        return Request("PUT", f"{self.api}/{key}", json.dumps({"value": value}).encode(), self.headers)

    edit = create

    def delete(self, key: str) -> Request:
        """Settings go."""
        return Request("DELETE", f"{self.api}/{key}", headers=self.headers)

    def read(self, key: str) -> Request:
        """Settings."""
        return Request("GET", f"{self.api}/{key}", headers=self.headers)

    def value(self, status: int, body: bytes) -> str | None:
        """The field."""
        return str(json.loads(body)["value"]) if status == 200 else None


VENDORS = {
    "adaxes": Adaxes,
    "atmail": Atmail,
    "onlyoffice": Onlyoffice,
    "rackspace": Rackspace,
    "spacedog": Spacedog,
}


class Writer:
    """Writes to one vendor in one sandbox, and knows what was acknowledged."""

    def __init__(self, vendor: str, sandbox: str, seed: str) -> None:
        self.name = f"{vendor} in {sandbox}"
        self._api = VENDORS[vendor]()
        self._prefix = "" if sandbox == DEFAULT else f"/~{sandbox}"
        self._random = random.Random(f"{seed} {self.name}")
        self._count = 0
        self.known: dict[str, str | None] = {f"kill{number}": None for number in range(self._api.keys)}
        self.under_way: tuple[str, str | None] | None = None
        self.touched: set[str] = set()
        self.acknowledged = 0
        self.refused: list[str] = []

    async def run(self, port: int) -> None:
        """Write until the server goes away."""
        client = Client(port)
        try:
            while True:
                await self._write(client)
        except (OSError, EOFError):
            client.close()

    async def _write(self, client: Client) -> None:
        key = self._random.choice(list(self.known))
        self._count += 1
        value: str | None = f"v{self._count}"
        if self.known[key] is None:
            request = self._api.create(key, str(value))
        elif self._random.random() < 0.3:
            request, value = self._api.delete(key), None
        else:
            request = self._api.edit(key, str(value))
        self.under_way = key, value
        self.touched.add(key)
        status, body = await client.ask(self._in_sandbox(request))
        if status in request.good and request.mark in body:
            self.known[key] = value
            self.acknowledged += 1
        else:
            self.refused.append(f"{self.name}: {request.method} {request.path} -> {status} {body[:200]!r}")
        self.under_way = None

    async def check(self, client: Client, *, everything: bool) -> list[str]:
        """What is not as it was acknowledged. What was under way when the server went may be or not."""
        wrong = []
        for key in sorted(self.known if everything else self.touched):
            found = self._api.value(*await client.ask(self._in_sandbox(self._api.read(key))))
            allowed = {self.known[key]}
            if self.under_way is not None and self.under_way[0] == key:
                allowed.add(self.under_way[1])
            if found not in allowed:
                wrong.append(f"{self.name}: {key} is {found!r}, and {allowed} was acknowledged or under way")
            self.known[key] = found
        self.under_way = None
        self.touched.clear()
        return wrong

    def _in_sandbox(self, request: Request) -> Request:
        return Request(
            request.method, self._prefix + request.path, request.body, request.headers, request.good, request.mark
        )


class Sender(threading.Thread):
    """Sends mail by SMTP until the server goes away. accepted: the bytes of each message that was, by its id."""

    def __init__(self, port: int, sandbox: str, seed: str, keep: Callable[[str, bytes], None]) -> None:
        super().__init__(name=f"sender {seed}", daemon=True)
        self._port = port
        self._sandbox = sandbox
        self._random = random.Random(seed)
        self._keep = keep
        self.refused: list[str] = []

    def run(self) -> None:
        """Send."""
        try:
            with smtplib.SMTP("127.0.0.1", self._port, timeout=10) as client:
                if self._sandbox != DEFAULT:
                    client.login(f"~{self._sandbox}", "x")
                while True:
                    self._send(client)
        except (OSError, smtplib.SMTPException, EOFError):
            return

    def _send(self, client: smtplib.SMTP) -> None:
        raw = self.message()
        client.mail("sender@example.com")
        client.rcpt("inbox@yourdomain.com")
        code, answer = client.data(raw)
        found = re.fullmatch(rb"2.0.0 Ok: queued as (\w+)", answer)
        if code == 250 and found:
            self._keep(found[1].decode(), raw)
        else:
            self.refused.append(f"SMTP: {code} {answer!r}")

    def message(self) -> bytes:
        """A message of any size, with octets of all kinds and lines that begin with a dot."""
        size = self._random.choice((0, 10, 1000, 2000, 5000, 60_000))
        body = self._random.randbytes(size).replace(b"\r", b".").replace(b"\n", b".")
        lines = [body[start : start + 900] for start in range(0, len(body), 900)]
        subject = f"Subject: kill {self._random.random()}\r\n\r\n".encode()
        return subject + b"\r\n".join(lines) + b"\r\n.\r\n..\r\nend\r\n"


def _property(name: str, value: str) -> dict[str, object]:
    return {"propertyName": name, "propertyType": "String", "values": [value]}
