"""Mixed load on a running mockmail, with a record of what was acknowledged.

Each load has its own keys or messages, and at most one request in progress. After a kill, every key must have its
acknowledged value or the value of the request in progress, and every acknowledged message must exist; the message in
progress may exist.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import smtplib
import threading

from bench.calls import DEFAULT, END, VENDORS, Onlyoffice, Request

ENDS = (END.encode(), b"the ONLYOFFICE team\r\n")
LARGEST = 100_000
"""The largest message that the server accepts; larger ones are sent to be refused."""


class Client:
    """One HTTP connection that stays open."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: Request) -> tuple[int, bytes]:
        """Send a request and return status and body. Raise OSError or EOFError if the server ends."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        headers = {"Host": "127.0.0.1", "Content-Length": str(len(request.body)), **request.headers}
        lines = [f"{request.method} {request.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + request.body)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        body = await reader.readexactly(int(length[1]) if length else 0)
        if b"\r\nconnection: close" in head.lower():
            self.close()
        return int(head.split(b" ", 2)[1]), body

    async def look(self, path: str, sandbox: str = DEFAULT) -> tuple[int, bytes]:
        """Return status and body of a path of the control API."""
        return await self.ask(Request("GET", f"/_mockmail/{path}").within(sandbox))

    def close(self) -> None:
        """End the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


class Refused(Exception):
    """Raised for a valid request that was not acknowledged."""


class Load:
    """A load on a server over one HTTP connection until the server ends."""

    def __init__(self, name: str, seed: str) -> None:
        self.name = name
        self.random = random.Random(f"{seed} {name}")
        self.acknowledged = 0
        self.wrong: list[str] = []

    async def run(self, port: int) -> None:
        """Send requests until the server ends or an error is found."""
        client = Client(port)
        try:
            await self.begin(client)
            while not self.wrong:
                await self.step(client)
        except (OSError, EOFError, Refused):
            client.close()

    async def begin(self, client: Client) -> None:
        """Send the first requests."""

    async def step(self, client: Client) -> None:
        """Send the next requests."""
        raise NotImplementedError

    async def demand(self, client: Client, request: Request) -> bytes:
        """Send a valid request and return the body of its response. Raise Refused."""
        status, body = await client.ask(request)
        if not request.acknowledged(status, body):
            self.wrong.append(f"{self.name}: {request.method} {request.path} -> {status} {body[:200]!r}")
            raise Refused
        return body


class Writer(Load):
    """Writes to one vendor in one sandbox, some of which must be refused."""

    def __init__(self, vendor: str, sandbox: str, seed: str) -> None:
        super().__init__(f"{vendor} in {sandbox}", seed)
        self._api = VENDORS[vendor]()
        self._sandbox = sandbox
        self._count = 0
        self.known: dict[str, str | None] = {f"kill{number}": None for number in range(self._api.keys)}
        self.under_way: tuple[str, str | None] | None = None
        self.touched: set[str] = set()
        self.refused = 0

    async def step(self, client: Client) -> None:
        """Send one write."""
        key = self.random.choice(list(self.known))
        self._count += 1
        value: str | None = f"v{self._count}"
        self.touched.add(key)
        if self.known[key] is None:
            request = self._api.create(key, str(value))
        elif self.random.random() < 0.1:
            await self._be_refused(client, self._api.refused(key, f"refused{self._count}"))
            return
        elif self.random.random() < 0.3:
            request, value = self._api.delete(key), None
        else:
            request = self._api.edit(key, str(value))
        self.under_way = key, value
        await self.demand(client, request.within(self._sandbox))
        self.known[key], self.under_way = value, None
        self.acknowledged += 1

    async def check(self, client: Client, *, everything: bool) -> list[str]:
        """Return a line for each key with neither its acknowledged value nor the one of the write in progress."""
        wrong = []
        for key in sorted(self.known if everything else self.touched):
            found = self._api.value(*await client.ask(self._api.read(key).within(self._sandbox)))
            allowed = {self.known[key]}
            if self.under_way is not None and self.under_way[0] == key:
                allowed.add(self.under_way[1])
            if found not in allowed:
                wrong.append(f"{self.name}: {key} is {found!r}, and {allowed} was acknowledged or under way")
            self.known[key] = found
        self.under_way = None
        self.touched.clear()
        return wrong

    async def _be_refused(self, client: Client, request: Request) -> None:
        status, body = await client.ask(request.within(self._sandbox))
        if request.acknowledged(status, body) or status >= 500:
            self.wrong.append(f"{self.name}: not refused: {request.method} {request.path} -> {status} {body[:200]!r}")
        self.refused += 1


