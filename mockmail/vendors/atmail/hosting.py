"""Route mail for atmail's domains through aliases and forwarding into accounts.

An address's own aliases come first, then its domain's, then its account (assumed: docs/wire/atmail.md 3 only names the
types).
"""

from __future__ import annotations

from mockmail.core.mail.addresses import domain_forms
from mockmail.core.mail.delivery import Hosting, Route
from mockmail.core.world import World
from mockmail.vendors.atmail.options import Options
from mockmail.vendors.atmail.records import Account, Alias, Domain, canonical
from mockmail.vendors.atmail.vendor import VENDOR

MEGABYTE = 1 << 20


class AtmailHosting(Hosting):
    """The accounts and aliases of atmail. The name of a mailbox is its account's id."""

    def hosts(self, world: World, domain: str) -> bool:
        """Return whether a domain is hosted, or diverted to another.

        The core asks for both forms of a non-ASCII domain (Unicode, IDNA). Only the form that the state has is hosted,
        so that deliveries show it; if the state has a third spelling, both forms are.
        """
        hosted = world.store.records(VENDOR.name, Domain).find("domainName", canonical(domain))
        names = {known.domainName.lower() for known in hosted}
        names.update(alias.AliasName.lower() for alias in _domain_aliases(world, domain))
        return domain in names or (bool(names) and names.isdisjoint(domain_forms(domain)))

    def route(self, world: World, address: str) -> Route | None:
        """Return the account and the further addresses that mail for an address goes to."""
        address = address.strip("<> ").lower()
        local_part, _, domain = address.rpartition("@")
        options: Options = world.options(VENDOR)
        name, plus, _ = local_part.partition("+")
        if options.plus_addressing and name and plus and not _exists(world, address):
            local_part, address = name, f"{name}@{domain}"
        account = _receiving_account(world, address)
        aliases = [alias for alias in _aliases(world, address) if alias.aliasType != "Domain"]
        if aliases:
            return _diverted(account, address, aliases)
        diverted = tuple(f"{local_part}@{alias.AliasTo}" for alias in _domain_aliases(world, domain))
        if diverted and canonical(address) not in map(canonical, diverted):
            return Route(forward_to=diverted)
        return None if account is None else _delivered(account)

    def has_quotas(self, world: World) -> bool:
        """Return whether the option `over_quota_is_refused` is set."""
        options: Options = world.options(VENDOR)
        return options.over_quota_is_refused

    def quota(self, world: World, mailbox: str) -> int | None:
        """Return the account's quota; 0 is unlimited."""
        account = world.store.records(VENDOR.name, Account).get(mailbox)
        return account.quota * MEGABYTE if account is not None and account.quota else None


def _exists(world: World, address: str) -> bool:
    account = world.store.records(VENDOR.name, Account).first("username", canonical(address))
    return account is not None or bool(_aliases(world, address))


def _aliases(world: World, name: str) -> list[Alias]:
    return world.store.records(VENDOR.name, Alias).find("AliasName", canonical(name))


def _domain_aliases(world: World, domain: str) -> list[Alias]:
    return [alias for alias in _aliases(world, domain) if alias.aliasType == "Domain"]


def _receiving_account(world: World, address: str) -> Account | None:
    account = world.store.records(VENDOR.name, Account).first("username", canonical(address))
    options: Options = world.options(VENDOR)
    if account is not None and account.userStatus and not options.disabled_accounts_receive:
        return None
    return account


def _diverted(account: Account | None, address: str, aliases: list[Alias]) -> Route:
    # A copy stays for an alias of type Deliver, and for one that leads to its own address.
    keeps_copy = any(
        alias.aliasType == "Deliver" or canonical(alias.AliasTo) == canonical(address) for alias in aliases
    )
    kept = _delivered(account) if keeps_copy and account is not None else Route()
    onward = tuple(alias.AliasTo for alias in aliases if canonical(alias.AliasTo) != canonical(address))
    return Route(mailbox=kept.mailbox, forward_to=(*onward, *kept.forward_to))


def _delivered(account: Account) -> Route:
    return Route(mailbox=account.key, forward_to=(account.forward,) if account.forward else ())


HOSTING = AtmailHosting()
