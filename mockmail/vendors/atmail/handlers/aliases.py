"""`/api/aliases`: create, list, delete."""

from __future__ import annotations

from collections.abc import Iterable

from mockmail.vendors.atmail import views
from mockmail.vendors.atmail.authentication import AtmailCall
from mockmail.vendors.atmail.errors import Failed
from mockmail.vendors.atmail.parameters import AliasChoice, AliasFilter, NewAlias, is_address, is_domain, normalized
from mockmail.vendors.atmail.records import Alias, AliasType, Domain, canonical, new_id, timestamp
from mockmail.vendors.atmail.views import Result

TYPES: dict[str, AliasType] = {"local": "Local", "deliver": "Deliver", "domain": "Domain"}


def create(call: AtmailCall, params: NewAlias) -> Result:
    """Divert an address or a domain (atmail API documentation, "CREATE ALIASES")."""
    kind = TYPES.get(normalized(params.type))
    if kind is None:
        raise Failed("AliasType must be Local, Deliver or Domain")
    name, to = normalized(params.name), normalized(params.to)
    if kind == "Domain":
        name, to = name.removeprefix("@"), to.removeprefix("@")
    domain = name.rpartition("@")[2]
    _check_names(call, kind, name, to, domain)
    aliases = call.records(Alias)
    same_name = aliases.find("AliasName", canonical(name))
    if any((canonical(alias.AliasTo), alias.aliasType) == (canonical(to), kind) for alias in same_name):
        raise Failed(f"{name} is already existing.")
    alias = Alias(
        AliasName=name,
        AliasTo=to,
        Domain=name if kind == "Domain" else "",
        DateCreate=timestamp(call),
        id=new_id(call, Alias),
        aliasType=kind,
        DomainPart=domain,
    )
    aliases.add(alias)
    return Result("Success", [{"id": alias.id}])


def list_(call: AtmailCall, params: AliasFilter) -> Result:
    """Return the matching aliases of the caller's domains (atmail API documentation, "LIST ALIASES")."""
    found = [alias for alias in _visible(call) if _matches(alias, params)]
    return Result(results=[views.alias(alias) for alias in found])


def delete(call: AtmailCall, params: AliasChoice) -> Result:
    """Delete the matching aliases (atmail API documentation, "DELETE ALIASE").

    Without a match it succeeds, unless the option `alias_delete_needs_match` is set.
    """
    name, to = canonical(params.name), canonical(params.to)
    if not name and not to and params.id is None:
        raise Failed("No aliases selected.")
    found = _chosen(call, name, to, params.id)
    for alias in found:
        _demand_domain(call, alias.domain_part)
    if not found and call.options.alias_delete_needs_match:
        raise Failed("No aliases selected.")
    for alias in found:
        call.records(Alias).remove(alias.key)
    return Result("Alias(s) removed")


def _check_names(call: AtmailCall, kind: AliasType, name: str, to: str, domain: str) -> None:
    # A domain that is diverted need not be hosted itself.
    is_valid = is_domain if kind == "Domain" else is_address
    if kind != "Domain" and call.records(Domain).first("domainName", canonical(domain)) is None:
        raise Failed("Local domain does not exist")
    if not is_valid(name):
        raise Failed("AliasName is not valid")
    if not is_valid(to):
        raise Failed("AliasTo is not valid")
    _demand_domain(call, domain)


def _demand_domain(call: AtmailCall, domain_name: str) -> None:
    domain = call.records(Domain).first("domainName", canonical(domain_name))
    call.caller.demand_domain(None if domain is None else domain.domainId)


def _visible(call: AtmailCall) -> Iterable[Alias]:
    aliases, caller = call.records(Alias), call.caller
    if caller.unrestricted:
        return aliases
    domains = [call.records(Domain).get(str(number)) for number in caller.user.domainIds]
    names = [canonical(domain.domainName) for domain in domains if domain]
    return sorted((alias for name in names for alias in aliases.find("DomainPart", name)), key=lambda alias: alias.id)


def _matches(alias: Alias, params: AliasFilter) -> bool:
    domain = f"{alias.Domain}\n{alias.domain_part}"
    wanted = (
        (params.filter, f"{alias.AliasName}\n{alias.AliasTo}\n{domain}"),
        (params.name, alias.AliasName),
        (params.to, alias.AliasTo),
        (params.domain, domain),
    )
    return all(_contains(whole, part) for part, whole in wanted)


def _contains(whole: str, part: str) -> bool:
    if normalized(part) in whole.lower():
        return True
    # A part of a non-ASCII name has no ASCII form of its own, so only a whole domain is compared in both forms.
    return bool(part.strip()) and any(canonical(part) in canonical(line) for line in whole.split("\n"))


def _chosen(call: AtmailCall, name: str, to: str, number: int | None) -> list[Alias]:
    aliases = call.records(Alias)
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
        if (not name or canonical(alias.AliasName) == name) and (not to or canonical(alias.AliasTo) == to)
    ]
