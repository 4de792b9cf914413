"""`…/ex/distributionlists`: Exchange distribution lists, in JSON, with pages by marker (docs/wire/rackspace.md 3)."""

from __future__ import annotations

from collections.abc import Sequence

from mockmail.vendors.rackspace import views
from mockmail.vendors.rackspace.authentication import RackspaceCall
from mockmail.vendors.rackspace.errors import Invalid, ItemNotFound, invalid_value, missing
from mockmail.vendors.rackspace.handlers.domains import domain_of
from mockmail.vendors.rackspace.handlers.mailboxes import check_is_free
from mockmail.vendors.rackspace.hosting import is_taken
from mockmail.vendors.rackspace.parameters import (
    DistributionListBody,
    ListChange,
    ListPage,
    is_address,
    is_user_name,
)
from mockmail.vendors.rackspace.records import DistributionList, mailbox_key
from mockmail.wire.namespaced_xml import Items

MOST_RECIPIENTS = 1000
"""The most members, and the most senders, of a list."""


def index(call: RackspaceCall, params: ListPage) -> views.Document:
    """Return the lists of a domain after the list that `marker` names, or before it."""
    text, marker = params.search.lower(), params.marker.lower()
    by_name = params.sort.lower() != "displayname"

    def name(found: DistributionList) -> str:
        return (found.CommonName if by_name else found.DisplayName).lower()

    rows = [
        found
        for found in call.records(DistributionList).find("domain", domain_of(call).key)
        if text in found.CommonName.lower() or text in found.DisplayName.lower()
    ]
    rows.sort(key=name, reverse=params.order.lower() == "desc")
    at = next((number for number, found in enumerate(rows) if found.CommonName.lower() == marker), None)
    if params.previousPage:
        end = len(rows) if at is None else at
        rows = rows[max(0, end - params.limit) : end]
    else:
        start = 0 if at is None else at + 1
        rows = rows[start : start + params.limit]
    shown = Items("DistributionList", map(views.distribution_list, rows))
    return views.Document("DistributionListList", {"DistributionLists": shown})


def show(call: RackspaceCall, _: None) -> views.Document:
    """Return a list; its members and its senders have paths of their own."""
    return views.Document("DistributionList", views.distribution_list(_list_of(call)))


def members(call: RackspaceCall, _: None) -> views.Document:
    """Return the addresses that mail to a list goes to."""
    return _recipients("Members", _list_of(call).Members)


def senders(call: RackspaceCall, _: None) -> views.Document:
    """Return the addresses whose mail a list accepts; none for any."""
    return _recipients("AcceptMessagesOnlyFrom", _list_of(call).Senders)


def add(call: RackspaceCall, params: DistributionListBody) -> views.Document:
    """Add a list."""
    domain, name = domain_of(call), params.commonName
    for field, value in (("CommonName", name), ("DisplayName", params.displayName)):
        if not value:
            raise missing(field)
    if name is None or not is_user_name(name):
        raise Invalid("Invalid common name")
    check_is_free(call, f"{name}@{domain.name}", mailbox_key(domain.name, name))
    empty = DistributionList(domain=domain.name, CommonName=name, DisplayName="")
    call.records(DistributionList).add(_changed(call, empty, params))
    return views.NO_CONTENT


def edit(call: RackspaceCall, params: DistributionListBody) -> views.Document:
    """Change the fields that were sent, and add and remove members and senders."""
    call.records(DistributionList).put(_changed(call, _list_of(call), params))
    return views.NO_CONTENT


def delete(call: RackspaceCall, _: None) -> views.Document:
    """Delete a list."""
    call.records(DistributionList).remove(_list_of(call).key)
    return views.NO_CONTENT


def _list_of(call: RackspaceCall) -> DistributionList:
    found = call.records(DistributionList).get(mailbox_key(domain_of(call).name, call.path["list"]))
    if found is None:
        raise ItemNotFound("Distribution List not found", "DistributionList")
    return found


def _recipients(root: str, addresses: Sequence[str]) -> views.Document:
    return views.Document(root, {"Recipients": Items("Recipient", addresses)})


def _changed(call: RackspaceCall, old: DistributionList, params: DistributionListBody) -> DistributionList:
    new = {
        "DisplayName": params.displayName,
        "Description": params.description,
        "IsHiddenFromAddressList": params.isHiddenFromAddressList,
    }
    return old.replace(
        **{name: value for name, value in new.items() if value is not None},
        Members=_applied(call, old.domain, old.Members, params.members.recipients),
        Senders=_applied(call, old.domain, old.Senders, params.acceptMessagesOnlyFrom.recipients),
    )


def _applied(
    call: RackspaceCall, domain: str, addresses: Sequence[str], changes: Sequence[ListChange]
) -> tuple[str, ...]:
    found = {address.lower(): address for address in addresses}
    for change in changes:
        address = change.value if "@" in change.value else f"{change.value}@{domain}"
        action = change.action.lower()
        if action == "add":
            _check_exists(call, domain, address)
            found.setdefault(address.lower(), address)
        elif action == "remove":
            found.pop(address.lower(), None)
        else:
            raise invalid_value("Action", Invalid)
    if len(found) > MOST_RECIPIENTS:
        raise Invalid(f"A distribution list has at most {MOST_RECIPIENTS} recipients")
    return tuple(found.values())


def _check_exists(call: RackspaceCall, domain: str, address: str) -> None:
    is_outside = not address.lower().endswith(f"@{domain.lower()}")
    if not is_address(address) or not (is_outside or is_taken(call.world, address)):
        raise Invalid(f"Recipient not found: {address}")
