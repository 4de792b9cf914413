"""`/v3/asm/groups`: kinds of mail that a recipient can unsubscribe from (docs/wire/sendgrid.md 7)."""

from __future__ import annotations

from typing import Any

from mockmail.core.senders.records import Suppression, suppression_key
from mockmail.core.state.records import read_timestamp
from mockmail.vendors.sendgrid.account_parameters import GroupChange, GroupFilter, Recipients
from mockmail.vendors.sendgrid.authentication import SendGridCall
from mockmail.vendors.sendgrid.errors import SendGridError, not_found
from mockmail.vendors.sendgrid.handlers.suppressions import add, remove
from mockmail.vendors.sendgrid.records import UnsubscribeGroup
from mockmail.vendors.sendgrid.sender import group_scope
from mockmail.wire.json_dialect import JsonResponse

Document = dict[str, Any]

FIRST_ID = 100
NO_CONTENT = JsonResponse(None, 204)


def create(call: SendGridCall, params: GroupChange) -> Any:
    """Add an unsubscribe group."""
    if not params.name:
        raise SendGridError("name is required", "name")
    groups, number = call.records(UnsubscribeGroup), FIRST_ID
    while str(number) in groups:
        number = FIRST_ID + call.world.store.next_number(call.vendor.name, "group")
    group = UnsubscribeGroup(
        id=number, name=params.name, description=params.description or "", is_default=bool(params.is_default)
    )
    return JsonResponse(_document(groups.put(group)), 201)


def index(call: SendGridCall, params: GroupFilter) -> list[Document]:
    """List the unsubscribe groups."""
    groups = call.records(UnsubscribeGroup)
    return [_counted(call, group) for group in groups if not params.id or group.id in params.id]


def show(call: SendGridCall, params: None) -> Document:
    """Return an unsubscribe group."""
    return _counted(call, _find(call))


def edit(call: SendGridCall, params: GroupChange) -> Any:
    """Change an unsubscribe group."""
    group = _find(call)
    changed = group.replace(
        name=params.name or group.name,
        description=group.description if params.description is None else params.description,
        is_default=group.is_default if params.is_default is None else params.is_default,
    )
    return JsonResponse(_document(call.records(UnsubscribeGroup).put(changed)), 201)


def delete(call: SendGridCall, params: None) -> Any:
    """Remove an unsubscribe group with its addresses."""
    group = _find(call)
    for each in call.records(Suppression).find("scope", group_scope(group.id)):
        call.records(Suppression).remove(each.key)
    call.records(UnsubscribeGroup).remove(group.key)
    return NO_CONTENT


def add_recipients(call: SendGridCall, params: Recipients) -> Any:
    """Unsubscribe addresses from a group."""
    add(call, group_scope(_find(call).id), params)
    return JsonResponse({"recipient_emails": list(params.recipient_emails)}, 201)


def list_recipients(call: SendGridCall, params: None) -> list[str]:
    """List the addresses that are unsubscribed from a group."""
    return [each.address for each in call.records(Suppression).find("scope", group_scope(_find(call).id))]


def search_recipients(call: SendGridCall, params: Recipients) -> list[str]:
    """Return those of some addresses that are unsubscribed from a group."""
    scope, suppressions = group_scope(_find(call).id), call.records(Suppression)
    return [email for email in params.recipient_emails if suppression_key(scope, email) in suppressions]


def remove_recipient(call: SendGridCall, params: None) -> Any:
    """Let an address get the mail of a group again."""
    remove(call, group_scope(_find(call).id), call.path["email"])
    return NO_CONTENT


def list_all(call: SendGridCall, params: None) -> list[Document]:
    """List the addresses that are unsubscribed from any group."""
    return [
        {
            "email": each.address,
            "group_id": group.id,
            "group_name": group.name,
            "created_at": int(read_timestamp(each.created).timestamp()),
        }
        for group in call.records(UnsubscribeGroup)
        for each in call.records(Suppression).find("scope", group_scope(group.id))
    ]


def show_recipient(call: SendGridCall, params: None) -> Document:
    """Return all groups, and whether an address is unsubscribed from each."""
    suppressions, email = call.records(Suppression), call.path["email"]
    return {
        "suppressions": [
            {**_document(group), "suppressed": suppression_key(group_scope(group.id), email) in suppressions}
            for group in call.records(UnsubscribeGroup)
        ]
    }


def _find(call: SendGridCall) -> UnsubscribeGroup:
    group = call.records(UnsubscribeGroup).get(call.path["group"])
    if group is None:
        raise not_found("resource not found")
    return group


def _document(group: UnsubscribeGroup) -> Document:
    return {
        "id": group.id,
        "name": group.name,
        "description": group.description,
        "is_default": group.is_default,
    }


def _counted(call: SendGridCall, group: UnsubscribeGroup) -> Document:
    return {**_document(group), "unsubscribes": call.records(Suppression).count("scope", group_scope(group.id))}
