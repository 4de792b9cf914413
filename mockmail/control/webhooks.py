"""`/_mockmail/webhooks`: URLs that get the events of the sandbox by POST."""

from __future__ import annotations

import re
from typing import Annotated

from msgspec import Meta, field

from mockmail.control.route import ControlRequest, ControlResponse, Fields, route
from mockmail.core.errors import Problem
from mockmail.server.events import KINDS


class NewWebhook(Fields, frozen=True, kw_only=True):
    """A webhook to add."""

    url: Annotated[str, Meta(description="an http or https URL on this machine, or one that webhook_allow permits")]
    kinds: Annotated[list[str], Meta(description=f"kinds of events: {', '.join(KINDS)}; none for all")] = field(
        default_factory=list
    )


class WebhookState(Fields, frozen=True, kw_only=True):
    """A webhook, the number of events that were sent and given up, and why the last attempt failed."""

    id: int
    url: str
    kinds: list[str]
    delivered: int
    failed: int
    error: str | None


class WebhookList(Fields, frozen=True, kw_only=True):
    """The webhooks of the sandbox."""

    webhooks: list[WebhookState]


@route("GET", "webhooks", returns=WebhookList)
async def list_webhooks(request: ControlRequest) -> ControlResponse:
    """List the webhooks of the sandbox, with how many events each got."""
    hooks = request.webhooks().of(request.sandbox)
    return ControlResponse(WebhookList(webhooks=[WebhookState.of(hook, kinds=list(hook.kinds)) for hook in hooks]))


@route(
    "POST",
    "webhooks",
    body=NewWebhook,
    responses={201: "The webhook.", 400: "The URL is not allowed, or there is no such kind of events."},
    returns=WebhookState,
    example={"url": "http://127.0.0.1:9000/events", "kinds": ["message"]},
)
async def add_webhook(request: ControlRequest) -> ControlResponse:
    """Send the events of the sandbox to a URL from now on."""
    body: NewWebhook = request.body
    hook = request.webhooks().add(body.url, body.kinds, request.sandbox)
    return ControlResponse(WebhookState.of(hook, kinds=body.kinds), status=201)


@route("DELETE", "webhooks/{id}", responses={204: "Done.", 404: "There is no such webhook."})
async def remove_webhook(request: ControlRequest) -> ControlResponse:
    """Remove a webhook."""
    number = request.path["id"]
    is_removed = re.fullmatch(r"[0-9]{1,18}", number) and request.webhooks().remove(int(number), request.sandbox)
    if not is_removed:
        raise Problem(404, f"there is no webhook {number[:40]!r} in the sandbox {request.sandbox!r}")
    return ControlResponse(status=204)


ROUTES = (list_webhooks, add_webhook, remove_webhook)
