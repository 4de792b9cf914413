"""`/suppressions`: addresses that get no mail, found by id or address (docs/wire/resend.md 8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockmail.core.errors import NotAnAddress
from mockmail.core.mail.addresses import validate_address
from mockmail.core.senders.records import Suppression, suppression_key
from mockmail.vendors.resend.authentication import ResendCall
from mockmail.vendors.resend.errors import ResendError, invalid_address, not_found
from mockmail.vendors.resend.notices import announce
from mockmail.vendors.resend.paging import list_document
from mockmail.vendors.resend.parameters import NewSuppression, SuppressionBatch, SuppressionSearch
from mockmail.vendors.resend.views import Document, suppression_document
from mockmail.wire.json_dialect import JsonResponse

ORIGINS = ("bounce", "complaint", "manual")
MOST_IN_BATCH = 100


def create(call: ResendCall, params: NewSuppression) -> Any:
    """Suppress an address."""
    return JsonResponse(_add(call, params.email), 201)


def create_batch(call: ResendCall, params: SuppressionBatch) -> Any:
    """Suppress up to 100 addresses."""
    _check_size(params.emails)
    return JsonResponse({"data": [_add(call, email) for email in params.emails]}, 201)


def index(call: ResendCall, params: SuppressionSearch) -> Document:
    """List the suppressed addresses."""
    if params.origin is not None and params.origin not in ORIGINS:
        raise ResendError(f"Invalid `origin` field. The value must be one of {', '.join(ORIGINS)}.")
    found = (each for each in reversed(call.records(Suppression)) if params.origin in (None, each.reason))
    return list_document(params, found, suppression_document, _id_of)


def show(call: ResendCall, params: None) -> Document:
    """Return one suppression."""
    return {"object": "suppression", **suppression_document(_find(call, call.path["suppression"]))}


def delete(call: ResendCall, params: None) -> Document:
    """Lift a suppression."""
    return _remove(call, _find(call, call.path["suppression"]))


def delete_batch(call: ResendCall, params: SuppressionBatch) -> Document:
    """Lift up to 100 suppressions, by addresses or by ids; unknown ones are left out."""
    if bool(params.emails) == bool(params.ids):
        raise ResendError("Either `emails` or `ids` must be given.")
    wanted = params.emails or params.ids
    _check_size(wanted)
    found = (_lookup(call, name) for name in dict.fromkeys(wanted))
    return {"data": [_remove(call, suppression) for suppression in found if suppression is not None]}


def _add(call: ResendCall, email: str) -> Document:
    try:
        address = validate_address(email)
    except NotAnAddress as error:
        raise invalid_address("email") from error
    suppressions = call.records(Suppression)
    found = suppressions.get(suppression_key("", address))
    if found is None:
        now, details = call.world.clock.now().isoformat(), {"id": call.world.ids.uuid()}
        found = suppressions.put(Suppression(address=address, reason="manual", created=now, details=details))
        announce(call.world, "suppression.added", suppression_document(found))
    return {"object": "suppression", "id": _id_of(found)}


def _remove(call: ResendCall, suppression: Suppression) -> Document:
    call.records(Suppression).remove(suppression.key)
    announce(call.world, "suppression.removed", suppression_document(suppression))
    return {"object": "suppression", "id": _id_of(suppression), "deleted": True}


def _find(call: ResendCall, name: str) -> Suppression:
    found = _lookup(call, name)
    if found is None:
        raise not_found("Suppression")
    return found


def _lookup(call: ResendCall, name: str) -> Suppression | None:
    suppressions = call.records(Suppression)
    if "@" in name:
        return suppressions.get(suppression_key("", name))
    return next((each for each in suppressions if _id_of(each) == name.lower()), None)


def _id_of(suppression: Suppression) -> str:
    return str(suppression.details["id"])


def _check_size(given: Sequence[str]) -> None:
    if not 0 < len(given) <= MOST_IN_BATCH:
        raise ResendError(f"A batch must have from 1 to {MOST_IN_BATCH} suppressions.")
