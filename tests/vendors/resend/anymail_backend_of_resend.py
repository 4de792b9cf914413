"""Resend as django-anymail knows it."""

from __future__ import annotations

from typing import Any

from anymail_backend import AnymailBackend
from http_client import send_request

from mockmail import MockMail

EVENTS = ("delivered", "bounced", "complained", "opened", "clicked")


def _add_webhook(mm: MockMail, url: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {mm.resend.credentials['api_key']}"}
    webhook = {"endpoint": url, "events": [f"email.{kind}" for kind in EVENTS]}
    made = send_request(mm.url, "POST", "/resend/webhooks", json=webhook, headers=headers).json
    return {"RESEND_SIGNING_SECRET": made["signing_secret"]}


def _settings(mm: MockMail) -> dict[str, Any]:
    return {"RESEND_API_KEY": mm.resend.credentials["api_key"], "RESEND_API_URL": mm.resend.url}


BACKEND = AnymailBackend(
    vendor="resend",
    backend="resend",
    settings=_settings,
    wrong_key={"RESEND_API_KEY": "re_unknown"},
    unsupported=frozenset({"track_opens", "track_clicks"}),
    options_in_headers={"X-Tags": '["welcome"]', "X-Metadata": '{"user": "7"}'},
    suppressed_status="queued",  # Resend accepts it, and suppresses it afterwards
    view="resend.ResendTrackingWebhookView",
    add_webhook=_add_webhook,
    events={kind: kind for kind in EVENTS},
)
