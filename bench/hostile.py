"""Attack a server, and measure what each attack costs everybody else: `python -m bench.hostile [--small] [NAME ...]`.

Each attack runs against a server process of its own, on asyncio and on uvloop. Meanwhile a second process asks for the
server's health on a connection of its own: its slowest answer is the stall. It samples the server's memory too.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import multiprocessing
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any

STALL = 0.25
"""Seconds that an attack may keep others waiting (DESIGN.md 8)."""

PATIENCE = 90.0
LOOPS = ("asyncio", "uvloop")
SERVE = "import sys; sys.modules.update({hidden}); from mockmail.cli import main; sys.exit(main())"
TEST_USER = "Basic " + base64.b64encode(b"test:hi test").decode()


@dataclass(frozen=True)
class Server:
    """The addresses of a server under attack, and the factor by which repeated attacks are smaller in tests."""

    http: int
    smtp: int
    scale: float = 1.0

    def times(self, count: int) -> int:
        """Return how often to repeat something."""
        return max(1, round(count * self.scale))


@dataclass(frozen=True)
class Attack:
    """An attack.

    run: does it, and raises AssertionError for a wrong answer. stall: the bound in seconds. memory: the MB by which the
    server may grow. flags: of `mockmail serve`.
    """

    run: Callable[[Server], Awaitable[None]]
    stall: float = STALL
    memory: float = 100.0
    flags: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the function that runs it, in words."""
        return self.run.__name__.replace("_", " ")


@dataclass(frozen=True)
class Cost:
    """The cost of an attack. idle and stall: seconds of the probe's slowest answer before and during it."""

    idle: float
    stall: float
    megabytes: float
    seconds: float


