"""SpaceDog's hot calls through the whole pipeline against a bare handler: `python -m bench.spacedog`."""

from __future__ import annotations

from base64 import b64encode

from bench.harness import Case, compare, form_request, request

AUTHORIZATION = {"Authorization": "Basic " + b64encode(b"test:hi test").decode()}


def cases() -> list[Case]:
    """Return the cases: reading the mail settings with few and with many users, and sending a mail."""
    found = []
    for count in (10, 100_000):
        users = [
            {"id": f"user{number}", "backendId": "test", "username": f"user{number}", "password": "changeme"}
            for number in range(count)
        ]
        settings = [
            {"backendId": "test", "id": "mail", "source": {"smtp": {"host": "mail.example.com"}}, "mapped": False}
        ]
        read = request("GET", "/1/settings/mail", headers=AUTHORIZATION)
        seed = {"spacedog": {"credentials": users, "settings": settings}}
        found.append(Case(f"spacedog settings.show, {count} users", lambda _, sent=read: sent, seed, goal=0.6))
    mail = form_request("/1/mail", "to=jane@example.com&subject=Hello&text=Hi", AUTHORIZATION)
    found.append(Case("spacedog mail.send", lambda _: mail))
    return found


if __name__ == "__main__":
    for case in cases():
        compare(case)
