"""`/v3/domains/{domain}/webhooks`: up to three URLs for each kind of event (docs/wire/mailgun.md 9)."""

from __future__ import annotations

from typing import Any

from mockmail.core.senders.records import Webhook
from mockmail.core.senders.webhook_queue import is_webhook_url
from mockmail.vendors.mailgun.authentication import MailgunCall
from mockmail.vendors.mailgun.errors import MailgunError, parameter_error
from mockmail.vendors.mailgun.parameters import WebhookChange
from mockmail.vendors.mailgun.requests import find_domain

KINDS = (
    "accepted",
    "delivered",
    "opened",
    "clicked",
    "unsubscribed",
    "complained",
    "temporary_fail",
    "permanent_fail",
)
MOST_URLS = 3


def index(call: MailgunCall, params: None) -> Any:
    """List the webhooks of a domain."""
    domain = find_domain(call).name
    return {"webhooks": {kind: {"urls": urls} for kind in KINDS if (urls := _urls(call, domain, kind))}}


def show(call: MailgunCall, params: None) -> Any:
    """Return the URLs of one kind of event."""
    return {"webhook": {"urls": _existing(call, find_domain(call).name, call.path["webhook"])}}


def create(call: MailgunCall, params: WebhookChange) -> Any:
    """Add the URLs of one kind of event."""
    domain = find_domain(call).name
    if not params.id:
        raise parameter_error(call.options, "id", "is missing")
    if params.id not in KINDS:
        raise MailgunError(f"Invalid webhook type: {params.id:.80}")
    urls = list(dict.fromkeys([*_urls(call, domain, params.id), *_checked(call, params)]))
    if len(urls) > MOST_URLS:
        raise MailgunError(f"A webhook may have {MOST_URLS} URLs")
    _put(call, domain, params.id, urls)
    return {"message": "Webhook has been created", "webhook": {"urls": urls}}


def edit(call: MailgunCall, params: WebhookChange) -> Any:
    """Replace the URLs of one kind of event."""
    domain, kind = find_domain(call).name, call.path["webhook"]
    _existing(call, domain, kind)
    urls = list(dict.fromkeys(_checked(call, params)))
    _put(call, domain, kind, urls)
    return {"message": "Webhook has been updated", "webhook": {"urls": urls}}


def delete(call: MailgunCall, params: None) -> Any:
    """Remove the URLs of one kind of event."""
    domain, kind = find_domain(call).name, call.path["webhook"]
    urls = _existing(call, domain, kind)
    _put(call, domain, kind, [])
    return {"message": "Webhook has been deleted", "webhook": {"urls": urls}}


def _urls(call: MailgunCall, domain: str, kind: str) -> list[str]:
    return [each.url for each in call.records(Webhook) if each.scope == domain and kind in each.kinds]


def _existing(call: MailgunCall, domain: str, kind: str) -> list[str]:
    urls = _urls(call, domain, kind)
    if not urls:
        raise MailgunError("Webhook not found", 404)
    return urls


def _put(call: MailgunCall, domain: str, kind: str, urls: list[str]) -> None:
    """Replace the records of one kind: one for each URL."""
    webhooks = call.records(Webhook)
    for each in list(webhooks):
        if each.scope == domain and kind in each.kinds:
            webhooks.remove(each.id)
    created = call.world.clock.now().isoformat()
    for number, url in enumerate(urls):
        webhooks.add(Webhook(id=f"{domain}/{kind}/{number}", url=url, kinds=(kind,), scope=domain, created=created))


def _checked(call: MailgunCall, params: WebhookChange) -> tuple[str, ...]:
    if not params.url:
        raise parameter_error(call.options, "url", "is missing")
    if len(params.url) > MOST_URLS:
        raise MailgunError(f"A webhook may have {MOST_URLS} URLs")
    if not all(map(is_webhook_url, params.url)):
        raise parameter_error(call.options, "url", "is not a valid URL")
    return params.url
