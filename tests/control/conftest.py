"""Sending by SMTP, and knowing when somebody waits."""

from __future__ import annotations

import smtplib
import threading
from typing import Any

import pytest


@pytest.fixture
def send() -> Any:
    """Send messages to a server over one connection each."""

    def one(mm: Any, *subjects: str, to: str = "jane@example.com") -> None:
        with smtplib.SMTP(mm.smtp_host, mm.smtp_port, "client.test", timeout=20) as smtp:
            for subject in subjects:
                smtp.sendmail(
                    "shop@example.com", to, f"From: shop@example.com\nSubject: {subject}\n\nHello {subject}\n"
                )

    return one


class Watch:
    """How a mail store is used: events for a wait's begin and end, and a count of its searches."""

    def __init__(self, mail: Any) -> None:
        self.waits = threading.Event()
        self.ended = threading.Event()
        self.searches = 0
        self.mail = mail
        observe, find = mail.observe, mail.find

        def watched_observe(observer: Any) -> Any:
            forget = observe(observer)
            self.waits.set()

            def end() -> None:
                forget()
                self.ended.set()

            return end

        def watched_find(*given: Any, **named: Any) -> Any:
            self.searches += 1
            return find(*given, **named)

        mail.observe, mail.find = watched_observe, watched_find


@pytest.fixture
def watch() -> Any:
    """Watches the mail of a server's default sandbox."""
    return lambda mm: Watch(mm.server.sandboxes.get().mail)
