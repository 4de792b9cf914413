"""SendGrid as django-anymail knows it."""

from __future__ import annotations

from typing import Any

from anymail_backend import AnymailBackend
from http_client import send_request

from mockmail import MockMail

EVENTS = {
    "delivered": "delivered",
    "bounced": "bounced",
    "complained": "complained",
    "opened": "opened",
    "clicked": "clicked",
    "unsubscribed": "unsubscribed",
}
FLAGS = ("processed", "delivered", "bounce", "dropped", "open", "click", "spam_report", "unsubscribe")


def _call(mm: MockMail, method: str, path: str, document: dict[str, Any]) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {mm.sendgrid.credentials['api_key']}"}
    return send_request(mm.url, method, f"/sendgrid/v3{path}", json=document, headers=headers).json


def _add_webhook(mm: MockMail, url: str) -> dict[str, Any]:
    settings = "/user/webhooks/event/settings"
    webhook = {"url": url, "enabled": True, **dict.fromkeys(FLAGS, True)}
    made = _call(mm, "POST", settings, webhook)
    key = _call(mm, "PATCH", f"{settings}/signed/{made['id']}", {"enabled": True})
    return {"SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY": key["public_key"]}


def _add_template(mm: MockMail) -> str:
    template = _call(mm, "POST", "/templates", {"name": "welcome", "generation": "dynamic"})
    version = {"name": "1", "subject": "Hello {{name}}", "html_content": "<p>Dear {{name}}</p>"}
    _call(mm, "POST", f"/templates/{template['id']}/versions", version)
    return str(template["id"])


def _settings(mm: MockMail) -> dict[str, Any]:
    return {
        "SENDGRID_API_KEY": mm.sendgrid.credentials["api_key"],
        "SENDGRID_API_URL": mm.sendgrid.environment["SENDGRID_API_URL"],
    }


BACKEND = AnymailBackend(
    vendor="sendgrid",
    backend="sendgrid",
    settings=_settings,
    wrong_key={"SENDGRID_API_KEY": "SG.unknown"},
    add_template=_add_template,
    suppressed_status="queued",  # SendGrid accepts it, and drops it afterwards
    view="sendgrid.SendGridTrackingWebhookView",
    add_webhook=_add_webhook,
    bounce_reason=None,
    events=EVENTS,
)
