"""`/v3/webhooks`: the URLs that are told of events (docs/wire/brevo.md 9)."""

from __future__ import annotations

from typing import Any

from mockmail.core.senders.records import Webhook
from mockmail.core.senders.webhook_queue import is_webhook_url
from mockmail.vendors.brevo.authentication import BrevoCall
from mockmail.vendors.brevo.composing import is_header_name
from mockmail.vendors.brevo.errors import invalid, missing, not_found
from mockmail.vendors.brevo.handlers.sent_emails import NO_CONTENT
from mockmail.vendors.brevo.notices import SUBSCRIPTIONS
from mockmail.vendors.brevo.paging import is_ascending
from mockmail.vendors.brevo.parameters import WebhookChange, WebhookSearch
from mockmail.vendors.brevo.views import Document, webhook_document
from mockmail.wire.json_dialect import JsonResponse
from mockmail.wire.parameters import document

TRANSACTIONAL = "transactional"
LONGEST_VALUE = 2000


def create(call: BrevoCall, params: WebhookChange) -> Any:
    """Add a webhook for transactional events."""
    if not params.url:
        raise missing("url")
    if not params.events:
        raise missing("events")
    number = call.world.store.next_number(call.vendor.name, "webhook")
    webhook = Webhook(id=str(number), url="", created=call.world.clock.now().isoformat())
    _store(call, webhook, params)
    return JsonResponse({"id": number}, 201)


def index(call: BrevoCall, params: WebhookSearch) -> Document:
    """List the webhooks, the newest first."""
    found = list(call.records(Webhook)) if params.type == TRANSACTIONAL else []
    if not is_ascending(params):
        found.reverse()
    return {"webhooks": [webhook_document(webhook) for webhook in found]}


def show(call: BrevoCall, params: None) -> Document:
    """Return one webhook, without its token."""
    return webhook_document(_find(call))


def edit(call: BrevoCall, params: WebhookChange) -> Any:
    """Change the fields of a webhook that are given."""
    _store(call, _find(call), params)
    return NO_CONTENT


def delete(call: BrevoCall, params: None) -> Any:
    """Remove a webhook."""
    call.records(Webhook).remove(_find(call).id)
    return NO_CONTENT


def _find(call: BrevoCall) -> Webhook:
    found = call.records(Webhook).get(call.path["webhook"])
    if found is None:
        raise not_found("Webhook")
    return found


def _store(call: BrevoCall, webhook: Webhook, params: WebhookChange) -> None:
    _check(params)
    details = {**webhook.details, "modified": call.world.clock.now().isoformat()}
    if params.description is not None:
        details["description"] = params.description
    if params.batched is not None:
        details["batched"] = params.batched
    if params.auth is not None:
        details["auth"] = document(params.auth)
    if params.headers is not None:
        details["headers"] = [document(header) for header in params.headers]
    url, kinds = params.url or webhook.url, params.events or webhook.kinds
    call.records(Webhook).put(webhook.replace(url=url, kinds=kinds, details=details))


def _check(params: WebhookChange) -> None:
    if params.url is not None and not is_webhook_url(params.url):
        raise invalid("url")
    if params.type not in (None, TRANSACTIONAL):
        raise invalid("type").because("mockmail has transactional webhooks only")
    for event in params.events or ():
        if event not in SUBSCRIPTIONS:
            raise invalid("events").because(f"there is no event {event!r:.80}")
    if params.auth is not None and (params.auth.type != "bearer" or not _is_value(params.auth.token)):
        raise invalid("auth")
    for header in params.headers or ():
        if not is_header_name(header.key) or not _is_value(header.value):
            raise invalid("headers")


def _is_value(text: str) -> bool:
    return text.isascii() and text.isprintable() and len(text) <= LONGEST_VALUE
