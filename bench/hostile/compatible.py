"""Attacks on the APIs that are compatible with Mailpit and MailHog, and on vendors' send calls with large documents."""

from __future__ import annotations

import base64
import json

from bench.hostile.target import Attack, Server, control, http, mail, post


async def mailpit_sends_of_many_fields(server: Server) -> None:
    """Send messages with almost 1 MB of recipients, headers, tags, names, attachments and file names."""
    sender = {"From": {"Email": "a@example.com"}}
    one = [{"Email": "b@example.com"}]
    for given in (
        {"To": [{"Email": f"b{number}@example.com"} for number in range(25_000)]},
        {"To": one, "Cc": [{"Email": "\u00e4@" + "\u00e4" * 60 + ".example"}] * 3000},
        {"To": one, "Bcc": ["b@example.com"] * 45_000},
        {"To": [{"Email": "b@example.com", "Name": "\u00e4" * 300_000}]},
        {"To": one, "Subject": "\u00e4 " * 150_000},
        {"To": one, "Headers": {f"X-{number}": "x" for number in range(50_000)}},
        {"To": one, "Headers": {"X-Long": "\u00e4 (" * 100_000}},
        {"To": one, "Tags": [f"tag{number}" for number in range(70_000)]},
        {"To": one, "Tags": ["x" * 900_000]},
        {"To": one, "Attachments": [{"Content": "eA==", "Filename": f"{number}.txt"} for number in range(15_000)]},
        {"To": one, "Attachments": [{"Content": "eA==", "Filename": "\u00e4" * 200_000}]},
        {"To": one, "Attachments": [{"Content": "=" * 900_000}]},
        {"To": one, "Attachments": [{"Content": "data:" * 180_000}]},
        {"To": one, "HTML": "<a " * 300_000},
        {"To": [{"Email": "@" * 900_000}]},
        {"To": [{"Email": "a." * 400_000 + "@example.com"}]},
        {"To": one, "Text": "x" * 900_000},
    ):
        body = json.dumps(sender | given, ensure_ascii=False).encode()
        status, answer = await http(server, "POST /api/v1/send", body, Content_Type="application/json")
        assert status in (200, 400, 413), (list(given), status, answer[:300])


async def mailpit_searches_and_tags_of_many_terms(server: Server) -> None:
    """Search 4,000 messages by 100 terms, with deep brackets and quotes; mark, tag and delete by 90,000 ids."""
    await mail(server, *[b"Subject: a b c\r\n\r\na b c d e f" for _ in range(server.times(4000))])
    for query in (
        "+".join(["-a"] * 100),
        "+".join(f"subject:{number}" for number in range(100)),
        "+".join(["%22a"] * 100),
        "(" * 4000,
        "%22" * 2500,
        "a:" * 3000,
        "*" * 4000,
        "-" * 4000,
        "!tag:x+" * 100,
    ):
        for path in (f"/api/v1/search?query={query}", f"/api/v2/search?kind=containing&query={query}"):
            await http(server, f"GET {path}")
        await http(server, f"GET {control('messages?query=' + query)}")
    ids = json.dumps({"IDs": [f"x{number}" for number in range(80_000)], "Tags": ["a"], "Read": True}).encode()
    for head in ("PUT /api/v1/messages", "PUT /api/v1/tags", "DELETE /api/v1/messages"):
        await http(server, head, ids, Content_Type="application/json")
    for start in (0, 10**9, 10**15):
        for path in ("/api/v1/messages", "/api/v2/messages"):
            await http(server, f"GET {path}?start={start}&limit=1000")


async def mailpit_lists_of_large_messages(server: Server) -> None:
    """Store 100 messages of 900 KB in many parts, then list and search them by the compatible APIs."""
    part = b"--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n"
    parts = part % base64.encodebytes(b"x" * 500).replace(b"\n", b"\r\n") * 900
    message = b'Subject: large\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n' + parts + b"--b--\r\n"
    await mail(server, *[message] * server.times(100))
    for path in ("messages?limit=1000", "search?query=nowhere", "message/latest", "message/latest/headers", "info"):
        status, body = await http(server, f"GET /api/v1/{path}")
        assert status == 200, (path, status, body[:300])
    status, body = await http(server, "GET /api/v2/messages?limit=1000")
    assert status == 200, body[:300]


async def postmark_batches_of_many_messages(server: Server) -> None:
    """Send batches of almost 1 MB: many messages, headers, attachments and metadata."""
    message = {"From": "a@example.com", "To": "b@example.com", "TextBody": "x"}
    for document in (
        [message] * 500,
        [message] * 10_000,
        [{**message, "To": ",".join(["b@example.com"] * 50_000)}],
        [{**message, "Headers": [{"Name": f"X-{number}", "Value": "x"} for number in range(25_000)]}],
        [{**message, "Metadata": {f"x{number}": "x" for number in range(50_000)}}],
        [{**message, "Attachments": [{"Name": "x", "Content": "eA==", "ContentType": "text/plain"}] * 15_000}],
    ):
        body = json.dumps(document).encode()
        headers = {"X_Postmark_Server_Token": "POSTMARK_API_TEST", "Content_Type": "application/json"}
        await http(server, "POST /postmark/email/batch", body, **headers)


async def vendor_forms_of_many_parts(server: Server) -> None:
    """Post forms of 1 MB with many parts, long names of parts, and boundaries that never come."""
    part = b'--b\r\nContent-Disposition: form-data; name="to"\r\n\r\nx\r\n'
    for body in (
        part * 15_000,
        b"--b\r\n" * 150_000,
        b"--b\r\nContent-Disposition: form-data; name=" + b'"' * 900_000,
        b"--b\r\nContent-Disposition: form-data" + b";name*=" * 120_000,
        b"\r\n-" * 300_000,
        b"--b\r\nA: b\r\n" + b"A: b\r\n" * 150_000,
    ):
        for path in ("/1/mail", "/api/v1/send", "/index.php/api/account/create", control("faults")):
            await http(server, f"POST {path}", body, Content_Type="multipart/form-data; boundary=b")


async def state_of_many_records(server: Server) -> None:
    """Import almost 1 MB of records and messages that are wrong, deep or many."""
    mails = [{"raw": base64.b64encode(b"x").decode()}] * 20_000
    for document in (
        {"vendors": {"spacedog": {"users": [{}] * 300_000}}},
        {"vendors": {f"x{number}": {} for number in range(50_000)}},
        {"vendors": {"rackspace": {f"x{number}": [] for number in range(50_000)}}},
        {"mail": mails},
    ):
        for method in ("PUT", "PATCH"):
            await post(server, "state", document, method)


ATTACKS = (
    Attack(mailpit_sends_of_many_fields),
    Attack(mailpit_searches_and_tags_of_many_terms),
    Attack(mailpit_lists_of_large_messages, memory=200),
    Attack(postmark_batches_of_many_messages),
    Attack(vendor_forms_of_many_parts),
    Attack(state_of_many_records),
)
