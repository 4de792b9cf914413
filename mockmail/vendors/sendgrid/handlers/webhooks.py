"""`/v3/user/webhooks/event`: the URLs that get events, and their keys (docs/wire/sendgrid.md 9)."""

from __future__ import annotations

from typing import Any

from mockmail.core.senders.records import Webhook
from mockmail.core.senders.webhook_queue import is_webhook_url
from mockmail.core.state.records import read_timestamp
from mockmail.vendors.sendgrid.account_parameters import Signing, WebhookChange, WebhookTest
from mockmail.vendors.sendgrid.authentication import SendGridCall
from mockmail.vendors.sendgrid.errors import SendGridError, not_found
from mockmail.vendors.sendgrid.notices import FLAGS, notice_request, public_key
from mockmail.wire.json_dialect import JsonResponse
from mockmail.wire.parameters import given

Document = dict[str, Any]

MOST_WEBHOOKS = 5
NO_CONTENT = JsonResponse(None, 204)
SAMPLES = ("processed", "deferred", "delivered", "open", "click", "bounce", "dropped", "spamreport", "unsubscribe")


def create(call: SendGridCall, params: WebhookChange) -> Any:
    """Add an event webhook."""
    webhooks = call.records(Webhook)
    if len(webhooks) >= MOST_WEBHOOKS:
        raise SendGridError("You have reached the maximum number of webhooks per your current billing plan.")
    if params.url is None:
        raise SendGridError("url is required", "url")
    now = call.world.clock.now().isoformat()
    new = Webhook(id=call.world.ids.uuid(), url="", enabled=False, created=now)
    return JsonResponse(_document(webhooks.put(_changed(call, new, params))), 201)


def index(call: SendGridCall, params: None) -> Document:
    """List the event webhooks."""
    return {"max_allowed": MOST_WEBHOOKS, "webhooks": [_with_key(webhook) for webhook in call.records(Webhook)]}


def show(call: SendGridCall, params: None) -> Document:
    """Return an event webhook."""
    return _with_key(_find(call))


def edit(call: SendGridCall, params: WebhookChange) -> Document:
    """Change an event webhook."""
    return _document(call.records(Webhook).put(_changed(call, _find(call), params)))


def delete(call: SendGridCall, params: None) -> Any:
    """Remove an event webhook."""
    call.records(Webhook).remove(_find(call).id)
    return NO_CONTENT


def show_key(call: SendGridCall, params: None) -> Document:
    """Return the public key that verifies the requests to a webhook; an empty one if they are not signed."""
    webhook = _find(call)
    return {"id": webhook.id, "public_key": public_key(webhook.secret)}


def sign(call: SendGridCall, params: Signing) -> Document:
    """Sign the requests to a webhook, or stop that."""
    webhook = _find(call)
    secret = (webhook.secret or call.world.ids.token(40)) if params.enabled else ""
    call.records(Webhook).put(webhook.replace(secret=secret))
    return {"id": webhook.id, "public_key": public_key(secret)}


def test(call: SendGridCall, params: WebhookTest) -> Any:
    """Send sample events to a URL."""
    _check_url(params.url)
    now, ids = call.world.clock.now(), call.world.ids
    stored = call.records(Webhook).get(params.id)
    webhook = Webhook(id="", url=params.url, secret=stored.secret if stored else "", created=now.isoformat())
    documents = [
        {
            "email": "example@test.com",
            "timestamp": int(now.timestamp()),
            "smtp-id": "<14c5d75ce93.dfd.64b469@ismtpd-555>",
            "event": name,
            "category": ["cat facts"],
            "sg_event_id": ids.token(22),
            "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",
        }
        for name in SAMPLES
    ]
    call.world.webhook_queue.put(call.vendor.name, [notice_request(webhook, documents, now.isoformat())])
    return NO_CONTENT


def _find(call: SendGridCall) -> Webhook:
    found = call.records(Webhook).get(call.path["webhook"])
    if found is None:
        raise not_found("Invalid id provided.")
    return found


def _changed(call: SendGridCall, webhook: Webhook, params: WebhookChange) -> Webhook:
    url = webhook.url if params.url is None else params.url
    _check_url(url)
    if any(each.url == url and each.id != webhook.id for each in call.records(Webhook)):
        raise SendGridError(f"Webhook at '{url}' already exists. Please provide a unique URL.", "url")
    flags = {name for name in FLAGS if (name in webhook.kinds if (on := getattr(params, name)) is None else on)}
    named = given(params, omit=("url", "enabled", "oauth_client_secret", *FLAGS))
    updated = {"updated": call.world.clock.now().isoformat()}
    return webhook.replace(
        url=url,
        kinds=tuple(name for name in FLAGS if name in flags),
        enabled=webhook.enabled if params.enabled is None else params.enabled,
        details={**webhook.details, **named, **updated},
    )


def _check_url(text: str) -> None:
    if not is_webhook_url(text, longest=None):
        raise SendGridError(f"'{text:.200}' is not a valid url")


def _document(webhook: Webhook) -> Document:
    details = webhook.details
    return {
        "enabled": webhook.enabled,
        "url": webhook.url,
        **{name: name in webhook.kinds for name in FLAGS},
        "friendly_name": details.get("friendly_name", ""),
        "oauth_client_id": details.get("oauth_client_id", ""),
        "oauth_token_url": details.get("oauth_token_url", ""),
        "id": webhook.id,
        "created_date": _time(webhook.created),
        "updated_date": _time(str(details.get("updated", webhook.created))),
    }


def _with_key(webhook: Webhook) -> Document:
    key = public_key(webhook.secret)
    return {**_document(webhook), **({"public_key": key} if key else {})}


def _time(text: str) -> str:
    return f"{read_timestamp(text):%Y-%m-%dT%H:%M:%SZ}"
