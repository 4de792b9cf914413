"""`/webhooks`: the URLs that get signed events (docs/wire/resend.md 10)."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from mockmail.core.senders.records import Webhook
from mockmail.core.senders.webhook_queue import is_webhook_url
from mockmail.vendors.resend.authentication import ResendCall
from mockmail.vendors.resend.errors import ResendError, missing
from mockmail.vendors.resend.notices import TYPES
from mockmail.vendors.resend.paging import Page, list_document, uuid_in
from mockmail.vendors.resend.parameters import WebhookChange
from mockmail.vendors.resend.views import Document, webhook_document
from mockmail.wire.json_dialect import JsonResponse

SECRET_BYTES = 24


def create(call: ResendCall, params: WebhookChange) -> Any:
    """Add a webhook; the response has the secret that signs its requests."""
    if not params.endpoint:
        raise missing("endpoint")
    if not params.events:
        raise missing("events")
    _check(params)
    webhook = Webhook(
        id=call.world.ids.uuid(),
        url=params.endpoint,
        kinds=params.events,
        secret=f"whsec_{b64encode(call.world.ids.bytes(SECRET_BYTES)).decode()}",
        created=call.world.clock.now().isoformat(),
    )
    call.records(Webhook).add(webhook)
    return JsonResponse({"object": "webhook", "id": webhook.id, "signing_secret": webhook.secret}, 201)


def index(call: ResendCall, params: Page) -> Document:
    """List the webhooks, without their secrets."""
    return list_document(params, reversed(call.records(Webhook)), webhook_document, lambda webhook: webhook.id)


def show(call: ResendCall, params: None) -> Document:
    """Return one webhook with its secret."""
    webhook = _find(call, "Webhook endpoint not found")
    return {"object": "webhook", **webhook_document(webhook), "signing_secret": webhook.secret}


def edit(call: ResendCall, params: WebhookChange) -> Document:
    """Change a webhook."""
    webhook = _find(call, "Failed to update webhook endpoint")
    _check(params)
    changed = webhook.replace(
        url=params.endpoint or webhook.url,
        kinds=params.events or webhook.kinds,
        enabled=webhook.enabled if params.status is None else params.status == "enabled",
    )
    call.records(Webhook).put(changed)
    return {"object": "webhook", "id": webhook.id}


def delete(call: ResendCall, params: None) -> Document:
    """Remove a webhook."""
    webhook = _find(call, "Webhook not found")
    call.records(Webhook).remove(webhook.id)
    return {"object": "webhook", "id": webhook.id, "deleted": True}


def _find(call: ResendCall, refusal: str) -> Webhook:
    found = call.records(Webhook).get(uuid_in(call.path["webhook"]))
    if found is None:
        raise ResendError(refusal, "not_found", 404)
    return found


def _check(params: WebhookChange) -> None:
    if params.endpoint is not None and not is_webhook_url(params.endpoint):
        raise ResendError("Invalid `endpoint` field. The value must be a URL.")
    for kind in params.events or ():
        if kind not in TYPES:
            raise ResendError(f"Invalid `events` field. There is no event `{kind:.80}`.")
    if params.status not in (None, "enabled", "disabled"):
        raise ResendError("Invalid `status` field. The value must be one of enabled, disabled.")
