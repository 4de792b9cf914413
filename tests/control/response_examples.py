"""Record the examples of responses in the OpenAPI document, which are responses of a real server, shortened.

Run it as `PYTHONPATH=tests python tests/control/response_examples.py`.
"""

from __future__ import annotations

import json
import smtplib
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import msgspec
from http_client import send_request

import mockmail.control
from mockmail import MockMail
from mockmail.control.api import all_routes
from mockmail.control.route import Route

FILE = Path(mockmail.control.__file__).with_name("response_examples.json")
LONGEST_TEXT, MOST_ITEMS = 200, 2
ORDER = ("POST", "PUT", "PATCH", "GET", "DELETE")
ADDED_BY = {
    "faults": "add_fault",
    "stubs": "create_stub",
    "limits": "add_limit",
    "smtp/faults": "add_smtp_fault",
    "outcomes": "add_outcome",
}


def described_routes() -> list[Route]:
    """Return the calls whose responses are typed, so that each finds what the ones before it made."""
    typed = [
        route for route in all_routes() if isinstance(route.returns, type) and issubclass(route.returns, msgspec.Struct)
    ]
    return sorted(typed, key=_place)


def _place(route: Route) -> tuple[int, bool]:
    removes_all = route.method == "DELETE" and "{id}" not in route.path
    return ORDER.index(route.method), removes_all


def record() -> dict[str, Any]:
    """Return the response to each call, by the name of its operation."""
    found: dict[str, Any] = {}
    with MockMail(vendors=["rackspace", "postmark"], id_seed="examples") as mm:
        mm.clock.freeze("2026-01-31T12:00:00Z")
        with smtplib.SMTP(mm.smtp_host, mm.smtp_port, "client.test", timeout=20) as smtp:
            smtp.send_message(_welcome())
        send_request(mm.url, "GET", "/v1/customers")
        send_request(mm.url, "GET", "/nowhere")
        sent = _send_by_postmark(mm)
        for route in described_routes():
            kind = route.path.removesuffix("/{id}")
            ids = {"messages": mm.inbox[0].id if len(mm.inbox) else "", "requests": "1"}
            ids["messages"] = sent if kind.endswith("/events") else ids["messages"]
            name = ids.get(kind.split("/")[0]) or found.get(ADDED_BY.get(kind, ""), {}).get("id", "")
            path = route.path.format(id=name, vendor="rackspace", table="domains", key="")
            response = send_request(mm.url, route.method, f"/_mockmail/{path}", **_content(route))
            assert response.status == next(iter(route.responses)), (route.path, response.body)
            found[route.handler.__name__] = shortened(response.json)
        ports = {mm.url: "http://127.0.0.1:8025", f'"127.0.0.1:{mm.smtp_port}"': '"127.0.0.1:1025"'}
    text = json.dumps(found)
    for address, usual in ports.items():
        text = text.replace(address, usual)
    recorded: dict[str, Any] = json.loads(text)
    return recorded


def _send_by_postmark(mm: MockMail) -> str:
    """Send a message by a vendor that keeps what it sends, and return its id."""
    email = {"From": "a@example.com", "To": "jane@example.com", "Subject": "Welcome", "TextBody": "Hello"}
    headers = {"X-Postmark-Server-Token": mm.postmark.credentials["server_token"]}
    sent: str = send_request(mm.url, "POST", "/email", json=email, headers=headers).json["MessageID"]
    return sent


def _content(route: Route) -> dict[str, Any]:
    if route.body is bytes:
        return {"body": bytes(_welcome()), "headers": {"Content-Type": "message/rfc822"}}
    if route.body is None:
        return {}
    return {"json": {key: "rackspace" if value == "{vendor}" else value for key, value in route.example.items()}}


def shortened(value: Any) -> Any:
    """Return a JSON value with the first characters of each text, and the first items of each list."""
    if isinstance(value, str):
        return value[:LONGEST_TEXT]
    if isinstance(value, list):
        return [shortened(item) for item in value[:MOST_ITEMS]]
    return {name: shortened(item) for name, item in value.items()} if isinstance(value, dict) else value


def _welcome() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "Shop <shop@example.com>", "Jane <jane@example.com>"
    message["Subject"] = "Welcome"
    message.set_content("Hello Jane, your code is 123456: https://shop.example.com/confirm?code=123456\n")
    message.add_alternative("<p>Hello Jane, <a href='https://shop.example.com/confirm'>confirm</a></p>", subtype="html")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="terms.pdf")
    return message


if __name__ == "__main__":
    FILE.write_text(json.dumps(dict(sorted(record().items())), indent=1, ensure_ascii=False) + "\n", "utf-8")
