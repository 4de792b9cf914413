"""Attacks by many requests, messages, waits, rules and readers."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack

from bench.hostile.target import Attack, Server, connection, control, http, mail, post, read_everything, reply_of, send


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
    status, body = await http(server, f"GET {control('requests')}")
    assert status == 200, body[:300]


async def transcript_of_noops(server: Server) -> None:
    """Send 57,000 NOOPs before each of three messages."""
    async with connection(server.smtp) as (reader, writer):
        await reply_of(reader)
        for _ in range(3):
            for _ in range(server.times(57)):
                writer.write(b"NOOP\r\n" * 1000)
                for _ in range(1000):
                    await reply_of(reader)
            assert (await send(reader, writer, b"x")).startswith("250")
    await read_everything(server)


async def lists_of_large_messages(server: Server) -> None:
    """Store 20 messages of 40 MB, then list and search them."""
    body = (b"x" * 70 + b"\r\n") * 580_000
    for _ in range(server.times(20)):
        assert (await mail(server, b"Subject: large\r\n\r\n" + body)).startswith("250")
    await read_everything(server)


async def first_search_of_many_messages(server: Server) -> None:
    """Store 50,000 messages, then search for the first time."""
    count = server.times(50_000) // 8
    batch = [b"Subject: Number %d\r\n\r\nSome words to be found" % number for number in range(count)]
    await asyncio.gather(*(mail(server, *batch) for _ in range(8)))
    for path in ("messages?text=nowhere", "messages?subject=nowhere", "messages?to=nobody@example.com", "state"):
        status, body = await http(server, f"GET {control(path)}")
        assert status == 200, body[:300]


async def many_waiters(server: Server) -> None:
    """Wait 50 times for a message that does not arrive, while 4,000 others do."""
    waits = [
        asyncio.ensure_future(post(server, "messages/wait", {"to": f"w{n}@example.com", "timeout": 60}))
        for n in range(50)
    ]
    await asyncio.sleep(0.5)
    assert not any(wait.done() for wait in waits), "the waits do not wait"
    batch = [b"Subject: Number %d\r\n\r\nx" % number for number in range(server.times(4000))]
    await mail(server, *batch)
    for wait in waits:
        wait.cancel()
    await asyncio.gather(*waits, return_exceptions=True)


async def many_waits_for_parameters(server: Server) -> None:
    """Wait 200 times for a parameter of large requests; then expect many parameters that they do not have."""
    wanted = {"where": {"a": "never"}, "timeout": 60}
    waits = [asyncio.ensure_future(post(server, "requests/wait", wanted)) for _ in range(server.times(200))]
    await asyncio.sleep(0.5)
    large = b'{"a":[' + b"[]," * 21_000 + b"0]}"
    for body in (large, json.dumps({f"{number:05}": 0 for number in range(5000)}).encode()):
        await http(server, "POST /1/mail", body, Content_Type="application/json")
    assert not any(wait.done() for wait in waits), "the waits do not wait"
    for count in (20, 20_000):
        names = {f"x{number}": 0 for number in range(count)}
        status, answer = await post(server, "requests/verify", {"where": names})
        assert status in (400, 409), answer[:300]
        assert len(answer) < 1_000_000
    for wait in waits:
        wait.cancel()
    await asyncio.gather(*waits, return_exceptions=True)


async def rules_that_are_expensive_to_meet(server: Server) -> None:
    """Add patterns, paths and lists of 800 KB, then send requests and a message."""
    pattern = "*a" * 400_000
    for path, rule in (
        ("faults", {"vendor": "spacedog", "status": 500, "where": {"a": pattern}}),
        ("stubs", {"path": "/a" * 400_000}),
        ("smtp/faults", {"stage": "rcpt", "code": 451, "recipient": pattern}),
        ("smtp/faults", {"stage": "mail", "throttle": 10**4000}),
    ):
        assert (await post(server, path, rule))[0] == 400
    await post(server, "smtp", {"refused_recipients": [f"*a{number}*" for number in range(60_000)]}, "PUT")
    await http(server, "POST /1/mail", b'{"a":"' + b"a" * 60_000 + b'"}', Content_Type="application/json")
    assert (await mail(server, b"x")).startswith("250")


async def waits_for_large_messages(server: Server) -> None:
    """Wait for 100 messages of 900 KB, which are there."""
    body = (b"x" * 70 + b"\r\n") * 12_500
    count = server.times(100)
    await mail(server, *[b"Subject: large\r\n\r\n" + body] * count)
    status, answer = await post(server, "messages/wait", {"count": count})
    assert status == 200, answer[:300]


async def slow_readers_of_events(server: Server) -> None:
    """Open 200 streams of events and read nothing, while messages with subjects of 250 KB arrive."""
    async with AsyncExitStack() as stack:
        for _ in range(server.times(200)):
            _, writer = await stack.enter_async_context(connection(server.http))
            writer.write(b"GET /_mockmail/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        await asyncio.sleep(0.5)
        await mail(server, *[b"Subject: " + (b"x" * 900 + b"\r\n ") * 270 + b"\r\n\r\n"] * 20)


async def a_thousand_sandboxes(server: Server) -> None:
    """Use 1,100 sandboxes, then another one."""
    for number in range(1100):
        await http(server, f"GET /~box{number}/1/mail")
    status, body = await http(server, f"GET {control('messages')}", X_Mockmail_Sandbox="mine")
    assert status == 200, body[:300]


ATTACKS = (
    Attack(requests_with_many_headers, memory=200),
    Attack(journal_of_ampersands),
    Attack(transcript_of_noops),
    Attack(lists_of_large_messages, stall=1.0, memory=1100),  # each message is 40 MB: over the 1 MB of STALL
    Attack(first_search_of_many_messages, memory=400),
    Attack(many_waiters),
    Attack(many_waits_for_parameters),
    Attack(rules_that_are_expensive_to_meet),
    Attack(waits_for_large_messages, memory=200),
    Attack(slow_readers_of_events),
    Attack(a_thousand_sandboxes),
)
