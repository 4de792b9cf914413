"""Operations of atmail. The atmail API documentation is one page; `source` names a heading of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockmail.core.operation import Evidence, NotEmulated, Operation
from mockmail.vendors.atmail.authentication import AtmailCall
from mockmail.vendors.atmail.handlers import accounts, aliases, domains, rights, users
from mockmail.vendors.atmail.parameters import (
    AccountChange,
    AccountChoice,
    AccountPage,
    AliasChoice,
    AliasFilter,
    DomainChoice,
    DomainName,
    NewAccount,
    NewAlias,
    NewUser,
    UserChange,
    UserChoice,
)
from mockmail.vendors.atmail.views import Result

API = "/admin/index.php/api"
METHODS = ("GET", "POST", "PUT", "DELETE")
"""The page: it "will generally accept GET or POST but should also support standard request types"."""


def _operation(
    name: str,
    path: str,
    handler: Callable[[AtmailCall, Any], Result],
    params: type | None,
    heading: str,
    *,
    requires: str | None = None,
) -> Operation:
    return Operation(
        name=name,
        methods=METHODS,
        path=f"{API}/{path}/{{pairs*}}",  # Zend's path pairs
        # The list at the end of the page spells the resource so.
        aliases=(f"{API}/{path.replace('aliases', 'alises')}/{{pairs*}}",) if path.startswith("aliases") else (),
        handler=handler,
        params=params,
        evidence=Evidence.DOCUMENTED,
        source=f'atmail API documentation, "{heading}"',
        requires=requires,
    )


OPERATIONS = (
    _operation("user.authenticate", "users/authenticate", rights.authenticate, None, "AUTHENTICATE"),
    _operation("permission.list", "users/permissionlist", rights.list_permissions, None, "LIST OF PERMISSIONS"),
    _operation("role.list", "users/rolelist", rights.list_roles, None, "LIST OF ROLES"),
    _operation("user.create", "users/create", users.create, NewUser, "CREATE USER", requires="admin.add"),
    _operation("user.update", "users/update", users.update, UserChange, "UPDATE USER", requires="admin.edit"),
    _operation("user.list", "users/list", users.list_, None, "LIST USER", requires="admin.view"),
    _operation("user.view", "users/view", users.view, UserChoice, "VIEW USER", requires="admin.view"),
    _operation(
        "user.permission_role",
        "users/userpermissionrole",
        rights.view_permissions_and_role,
        UserChoice,
        "VIEW USER PERMISSIONS AND ROLE",
        requires="admin.view",
    ),
    _operation("user.delete", "users/delete", users.delete, UserChoice, "DELETE USER", requires="admin.delete"),
    _operation(
        "account.create", "accounts/create", accounts.create, NewAccount, "CREATE ACCOUNT", requires="account.add"
    ),
    _operation(
        "account.update", "accounts/update", accounts.update, AccountChange, "UPDATE ACCOUNT", requires="account.edit"
    ),
    _operation("account.view", "accounts/view", accounts.view, AccountChoice, "VIEW ACCOUNT", requires="account.view"),
    _operation(
        "account.delete", "accounts/delete", accounts.delete, AccountChoice, "DELETE ACCOUNT", requires="account.delete"
    ),
    _operation("account.list", "accounts/list", accounts.list_, AccountPage, "LIST ACCOUNT", requires="account.view"),
    _operation("alias.create", "aliases/create", aliases.create, NewAlias, "CREATE ALIASES", requires="alias.add"),
    _operation("alias.list", "aliases/list", aliases.list_, AliasFilter, "LIST ALIASES", requires="alias.view"),
    _operation("alias.delete", "aliases/delete", aliases.delete, AliasChoice, "DELETE ALIASE", requires="alias.delete"),
    _operation("domain.create", "domain/create", domains.create, DomainName, "CREATE DOMAIN", requires="domain.add"),
    _operation(
        "domain.check", "domain/check", domains.check, DomainName, "CHECK DOMAIN EXISTS", requires="domain.view"
    ),
    _operation(
        "domain.delete", "domain/delete", domains.delete, DomainChoice, "DELETE DOMAIN", requires="domain.delete"
    ),
)

_OLD = "atmail 7.8 and before: other paths and responses (docs/wire/atmail.md 5), not known completely"

NOT_EMULATED = (
    NotEmulated(name="old.authenticate", method="GET", path="/mail/index.php/api/login/authenticate/", reason=_OLD),
    NotEmulated(name="old.domain.create", method="GET", path="/index.php/api/domain/create/name/{name}", reason=_OLD),
    NotEmulated(
        name="old.domain.check", method="GET", path="/mail/index.php/api/domain/check/name/{name}", reason=_OLD
    ),
)
