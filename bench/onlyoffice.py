"""A read of DocSpace's SMTP settings against a bare handler: `make bench`, or `python -m bench.onlyoffice`."""

from __future__ import annotations

from typing import Any

from bench.harness import Case, compare, request

SMTP = "/api/2.0/smtpsettings/smtp"
COOKIE = {"Cookie": "asc_auth_key=864FE52C-1C1C-469F-9308-51DAFEFE7436"}
SETTINGS = {
    "host": "mail.example.com",
    "port": 587,
    "senderAddress": "notify@example.com",
    "senderDisplayName": "Postman",
    "credentialsUserName": "notify@example.com",
    "credentialsUserPassword": "secret",
    "enableSSL": True,
    "enableAuth": True,
}
GOAL = 0.6


def portal(sessions: int) -> dict[str, Any]:
    """Return the records of a portal with stored settings and this many logged-in people."""
    owner = "66faa6e4-f133-11ea-b126-00ffeec8b4ef"
    rows = [
        {"token": f"token-{number}", "userId": owner, "expires": "2999-01-01T00:00:00+00:00"}
        for number in range(sessions)
    ]
    return {"onlyoffice": {"smtp_settings": [SETTINGS], "sessions": rows}}


def cases() -> list[Case]:
    """Return the cases: a read with a cookie, and with an expiring token among 10 and among 100,000."""
    by_cookie = request("GET", SMTP, headers=COOKIE)
    found = [Case("onlyoffice settings read, the page's cookie", lambda _: by_cookie, portal(0), GOAL)]
    for sessions in (10, 100_000):
        by_token = request("GET", SMTP, headers={"Authorization": "Bearer token-7"})
        name = f"onlyoffice settings read, {sessions} sessions"
        found.append(Case(name, lambda _, sent=by_token: sent, portal(sessions), GOAL))
    return found


if __name__ == "__main__":
    for case in cases():
        compare(case)
