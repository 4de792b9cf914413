"""`/api/aliases`: create, list, delete."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from mockmail.core.vendor import Call
from mockmail.core.world import World
from mockmail.vendors.atmail import rows, state
from mockmail.vendors.atmail.access import Caller
from mockmail.vendors.atmail.answer import Answer
from mockmail.vendors.atmail.errors import AtmailError, Forbidden
from mockmail.vendors.atmail.handlers.values import folded, is_address, is_domain
from mockmail.vendors.atmail.options import Options
from mockmail.vendors.atmail.records import Alias
from mockmail.wire.parameters import parameter

AliasType = Literal["Local", "Deliver", "Domain"]

TYPES: dict[str, AliasType] = {"local": "Local", "deliver": "Deliver", "domain": "Domain"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAlias:
    """An alias to create."""

    name: str = parameter("AliasName")
    to: str = parameter("AliasTo")
    type: str = parameter("AliasType")


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasFilter:
    """Which aliases to list: those that have all of these somewhere in them; `filter` may be in any of the three."""

    filter: str = ""
    name: str = parameter("AliasName", default="")
    to: str = parameter("AliasTo", default="")
    domain: str = parameter("Domain", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasChoice:
    """Which aliases to delete: those that fit all that is given."""

    name: str = parameter("AliasName", default="")
    to: str = parameter("AliasTo", default="")
    id: int | None = None


def create(call: Call[Caller, Options], params: NewAlias) -> Answer:
    """Divert an address, or a domain (atmail API documentation, "CREATE ALIASES")."""
    kind = TYPES.get(folded(params.type))
    if kind is None:
        raise AtmailError("AliasType must be Local, Deliver or Domain")
    name, to = folded(params.name), folded(params.to)
    if kind == "Domain":
        name, to = name.removeprefix("@"), to.removeprefix("@")
    domain = name.rpartition("@")[2]
    _check_names(call, kind, name, to, domain)
    aliases = state.aliases(call.world)
    if any((one.AliasTo.lower(), one.aliasType) == (to, kind) for one in aliases.find("AliasName", name)):
        raise AtmailError(f"{name} is already existing.")
    alias = Alias(
        AliasName=name,
        AliasTo=to,
        Domain=name if kind == "Domain" else "",
        DateCreate=state.stamp(call.world),
        id=state.new_id(call.world, aliases, "aliases"),
        aliasType=kind,
        DomainPart=domain,
    )
    aliases.add(alias)
    return Answer("Success", [{"id": alias.id}])


def list_(call: Call[Caller, Options], params: AliasFilter) -> Answer:
    """The aliases of the caller's domains that match (atmail API documentation, "LIST ALIASES")."""
    found = [alias for alias in _visible(call) if _matches(alias, params)]
    return Answer(results=[rows.alias(alias) for alias in found])


def delete(call: Call[Caller, Options], params: AliasChoice) -> Answer:
    """Delete the aliases that fit (atmail API documentation, "DELETE ALIASE"). That none does is no failure there."""
    name, to = folded(params.name), folded(params.to)
    if not name and not to and params.id is None:
        raise AtmailError("No aliases selected.")
    found = _chosen(call.world, name, to, params.id)
    for alias in found:
        _demand_domain(call, alias.domain_part.lower())
    if not found and call.options.alias_delete_needs_match:
        raise AtmailError("No aliases selected.")
    for alias in found:
        state.aliases(call.world).remove(alias.key)
    return Answer("Alias(s) removed")


def _check_names(call: Call[Caller, Options], kind: AliasType, name: str, to: str, domain: str) -> None:
    """Whether an alias can be. A domain that is diverted need not be hosted itself."""
    fits = is_domain if kind == "Domain" else is_address
    if kind != "Domain" and state.domains(call.world).first("domainName", domain) is None:
        raise AtmailError("Local domain does not exist")
    if not fits(name):
        raise AtmailError("AliasName is not valid")
    if not fits(to):
        raise AtmailError("AliasTo is not valid")
    _demand_domain(call, domain)


def _demand_domain(call: Call[Caller, Options], domain_name: str) -> None:
    if call.caller.unrestricted:
        return
    domain = state.domains(call.world).first("domainName", domain_name)
    if domain is None:
        raise Forbidden("No permission at that domain")
    call.caller.demand_domain(domain.domainId)


def _visible(call: Call[Caller, Options]) -> Iterable[Alias]:
    """The aliases that the caller may see, by id."""
    aliases, caller = state.aliases(call.world), call.caller
    if caller.unrestricted:
        return aliases
    domains = [state.domains(call.world).get(str(number)) for number in caller.user.domainIds]
    found = [alias for domain in domains if domain for alias in aliases.find("DomainPart", domain.domainName.lower())]
    return sorted(found, key=lambda alias: alias.id)


def _matches(alias: Alias, params: AliasFilter) -> bool:
    domain = f"{alias.Domain}\n{alias.domain_part}"
    wanted = (
        (params.filter, f"{alias.AliasName}\n{alias.AliasTo}\n{domain}"),
        (params.name, alias.AliasName),
        (params.to, alias.AliasTo),
        (params.domain, domain),
    )
    return all(folded(part) in whole.lower() for part, whole in wanted)


def _chosen(world: World, name: str, to: str, number: int | None) -> list[Alias]:
    aliases = state.aliases(world)
    if number is not None:
        alias = aliases.get(str(number))
        found = [] if alias is None else [alias]
    elif name:
        found = aliases.find("AliasName", name)
    else:
        found = aliases.find("AliasTo", to)
    return [
        alias
        for alias in found
        if (not name or alias.AliasName.lower() == name) and (not to or alias.AliasTo.lower() == to)
    ]
