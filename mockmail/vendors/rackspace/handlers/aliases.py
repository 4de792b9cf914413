"""`…/rs/aliases`: Rackspace Email aliases, each of which forwards to its members (docs/wire/rackspace.md 3)."""

from __future__ import annotations

from collections.abc import Sequence

from mockmail.vendors.rackspace import views
from mockmail.vendors.rackspace.authentication import RackspaceCall
from mockmail.vendors.rackspace.errors import Invalid, ItemNotFound
from mockmail.vendors.rackspace.handlers.domains import domain_of
from mockmail.vendors.rackspace.handlers.mailboxes import check_is_free
from mockmail.vendors.rackspace.hosting import is_taken
from mockmail.vendors.rackspace.parameters import AliasForm, Listing, is_address, is_user_name, listed
from mockmail.vendors.rackspace.records import RsAlias, mailbox_key

MOST_INSIDE, MOST_OUTSIDE = 50, 4
"""The most members in the alias's own domain, and the most elsewhere."""

NO_MEMBER = "An alias must point to a valid email address."


def index(call: RackspaceCall, params: Listing) -> views.Document:
    """Return a page of a domain's aliases."""
    total, found = views.page(
        params, call.records(RsAlias), "domain", domain_of(call).key, lambda alias: params.matches(alias.name)
    )
    return views.list_document("aliasList", params, total, "aliases", "alias", rows=map(views.alias_row, found))


def show(call: RackspaceCall, _: None) -> views.Document:
    """Return an alias and its members."""
    return views.alias(_alias_of(call))


def add(call: RackspaceCall, params: AliasForm) -> None:
    """Add an alias."""
    domain, name = domain_of(call), call.path["alias"]
    if not is_user_name(name):
        raise Invalid("Invalid alias name")
    check_is_free(call, f"{name}@{domain.name}", mailbox_key(domain.name, name))
    members = _checked(call, domain.name, _members(params))
    call.records(RsAlias).add(RsAlias(domain=domain.name, name=name, members=members))


def edit(call: RackspaceCall, params: AliasForm) -> None:
    """Replace the members of an alias."""
    alias = _alias_of(call)
    call.records(RsAlias).put(alias.replace(members=_checked(call, alias.domain, _members(params))))


def delete(call: RackspaceCall, _: None) -> None:
    """Delete an alias."""
    call.records(RsAlias).remove(_alias_of(call).key)


def add_member(call: RackspaceCall, _: None) -> None:
    """Add a member to an alias; the alias may have it already."""
    alias = _alias_of(call)
    members = _checked(call, alias.domain, [*alias.members, call.path["address"]])
    call.records(RsAlias).put(alias.replace(members=members))


def delete_member(call: RackspaceCall, _: None) -> None:
    """Remove a member from an alias, but never the last one."""
    alias = _alias_of(call)
    address = call.path["address"]
    members = [member for member in alias.members if member.lower() != address.lower()]
    if len(members) == len(alias.members):
        raise Invalid(f"Email address {address} does not exist in alias {alias.name}.")
    call.records(RsAlias).put(alias.replace(members=_checked(call, alias.domain, members)))


def _alias_of(call: RackspaceCall) -> RsAlias:
    found = call.records(RsAlias).get(mailbox_key(domain_of(call).name, call.path["alias"]))
    if found is None:
        raise ItemNotFound("Alias Not Found", "Alias")
    return found


def _members(params: AliasForm) -> Sequence[str]:
    return listed("aliasEmails", params.aliasEmails, Invalid)


def _checked(call: RackspaceCall, domain: str, members: Sequence[str]) -> tuple[str, ...]:
    unique = {member.lower(): member for member in members}
    if not unique or not all(map(is_address, unique)):
        raise Invalid(NO_MEMBER)
    inside = [member for key, member in unique.items() if key.endswith(f"@{domain.lower()}")]
    unknown = [member for member in inside if not is_taken(call.world, member)]
    if unknown:
        raise Invalid(f"{NO_MEMBER} The following email addresses do not exist: {', '.join(unknown)}")
    if len(unique) - len(inside) > MOST_OUTSIDE:
        raise Invalid("Max number of non-local email recipients reached.")
    if len(inside) > MOST_INSIDE:
        raise Invalid("Max number of local email recipients reached.")
    return tuple(unique.values())
