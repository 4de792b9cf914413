"""Amazon SES as django-anymail knows it."""

from __future__ import annotations

from typing import Any

import boto3
from anymail_backend import AnymailBackend

from mockmail import MockMail


def _keys(mm: MockMail) -> dict[str, str]:
    return {
        "aws_access_key_id": mm.ses.credentials["access_key_id"],
        "aws_secret_access_key": mm.ses.credentials["secret_access_key"],
        "region_name": "us-east-1",
    }


def _settings(mm: MockMail) -> dict[str, Any]:
    endpoint = {"endpoint_url": mm.ses.url, "config": {"retries": {"total_max_attempts": 1}}}
    return {"AMAZON_SES_SESSION_PARAMS": _keys(mm), "AMAZON_SES_CLIENT_PARAMS": endpoint}


def _add_webhook(mm: MockMail, url: str) -> dict[str, Any]:
    mm.ses.seed(webhooks=[{"id": "1", "url": url, "created": "2026-01-01T00:00:00Z"}])
    return {}


def _add_template(mm: MockMail) -> str:
    content = {"Subject": "Hello {{name}}", "Text": "Hello {{name}}", "Html": "<p>Hello {{name}}</p>"}
    client = boto3.session.Session(**_keys(mm)).client("sesv2", endpoint_url=mm.ses.url)
    client.create_email_template(TemplateName="hello", TemplateContent=content)
    return "hello"


BACKEND = AnymailBackend(
    vendor="ses",
    backend="amazon_ses",
    settings=_settings,
    wrong_key={
        "AMAZON_SES_SESSION_PARAMS": {
            "aws_access_key_id": "AKIAUNKNOWN",
            "aws_secret_access_key": "unknown",
            "region_name": "us-east-1",
        }
    },
    unsupported=frozenset({"track_opens", "track_clicks", "send_at", "merge_metadata"}),
    options_in_headers={"X-Tag": "welcome", "X-Metadata": '{"user": "7"}'},
    add_template=_add_template,
    suppressed_status="queued",  # SES accepts it, and tells of a bounce
    view="amazon_ses.AmazonSESTrackingWebhookView",
    add_webhook=_add_webhook,
    events={kind: kind for kind in ("delivered", "bounced", "complained", "opened", "clicked")},
)
