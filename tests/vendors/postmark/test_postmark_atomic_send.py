"""A send that fails after its message reached the inbox."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

from mockmail import MockMail
from mockmail.core.senders import sending

TOKEN = "b6ad5c9e-1f0b-4b8c-9d6e-0c1d2e3f4a5b"  # that of the documentation


def test_message_whose_records_cannot_be_written_does_not_stay_in_the_inbox(monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("no record is written")

    body = json.dumps({"From": "app@example.com", "To": "jane@example.org", "Subject": "Hi", "TextBody": "Hi"})
    headers = {"Content-Type": "application/json", "X-Postmark-Server-Token": TOKEN}
    with MockMail() as mm:
        monkeypatch.setattr(sending, "record", fail)
        connection = http.client.HTTPConnection(urlsplit(mm.url).netloc, timeout=30)
        connection.request("POST", "/postmark/email", body, headers)

        status = connection.getresponse().status

        connection.close()
        assert (status, len(mm.inbox)) == (500, 0)
