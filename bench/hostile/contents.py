"""Attacks by what requests and messages contain."""

from __future__ import annotations

import gzip
from contextlib import suppress

from bench.hostile.target import Attack, Server, connection, control, http, mail, read_everything, reply_of


async def subject_of_endless_encoded_words(server: Server) -> None:
    """Send 250 KB of encoded words that never end."""
    subject = (b"=?utf-8?q?a" * 80 + b"\r\n ") * 284
    assert (await mail(server, b"Subject: " + subject + b"\r\n\r\nx")).startswith("250")
    await read_everything(server)


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
    await read_everything(server)


async def nested_multipart_of_allowed_depth(server: Server) -> None:
    """Send 30 nested boundaries and 470,000 empty lines."""
    assert (await mail(server, _nested(30, 470_000))).startswith("250")
    await read_everything(server)


async def compressed_json(server: Server) -> None:
    """Send 48 KB that unpack to 46 MB of JSON, to calls that need no credentials."""
    packed = gzip.compress(b'{"a":[' + b"0," * 23_000_000 + b"0]}")
    for path in ("/1/credentials", "/1/login", "/api/2.0/authentication", control("faults"), control("state")):
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
            control("faults"),
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
    await read_everything(server)


async def headers_that_never_end(server: Server) -> None:
    """Send 900 KB of addresses, brackets, comments and references in one header, and of many short headers."""
    fillers = (b"a@b.c," * 150_000, b"<" * 900_000, b"(" * 900_000, b'"' * 900_000, b"<a@b.c> " * 110_000)
    for filler in fillers:
        folded = b"\r\n ".join(filler[at : at + 60_000] for at in range(0, len(filler), 60_000))
        for name in (b"To", b"References"):
            assert (await mail(server, name + b": " + folded + b"\r\n\r\nx")).startswith("250")
    assert (await mail(server, b"A: b\r\n" * 150_000 + b"\r\nx")).startswith("250")
    await read_everything(server)


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
    await read_everything(server)


async def html_of_ten_megabytes(server: Server) -> None:
    """Send 10 MB of ordinary HTML."""
    line = b'<p class="x">Hello &amp; <a href="http://example.com/">goodbye</a></p>\r\n'
    assert (await mail(server, b"Content-Type: text/html\r\n\r\n" + line * 140_000)).startswith("250")
    await read_everything(server)


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


async def smtp_parameters_that_are_not_numbers(server: Server) -> None:
    """Send sizes in digits that are not ASCII, and sizes without end."""
    for size in ("²", "٣", "9" * 400, "-1", "1e3", ""):
        async with connection(server.smtp) as (reader, writer):
            await reply_of(reader)
            writer.write(f"EHLO x\r\nMAIL FROM:<a@example.com> SIZE={size}\r\n".encode())
            await reply_of(reader)
            reply = await reply_of(reader)
        assert reply[:3] in ("500", "501", "552", "555"), (size, reply)


async def smtp_lines_that_never_end(server: Server) -> None:
    """Send 900 KB without a line end as a command, and as a line of a message."""
    for start in (b"", b"HELO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n"):
        async with connection(server.smtp) as (reader, writer):
            writer.write(start + b"x" * 900_000 + b"\r\n.\r\nQUIT\r\n")
            with suppress(ConnectionError):
                await writer.drain()
                await reader.read()


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
    Attack(smtp_parameters_that_are_not_numbers),
    Attack(smtp_lines_that_never_end),
    Attack(paths_that_never_end),
    Attack(signatures_that_never_end),
)
