"""The kinds of events, with the data of each as a server sends it."""

from __future__ import annotations

import json
import smtplib
from typing import Any

from docs.site.reference.sample_message import AT, sample
from mockmail import MockMail
from mockmail.server.events import KINDS


def page() -> str:
    """Return the page."""
    parts = [
        "# Events\n",
        (
            "[Follow what happens](../events.md) explains how events are read. These are the events of a server to"
            " which a mail was sent, which was then marked and deleted; a request met a fault, and the clock was"
            " frozen.\n"
        ),
    ]
    recorded = _recorded()
    for kind in KINDS:
        shown = json.dumps(recorded[kind], indent=2, ensure_ascii=False)
        parts.append(f"## {kind}\n\n```json\n{shown}\n```\n")
    return "\n".join(parts)


def _recorded() -> dict[str, Any]:
    """Return one event of each kind."""
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    found: dict[str, Any] = {}
    with MockMail() as mm, mm.events(all_sandboxes=True, timeout=10) as events:
        mm.clock.freeze(AT)
        mm.faults.add("postmark", status=503)
        with smtplib.SMTP(mm.smtp_host, mm.smtp_port, "client.example") as smtp:
            smtp.send_message(sample())
        for _ in range(2):
            headers = {"X-Postmark-Server-Token": mm.postmark.credentials["server_token"]}
            try:
                urlopen(Request(f"{mm.postmark.url}/email", b"{}", headers | {"Content-Type": "application/json"}))  # noqa: S310
            except HTTPError as refused:
                refused.close()
        mm.inbox.mark(is_read=True, add_tags=["order"])
        mm.inbox.delete(subject=sample()["Subject"])
        mm.atmail.seed(domains=[{"domainId": 5, "domainName": "my.example"}])
        mm.sandbox("mine").inbox.clear()
        while set(KINDS) - found.keys():
            event = next(events)
            found.setdefault(
                event.kind,
                {"id": "19c1350ae00-1", "kind": event.kind, "sandbox": event.sandbox, "at": AT}
                | {"data": _stable(event.data)},
            )
    return found


def _stable(data: dict[str, Any]) -> dict[str, Any]:
    """Return the data without what differs in each run."""
    return {name: 0.001 if name == "seconds" else value for name, value in data.items()}
