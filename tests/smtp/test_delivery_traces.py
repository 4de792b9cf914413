"""A message knows which of its recipients were refused, and by which aliases it was delivered."""

from __future__ import annotations

import smtplib

import pytest

RAW = b"Subject: hi\r\n\r\nhi\r\n"


def test_refused_recipients_have_their_replies(mockmail, talk):
    mockmail.smtp.refused_recipients = ["bad@*"]

    talk.codes("EHLO client.test", "MAIL FROM:<a@example.com>", "RCPT TO:<bad@example.com>", "RCPT TO:<b@example.com>")
    talk.codes("DATA")
    talk.send(RAW + b".\r\n")
    message = mockmail.inbox.wait_for(subject="hi")

    assert message.envelope.refusals == (
        ("bad@example.com", "550 5.1.1 <bad@example.com>: Recipient address rejected"),
    )
    assert [(trace.recipient, trace.result) for trace in message.traces] == [
        ("b@example.com", "not_hosted"),
        ("bad@example.com", "refused"),
    ]


def test_refusals_of_an_earlier_message_are_forgotten(mockmail, talk):
    mockmail.smtp.refused_recipients = ["bad@*"]

    talk.codes("EHLO client.test", "MAIL FROM:<a@example.com>", "RCPT TO:<bad@example.com>", "RSET")
    talk.codes("MAIL FROM:<a@example.com>", "RCPT TO:<b@example.com>", "DATA")
    talk.send(RAW + b".\r\n")

    assert mockmail.inbox.wait_for(subject="hi").envelope.refusals == ()


@pytest.mark.mockmail(max_recipients=2)
def test_kept_refusals_are_bounded_by_max_recipients(mockmail, talk):
    mockmail.smtp.refused_recipients = ["bad*"]

    talk.codes("EHLO client.test", "MAIL FROM:<a@example.com>", *[f"RCPT TO:<bad{n}@example.com>" for n in range(3)])
    talk.codes("RCPT TO:<b@example.com>", "DATA")
    talk.send(RAW + b".\r\n")

    refused = [recipient for recipient, _ in mockmail.inbox.wait_for(subject="hi").envelope.refusals]
    assert refused == ["bad0@example.com", "bad1@example.com"]


def test_traces_survive_a_snapshot(mockmail):
    mockmail.smtp.refused_recipients = ["bad@*"]
    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port, "client.test", timeout=20) as smtp:
        smtp.sendmail("a@example.com", ["bad@example.com", "b@example.com"], RAW)
    before = mockmail.inbox.wait_for(subject="hi").traces

    mockmail.restore(mockmail.snapshot())

    assert mockmail.inbox[0].traces == before
    assert len(before) == 2
