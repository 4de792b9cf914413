"""`/bounces` and `/deliverystats` (docs/wire/postmark.md 6)."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from mockmail.core.senders.records import SentMessage, Suppression, suppression_key
from mockmail.core.senders.sending import raw_of
from mockmail.vendors.postmark.authentication import PostmarkCall
from mockmail.vendors.postmark.errors import PostmarkError
from mockmail.vendors.postmark.paging import is_between, page
from mockmail.vendors.postmark.parameters import BounceSearch
from mockmail.vendors.postmark.records import BOUNCE_TYPES, Bounce
from mockmail.vendors.postmark.views import bounce_document


def index(call: PostmarkCall, params: BounceSearch) -> Any:
    """List the bounces of the server, newest first."""
    messages = call.records(SentMessage)
    pairs = [(bounce, messages.get(bounce.message)) for bounce in reversed(_of_server(call))]
    found = [(bounce, message) for bounce, message in pairs if _matches(bounce, message, params)]
    shown = page(params, found)
    return {"TotalCount": len(found), "Bounces": [bounce_document(bounce, message) for bounce, message in shown]}


def show(call: PostmarkCall, params: None) -> Any:
    """Return one bounce."""
    bounce = _bounce(call)
    return bounce_document(bounce, call.records(SentMessage).get(bounce.message))


def dump(call: PostmarkCall, params: None) -> Any:
    """Return the source of the message that bounced; empty if it is gone."""
    message = call.records(SentMessage).get(_bounce(call).message)
    return {"Body": "" if message is None else raw_of(call.world, message).decode("utf-8", "replace")}


def activate(call: PostmarkCall, params: None) -> Any:
    """Lift the suppression that a bounce caused."""
    bounce = _bounce(call)
    if bounce.type == "SpamComplaint":
        raise PostmarkError("This bounce cannot be activated.", code=1003)
    message = call.records(SentMessage).get(bounce.message)
    if message is not None:
        call.records(Suppression).remove(suppression_key(message.scope, bounce.address))
    bounce = call.records(Bounce).put(bounce.replace(inactive=False))
    return {"Message": "OK", "Bounce": bounce_document(bounce, message)}


def tags(call: PostmarkCall, params: None) -> Any:
    """List the tags of messages that bounced."""
    messages = [call.records(SentMessage).get(bounce.message) for bounce in _of_server(call)]
    return sorted({tag for message in messages if message is not None for tag in message.tags})


def delivery_stats(call: PostmarkCall, params: None) -> Any:
    """Count the bounces of each type."""
    bounces = _of_server(call)
    counts = Counter(bounce.type for bounce in bounces)
    return {
        "InactiveMails": sum(bounce.inactive for bounce in bounces),
        "Bounces": [
            {"Name": "All", "Count": len(bounces)},
            *(
                {"Type": kind, "Name": BOUNCE_TYPES[kind].name, "Count": counts[kind]}
                for kind in BOUNCE_TYPES
                if counts[kind]
            ),
        ],
    }


def _of_server(call: PostmarkCall) -> list[Bounce]:
    return [bounce for bounce in call.records(Bounce) if bounce.server == call.caller.server.id]


def _matches(bounce: Bounce, message: SentMessage | None, params: BounceSearch) -> bool:
    return (
        params.type.lower() in ("", bounce.type.lower())
        and params.inactive in (None, bounce.inactive)
        and params.address.lower() in bounce.address.lower()
        and params.message.lower() in ("", bounce.message)
        and (not params.tag or (message is not None and params.tag in message.tags))
        and (not params.stream or (message is not None and message.details["stream"] == params.stream))
        and is_between(bounce.at, params.since, params.until)
    )


def _bounce(call: PostmarkCall) -> Bounce:
    number = call.path["bounce"]
    bounce = call.records(Bounce).get(number) if re.fullmatch("[0-9]{1,18}", number) else None
    if bounce is None or bounce.server != call.caller.server.id:
        raise PostmarkError("Bounce was not found.", code=1001)
    return bounce
