"""Route mail for atmail's domains through aliases and forwarding into accounts.

An address's own aliases come first, then its domain's, then its account (assumed: docs/wire/atmail.md 3 only names the
types).
"""

from __future__ import annotations

from mockmail.core.mail.delivery import Hosting, Route
from mockmail.core.world import World
from mockmail.vendors.atmail.options import Options
from mockmail.vendors.atmail.records import Account, Alias, Domain
from mockmail.vendors.atmail.vendor import VENDOR

MEGABYTE = 1 << 20


class AtmailHosting(Hosting):
    """The accounts and aliases of atmail. The name of a mailbox is its account's id."""

    def hosts(self, world: World, domain: str) -> bool:
        """Return whether a domain is hosted, or diverted to another."""
        is_hosted = world.store.records(VENDOR.name, Domain).first("domainName", domain) is not None
        return is_hosted or bool(_domain_aliases(world, domain))

    def route(self, world: World, address: str) -> Route | None:
        """Return the account and the further addresses that mail for an address goes to."""
        address = address.strip("<> ").lower()
        local_part, _, domain = address.rpartition("@")
        account = _receiving_account(world, address)
        aliases = [alias for alias in _aliases(world, address) if alias.aliasType != "Domain"]
        if aliases:
            return _diverted(account, address, aliases)
        diverted = tuple(f"{local_part}@{alias.AliasTo}" for alias in _domain_aliases(world, domain))
        if diverted and address not in map(str.lower, diverted):
            return Route(forward_to=diverted)
        return None if account is None else _delivered(account)

    def has_quotas(self, world: World) -> bool:
        """Return whether the option asks for it."""
        options: Options = world.options(VENDOR)
        return options.over_quota_is_refused

    def quota(self, world: World, mailbox: str) -> int | None:
        """Return the account's quota; 0 is unlimited."""
        account = world.store.records(VENDOR.name, Account).get(mailbox)
        return account.quota * MEGABYTE if account is not None and account.quota else None


def _aliases(world: World, name: str) -> list[Alias]:
    return world.store.records(VENDOR.name, Alias).find("AliasName", name)


def _domain_aliases(world: World, domain: str) -> list[Alias]:
    return [alias for alias in _aliases(world, domain) if alias.aliasType == "Domain"]


def _receiving_account(world: World, address: str) -> Account | None:
    account = world.store.records(VENDOR.name, Account).first("username", address)
    options: Options = world.options(VENDOR)
    if account is not None and account.userStatus and not options.disabled_accounts_receive:
        return None
    return account


def _diverted(account: Account | None, address: str, aliases: list[Alias]) -> Route:
    # A copy stays for an alias of type Deliver, and for one that leads to its own address.
    keeps_copy = any(alias.aliasType == "Deliver" or alias.AliasTo.lower() == address for alias in aliases)
    kept = _delivered(account) if keeps_copy and account is not None else Route()
    onward = tuple(alias.AliasTo for alias in aliases if alias.AliasTo.lower() != address)
    return Route(mailbox=kept.mailbox, forward_to=(*onward, *kept.forward_to))


def _delivered(account: Account) -> Route:
    return Route(mailbox=account.key, forward_to=(account.forward,) if account.forward else ())


HOSTING = AtmailHosting()
