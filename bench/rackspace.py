"""Rackspace's mailbox show and index against a bare handler: `make bench`, or `python -m bench.rackspace`.

At 100,000 mailboxes and at 100: the first must not be slower than the second.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.harness import Case, compare, request

MAILBOXES = "/v1/customers/12345678/domains/big.example/ex/mailboxes"
SIGNED = {
    "User-Agent": "Rackspace Management Interface",
    "X-Api-Signature": "eGbq9/2hcZsRlr1JV1Pi:20010308143725:46VIwd66mOFGG8IkbgnLlXnfnkU=",
}
FORMATS = {"JSON": "application/json", "XML": "text/xml"}


def mailboxes(count: int) -> dict[str, Any]:
    """Return the records of a domain with this many mailboxes, each with a contact."""
    rows = [
        {
            "domain": "big.example",
            "name": f"user{number:05}",
            "displayName": f"User {number}",
            "firstName": "User",
            "lastName": str(number),
            "city": "Blacksburg",
            "samAccountName": f"user{number:05}_{number:05X}",
        }
        for number in range(count)
    ]
    domain = {"name": "big.example", "accountNumber": "12345678", "serviceType": "exchange"}
    return {"rackspace": {"domains": [domain], "mailboxes": rows}}


def cases() -> list[Case]:
    """Return the cases: show and index in both formats at 100 and 100,000 mailboxes; a list of 50 has its own goal."""
    found = []
    for name, accept in FORMATS.items():
        for count in (100, 100_000):
            seed = mailboxes(count)
            title = f"{count} mailboxes, {name}"
            found += [
                Case(
                    f"rackspace mailbox.show, {title}",
                    ask("/user{}", accept, count),
                    seed,
                    goal=0.6 if name == "JSON" else 0.5,
                ),
                Case(
                    f"rackspace mailbox.index, {title}", ask("?size=50&offset={}", accept, count - 50), seed, goal=0.25
                ),
            ]
    return found


def ask(rest: str, accept: str, count: int) -> Callable[[int], bytes]:
    """Return requests for each number below a count in turn."""

    def make(number: int) -> bytes:
        place = f"{number * 7919 % count:05}"
        return request("GET", MAILBOXES + rest.format(place), headers={**SIGNED, "Accept": accept})

    return make


if __name__ == "__main__":
    for case in cases():
        compare(case)
