"""`/api/accounts`: create, update, view, delete, list."""

from __future__ import annotations

from mockmail.vendors.atmail import views
from mockmail.vendors.atmail.allowances import check_change, check_new
from mockmail.vendors.atmail.authentication import AtmailCall
from mockmail.vendors.atmail.errors import Failed, Fault
from mockmail.vendors.atmail.parameters import (
    AccountChange,
    AccountChoice,
    AccountPage,
    NewAccount,
    is_local_part,
    normalized,
)
from mockmail.vendors.atmail.records import Account, Domain, canonical, home_of, new_id, timestamp
from mockmail.vendors.atmail.views import Result
from mockmail.wire.parameters import given

BYTES_PER_MB = 1 << 20


def create(call: AtmailCall, params: NewAccount) -> Result:
    """Create a mailbox in a hosted domain (atmail API documentation, "CREATE ACCOUNT")."""
    address = normalized(params.username)
    local_part, _, domain_name = address.rpartition("@")
    domain = call.records(Domain).first("domainName", canonical(domain_name))
    if domain is None:
        raise Failed("Local domain does not exist")
    call.caller.demand_domain(domain.domainId)
    if not is_local_part(local_part):
        raise Failed("The username is not a valid address")
    accounts = call.records(Account)
    if accounts.first("username", canonical(address)) is not None:
        raise Failed(f"{address} is already existing.")
    quota = call.options.default_account_quota if params.quota is None else params.quota
    check_new(call, quota)
    moment = timestamp(call)
    account = Account(
        accountId=new_id(call, Account),
        createdByUserId=call.caller.user.userId,
        username=address,
        password=params.password or call.world.ids.password(),
        domainId=domain.domainId,
        dateModified=moment,
        dateCreate=moment,
        homeDir=home_of(address),
        quota=quota,
        firstName=params.first_name,
        lastName=params.last_name,
    )
    accounts.add(account)
    return Result(f"{address} added", {"accounts": views.created_account(account, call.options)})


def update(call: AtmailCall, params: AccountChange) -> Result:
    """Change an account (atmail API documentation, "UPDATE ACCOUNT").

    The page shows its failure in the fault form, under a name that only it has.
    """
    account = _chosen(call, params)
    if account is None:
        raise Fault("User does not exist", method="accountUpdate")
    if params.quota is not None:
        check_change(call, account, params.quota)
    if params.user_status not in (None, 0, 1):
        raise Failed("userStatus is neither 0 nor 1")
    columns = given(params, omit=("accountId", "username", "password"))
    password = params.password or account.password
    call.records(Account).put(account.replace(password=password, dateModified=timestamp(call), **columns))
    return Result(results={"accountId": account.accountId, "username": account.username})


def view(call: AtmailCall, params: AccountChoice) -> Result:
    """Return an account and its usage (atmail API documentation, "VIEW ACCOUNT")."""
    account = _chosen(call, params)
    if account is None:
        raise Failed("Account does not exist")
    usage = call.world.mail.mailboxes.usage(call.vendor.name, account.key)
    row = views.account(account, call.options)
    row["UsedQuota"] = usage.size / BYTES_PER_MB
    row["TotalMessages"] = usage.messages
    return Result(results=row)


def delete(call: AtmailCall, params: AccountChoice) -> Result:
    """Delete an account and its mail (atmail API documentation, "DELETE ACCOUNT")."""
    account = _chosen(call, params)
    if account is None:
        raise Failed("Single match for User id was not found.")
    remove_account(call, account)
    return Result("Account deleted", views.account(account, call.options))


def list_(call: AtmailCall, params: AccountPage) -> Result:
    """Return the accounts of a domain, or of all domains of the caller (atmail API documentation, "LIST ACCOUNT")."""
    if params.domain_id is not None and str(params.domain_id) in call.records(Domain):
        call.caller.demand_domain(params.domain_id)
    first_page = call.options.first_page
    start = first_page if params.start is None else params.start
    volume = params.volume or call.options.default_volume
    skipped = max(start - first_page, 0) * volume
    found = _page(call, params.domain_id, skipped, volume or len(call.records(Account)))
    return Result(results=[views.account(account, call.options) for account in found])


def remove_account(call: AtmailCall, account: Account) -> None:
    """Remove an account and the mail in it; the messages stay in the inbox of the sandbox."""
    call.records(Account).remove(account.key)
    call.world.mail.mailboxes.forget(call.vendor.name, account.key)


def _chosen(call: AtmailCall, params: AccountChoice) -> Account | None:
    accounts = call.records(Account)
    if params.account_id is not None:
        account = accounts.get(str(params.account_id))
    else:
        account = accounts.first("username", canonical(params.username or ""))
    if account is not None:
        call.caller.demand_domain(account.domainId)
    return account


def _page(call: AtmailCall, domain_id: int | None, skipped: int, volume: int) -> list[Account]:
    accounts = call.records(Account)
    if domain_id is None and call.caller.unrestricted:
        return accounts.page(skipped, volume)
    wanted = call.caller.user.domainIds if domain_id is None else (domain_id,)
    found = [account for number in dict.fromkeys(wanted) for account in accounts.find("domainId", number)]
    found.sort(key=lambda account: account.accountId)
    return found[skipped : skipped + volume]