@asynccontextmanager
async def connection(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Give a connection to a port, and end it at once."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 26)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def http(server: Server, head: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    """Return the status and body of the response to a request; `head` is its method and path."""
    lines = [f"{head} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    async with connection(server.http) as (reader, writer):
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        with suppress(ConnectionResetError):
            await writer.drain()
        async with asyncio.timeout(PATIENCE):
            top, _, rest = (await reader.read()).partition(b"\r\n\r\n")
    return int(top.split(None, 2)[1]), rest


async def mail(server: Server, *messages: bytes) -> str:
    """Send messages by SMTP on one connection, and return the last reply."""
    async with connection(server.smtp) as (reader, writer):
        reply = await _reply(reader)
        for message in messages:
            reply = await _send(reader, writer, message)
    return reply


async def _send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, message: bytes) -> str:
    for line in (b"HELO x", b"MAIL FROM:<a@example.com>", b"RCPT TO:<b@example.com>", b"DATA"):
        writer.write(line + b"\r\n")
        await _reply(reader)
    writer.write(message + b"\r\n.\r\n")
    await writer.drain()
    return await _reply(reader)


async def _reply(reader: asyncio.StreamReader) -> str:
    async with asyncio.timeout(PATIENCE):
        while (line := await reader.readline())[3:4] == b"-":
            pass
    return line.decode().strip()


def _control(path: str) -> str:
    return f"/_mockmail/{path}"


async def _read_everything(server: Server) -> None:
    """Read the messages in each way that a person or a test does."""
    status, listing = await http(server, f"GET {_control('messages')}")
    assert status == 200, listing[:300]
    found = json.loads(listing)["messages"]
    assert found, "the message was not stored"
    for message in found[-2:]:
        status, body = await http(server, f"GET {_control('messages/' + message['id'])}")
        assert status == 200, body[:300]
    for query in ("text=nowhere", "subject=nowhere", "to=b@example.com"):
        status, body = await http(server, f"GET {_control('messages?' + query)}")
        assert status == 200, body[:300]


async def subject_of_endless_encoded_words(server: Server) -> None:
    """Send 250 KB of encoded words that never end."""
    subject = (b"=?utf-8?q?a" * 80 + b"\r\n ") * 284
    assert (await mail(server, b"Subject: " + subject + b"\r\n\r\nx")).startswith("250")
    await _read_everything(server)


def _nested(depth: int, lines: int) -> bytes:
    parts = [b'Content-Type: multipart/mixed; boundary="b0"\r\n\r\n']
    for level in range(depth):
        header = b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n' % (level + 1)
        parts.append(b"--b%d\r\n%s" % (level, header))
    return b"".join(parts) + b"\r\n" * lines


async def nested_multipart_in_a_form(server: Server) -> None:
    """Post 900 nested boundaries and 435,000 empty lines, without credentials."""
    top, _, body = _nested(900, 435_000).partition(b"\r\n\r\n")
    status, _ = await http(
        server, "POST /1/mail", body, Content_Type=top.decode().split(": ")[1].replace("mixed", "form-data")
    )
    assert status in (400, 401, 403, 413), status


async def nested_multipart_in_a_mail(server: Server) -> None:
    """Send 900 nested boundaries and 435,000 empty lines."""
    assert (await mail(server, _nested(900, 435_000))).startswith("250")
    await _read_everything(server)


async def nested_multipart_of_allowed_depth(server: Server) -> None:
    """Send 30 nested boundaries and 470,000 empty lines."""
    assert (await mail(server, _nested(30, 470_000))).startswith("250")
    await _read_everything(server)


async def compressed_json(server: Server) -> None:
    """Send 48 KB that unpack to 46 MB of JSON, to calls that need no credentials."""
    packed = gzip.compress(b'{"a":[' + b"0," * 23_000_000 + b"0]}")
    for path in ("/1/credentials", "/1/login", "/api/2.0/authentication", _control("faults"), _control("state")):
        method = "PUT" if path.endswith("state") else "POST"
        status, _ = await http(
            server, f"{method} {path}", packed, Content_Type="application/json", Content_Encoding="gzip"
        )
        assert status >= 400, (path, status)


async def json_of_many_values(server: Server) -> None:
    """Send almost 1 MB of brackets, of short lists and of short keys, to calls that need no credentials."""
    bodies = (
        b"[" * 990_000,
        b'{"a":[' + b"[]," * 320_000 + b"0]}",
        b"{" + b",".join(b'"%d":0' % n for n in range(90_000)) + b"}",
        b'{"a":' * 160_000,
        b'{"a":1e' + b"9" * 980_000 + b"}",
        b'{"a":' + b"9" * 980_000 + b"}",
        b'{"a":"' + b"\\u12" * 200_000 + b'"}',
    )
    for body in bodies:
        for path in (
            "/1/credentials",
            "/api/2.0/authentication",
            "/restApi/api/authSessions/create",
            _control("faults"),
        ):
            status, _ = await http(server, f"POST {path}", body, Content_Type="application/json")
            assert status >= 400, (path, status)


async def form_of_many_fields(server: Server) -> None:
    """Post almost 1 MB of `&`, of short fields and of escapes."""
    for body in (b"&" * 990_000, b"a&" * 490_000, b"a=b&" * 240_000, b"%41" * 330_000, b"a[]=&" * 190_000):
        for path in ("/1/mail", "/index.php/api/account/list", "/v1/customers/me/domains/example.com/ex/mailboxes/x"):
            await http(server, f"POST {path}", body, Content_Type="application/x-www-form-urlencoded")


async def xml_of_many_elements(server: Server) -> None:
    """Post almost 1 MB of nested elements, of attributes, and of entities."""
    entity = b'<!DOCTYPE a [<!ENTITY b "' + b"x" * 100_000 + b'">]><a>' + b"&b;" * 100_000 + b"</a>"
    attributes = b"<a " + b" ".join(b'a%d="b"' % n for n in range(80_000)) + b"/>"
    for body in (b"<a>" * 320_000, b"<a>" + b"<b/>" * 240_000 + b"</a>", entity, attributes):
        await http(server, "POST /v1/customers/me/domains/example.com/ex/mailboxes/x", body, Content_Type="text/xml")


async def content_types_that_never_end(server: Server) -> None:
    """Send 990 parts each with a header of brackets, and each with one of semicolons."""
    for filler in (b"(" * 900, b";" * 900, b"\\" * 900, b'"' * 900, b"a*0*=x;" * 128, b"=?" * 450):
        parts = b"".join(b"--b\r\nContent-Type: %s\r\n\r\nx\r\n" % filler for _ in range(990))
        message = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + parts + b"--b--"
        assert (await mail(server, message[:990_000])).startswith("250")
    await _read_everything(server)


async def headers_that_never_end(server: Server) -> None:
    """Send 900 KB of addresses, brackets, comments and references in one header, and of many short headers."""
    fillers = (b"a@b.c," * 150_000, b"<" * 900_000, b"(" * 900_000, b'"' * 900_000, b"<a@b.c> " * 110_000)
    for filler in fillers:
        folded = b"\r\n ".join(filler[at : at + 60_000] for at in range(0, len(filler), 60_000))
        for name in (b"To", b"References"):
            assert (await mail(server, name + b": " + folded + b"\r\n\r\nx")).startswith("250")
    assert (await mail(server, b"A: b\r\n" * 150_000 + b"\r\nx")).startswith("250")
    await _read_everything(server)


async def html_that_never_ends(server: Server) -> None:
    """Send 900 KB of unclosed tags, comments, entities, attributes and scripts."""
    fillers = (
        b"<",
        b"<a ",
        b"<!--",
        b"&#",
        b"<b>",
        b"<a href=",
        b"<script>",
        b"</",
        b"<![CDATA[",
        b"<a href='http://x",
    )
    for filler in fillers:
        text = filler * (900_000 // len(filler))
        lines = b"\r\n".join(text[at : at + 60_000] for at in range(0, len(text), 60_000))
        assert (await mail(server, b"Content-Type: text/html\r\n\r\n" + lines)).startswith("250")
    await _read_everything(server)


async def html_of_ten_megabytes(server: Server) -> None:
    """Send 10 MB of ordinary HTML."""
    line = b'<p class="x">Hello &amp; <a href="http://example.com/">goodbye</a></p>\r\n'
    assert (await mail(server, b"Content-Type: text/html\r\n\r\n" + line * 140_000)).startswith("250")
    await _read_everything(server)


async def half_sent_bodies(server: Server) -> None:
    """Open as many connections as there may be, send half a body on each, and wait until others are served again."""
    async with AsyncExitStack() as stack:
        for _ in range(50):
            _, writer = await stack.enter_async_context(connection(server.http))
            writer.write(b"POST /1/mail HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf")
        end = time.monotonic() + 20
        status = 503
        while status == 503 and time.monotonic() < end:
            await asyncio.sleep(0.2)
            with suppress(ConnectionResetError):  # it is refused before its request is read
                status, _ = await http(server, "GET /1/mail")
    assert status != 503, "half-sent bodies lock others out"


async def large_bodies_in_flight(server: Server) -> None:
    """Send 30 bodies of 49 MB at once, without their ends."""
    async with AsyncExitStack() as stack:
        writers = []
        for _ in range(30):
            _, writer = await stack.enter_async_context(connection(server.http))
            writer.write(b"POST /1/mail HTTP/1.1\r\nHost: x\r\nContent-Length: 52000000\r\n\r\n")
            writers.append(writer)
        block = b"x" * (1 << 20)
        for _ in range(server.times(49)):
            for writer in writers:
                with suppress(ConnectionError, TimeoutError):
                    writer.write(block)
                    async with asyncio.timeout(2):
                        await writer.drain()


async def pipelined_requests_whose_responses_are_not_read(server: Server) -> None:
    """Pipeline 40,000 requests and read nothing."""
    link = socket.create_connection(("127.0.0.1", server.http))
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    link.settimeout(0.5)
    block = b"GET /1/settings/mail HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 100
    with suppress(TimeoutError, ConnectionError):
        for _ in range(server.times(400)):
            await asyncio.to_thread(link.sendall, block)
    await asyncio.sleep(1)
    link.close()


async def requests_with_many_headers(server: Server) -> None:
    """Fill the journals of 20 sandboxes with requests that have 900 KB of headers."""
    headers = "".join(f"X-{number}: {'v' * 8000}\r\n" for number in range(100))
    block = f"GET /1/mail HTTP/1.1\r\nHost: x\r\n{headers}\r\n"
    for number in range(server.times(1000)):
        async with connection(server.http) as (reader, writer):
            writer.write(block.replace("GET /", f"GET /~s{number % 20}/").encode())
            await writer.drain()
            await reader.readline()


async def journal_of_ampersands(server: Server) -> None:
    """Fill the journal with forms of 8 KB of `&`, then list it."""
    for _ in range(server.times(1000)):
        await http(server, "POST /1/mail", b"&" * 8000, Content_Type="application/x-www-form-urlencoded")
    status, body = await http(server, f"GET {_control('requests')}")
    assert status == 200, body[:300]


async def transcript_of_noops(server: Server) -> None:
    """Send 57,000 NOOPs before each of three messages."""
    async with connection(server.smtp) as (reader, writer):
        await _reply(reader)
        for _ in range(3):
            for _ in range(server.times(57)):
                writer.write(b"NOOP\r\n" * 1000)
                for _ in range(1000):
                    await _reply(reader)
            assert (await _send(reader, writer, b"x")).startswith("250")
    await _read_everything(server)


async def lists_of_large_messages(server: Server) -> None:
    """Store 20 messages of 40 MB, then list and search them."""
    body = (b"x" * 70 + b"\r\n") * 580_000
    for _ in range(server.times(20)):
        assert (await mail(server, b"Subject: large\r\n\r\n" + body)).startswith("250")
    await _read_everything(server)


async def first_search_of_many_messages(server: Server) -> None:
    """Store 50,000 messages, then search for the first time."""
    count = server.times(50_000) // 8
    batch = [b"Subject: Number %d\r\n\r\nSome words to be found" % number for number in range(count)]
    await asyncio.gather(*(mail(server, *batch) for _ in range(8)))
    for path in ("messages?text=nowhere", "messages?subject=nowhere", "messages?to=nobody@example.com", "state"):
        status, body = await http(server, f"GET {_control(path)}")
        assert status == 200, body[:300]


async def many_waiters(server: Server) -> None:
    """Wait 50 times for a message that does not arrive, while 4,000 others do."""
    waits = [
        asyncio.ensure_future(http(server, f"GET {_control(f'messages/wait?to=w{n}@example.com&timeout=60')}"))
        for n in range(50)
    ]
    batch = [b"Subject: Number %d\r\n\r\nx" % number for number in range(server.times(4000))]
    await mail(server, *batch)
    for wait in waits:
        wait.cancel()
    await asyncio.gather(*waits, return_exceptions=True)


async def a_thousand_sandboxes(server: Server) -> None:
    """Use 1,100 sandboxes, then another one."""
    for number in range(1100):
        await http(server, f"GET /~box{number}/1/mail")
    status, body = await http(server, f"GET {_control('messages')}", X_Mockmail_Sandbox="mine")
    assert status == 200, body[:300]


async def smtp_parameters_that_are_not_numbers(server: Server) -> None:
    """Send sizes in digits that are not ASCII, and sizes without end."""
    for size in ("²", "٣", "9" * 400, "-1", "1e3", ""):
        async with connection(server.smtp) as (reader, writer):
            await _reply(reader)
            writer.write(f"EHLO x\r\nMAIL FROM:<a@example.com> SIZE={size}\r\n".encode())
            await _reply(reader)
            reply = await _reply(reader)
        assert reply[:3] in ("500", "501", "552", "555"), (size, reply)


async def smtp_lines_that_never_end(server: Server) -> None:
    """Send 900 KB without a line end as a command, and as a line of a message."""
    for start in (b"", b"HELO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n"):
        async with connection(server.smtp) as (reader, writer):
            writer.write(start + b"x" * 900_000 + b"\r\n.\r\nQUIT\r\n")
            with suppress(ConnectionError):
                await writer.drain()
                await reader.read()


async def paths_that_never_end(server: Server) -> None:
    """Ask for long paths, queries and names that nobody serves."""
    for path in (
        "/" + "a/" * 4000,
        "/" + "%2e%2e/" * 1000,
        "/" + "%" * 8000,
        "/1/mail?" + "a&" * 3900,
        "/~" + "a" * 8000,
    ):
        status, _ = await http(server, f"GET {path}")
        assert status >= 400, (path[:20], status)


async def signatures_that_never_end(server: Server) -> None:
    """Send 15 KB headers of credentials, types and cookies."""
    for value in (":" * 15_000, "a=b;" * 3_700, ",;q=" * 3_700, "Basic " + "=" * 15_000, "=?utf-8?q?" * 1_500):
        for name in ("X_Api_Signature", "Authorization", "Accept", "Content_Type", "Cookie"):
            await http(server, "POST /v1/customers/me/domains", b"a=b", **{name: value})


ATTACKS = (
    Attack(subject_of_endless_encoded_words),
    Attack(nested_multipart_in_a_form),
    Attack(nested_multipart_in_a_mail),
    Attack(nested_multipart_of_allowed_depth),
    Attack(compressed_json),
    Attack(json_of_many_values),
    Attack(form_of_many_fields),
    Attack(xml_of_many_elements),
    Attack(content_types_that_never_end),
    Attack(headers_that_never_end),
    Attack(html_that_never_ends),
    Attack(html_of_ten_megabytes),
    Attack(half_sent_bodies, flags=("--max-connections", "50", "--http-body-seconds", "2")),
    Attack(large_bodies_in_flight, memory=400),
    Attack(pipelined_requests_whose_responses_are_not_read),
    Attack(requests_with_many_headers, memory=200),
    Attack(journal_of_ampersands),
    Attack(transcript_of_noops),
    Attack(lists_of_large_messages, stall=1.0, memory=1100),  # each message is 40 MB: over the 1 MB of STALL
    Attack(first_search_of_many_messages, memory=400),
    Attack(many_waiters),
    Attack(a_thousand_sandboxes),
    Attack(smtp_parameters_that_are_not_numbers),
    Attack(smtp_lines_that_never_end),
    Attack(paths_that_never_end),
    Attack(signatures_that_never_end),
)


def attack(chosen: Attack, loop: str, scale: float = 1.0) -> Cost:
    """Run an attack against a new server on a loop, and return its cost."""
    with serving(loop, chosen.flags) as (process, http_port, smtp_port), _probing(process.pid, http_port) as probe:
        idle = probe.stall.value
        before = probe.memory.value
        probe.stall.value = 0.0
        begun = time.monotonic()
        asyncio.run(chosen.run(Server(http_port, smtp_port, scale)))
        seconds = time.monotonic() - begun
        probe.wait_for_an_answer()
        if process.poll() is not None:
            raise AssertionError(f"the server ended with status {process.returncode}")
        return Cost(idle, probe.stall.value, (probe.memory.value - before) / (1 << 20), seconds)


@contextmanager
def serving(loop: str, flags: tuple[str, ...] = ()) -> Iterator[tuple[subprocess.Popen[bytes], int, int]]:
    """Run `mockmail serve` on an event loop, and give its process and its ports."""
    hidden = "uvloop=None" if loop == "asyncio" else ""
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder, "ready.json")
        command = [sys.executable, "-c", SERVE.format(hidden=hidden), "serve", "--http-port", "0", "--smtp-port", "0"]
        command += ["--quiet", "--ready-file", str(ready), *flags]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            end = time.monotonic() + 30
            while not ready.exists():
                if process.poll() is not None or time.monotonic() > end:
                    raise AssertionError(f"mockmail does not start with {flags}")
                time.sleep(0.01)
            ports = json.loads(ready.read_text())
            yield process, *(int(ports[name].rpartition(":")[2]) for name in ("http", "smtp"))
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            process.wait()


@dataclass(frozen=True)
class _Probe:
    stall: Synchronized[float]
    memory: Synchronized[int]
    answers: Synchronized[int]

    def wait_for_an_answer(self) -> None:
        """Wait until a request that was sent after this call is answered."""
        seen = self.answers.value
        end = time.monotonic() + PATIENCE
        while self.answers.value < seen + 2:
            if time.monotonic() > end:
                raise AssertionError(f"the server does not answer within {PATIENCE:.0f} s")
            time.sleep(0.01)


@contextmanager
def _probing(server: int, port: int) -> Iterator[_Probe]:
    context = multiprocessing.get_context("spawn")
    probe = _Probe(context.Value("d", 0.0), context.Value("q", 0), context.Value("q", 0))  # type: ignore[arg-type]  # typeshed has no generic Value
    process = context.Process(target=_ask_for_health, args=(server, port, probe), daemon=True)
    process.start()
    try:
        end = time.monotonic() + 30
        while probe.answers.value < 50 and time.monotonic() < end:
            time.sleep(0.01)
        yield probe
    finally:
        process.terminate()
        process.join()


def _ask_for_health(server: int, port: int, probe: Any) -> None:
    page = 4096
    link = socket.create_connection(("127.0.0.1", port))
    while True:
        begun = time.perf_counter()
        link.sendall(b"GET /_mockmail/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        link.recv(65536)
        taken = time.perf_counter() - begun
        if probe.answers.value:
            probe.stall.value = max(probe.stall.value, taken)
        with suppress(FileNotFoundError):
            resident = int(Path(f"/proc/{server}/statm").read_text().split()[1]) * page
            probe.memory.value = max(probe.memory.value, resident)
        probe.answers.value += 1
        time.sleep(0.005)


def main(arguments: list[str]) -> int:
    """Run the attacks whose names contain a given word, print each cost, and return 1 if a bound is broken."""
    small = "--small" in arguments
    words = [word for word in arguments if not word.startswith("--")]
    broken = 0
    for chosen in ATTACKS:
        if words and not any(word in chosen.name for word in words):
            continue
        for loop in LOOPS:
            try:
                cost = attack(chosen, loop, 0.1 if small else 1.0)
            except (AssertionError, OSError) as error:
                broken += 1
                print(f"{chosen.name:52} {loop:8} FAILED: {error!r:.200}", flush=True)
                continue
            is_met = cost.stall <= chosen.stall and cost.megabytes <= chosen.memory
            broken += not is_met
            figures = f"stall {1000 * cost.stall:7.0f} ms  memory {cost.megabytes:+7.0f} MB  in {cost.seconds:5.1f} s"
            print(f"{chosen.name:52} {loop:8} {figures}  {'met' if is_met else 'BROKEN'}", flush=True)
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