class Mail:
    """The acknowledged mail of one sandbox, and its known mail.

    SMTP messages are identified by the acknowledged id, messages of vendors by a token in their text.
    """

    def __init__(self, sandbox: str) -> None:
        self.sandbox = sandbox
        self.known: dict[str, bytes | None] = {}
        self.sent: dict[str, bytes] = {}
        self.tokens: set[str] = set()
        self.under_way: dict[str, bytes | str] = {}
        self.wrong: list[str] = []
        self._last = ""

    def keep(self, message_id: str, raw: bytes) -> None:
        """Record a message that SMTP acknowledged."""
        if message_id in self.sent or message_id in self.known:
            self.wrong.append(f"SMTP: the id {message_id} was given twice")
        self.sent[message_id] = raw

    async def check(self, client: Client, *, everything: bool) -> list[str]:
        """Return a line for each error, and record the existing messages as known."""
        listed = await self._listed(client)
        if everything:
            self.wrong += [
                await self._compare(client, message_id, raw)
                for message_id, raw in self.known.items()
                if raw is not None
            ]
        for message in listed:
            self.wrong.append(await self._take(client, message))
        self.wrong += [f"SMTP: the message {sent} is lost" for sent in self.sent if sent not in self.known]
        self.wrong += [f"{self.sandbox}: the mail {token} is lost" for token in self.tokens]
        status, body = await client.look("messages?limit=0", self.sandbox)
        total = json.loads(body)["total"] if status == 200 else -1
        if total != len(self.known):
            self.wrong.append(f"{self.sandbox}: {total} messages, where {len(self.known)} are known")
        self.sent.clear()
        self.tokens.clear()
        self.under_way.clear()
        wrong, self.wrong = [error for error in self.wrong if error], []
        return wrong

    async def _listed(self, client: Client) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        while True:
            status, body = await client.look(f"messages?limit=1000&after={self._last}", self.sandbox)
            if status != 200:
                self.wrong.append(f"{self.sandbox}: messages cannot be listed: {status} {body[:200]!r}")
                return found
            answer = json.loads(body)
            found = [*answer["messages"][::-1], *found]
            if len(found) >= answer["total"]:
                self._last = str(found[-1]["id"]) if found else self._last
                return found
            self.wrong.append(f"{self.sandbox}: {answer['total']} messages are new, more than are listed at once")
            return found

    async def _take(self, client: Client, listed: dict[str, object]) -> str:
        message_id = str(listed["id"])
        _, raw = await client.look(f"messages/{message_id}/raw", self.sandbox)
        if listed["sent_by"]["client"] == "smtp":  # type: ignore[index]
            self.known[message_id] = raw
            under_way = [name for name, sent in self.under_way.items() if sent == raw]
            if message_id in self.sent:
                return "" if self.sent[message_id] == raw else f"SMTP: the message {message_id} has other bytes"
            if under_way:
                del self.under_way[under_way[0]]
            return "" if under_way else f"SMTP: nobody sent {message_id}: {raw[:80]!r}"
        self.known[message_id] = None
        found = re.search(rb"token\w+", raw)
        token = found[0].decode() if found else ""
        under_way = [name for name, sent in self.under_way.items() if sent == token]
        if not any(end in raw for end in ENDS):
            return f"{self.sandbox}: the mail {token} is not whole: {raw[-80:]!r}"
        if token in self.tokens:
            self.tokens.discard(token)
        elif under_way:
            del self.under_way[under_way[0]]
        else:
            return f"{self.sandbox}: no vendor was to send {token!r}, or not twice"
        return ""

    async def _compare(self, client: Client, message_id: str, raw: bytes) -> str:
        found = await client.look(f"messages/{message_id}/raw", self.sandbox)
        return "" if found == (200, raw) else f"SMTP: the message {message_id} is {found[0]} {found[1][:80]!r}"


