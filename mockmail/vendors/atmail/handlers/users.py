"""`/api/users`, the admins themselves: create, update, list, view, delete."""

from __future__ import annotations

from typing import Any

from mockmail.vendors.atmail import tree, views
from mockmail.vendors.atmail.allowances import ANY_NUMBER, ANY_SIZE, number_limit, size_limit
from mockmail.vendors.atmail.authentication import EVERYTHING, AtmailCall, rights_of
from mockmail.vendors.atmail.errors import Failed, Forbidden, MissingArguments
from mockmail.vendors.atmail.parameters import NewUser, UserChange, UserChoice, UserFields
from mockmail.vendors.atmail.records import Account, AdminUser, Domain, Permission, Role, new_id, timestamp
from mockmail.vendors.atmail.views import Result
from mockmail.wire.parameters import given


def create(call: AtmailCall, params: NewUser) -> Result:
    """Create an admin below the caller (atmail API documentation, "CREATE USER").

    The message and the results of the response are its id.
    """
    if call.options.require_all_of_user_create:
        _check_complete(params)
    _check_credentials(call, params)
    users, creator = call.records(AdminUser), call.caller.user
    limits = {
        "numUsers": ANY_NUMBER if creator.numUsers is None else creator.numUsers,
        "quota": ANY_SIZE if creator.quota is None else creator.quota,
    }
    user = AdminUser(
        userId=0,
        createdByUserId=creator.userId,
        username=params.username,
        password=params.password,
        dateCreate=timestamp(call),
        **limits | _columns(params),
    )
    _check_grant(call, user)
    left, right = tree.make_room(users, creator)
    number = new_id(call, AdminUser)
    users.add(user.replace(userId=number, leftEdge=left, rightEdge=right))
    return Result(str(number), number)


def update(call: AtmailCall, params: UserChange) -> Result:
    """Change an admin (atmail API documentation, "UPDATE USER"); the results are its id."""
    user = visible_user(call, params.user_id)
    if user is None:
        raise Failed("User does not exist")
    changed = user.replace(password=params.password or user.password, modified=timestamp(call), **_columns(params))
    _check_grant(call, changed)
    call.records(AdminUser).put(changed)
    return Result(results=user.userId)


def list_(call: AtmailCall, params: None) -> Result:
    """Return the admins below the caller (atmail API documentation, "LIST USER").

    The page's first row is user 2: the caller itself is not listed.
    """
    found = tree.all_below(call.records(AdminUser), call.caller.user)
    return Result(results=[views.admin_user(user, call.options) for user in found])


def view(call: AtmailCall, params: UserChoice) -> Result:
    """Return an admin and the names of its domains (atmail API documentation, "VIEW USER")."""
    user = visible_user(call, params.user_id)
    if user is None:
        raise Failed("No matches found")
    return Result(results=views.admin_user(user, call.options) | {"Domains": _domain_names(call, user)})


def delete(call: AtmailCall, params: UserChoice) -> Result:
    """Delete an admin below the caller (atmail API documentation, "DELETE USER"); never itself or the first admin.

    The admins and accounts that it created become its creator's. So nothing else is deleted, and the accounts still
    count against the limits of the admins above.
    """
    users, accounts = call.records(AdminUser), call.records(Account)
    user = users.get(str(params.user_id))
    if user is None or not tree.is_below(user, call.caller.user):
        raise Failed("No users selected.")
    users.remove(user.key)
    tree.close_gap(users, user)
    heir_id = call.caller.user.userId if user.createdByUserId is None else user.createdByUserId
    for admin in users.find("createdByUserId", user.userId):
        users.put(admin.replace(createdByUserId=heir_id))
    for account in accounts.find("createdByUserId", user.userId):
        accounts.put(account.replace(createdByUserId=heir_id))
    return Result(results=1)


def visible_user(call: AtmailCall, user_id: int) -> AdminUser | None:
    """Return the admin with this id if it is the caller or below the caller, else None."""
    user = call.records(AdminUser).get(str(user_id))
    if user is None or user.userId == call.caller.user.userId:
        return user
    return user if tree.is_below(user, call.caller.user) else None


def _columns(params: UserFields) -> dict[str, Any]:
    return given(params, omit=("userId", "username", "password"))


def _check_complete(params: NewUser) -> None:
    # The page marks these as required, and its own call leaves them out (docs/wire/atmail.md 4.7).
    required = ["quota", "domainIds", "roleId"] if params.role_id else ["quota", "domainIds", "roleId", "permissionIds"]
    missing = [name for name in required if name not in _columns(params)]
    if missing:
        raise MissingArguments(missing)


def _check_credentials(call: AtmailCall, params: NewUser) -> None:
    name = params.username
    if not name.strip() or ":" in name or not name.isprintable():  # HTTP Basic cannot send other names
        raise Failed("The username is not valid")
    if call.records(AdminUser).first("username", name.lower()) is not None:
        raise Failed(f"{name} is already existing.")
    if not params.password:
        raise Failed("The password is empty")


def _check_grant(call: AtmailCall, user: AdminUser) -> None:
    # Assumed, because the page does not say: an admin grants only rights, domains and limits that it has itself.
    _check_references(call, user)
    caller = call.caller
    if caller.unrestricted:
        return
    if not rights_of(call, user) <= caller.rights:
        raise Forbidden("Permission denied: rights that you do not have")
    for domain_id in user.domainIds:
        caller.demand_domain(domain_id)
    if _exceeds(number_limit(user), number_limit(caller.user)):
        raise Forbidden("Permission denied: more accounts than you may have")
    if _exceeds(size_limit(user), size_limit(caller.user)):
        raise Forbidden("Permission denied: more disk quota than you have")


def _exceeds(limit: int | None, own: int | None) -> bool:
    return own is not None and (limit is None or limit > own)


def _check_references(call: AtmailCall, user: AdminUser) -> None:
    roles, permissions, domains = call.records(Role), call.records(Permission), call.records(Domain)
    if user.roleId and str(user.roleId) not in roles:
        raise Failed("Role does not exist")
    if not all(str(number) in permissions for number in user.permissionIds):
        raise Failed("Permission does not exist")
    if not all(str(number) in domains for number in user.domainIds):
        raise Failed("Domain does not exist")


def _domain_names(call: AtmailCall, user: AdminUser) -> list[str]:
    domains = call.records(Domain)
    if EVERYTHING in rights_of(call, user):
        return [domain.domainName for domain in domains]
    found = [domains.get(str(number)) for number in user.domainIds]
    return [domain.domainName for domain in found if domain is not None]
