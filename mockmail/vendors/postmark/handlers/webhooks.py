"""`/webhooks`: URLs that get the events of a message stream (docs/wire/postmark.md 9)."""

from __future__ import annotations

from typing import Any

from mockmail.core.senders.lifecycle import MOST_WEBHOOKS
from mockmail.core.senders.records import Webhook
from mockmail.core.senders.webhook_queue import is_webhook_url
from mockmail.vendors.postmark.authentication import PostmarkCall
from mockmail.vendors.postmark.errors import PostmarkError
from mockmail.vendors.postmark.parameters import NewWebhook, WebhookChange, WebhookSearch
from mockmail.vendors.postmark.views import stream_scope, webhook_document
from mockmail.wire.parameters import document, given


def index(call: PostmarkCall, params: WebhookSearch) -> Any:
    """List the webhooks of the server."""
    found = [webhook for webhook in call.records(Webhook) if webhook.details["server"] == call.caller.server.id]
    wanted = params.stream.lower()
    return {"Webhooks": [webhook_document(each) for each in found if wanted in ("", each.details["stream"].lower())]}


def create(call: PostmarkCall, params: NewWebhook) -> Any:
    """Add a webhook."""
    webhooks = call.records(Webhook)
    if len(webhooks) >= MOST_WEBHOOKS:
        raise PostmarkError(f"An account may have up to {MOST_WEBHOOKS} webhooks.")
    server = call.caller.server.id
    webhook = Webhook(
        id=str(max((int(each.id) for each in webhooks), default=0) + 1),
        url=_url(params.url),
        scope=stream_scope(server, params.stream.lower()),
        created=call.world.clock.now().isoformat(),
        details={"server": server, "stream": params.stream.lower()},
    )
    return _store(call, webhook, params)


def show(call: PostmarkCall, params: None) -> Any:
    """Return one webhook."""
    return webhook_document(_webhook(call))


def edit(call: PostmarkCall, params: WebhookChange) -> Any:
    """Change the fields of a webhook that are given."""
    webhook = _webhook(call)
    return _store(call, webhook.replace(url=_url(params.url) if params.url else webhook.url), params)


def delete(call: PostmarkCall, params: None) -> Any:
    """Remove a webhook."""
    webhook = _webhook(call)
    call.records(Webhook).remove(webhook.id)
    return {"ErrorCode": 0, "Message": f"Webhook {webhook.id} removed."}


def _store(call: PostmarkCall, webhook: Webhook, params: WebhookChange) -> Any:
    details = {**webhook.details}
    if params.auth is not None:
        details["auth"] = document(params.auth)
    if params.headers is not None:
        details["headers"] = [document(header) for header in params.headers]
    if params.triggers is not None:
        details["triggers"] = webhook.details.get("triggers", {}) | {
            name: given(trigger) for name, trigger in given(params.triggers).items()
        }
    return webhook_document(call.records(Webhook).put(webhook.replace(details=details)))


def _url(url: str) -> str:
    if not is_webhook_url(url):
        raise PostmarkError(f"The 'Url' of the webhook must be an http or https URL, not '{url:.80}'.")
    return url


def _webhook(call: PostmarkCall) -> Webhook:
    webhook = call.records(Webhook).get(call.path["webhook"])
    if webhook is None or webhook.details["server"] != call.caller.server.id:
        raise PostmarkError("This webhook was not found.", status=404, code=404)
    return webhook