class Mailer(Load):
    """Mail sent by a vendor."""

    def __init__(self, vendor: str, mail: Mail, seed: str) -> None:
        super().__init__(f"mail by {vendor} in {mail.sandbox}", seed)
        self._api = VENDORS[vendor]()
        self._mail = mail
        self._count = 0

    async def step(self, client: Client) -> None:
        """Send one mail."""
        self._count += 1
        token = "token" + re.sub(r"\W", "", f"{self.name}n{self._count}")
        self._mail.under_way[self.name] = token
        await self.send(client, token)
        del self._mail.under_way[self.name]
        self._mail.tokens.add(token)
        self.acknowledged += 1

    async def send(self, client: Client, token: str) -> None:
        """Request a mail with a token."""
        await self.demand(client, self._api.mail(token).within(self._mail.sandbox))


class TestMailer(Mailer):
    """Test mails of ONLYOFFICE, which are sent after the response."""

    async def begin(self, client: Client) -> None:
        """Reset the vendor, which ends a test that a kill interrupted."""
        of_json = {"Content-Type": "application/json"}
        reset = Request("POST", "/_mockmail/reset", b'{"vendor": "onlyoffice"}', of_json, good=(204,))
        await self.demand(client, reset.within(self._mail.sandbox))

    async def send(self, client: Client, token: str) -> None:
        """Store settings with the token, request a test mail, and wait for its end."""
        api = Onlyoffice()
        for request in (api.create("", token), api.test()):
            await self.demand(client, request.within(self._mail.sandbox))
        status = api.test_status().within(self._mail.sandbox)
        while b'"completed":true' not in await self.demand(client, status):
            pass


class Sender(threading.Thread):
    """Mail by SMTP until the server ends, some of it too large."""

    def __init__(self, port: int, mail: Mail, seed: str) -> None:
        super().__init__(name=f"sender {seed}", daemon=True)
        self._port = port
        self._mail = mail
        self._random = random.Random(seed)
        self.acknowledged = 0
        self.refused = 0
        self.wrong: list[str] = []

    def run(self) -> None:
        """Send messages."""
        try:
            with smtplib.SMTP("127.0.0.1", self._port, timeout=10) as client:
                if self._mail.sandbox != DEFAULT:
                    client.login(f"~{self._mail.sandbox}", "x")
                while not self.wrong:
                    self._send(client, too_much=self._random.random() < 0.02)
        except (OSError, smtplib.SMTPException, EOFError):
            return

    def _send(self, client: smtplib.SMTP, *, too_much: bool) -> None:
        raw = self.message(2 * LARGEST if too_much else self._random.choice((0, 10, 1000, 2000, 5000, 60_000)))
        client.mail("sender@example.com")
        client.rcpt("inbox@yourdomain.com")
        if too_much:
            code, answer = client.data(raw)
            self.wrong += [] if code == 552 else [f"SMTP: too much, and it said {code} {answer!r}"]
            self.refused += 1
            return
        self._mail.under_way[self.name] = raw
        code, answer = client.data(raw)
        found = re.match(rb"2.0.0 Ok: queued as (\w+)", answer)
        if code == 250 and found:
            self._mail.keep(found[1].decode(), raw)
            del self._mail.under_way[self.name]
            self.acknowledged += 1
        else:
            self.wrong.append(f"SMTP: {code} {answer!r}")

    def message(self, size: int) -> bytes:
        """Return a message of any bytes, with lines that begin with a dot."""
        body = self._random.randbytes(size).replace(b"\r", b".").replace(b"\n", b".")
        lines = [body[start : start + 900] for start in range(0, len(body), 900)]
        subject = f"Subject: kill {self._random.random()}\r\n\r\n".encode()
        return subject + b"\r\n".join(lines) + b"\r\n.\r\n..\r\nend\r\n"
