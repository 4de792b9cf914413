"""Adaxes' sendMail against a bare handler that sends by SMTP: `make bench`, or `python -m bench.adaxes`."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from bench.harness import Case, bare_sink, compare, request

HEADERS = {"Adm-Authorization": "YOUR-SECURITY-TOKEN", "Content-Type": "application/json"}
API = "/restApi/api/directoryObjects"
JOHN = "CN=John Smith,CN=Users,DC=example,DC=com"


def people(count: int) -> dict[str, Any]:
    """Return the records of this many people."""
    rows = [
        {
            "dn": f"CN=User {number},OU=Staff,DC=example,DC=com",
            "sid": f"S-1-5-21-1-2-3-{number}",
            "properties": {"mail": [f"user{number}@example.com"], "sAMAccountName": [f"user{number}"]},
        }
        for number in range(count)
    ]
    return {"adaxes": {"directoryObjects": rows}}


def mail(number: int) -> bytes:
    """Return a request that sends a mail."""
    document = {"directoryObject": JOHN, "subject": f"My email subject {number}", "text": "My email body"}
    return request("POST", f"{API}/sendMail", json.dumps(document).encode(), HEADERS)


def look(number: int) -> bytes:
    """Return a request for a person."""
    return request("GET", f"{API}?directoryObject=7a4267ce-d354-44e7-8bd6-c681f1284a41&properties=mail", b"", HEADERS)


async def sending() -> Callable[[], Awaitable[object]]:
    """Return a function that sends the same mail with aiosmtplib to a bare aiosmtpd."""
    import aiosmtplib

    port = await bare_sink()
    raw = "Subject: My email subject\r\n\r\nMy email body\r\n"

    async def send() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False, local_hostname="bare") as client:
            await client.sendmail("adaxes@example.com", ["john.smith@example.com"], raw)

    return send


def cases() -> list[Case]:
    """Return the cases: both calls at 10 and at 100,000 people, and a mail against a handler that sends one."""
    found = []
    for count in (10, 100_000):
        found += [
            Case(f"adaxes directoryObjects, {count} people", look, people(count), goal=0.6),
            Case(f"adaxes sendMail, {count} people", mail, people(count), goal=1.0, before=sending),
        ]
    return found


if __name__ == "__main__":
    for case in cases():
        compare(case)
