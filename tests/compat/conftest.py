"""Calls of the compatible APIs, and clients of npm that other people wrote for them."""

from __future__ import annotations

import json
import smtplib
from collections.abc import Mapping
from email import policy
from email.message import EmailMessage
from typing import Any

import node_packages
import pytest
from http_client import send_request
from node_packages import why_missing


@pytest.fixture
def ask(mockmail) -> Any:
    """Send a request to the default sandbox and return the response."""

    def request(method: str, path: str, body: bytes | None = None, **given: Any) -> Any:
        return send_request(mockmail.url, method, path, body, **given)

    return request


@pytest.fixture
def deliver(mockmail) -> Any:
    """Send a message by SMTP and return its id."""

    def send_one(subject: str = "Welcome", *, html: str = "", user: str = "", **more: Any) -> str:
        message = EmailMessage()
        headers = {"From": "Shop <shop@example.com>", "To": '"Doe, Jane" <jane@example.com>', "Subject": subject}
        for name, value in (headers | more.get("headers", {})).items():
            message[name] = value
        message.set_content(more.get("text", f"Hello {subject}"))
        if html:
            message.add_alternative(html, subtype="html")
        for name, content in more.get("files", {}).items():
            message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
        with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port, "client.test", timeout=20) as smtp:
            if user:
                smtp.login(user, "any")
            smtp.sendmail(
                "bounce@example.com", more.get("to", ["jane@example.com"]), message.as_bytes(policy=policy.SMTP)
            )
        return "" if user.startswith("~") else mockmail.inbox[-1].id

    return send_one


@pytest.fixture
def run_node() -> Any:
    """Run a script with a package of npm, and return the JSON that it prints."""

    def run(package: str, script: str, environment: Mapping[str, str]) -> Any:
        if why := why_missing(package):
            pytest.skip(why)
        return json.loads(node_packages.run_node(script, environment))

    return run
