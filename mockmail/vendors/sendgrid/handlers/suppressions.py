"""`/v3/suppression` and `/v3/asm/suppressions/global`: lists of suppressed addresses (docs/wire/sendgrid.md 7)."""

from __future__ import annotations

from itertools import islice
from typing import Any

from mockmail.core.errors import NotAnAddress
from mockmail.core.mail.addresses import validate_address
from mockmail.core.senders.records import Suppression, suppression_key
from mockmail.core.state.records import read_timestamp
from mockmail.vendors.sendgrid.account_parameters import Recipients, SuppressionPage, SuppressionRemoval
from mockmail.vendors.sendgrid.authentication import SendGridCall
from mockmail.vendors.sendgrid.errors import SendGridError, not_found
from mockmail.wire.json_dialect import JsonResponse

Document = dict[str, Any]

GLOBAL = "unsubscribes"
NO_CONTENT = JsonResponse(None, 204)


def index(call: SendGridCall, params: SuppressionPage) -> list[Document]:
    """List the addresses of a list."""
    wanted = params.email and params.email.lower()
    found = (
        _document(each)
        for each in call.records(Suppression).find("scope", list_of(call))
        if wanted is None or wanted in each.address.lower()
    )
    timely = (
        document
        for document in found
        if (params.start_time is None or document["created"] >= params.start_time)
        and (params.end_time is None or document["created"] <= params.end_time)
    )
    return list(islice(timely, params.offset, params.offset + params.limit))


def show(call: SendGridCall, params: None) -> list[Document]:
    """Return one address of a list, in an array; an empty array for one that is not in it."""
    found = call.records(Suppression).get(suppression_key(list_of(call), call.path["email"]))
    return [] if found is None else [_document(found)]


def delete(call: SendGridCall, params: None) -> Any:
    """Remove an address from a list."""
    remove(call, list_of(call), call.path["email"])
    return NO_CONTENT


def delete_several(call: SendGridCall, params: SuppressionRemoval) -> Any:
    """Remove some addresses, or all, from a list."""
    suppressions, scope = call.records(Suppression), list_of(call)
    if params.delete_all == bool(params.emails):
        raise SendGridError("either delete_all or emails must be given")
    found = suppressions.find("scope", scope) if params.delete_all else ()
    keys = [each.key for each in found] or [suppression_key(scope, email) for email in params.emails]
    for key in dict.fromkeys(keys):
        if key in suppressions:
            suppressions.remove(key)
    return NO_CONTENT


def create_global(call: SendGridCall, params: Recipients) -> Any:
    """Unsubscribe addresses from all mail."""
    add(call, GLOBAL, params)
    return JsonResponse({"recipient_emails": list(params.recipient_emails)}, 201)


def show_global(call: SendGridCall, params: None) -> Document:
    """Return an address that is unsubscribed from all mail; an empty object for another."""
    found = call.records(Suppression).get(suppression_key(GLOBAL, call.path["email"]))
    return {} if found is None else {"recipient_email": found.address}


def delete_global(call: SendGridCall, params: None) -> Any:
    """Let an address get mail again."""
    remove(call, GLOBAL, call.path["email"])
    return NO_CONTENT


def add(call: SendGridCall, scope: str, params: Recipients) -> None:
    """Add addresses to a list. Raise SendGridError."""
    suppressions, now = call.records(Suppression), call.world.clock.now().isoformat()
    for number, email in enumerate(params.recipient_emails):
        try:
            address = validate_address(email)
        except NotAnAddress as error:
            raise SendGridError("Does not contain a valid address.", f"recipient_emails.{number}") from error
        if suppression_key(scope, address) not in suppressions:
            suppressions.put(Suppression(scope=scope, address=address, created=now))


def remove(call: SendGridCall, scope: str, address: str) -> None:
    """Remove an address from a list. Raise SendGridError (404)."""
    key = suppression_key(scope, address)
    if key not in call.records(Suppression):
        raise not_found()
    call.records(Suppression).remove(key)


def list_of(call: SendGridCall) -> str:
    """Return the list that the operation is about."""
    return call.operation.path.split("/")[3]


def _document(suppression: Suppression) -> Document:
    created = int(read_timestamp(suppression.created).timestamp())
    document: Document = {"created": created, "email": suppression.address}
    if suppression.scope == "spam_reports":
        return document | {"ip": suppression.details.get("ip", "127.0.0.1")}
    if suppression.scope == GLOBAL:
        return document
    document["reason"] = suppression.reason
    if suppression.scope in ("bounces", "blocks"):
        document["status"] = suppression.details.get("status", "")
    return document
