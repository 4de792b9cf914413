"""Where mail for atmail's domains goes: through aliases and forwarding into accounts.

An address's own aliases come first, then its domain's, then its account (assumed: docs/wire/atmail.md 3
names the types only).
"""

from __future__ import annotations

from mockmail.core.mail.delivery import Hosting, Route
from mockmail.core.world import World
from mockmail.vendors.atmail import state
from mockmail.vendors.atmail.options import Options
from mockmail.vendors.atmail.records import Account, Alias


class AtmailHosting(Hosting):
    """The accounts and aliases of atmail, as the core asks for them. A mailbox goes by its account's id."""

    def hosts(self, world: World, domain: str) -> bool:
        """Whether a domain is hosted, or diverted to another."""
        return state.domains(world).first("domainName", domain) is not None or bool(_domain_aliases(world, domain))

    def route(self, world: World, address: str) -> Route | None:
        """The account and the further addresses that mail for an address goes to."""
        address = address.strip("<> ").lower()
        local_part, _, domain = address.rpartition("@")
        account = _receiving(world, address)
        aliases = [alias for alias in state.aliases(world).find("AliasName", address) if alias.aliasType != "Domain"]
        if aliases:
            return _diverted(account, address, aliases)
        diverted = tuple(f"{local_part}@{alias.AliasTo}" for alias in _domain_aliases(world, domain))
        if diverted and address not in map(str.lower, diverted):
            return Route(forward_to=diverted)
        return None if account is None else _delivered(account)


def _domain_aliases(world: World, domain: str) -> list[Alias]:
    return [alias for alias in state.aliases(world).find("AliasName", domain) if alias.aliasType == "Domain"]


def _receiving(world: World, address: str) -> Account | None:
    """The account of an address; a disabled one takes no mail, unless the option says so."""
    account = state.accounts(world).first("username", address)
    if account is not None and account.userStatus and not _options(world).disabled_accounts_receive:
        return None
    return account


def _diverted(account: Account | None, address: str, aliases: list[Alias]) -> Route:
    """Local diverts, Deliver keeps a copy as well, and so does an alias that leads to its own address."""
    keeps = any(alias.aliasType == "Deliver" or alias.AliasTo.lower() == address for alias in aliases)
    kept = _delivered(account) if keeps and account is not None else Route()
    onward = tuple(alias.AliasTo for alias in aliases if alias.AliasTo.lower() != address)
    return Route(mailbox=kept.mailbox, forward_to=(*onward, *kept.forward_to))


def _delivered(account: Account) -> Route:
    """Into the mailbox, and on to where the account forwards its mail."""
    return Route(mailbox=account.key, forward_to=(account.forward,) if account.forward else ())


def _options(world: World) -> Options:
    vendor = world.vendors.get(state.VENDOR)
    return Options() if vendor is None else world.options(vendor)


HOSTING = AtmailHosting()
