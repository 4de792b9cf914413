"""`/api/domain`: create, check, delete."""

from __future__ import annotations

from mockmail.vendors.atmail.authentication import AtmailCall
from mockmail.vendors.atmail.errors import Failed
from mockmail.vendors.atmail.handlers.accounts import remove_account
from mockmail.vendors.atmail.parameters import DomainChoice, DomainName, is_domain, normalized
from mockmail.vendors.atmail.records import Account, AdminUser, Alias, Domain, canonical, new_id
from mockmail.vendors.atmail.views import Result


def create(call: AtmailCall, params: DomainName) -> Result:
    """Host another domain (atmail API documentation, "CREATE DOMAIN"); the caller may edit it."""
    name, domains = normalized(params.domain_name), call.records(Domain)
    if domains.first("domainName", canonical(name)) is not None:
        # The page's response for yourdomain.com names it without its last label.
        shown = name if call.options.full_name_of_existing_domain else name.rpartition(".")[0] or name
        raise Failed(f"{shown} is already existing.")
    if not is_domain(name):
        raise Failed("The domain name is not valid")
    domain = domains.add(Domain(domainId=new_id(call, Domain), domainName=name))
    if not call.caller.unrestricted:
        user = call.caller.user
        call.records(AdminUser).put(user.replace(domainIds=(*user.domainIds, domain.domainId)))
    return Result("Domain added", domain.domainId)


def check(call: AtmailCall, params: DomainName) -> Result:
    """Check that a domain is hosted (atmail API documentation, "CHECK DOMAIN EXISTS")."""
    name = params.domain_name.strip()
    if call.records(Domain).first("domainName", canonical(name)) is None:
        raise Failed(f"{name} does not exist")
    return Result(f"{name} exists")


def delete(call: AtmailCall, params: DomainChoice) -> Result:
    """Delete a domain with its accounts and aliases (atmail API documentation, "DELETE DOMAIN")."""
    domain = _chosen(call, params)
    if domain is None:
        raise Failed("Domain does not exist")
    call.caller.demand_domain(domain.domainId)
    accounts = call.records(Account).find("domainId", domain.domainId)
    for account in accounts:
        remove_account(call, account)
    for alias in call.records(Alias).find("DomainPart", canonical(domain.domainName)):
        call.records(Alias).remove(alias.key)
    call.records(Domain).remove(domain.key)
    _remove_from_admins(call, domain.domainId)
    return Result(f"Domain with id {domain.domainId} deleted", {"DeletedAccount": len(accounts)})


def _chosen(call: AtmailCall, params: DomainChoice) -> Domain | None:
    domains = call.records(Domain)
    if params.domain_id is not None:
        return domains.get(str(params.domain_id))
    return domains.first("domainName", canonical(params.domain_name or ""))


def _remove_from_admins(call: AtmailCall, domain_id: int) -> None:
    users = call.records(AdminUser)
    for user in list(users):
        if domain_id in user.domainIds:
            left = tuple(number for number in user.domainIds if number != domain_id)
            users.put(user.replace(domainIds=left))
