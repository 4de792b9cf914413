"""`/api/domain`: create, check, delete."""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.core.vendor import Call
from mockmail.core.world import World
from mockmail.vendors.atmail import state
from mockmail.vendors.atmail.access import Caller
from mockmail.vendors.atmail.answer import Answer
from mockmail.vendors.atmail.errors import AtmailError
from mockmail.vendors.atmail.handlers.accounts import discard
from mockmail.vendors.atmail.handlers.values import folded, is_domain
from mockmail.vendors.atmail.options import Options
from mockmail.vendors.atmail.records import Domain


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainName:
    """A domain by its name."""

    domain_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainChoice:
    """A domain by its name or its id."""

    domain_name: str | None = None
    domain_id: int | None = None


def create(call: Call[Caller, Options], params: DomainName) -> Answer:
    """Host another domain (atmail API documentation, "CREATE DOMAIN"); it is the caller's to edit."""
    world, name = call.world, folded(params.domain_name)
    if state.domains(world).first("domainName", name) is not None:
        # The page's answer for yourdomain.com names it without its last label.
        shown = name if call.options.full_name_of_existing_domain else name.rpartition(".")[0] or name
        raise AtmailError(f"{shown} is already existing.")
    if not is_domain(name):
        raise AtmailError("The domain name is not valid")
    number = state.new_id(world, state.domains(world), "domains")
    state.domains(world).add(Domain(domainId=number, domainName=name))
    if not call.caller.unrestricted:
        user = call.caller.user
        state.users(world).put(user.replace(domainIds=(*user.domainIds, number)))
    return Answer("Domain added", number)


def check(call: Call[Caller, Options], params: DomainName) -> Answer:
    """Whether a domain is there (atmail API documentation, "CHECK DOMAIN EXISTS")."""
    if state.domains(call.world).first("domainName", folded(params.domain_name)) is None:
        raise AtmailError(f"{params.domain_name} does not exist")
    return Answer(f"{params.domain_name} exists")


def delete(call: Call[Caller, Options], params: DomainChoice) -> Answer:
    """Host a domain no more, nor its accounts and aliases (atmail API documentation, "DELETE DOMAIN")."""
    world = call.world
    domain = _chosen(world, params)
    if domain is None:
        raise AtmailError("Domain does not exist")
    call.caller.demand_domain(domain.domainId)
    accounts = state.accounts(world).find("domainId", domain.domainId)
    for account in accounts:
        discard(world, account)
    for alias in state.aliases(world).find("DomainPart", domain.domainName.lower()):
        state.aliases(world).remove(alias.key)
    state.domains(world).remove(domain.key)
    _take_from_admins(world, domain.domainId)
    return Answer(f"Domain with id {domain.domainId} deleted", {"DeletedAccount": len(accounts)})


def _chosen(world: World, params: DomainChoice) -> Domain | None:
    if params.domain_id is not None:
        return state.domains(world).get(str(params.domain_id))
    return state.domains(world).first("domainName", folded(params.domain_name or ""))


def _take_from_admins(world: World, domain_id: int) -> None:
    for user in list(state.users(world)):
        if domain_id in user.domainIds:
            left = tuple(number for number in user.domainIds if number != domain_id)
            state.users(world).put(user.replace(domainIds=left))
