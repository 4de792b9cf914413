"""Mailgun as django-anymail knows it."""

from __future__ import annotations

from typing import Any

from anymail_backend import AnymailBackend
from http_client import basic, send_request

from mockmail import MockMail

KINDS = ("delivered", "permanent_fail", "complained", "opened", "clicked", "unsubscribed")


def _post(mm: MockMail, path: str, form: dict[str, Any]) -> Any:
    headers = {"Authorization": basic("api", mm.mailgun.credentials["api_key"])}
    return send_request(mm.url, "POST", f"/mailgun{path}", form=form, headers=headers)


def _add_template(mm: MockMail) -> str:
    form = {"name": "hello", "template": "Dear {{name}}", "headers": '{"Subject": "Hello {{name}}"}'}
    _post(mm, "/v3/example.com/templates", form)
    return "hello"


def _add_webhook(mm: MockMail, url: str) -> dict[str, Any]:
    for kind in KINDS:
        _post(mm, "/v3/domains/example.com/webhooks", {"id": kind, "url": url})
    return {"MAILGUN_WEBHOOK_SIGNING_KEY": mm.mailgun.credentials["webhook_signing_key"]}


def _settings(mm: MockMail) -> dict[str, Any]:
    return {
        "MAILGUN_API_KEY": mm.mailgun.credentials["api_key"],
        "MAILGUN_API_URL": mm.mailgun.environment["ANYMAIL_MAILGUN_API_URL"],
    }


BACKEND = AnymailBackend(
    vendor="mailgun",
    backend="mailgun",
    settings=_settings,
    wrong_key={"MAILGUN_API_KEY": "key-unknown"},
    add_template=_add_template,
    suppressed_status="queued",  # Mailgun accepts it, and fails it afterwards
    view="mailgun.MailgunTrackingWebhookView",
    add_webhook=_add_webhook,
)
