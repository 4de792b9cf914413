"""A mail store, and a function that adds messages to it."""

from __future__ import annotations

from typing import Any

import pytest

from mockmail.core.clock import Clock
from mockmail.core.mail.message import Envelope, SentBy
from mockmail.core.mail.store import MailStore


@pytest.fixture
def mail() -> Any:
    store = MailStore(Clock(), "0")
    yield store
    store.close()


@pytest.fixture
def add(mail) -> Any:
    """A function that adds a message and returns it."""

    def add_message(subject="", *, to="jane@example.com", sender="bob@example.com", text="", headers="", raw=None):
        recipients = (to,) if isinstance(to, str) else tuple(to)
        if raw is None:
            raw = f"Subject: {subject}\r\n{headers}\r\n{text}\r\n".encode()
        return mail.add(raw, Envelope(sender=sender, recipients=recipients), SentBy())

    return add_message
