"""atmail's hot calls through the whole pipeline against a bare handler: `make bench`, or `python -m bench.atmail`."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from bench.harness import Case, compare, form_request

AUTHORIZATION = {"Authorization": "Basic " + b64encode(b"admin:changeme").decode()}
API = "/admin/index.php/api"


def accounts(count: int) -> dict[str, Any]:
    """Return the records of a domain with this many accounts."""
    rows = [
        {
            "accountId": number,
            "createdByUserId": 1,
            "username": f"user{number}@yourdomain.com",
            "password": "changeme",
            "domainId": 1,
            "dateModified": "2017-01-01 00:00:00",
            "dateCreate": "2017-01-01 00:00:00",
            "homeDir": f"/var/atmail/users/u/s/e/user{number}@yourdomain.com/",
        }
        for number in range(1, count + 1)
    ]
    return {"atmail": {"accounts": rows, "sequences": [{"name": "accounts", "next": count + 1}]}}


def cases() -> list[Case]:
    """Return the cases: three calls at 10 and at 100,000 accounts."""
    found = []
    for count in (10, 100_000):
        seed = accounts(count)
        check = form_request(f"{API}/domain/check/", "domainName=yourdomain.com", AUTHORIZATION)
        view = form_request(f"{API}/accounts/view/", "username=user5@yourdomain.com", AUTHORIZATION)
        found += [
            Case(f"atmail domain/check, {count} accounts", lambda _, sent=check: sent, seed),
            Case(f"atmail accounts/view, {count} accounts", lambda _, sent=view: sent, seed),
            Case(f"atmail accounts/create, {count} accounts", create, seed),
        ]
    return found


def create(number: int) -> bytes:
    """Return a request that creates the account of this number."""
    body = f"username=new{number}@yourdomain.com&password=changeme"
    return form_request(f"{API}/accounts/create/", body, AUTHORIZATION)


if __name__ == "__main__":
    for case in cases():
        compare(case)
