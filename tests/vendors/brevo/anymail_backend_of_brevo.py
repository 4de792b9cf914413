"""Brevo as django-anymail knows it."""

from __future__ import annotations

from typing import Any

from anymail_backend import AnymailBackend
from http_client import send_request

from mockmail import MockMail

EVENTS = ("request", "delivered", "hardBounce", "spam", "uniqueOpened", "opened", "click", "unsubscribed")


def _post(mm: MockMail, path: str, document: dict[str, Any]) -> Any:
    headers = {"api-key": mm.brevo.credentials["api_key"]}
    return send_request(mm.url, "POST", f"/v3{path}", json=document, headers=headers).json


def _add_template(mm: MockMail) -> str:
    template = {
        "templateName": "hello",
        "subject": "Hello {{ params.name }}",
        "sender": {"email": "app@example.com"},
        "htmlContent": "<p>Dear {{ params.name }}</p>",
        "isActive": True,
    }
    return _post(mm, "/smtp/templates", template)["id"]


def _add_webhook(mm: MockMail, url: str) -> dict[str, Any]:
    _post(mm, "/webhooks", {"url": url, "events": EVENTS})
    return {}


def _settings(mm: MockMail) -> dict[str, Any]:
    return {"BREVO_API_KEY": mm.brevo.credentials["api_key"], "BREVO_API_URL": mm.brevo.url}


BACKEND = AnymailBackend(
    vendor="brevo",
    backend="brevo",
    settings=_settings,
    wrong_key={"BREVO_API_KEY": "xkeysib-unknown"},
    unsupported=frozenset({"track_opens", "track_clicks"}),
    takes_inline_images=False,
    add_template=_add_template,
    suppressed_status="queued",  # Brevo accepts it, and blocks it afterwards
    refused_sender=None,  # Brevo accepts it, and gives it up afterwards
    view="brevo.BrevoTrackingWebhookView",
    add_webhook=_add_webhook,
    # Without `unsubscribed`: anymail guesses that it is called `unsubscribe`.
    events={kind: kind for kind in ("delivered", "bounced", "complained", "opened", "clicked")},
)
