"""For each vendor a call and a mail, made with what `mockmail env` prints and nothing but the standard library."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import smtplib
import urllib.request
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlencode, urlsplit

BOUND = 20
"""Seconds that a call may take."""


class Server:
    """Where the server is, and how it is asked."""

    def __init__(self, http_port: int, smtp_port: int) -> None:
        self.url = f"http://127.0.0.1:{http_port}"
        self._smtp_port = smtp_port

    def ask(self, url: str, body: Any = None, *, method: str | None = None, **headers: str) -> str:
        """The body of a good answer. A dict is sent as JSON, text as a form."""
        form = {"Content-Type": "application/x-www-form-urlencoded"} if isinstance(body, str) else {}
        kind = {"Content-Type": "application/json"} if isinstance(body, dict) else form
        data = json.dumps(body) if isinstance(body, dict) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(url, data.encode() if data is not None else None, kind | named, method=method)
        with urllib.request.urlopen(request, timeout=BOUND) as answer:
            return answer.read().decode()

    def mail(self, to: str, subject: str, text: str = "Hello!") -> None:
        """Send a mail by SMTP."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "app@example.org", to, subject
        message.set_content(text)
        with smtplib.SMTP("127.0.0.1", self._smtp_port, timeout=BOUND) as smtp:
            smtp.send_message(message)

    def arrived(self, **wanted: Any) -> dict[str, Any]:
        """The first mail that fits, waited for."""
        waited = json.loads(self.ask(f"{self.url}/_mockmail/messages/wait", {"timeout": 10, **wanted}))
        return waited["messages"][0]


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def atmail_account(server: Server, env: Mapping[str, str], call: str) -> str:
    """What atmail answers to a call (`create`, `view`) for Jane's account."""
    authorization = basic(env["ATMAIL_USERNAME"], env["ATMAIL_PASSWORD"])
    account = urlencode({"username": "jane@yourdomain.com", "password": "secret"})
    return server.ask(f"{env['ATMAIL_URL']}/accounts/{call}/", account, Authorization=authorization)


def atmail(server: Server, env: Mapping[str, str]) -> dict[str, Any]:
    assert "<message>jane@yourdomain.com added</message>" in atmail_account(server, env, "create")

    server.mail("jane@yourdomain.com", "Through atmail")

    arrived = server.arrived(to="jane@yourdomain.com")
    assert "<TotalMessages>1</TotalMessages>" in atmail_account(server, env, "view")
    return arrived


def rackspace(server: Server, env: Mapping[str, str]) -> dict[str, Any]:
    agent, moment = "container test", "20260102030405"
    digest = hashlib.sha1(f"{env['RACKSPACE_USER_KEY']}{agent}{moment}{env['RACKSPACE_SECRET_KEY']}".encode()).digest()
    signature = f"{env['RACKSPACE_USER_KEY']}:{moment}:{base64.b64encode(digest).decode()}"
    signed = {"User_Agent": agent, "X_Api_Signature": signature, "Accept": "application/json"}
    mailbox = f"{env['RACKSPACE_URL']}/customers/me/domains/example.com/ex/mailboxes/alex.smith"
    server.ask(mailbox, urlencode({"displayName": "Alex Smith", "password": "Secret123!@#", "size": 2048}), **signed)

    server.mail("alex.smith@example.com", "Through Rackspace")

    arrived = server.arrived(to="alex.smith@example.com")
    assert json.loads(server.ask(mailbox, **signed))["currentUsage"] == 1
    return arrived


def onlyoffice(server: Server, env: Mapping[str, str]) -> dict[str, Any]:
    settings = f"{env['ONLYOFFICE_URL']}/api/2.0/smtpsettings/smtp"
    relay = {
        "host": "smtp.example.org",
        "port": 25,
        "senderAddress": "portal@example.org",
        "senderDisplayName": "LoopBridge",
    }
    saved = json.loads(server.ask(settings, relay, Authorization=env["ONLYOFFICE_TOKEN"]))
    assert saved["response"]["host"] == "smtp.example.org"

    server.ask(f"{settings}/test", Authorization=env["ONLYOFFICE_TOKEN"])

    return server.arrived(to=env["ONLYOFFICE_EMAIL"])


def spacedog(server: Server, env: Mapping[str, str]) -> dict[str, Any]:
    authorization = basic(env["SPACEDOG_USERNAME"], env["SPACEDOG_PASSWORD"])
    mail = urlencode({"to": "platform@spacedog.io", "subject": "Through SpaceDog", "text": "Hi"})
    sent = json.loads(server.ask(f"{env['SPACEDOG_URL']}/1/mail", mail, Authorization=authorization))
    assert sent["mailgun"]["message"] == "Queued. Thank you."
    return server.arrived(to="platform@spacedog.io")


def adaxes(server: Server, env: Mapping[str, str]) -> dict[str, Any]:
    mail = {
        "directoryObject": "CN=John Smith,CN=Users,DC=example,DC=com",
        "subject": "Through Adaxes",
        "text": "My email body",
    }
    address = f"{env['ADAXES_BASE_URL']}/api/directoryObjects/sendMail"
    sent = json.loads(server.ask(address, mail, Adm_Authorization=env["ADAXES_TOKEN"]))
    assert sent["resultType"] == 0
    return server.arrived(to="john.smith@example.com")


