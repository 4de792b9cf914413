"""`/api/accounts`: create, update, view, delete, list."""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.core.vendor import Call
from mockmail.core.world import World
from mockmail.vendors.atmail import rows, state
from mockmail.vendors.atmail.access import Caller
from mockmail.vendors.atmail.answer import Answer
from mockmail.vendors.atmail.errors import AtmailError, Fault
from mockmail.vendors.atmail.handlers import allowances
from mockmail.vendors.atmail.handlers.values import folded, is_local_part, natural, text
from mockmail.vendors.atmail.options import Options
from mockmail.vendors.atmail.records import Account, home_of

OCTETS_PER_MB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to create. The page has the password required, and random if empty."""

    username: str
    password: str = ""
    first_name: str = ""
    last_name: str = ""
    quota: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChoice:
    """An account by its id or its address; the id counts where both are given."""

    account_id: int | None = None
    username: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange(AccountChoice):
    """An account and what is to change of it."""

    password: str = ""
    first_name: str | None = None
    last_name: str | None = None
    quota: int | None = None
    user_status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage:
    """Which accounts to list. start: the number of the page; volume: how many are on one."""

    domain_id: int | None = None
    start: int | None = None
    volume: int | None = None


def create(call: Call[Caller, Options], params: NewAccount) -> Answer:
    """Create a mailbox in a hosted domain (atmail API documentation, "CREATE ACCOUNT")."""
    world = call.world
    address = folded(params.username)
    local_part, _, domain_name = address.rpartition("@")
    domain = state.domains(world).first("domainName", domain_name)
    if domain is None:
        raise AtmailError("Local domain does not exist")
    call.caller.demand_domain(domain.domainId)
    if not is_local_part(local_part):
        raise AtmailError("The username is not a valid address")
    if state.accounts(world).first("username", address) is not None:
        raise AtmailError(f"{address} is already existing.")
    account = _new_account(call, params, address, domain.domainId)
    state.accounts(world).add(account)
    return Answer(f"{address} added", {"accounts": rows.created_account(account, call.options)})


def update(call: Call[Caller, Options], params: AccountChange) -> Answer:
    """Change an account (atmail API documentation, "UPDATE ACCOUNT").

    The page's failure is in the fault form, under a name that only it has.
    """
    account = _chosen(call, params)
    if account is None:
        raise Fault("User does not exist", method="accountUpdate")
    changed = account.replace(
        password=text("password", params.password) or account.password,
        firstName=account.firstName if params.first_name is None else text("firstName", params.first_name),
        lastName=account.lastName if params.last_name is None else text("lastName", params.last_name),
        quota=_new_quota(call, account, params.quota),
        userStatus=_new_status(account, params.user_status),
        dateModified=state.stamp(call.world),
    )
    state.accounts(call.world).put(changed)
    return Answer(results={"accountId": account.accountId, "username": account.username})


def view(call: Call[Caller, Options], params: AccountChoice) -> Answer:
    """An account and what it holds (atmail API documentation, "VIEW ACCOUNT")."""
    account = _chosen(call, params)
    if account is None:
        raise AtmailError("Account does not exist")
    usage = call.world.mail.usage(state.VENDOR, account.key)
    row = rows.account(account, call.options)
    row["UsedQuota"] = usage.size / OCTETS_PER_MB
    row["TotalMessages"] = usage.messages
    return Answer(results=row)


def delete(call: Call[Caller, Options], params: AccountChoice) -> Answer:
    """Delete an account and its mail (atmail API documentation, "DELETE ACCOUNT")."""
    account = _chosen(call, params)
    if account is None:
        raise AtmailError("Single match for User id was not found.")
    discard(call.world, account)
    return Answer("Account deleted", rows.account(account, call.options))


def list_(call: Call[Caller, Options], params: AccountPage) -> Answer:
    """The accounts of a domain, or of all domains of the caller (atmail API documentation, "LIST ACCOUNT")."""
    start = natural("start", call.options.first_page if params.start is None else params.start)
    volume = natural("volume", params.volume or call.options.default_volume)
    if params.domain_id is not None and str(params.domain_id) in state.domains(call.world):
        call.caller.demand_domain(params.domain_id)
    skipped = max(start - call.options.first_page, 0) * volume
    found = _page(call, params.domain_id, skipped, volume or len(state.accounts(call.world)))
    return Answer(results=[rows.account(account, call.options) for account in found])


def discard(world: World, account: Account) -> None:
    """Take an account away with the mail in it; the messages stay in the inbox of the World."""
    state.accounts(world).remove(account.key)
    world.mail.forget_mailbox(state.VENDOR, account.key)


def _new_account(call: Call[Caller, Options], params: NewAccount, address: str, domain_id: int) -> Account:
    world, admin = call.world, call.caller.user
    default = call.options.default_account_quota
    quota = natural("quota", default if params.quota is None else params.quota)
    password = text("password", params.password)
    allowances.check_new(world, admin, quota)
    moment = state.stamp(world)
    return Account(
        accountId=state.new_id(world, state.accounts(world), "accounts"),
        createdByUserId=admin.userId,
        username=address,
        password=password or world.ids.password(),
        domainId=domain_id,
        dateModified=moment,
        dateCreate=moment,
        homeDir=home_of(address),
        quota=quota,
        firstName=text("firstName", params.first_name),
        lastName=text("lastName", params.last_name),
    )


def _chosen(call: Call[Caller, Options], params: AccountChoice) -> Account | None:
    """The account that is meant, which must be in a domain of the caller."""
    accounts = state.accounts(call.world)
    if params.account_id is not None:
        account = accounts.get(str(params.account_id))
    else:
        account = accounts.first("username", folded(params.username or ""))
    if account is not None:
        call.caller.demand_domain(account.domainId)
    return account


def _new_quota(call: Call[Caller, Options], account: Account, quota: int | None) -> int:
    if quota is None:
        return account.quota
    allowances.check_change(call.world, call.caller.user, account, natural("quota", quota))
    return quota


def _new_status(account: Account, status: int | None) -> int:
    if status not in (None, 0, 1):
        raise AtmailError("userStatus is neither 0 nor 1")
    return account.userStatus if status is None else status


def _page(call: Call[Caller, Options], domain_id: int | None, skipped: int, volume: int) -> list[Account]:
    accounts = state.accounts(call.world)
    if domain_id is None and call.caller.unrestricted:
        return accounts.page(skipped, volume)
    wanted = call.caller.user.domainIds if domain_id is None else (domain_id,)
    found = [account for number in dict.fromkeys(wanted) for account in accounts.find("domainId", number)]
    found.sort(key=lambda account: account.accountId)
    return found[skipped : skipped + volume]
