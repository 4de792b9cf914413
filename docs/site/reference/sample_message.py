"""A message as JSON, from a server that received it."""

from __future__ import annotations

import json
import smtplib
from email.message import EmailMessage
from urllib.request import urlopen

from mockmail import MockMail

AT = "2026-01-31T12:00:00+00:00"
"""The time of everything on the pages."""


def sample() -> EmailMessage:
    """Return the message that is sent."""
    message = EmailMessage()
    message["From"] = "The Shop <shop@example.com>"
    message["To"] = "Jane Doe <jane@example.com>"
    message["Subject"] = "Your order 77"
    message["Message-ID"] = "<77@shop.example>"
    message.set_content("It is on its way: https://shop.example/77\n")
    message.add_alternative('<p>Track it <a href="https://shop.example/77">here</a>.</p>\n', subtype="html")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="invoice-77.pdf")
    next(message.iter_parts()).set_boundary("alternatives")
    message.set_boundary("parts")
    return message


def page() -> str:
    """Return the page."""
    with MockMail() as mm:
        mm.clock.freeze(AT)
        with smtplib.SMTP(mm.smtp_host, mm.smtp_port, "client.example") as smtp:
            smtp.send_message(sample())
        [message] = mm.inbox
        with urlopen(f"{mm.url}/_mockmail/messages/{message.id}") as response:  # noqa: S310  # a server of ours
            document = json.load(response)
    document["envelope"]["peer"] = "127.0.0.1:50000"  # the port differs in each run
    raw = message.raw.decode("ascii").replace("\r\n", "\n")
    shown = json.dumps(document, indent=2, ensure_ascii=False)
    return "\n".join(
        [
            "# A sample message\n",
            "An application sent this message by SMTP:\n",
            f"```text\n{raw}\n```\n",
            "`GET /_mockmail/messages/{id}` shows it so. [Message](python.md#message) has the same fields in Python.\n",
            f"```json\n{shown}\n```\n",
        ]
    )
