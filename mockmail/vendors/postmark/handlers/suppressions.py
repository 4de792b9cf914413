"""`/message-streams/{stream}/suppressions`: addresses that get no mail of a stream (docs/wire/postmark.md 7)."""

from __future__ import annotations

from typing import Any

from mockmail.core.errors import NotAnAddress
from mockmail.core.mail.addresses import validate_address
from mockmail.core.senders.records import Suppression, suppression_key
from mockmail.vendors.postmark.authentication import PostmarkCall
from mockmail.vendors.postmark.errors import PostmarkError
from mockmail.vendors.postmark.handlers.streams import find_stream
from mockmail.vendors.postmark.paging import is_between
from mockmail.vendors.postmark.parameters import SuppressionChange, SuppressionSearch
from mockmail.vendors.postmark.views import stream_scope, suppression_document

MOST = 50
NO_AUTHORITY = "You do not have the required authority to change this suppression."
NO_ADDRESS = "An invalid email address was provided."


def dump(call: PostmarkCall, params: SuppressionSearch) -> Any:
    """List the suppressed addresses of a stream."""
    shown = [
        suppression_document(found)
        for found in call.records(Suppression).find("scope", _scope(call))
        if params.address.lower() in ("", found.address.lower())
        and is_between(found.created, params.since, params.until)
    ]
    return {
        "Suppressions": [
            document
            for document in shown
            if params.reason.lower() in ("", document["SuppressionReason"].lower())
            and params.origin.lower() in ("", document["Origin"].lower())
        ]
    }


def create(call: PostmarkCall, params: SuppressionChange) -> Any:
    """Suppress addresses."""
    scope, now = _scope(call), call.world.clock.now().isoformat()
    suppressions, results = call.records(Suppression), []
    for address in _addresses(params):
        is_valid = _is_address(address)
        if is_valid and suppression_key(scope, address) not in suppressions:
            suppressions.put(Suppression(scope=scope, address=address, reason="ManualSuppression", created=now))
        results.append(_result(address, "Suppressed", None if is_valid else NO_ADDRESS))
    return {"Suppressions": results}


def delete(call: PostmarkCall, params: SuppressionChange) -> Any:
    """Lift suppressions; a spam complaint stays."""
    scope, suppressions, results = _scope(call), call.records(Suppression), []
    for address in _addresses(params):
        key = suppression_key(scope, address)
        found = suppressions.get(key)
        problem = None if _is_address(address) else NO_ADDRESS
        if found is not None and found.reason == "SpamComplaint":
            problem = NO_AUTHORITY
        elif found is not None:
            suppressions.remove(key)
        results.append(_result(address, "Deleted", problem))
    return {"Suppressions": results}


def _scope(call: PostmarkCall) -> str:
    return stream_scope(call.caller.server.id, find_stream(call).id)


def _addresses(params: SuppressionChange) -> list[str]:
    if len(params.suppressions) > MOST:
        raise PostmarkError(f"You may only change up to {MOST} suppressions in a single request.")
    return [each.address for each in params.suppressions]


def _is_address(text: str) -> bool:
    try:
        validate_address(text)
    except NotAnAddress:
        return False
    return True


def _result(address: str, status: str, problem: str | None) -> dict[str, Any]:
    return {"EmailAddress": address, "Status": "Failed" if problem else status, "Message": problem}
