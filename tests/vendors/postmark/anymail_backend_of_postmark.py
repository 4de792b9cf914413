"""Postmark as django-anymail knows it."""

from __future__ import annotations

from typing import Any

from anymail_backend import AnymailBackend
from http_client import send_request

from mockmail import MockMail

TRIGGERS = ("Open", "Click", "Delivery", "Bounce", "SpamComplaint")


def _post(mm: MockMail, path: str, document: dict[str, Any]) -> Any:
    headers = {"X-Postmark-Server-Token": mm.postmark.credentials["server_token"]}
    return send_request(mm.url, "POST", path, json=document, headers=headers).json


def _add_template(mm: MockMail) -> str:
    template = {"Name": "hello", "Alias": "hello", "Subject": "Hello {{name}}", "TextBody": "Dear {{name}}"}
    return str(_post(mm, "/templates", template)["TemplateId"])


def _add_webhook(mm: MockMail, url: str) -> dict[str, Any]:
    _post(mm, "/webhooks", {"Url": url, "Triggers": {name: {"Enabled": True} for name in TRIGGERS}})
    return {}


def _settings(mm: MockMail) -> dict[str, Any]:
    return {
        "POSTMARK_SERVER_TOKEN": mm.postmark.credentials["server_token"],
        "POSTMARK_API_URL": mm.postmark.environment["POSTMARK_API_URL"],
    }


BACKEND = AnymailBackend(
    vendor="postmark",
    backend="postmark",
    settings=_settings,
    wrong_key={"POSTMARK_SERVER_TOKEN": "00000000-0000-0000-0000-000000000000"},
    unsupported=frozenset({"send_at"}),
    add_template=_add_template,
    view="postmark.PostmarkTrackingWebhookView",
    add_webhook=_add_webhook,
    # Without its trigger SubscriptionChange, Postmark tells of no unsubscription; with it, of each bounce twice.
    events={kind: kind for kind in ("delivered", "bounced", "complained", "opened", "clicked")},
)
