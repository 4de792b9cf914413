"""`/api/users`, the admins themselves: create, update, list, view, delete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mockmail.core.vendor import Call
from mockmail.core.world import World
from mockmail.vendors.atmail import rows, state
from mockmail.vendors.atmail.access import EVERYTHING, Caller, rights_of
from mockmail.vendors.atmail.answer import Answer
from mockmail.vendors.atmail.errors import AtmailError, MissingArguments
from mockmail.vendors.atmail.handlers import allowances, tree
from mockmail.vendors.atmail.handlers.granting import check_grant
from mockmail.vendors.atmail.handlers.values import natural, text
from mockmail.vendors.atmail.options import Options
from mockmail.vendors.atmail.records import AdminUser


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChoice:
    """An admin by its id."""

    user_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """An admin to create. The page's own call leaves out much of what the page says is required."""

    username: str
    password: str
    fullname: str = ""
    company: str = ""
    email_address: str = ""
    num_users: int | None = None
    quota: int | None = None
    domain_ids: tuple[int, ...] | None = None
    role_id: int | None = None
    permission_ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChange(UserChoice):
    """An admin and what is to change of it."""

    password: str = ""
    fullname: str | None = None
    company: str | None = None
    email_address: str | None = None
    num_users: int | None = None
    quota: int | None = None
    domain_ids: tuple[int, ...] | None = None
    role_id: int | None = None
    permission_ids: tuple[int, ...] | None = None


def create(call: Call[Caller, Options], params: NewUser) -> Answer:
    """Create an admin below the caller (atmail API documentation, "CREATE USER"); its id is message and results."""
    if call.options.require_all_of_user_create:
        _check_complete(params)
    world, creator = call.world, call.caller.user
    _check_credentials(world, params)
    user = AdminUser(
        userId=0,
        createdByUserId=creator.userId,
        username=params.username,
        password=text("password", params.password),
        numUsers=_first(params.num_users, creator.numUsers, allowances.ANY_NUMBER),
        company=text("company", params.company),
        fullname=text("fullname", params.fullname),
        emailAddress=text("emailAddress", params.email_address),
        dateCreate=state.stamp(world),
        quota=_first(params.quota, creator.quota, allowances.ANY_SIZE),
        roleId=params.role_id or 0,
        permissionIds=_each_once(params.permission_ids or ()),
        domainIds=_each_once(params.domain_ids or ()),
    )
    _check(call, user)
    left, right = tree.make_room(world, creator)
    number = state.new_id(world, state.users(world), "users")
    state.users(world).add(user.replace(userId=number, leftEdge=left, rightEdge=right))
    return Answer(str(number), number)


def update(call: Call[Caller, Options], params: UserChange) -> Answer:
    """Change an admin (atmail API documentation, "UPDATE USER"); the answer is its id."""
    user = chosen(call, params.user_id)
    if user is None:
        raise AtmailError("User does not exist")
    changed = user.replace(
        password=text("password", params.password) or user.password,
        fullname=text("fullname", user.fullname if params.fullname is None else params.fullname),
        company=text("company", user.company if params.company is None else params.company),
        emailAddress=text("emailAddress", user.emailAddress if params.email_address is None else params.email_address),
        modified=state.stamp(call.world),
        **_changed_rights(user, params),
    )
    _check(call, changed)
    state.users(call.world).put(changed)
    return Answer(results=user.userId)


def list_(call: Call[Caller, Options], params: None) -> Answer:
    """The admins below the caller (atmail API documentation, "LIST USER"), whose first row there is user 2."""
    found = tree.all_below(call.world, call.caller.user)
    return Answer(results=[rows.admin_user(user, call.options) for user in found])


def view(call: Call[Caller, Options], params: UserChoice) -> Answer:
    """An admin and its domains by name (atmail API documentation, "VIEW USER")."""
    user = chosen(call, params.user_id)
    if user is None:
        raise AtmailError("No matches found")
    return Answer(results=rows.admin_user(user, call.options) | {"Domains": _domain_names(call.world, user)})


def delete(call: Call[Caller, Options], params: UserChoice) -> Answer:
    """Delete an admin below the caller (atmail API documentation, "DELETE USER"): never itself, nor the first one.

    What it created, admins and accounts, becomes its creator's: nothing goes that was not asked for, and what counts
    with the admins above goes on to.
    """
    world, caller = call.world, call.caller.user
    user = state.users(world).get(str(params.user_id))
    if user is None or not tree.is_below(user, caller):
        raise AtmailError("No users selected.")
    state.users(world).remove(user.key)
    tree.close_gap(world, user)
    _hand_over(world, user, caller.userId if user.createdByUserId is None else user.createdByUserId)
    return Answer(results=1)


def chosen(call: Call[Caller, Options], user_id: int) -> AdminUser | None:
    """The admin of an id, if it is the caller or below it: nobody else is there for the caller."""
    user = state.users(call.world).get(str(user_id))
    if user is None or user.userId == call.caller.user.userId:
        return user
    return user if tree.is_below(user, call.caller.user) else None


def _hand_over(world: World, gone: AdminUser, heir_id: int) -> None:
    """Give another admin what one created that is gone."""
    for user in state.users(world).find("createdByUserId", gone.userId):
        state.users(world).put(user.replace(createdByUserId=heir_id))
    for account in state.accounts(world).find("createdByUserId", gone.userId):
        state.accounts(world).put(account.replace(createdByUserId=heir_id))


def _check_complete(params: NewUser) -> None:
    """What the page marks as required, and its own call leaves out (docs/wire/atmail.md 4.7)."""
    required = {"quota": params.quota, "domainIds": params.domain_ids, "roleId": params.role_id}
    if not params.role_id:
        required["permissionIds"] = params.permission_ids
    missing = [name for name, value in required.items() if value is None]
    if missing:
        raise MissingArguments(missing)


def _check_credentials(world: World, params: NewUser) -> None:
    name = params.username
    if not name.strip() or ":" in name or not name.isprintable():  # HTTP Basic has no way to say the others
        raise AtmailError("The username is not valid")
    if state.users(world).first("username", text("username", name).lower()) is not None:
        raise AtmailError(f"{name} is already existing.")
    if not params.password:
        raise AtmailError("The password is empty")


def _check(call: Call[Caller, Options], user: AdminUser) -> None:
    if user.numUsers is not None:
        natural("numUsers", user.numUsers)
    if user.quota is not None:
        natural("quota", user.quota)
    check_grant(call.world, call.caller, user)


def _changed_rights(user: AdminUser, params: UserChange) -> dict[str, Any]:
    """What an update changes of the columns that say what an admin may do."""
    changes = {
        "numUsers": params.num_users,
        "quota": params.quota,
        "roleId": params.role_id,
        "domainIds": None if params.domain_ids is None else _each_once(params.domain_ids),
        "permissionIds": None if params.permission_ids is None else _each_once(params.permission_ids),
    }
    return {name: value for name, value in changes.items() if value is not None}


def _domain_names(world: World, user: AdminUser) -> list[str]:
    if EVERYTHING in rights_of(world, user):
        return [domain.domainName for domain in state.domains(world)]
    found = [state.domains(world).get(str(number)) for number in user.domainIds]
    return [domain.domainName for domain in found if domain is not None]


def _first(*values: int | None) -> int | None:
    return next((value for value in values if value is not None), None)


def _each_once(numbers: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(numbers))