def postmark(server: Server, env: Mapping[str, str]) -> dict[str, Any]:
    mail = {"From": "app@example.com", "To": "jane@example.org", "Subject": "Through Postmark", "TextBody": "Hi"}
    token = env["POSTMARK_SERVER_TOKEN"]
    sent = json.loads(server.ask(f"{env['POSTMARK_API_URL']}/email", mail, X_Postmark_Server_Token=token))
    assert sent["ErrorCode"] == 0
    return server.arrived(to="jane@example.org")


def brevo(server: Server, env: Mapping[str, str]) -> dict[str, Any]:
    mail = {
        "sender": {"email": "app@example.com"},
        "to": [{"email": "brevo@example.org"}],
        "subject": "Through Brevo",
        "textContent": "Hi",
    }
    sent = json.loads(server.ask(f"{env['BREVO_API_URL']}/smtp/email", mail, Api_Key=env["BREVO_API_KEY"]))
    assert sent["messageId"]
    return server.arrived(to="brevo@example.org")


def mailgun(server: Server, env: Mapping[str, str]) -> dict[str, Any]:
    domain = env["MAILGUN_DOMAIN"]
    mail = {"from": f"app@{domain}", "to": "mailgun@example.org", "subject": "Through Mailgun", "text": "Hi"}
    address = f"{env['MAILGUN_API_URL']}/v3/{domain}/messages"
    authorization = basic("api", env["MAILGUN_API_KEY"])
    sent = json.loads(server.ask(address, urlencode(mail), Authorization=authorization))
    assert sent["message"] == "Queued. Thank you."
    return server.arrived(to="mailgun@example.org")


def resend(server: Server, env: Mapping[str, str]) -> dict[str, Any]:
    mail = {"from": "app@example.com", "to": "resend@example.org", "subject": "Through Resend", "text": "Hi"}
    authorization = f"Bearer {env['RESEND_API_KEY']}"
    sent = json.loads(server.ask(f"{env['RESEND_API_URL']}/emails", mail, Authorization=authorization))
    assert sent["id"]
    return server.arrived(to="resend@example.org")


def sendgrid(server: Server, env: Mapping[str, str]) -> dict[str, Any]:
    mail = {
        "personalizations": [{"to": [{"email": "sendgrid@example.org"}]}],
        "from": {"email": "app@example.com"},
        "subject": "Through SendGrid",
        "content": [{"type": "text/plain", "value": "Hi"}],
    }
    authorization = f"Bearer {env['SENDGRID_API_KEY']}"
    server.ask(f"{env['SENDGRID_BASE_URL']}/v3/mail/send", mail, Authorization=authorization)
    return server.arrived(to="sendgrid@example.org")


def ses(server: Server, env: Mapping[str, str]) -> dict[str, Any]:
    mail = {
        "FromEmailAddress": "app@example.com",
        "Destination": {"ToAddresses": ["ses@example.org"]},
        "Content": {"Simple": {"Subject": {"Data": "Through SES"}, "Body": {"Text": {"Data": "Hi"}}}},
    }
    url = f"{env['AWS_ENDPOINT_URL_SESV2']}/v2/email/outbound-emails"
    assert json.loads(server.ask(url, mail, **signed_by_aws(env, url, json.dumps(mail))))["MessageId"]
    return server.arrived(to="ses@example.org")


def signed_by_aws(env: Mapping[str, str], url: str, body: str) -> dict[str, str]:
    """Return the headers of a POST that is signed with AWS Signature Version 4."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    scope = [moment[:8], env["AWS_DEFAULT_REGION"], "ses", "aws4_request"]
    names, target = "host;x-amz-date", urlsplit(url)
    headers = [f"host:{target.netloc}", f"x-amz-date:{moment}"]
    digest = hashlib.sha256(body.encode()).hexdigest()
    request = "\n".join(["POST", target.path, "", *headers, "", names, digest])
    to_sign = ["AWS4-HMAC-SHA256", moment, "/".join(scope), hashlib.sha256(request.encode()).hexdigest()]
    key = f"AWS4{env['AWS_SECRET_ACCESS_KEY']}".encode()
    for part in [*scope, "\n".join(to_sign)]:
        key = hmac.digest(key, part.encode(), "sha256")
    credential = "/".join([env["AWS_ACCESS_KEY_ID"], *scope])
    authorization = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={key.hex()}"
    return {"X_Amz_Date": moment, "Authorization": authorization}


CALLS: Mapping[str, Callable[[Server, Mapping[str, str]], dict[str, Any]]] = {
    "adaxes": adaxes,
    "atmail": atmail,
    "brevo": brevo,
    "mailgun": mailgun,
    "onlyoffice": onlyoffice,
    "postmark": postmark,
    "rackspace": rackspace,
    "resend": resend,
    "sendgrid": sendgrid,
    "ses": ses,
    "spacedog": spacedog,
}
