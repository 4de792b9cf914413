"""Links, codes, blind copies, unsubscribe links, events, traces and signatures of a message over HTTP."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage

import pytest
from http_client import send_request

CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Lunch\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def url(mockmail):
    """Send a message with everything in it, and return its URL."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "shop@example.com", "jane@example.com", "all"
    mail["List-Unsubscribe"] = "<https://x.example/u>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content("Your code is 123456: https://x.example/plain")
    mail.add_alternative("<a href='https://x.example/html'>Go</a>", subtype="html")
    mail.add_alternative(CALENDAR, subtype="calendar")
    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port, timeout=20) as smtp:
        smtp.send_message(mail, to_addrs=["jane@example.com", "archive@example.com"])
    return f"{mockmail.url}/_mockmail/messages/{mockmail.inbox.wait_for(subject='all').id}"


def test_document_of_a_message_has_what_is_found_in_it(mockmail, url):
    shown = send_request(url, "GET").json

    assert shown["codes"] == ["123456"]
    assert shown["bcc"] == ["archive@example.com"]
    assert shown["unsubscribe"] == {"urls": ["https://x.example/u"], "one_click": "https://x.example/u"}
    assert [(event["method"], event["summary"], event["part"]) for event in shown["calendar"]] == [
        ("REQUEST", "Lunch", 3)
    ]
    assert [(trace["recipient"], trace["result"]) for trace in shown["traces"]] == [
        ("jane@example.com", "not_hosted"),
        ("archive@example.com", "not_hosted"),
    ]


def test_links_have_their_text_and_place(mockmail, url):
    assert send_request(f"{url}/links", "GET").json == {
        "links": [
            {"url": "https://x.example/html", "text": "Go", "tag": "a", "part": 2},
            {"url": "https://x.example/plain", "text": "", "tag": None, "part": 1},
        ]
    }


def test_signature_is_checked_with_a_given_key(mockmail, url):
    found = send_request(f"{url}/checks?dkim_key=v%3DDKIM1%3B%20p%3DAAAA", "GET").json["findings"]
    refused = send_request(f"{url}/checks?dkim_key=secret", "GET")

    assert ("dkim", "There is no DKIM-Signature header.") in [(finding["check"], finding["text"]) for finding in found]
    assert refused.status == 400
    assert "dkim_key must be a public key as PEM" in refused.json["error"]


def test_unknown_message_is_not_found(mockmail, url):
    assert send_request(f"{mockmail.url}/_mockmail/messages/none/links", "GET").status == 404
