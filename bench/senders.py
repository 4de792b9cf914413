"""Sends of vendors that keep what they send, against a bare handler: `python -m bench.senders`.

With its test token Postmark validates a message and keeps nothing; SendGrid in sandbox mode, too. Else the message is
stored with its events.
"""

from __future__ import annotations

import json

from bench.harness import Case, MakeRequest, compare, request

TOKEN, TEST_TOKEN = "b6ad5c9e-1f0b-4b8c-9d6e-0c1d2e3f4a5b", "POSTMARK_API_TEST"  # those of the documentation
POSTMARK = {
    "From": "App <app@example.com>",
    "To": "jane@example.org",
    "Subject": "Welcome",
    "TextBody": "It is good to have you. " * 10,
    "HtmlBody": "<p>It is good to have you.</p>" * 10,
    "Tag": "welcome",
    "Metadata": {"user": "7"},
}
SES = {
    "FromEmailAddress": POSTMARK["From"],
    "Destination": {"ToAddresses": [POSTMARK["To"]]},
    "Content": {
        "Simple": {
            "Subject": {"Data": POSTMARK["Subject"]},
            "Body": {"Text": {"Data": POSTMARK["TextBody"]}, "Html": {"Data": POSTMARK["HtmlBody"]}},
        }
    },
    "EmailTags": [{"Name": "user", "Value": "7"}],
}
SIGNED = (
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/ses/aws4_request,"
    f" SignedHeaders=host;x-amz-date, Signature={'0' * 64}"
)

SENDGRID_KEY = "SG.xxxxxxxx.yyyyyyyy"
SENDGRID = {
    "personalizations": [{"to": [{"email": "jane@example.org"}]}],
    "from": {"email": "app@example.com", "name": "App"},
    "subject": "Welcome",
    "content": [
        {"type": "text/plain", "value": POSTMARK["TextBody"]},
        {"type": "text/html", "value": POSTMARK["HtmlBody"]},
    ],
    "categories": ["welcome"],
    "custom_args": {"user": "7"},
}


def cases() -> list[Case]:
    """Return the cases: a message that is validated, and one that is kept."""
    return [
        Case("postmark email.send, not kept", _postmark(TEST_TOKEN), {"postmark": {}}, goal=0.5),
        Case("postmark email.send, kept", _postmark(TOKEN), {"postmark": {}}, goal=0.3),
        Case("sendgrid mail.send, not kept", _sendgrid(is_test=True), {"sendgrid": {}}, goal=0.5),
        Case("sendgrid mail.send, kept", _sendgrid(is_test=False), {"sendgrid": {}}, 0.3, 202),
        Case("ses email.send, kept", _ses(), {"ses": {}}, goal=0.3),
    ]


def _postmark(token: str) -> MakeRequest:
    body = json.dumps(POSTMARK).encode()
    sent = request("POST", "/email", body, {"Content-Type": "application/json", "X-Postmark-Server-Token": token})
    return lambda _: sent


def _sendgrid(*, is_test: bool) -> MakeRequest:
    body = json.dumps({**SENDGRID, "mail_settings": {"sandbox_mode": {"enable": is_test}}}).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {SENDGRID_KEY}"}
    sent = request("POST", "/v3/mail/send", body, headers)
    return lambda _: sent


def _ses() -> MakeRequest:
    headers = {"Content-Type": "application/json", "Authorization": SIGNED}
    sent = request("POST", "/v2/email/outbound-emails", json.dumps(SES).encode(), headers)
    return lambda _: sent


if __name__ == "__main__":
    for case in cases():
        compare(case)
