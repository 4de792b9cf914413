"""Operations of atmail. The atmail API documentation is one page; `source` names a heading of it."""

from __future__ import annotations

from mockmail.core.operation import Evidence, NotEmulated, Operation
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

API = "/admin/index.php/api"
METHODS = ("GET", "POST", "PUT", "DELETE")
"""The page: it "will generally accept GET or POST but should also support standard request types"."""


OPERATIONS = tuple(
    Operation(
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
        secrets=("password",) if name.startswith(("user.", "account.")) else (),
    )
    for name, path, handler, params, heading, requires in (
        ("user.authenticate", "users/authenticate", rights.authenticate, None, "AUTHENTICATE", None),
        ("permission.list", "users/permissionlist", rights.list_permissions, None, "LIST OF PERMISSIONS", None),
        ("role.list", "users/rolelist", rights.list_roles, None, "LIST OF ROLES", None),
        ("user.create", "users/create", users.create, NewUser, "CREATE USER", "admin.add"),
        ("user.update", "users/update", users.update, UserChange, "UPDATE USER", "admin.edit"),
        ("user.list", "users/list", users.list_, None, "LIST USER", "admin.view"),
        ("user.view", "users/view", users.view, UserChoice, "VIEW USER", "admin.view"),
        (
            "user.permission_role",
            "users/userpermissionrole",
            rights.view_permissions_and_role,
            UserChoice,
            "VIEW USER PERMISSIONS AND ROLE",
            "admin.view",
        ),
        ("user.delete", "users/delete", users.delete, UserChoice, "DELETE USER", "admin.delete"),
        ("account.create", "accounts/create", accounts.create, NewAccount, "CREATE ACCOUNT", "account.add"),
        ("account.update", "accounts/update", accounts.update, AccountChange, "UPDATE ACCOUNT", "account.edit"),
        ("account.view", "accounts/view", accounts.view, AccountChoice, "VIEW ACCOUNT", "account.view"),
        ("account.delete", "accounts/delete", accounts.delete, AccountChoice, "DELETE ACCOUNT", "account.delete"),
        ("account.list", "accounts/list", accounts.list_, AccountPage, "LIST ACCOUNT", "account.view"),
        ("alias.create", "aliases/create", aliases.create, NewAlias, "CREATE ALIASES", "alias.add"),
        ("alias.list", "aliases/list", aliases.list_, AliasFilter, "LIST ALIASES", "alias.view"),
        ("alias.delete", "aliases/delete", aliases.delete, AliasChoice, "DELETE ALIASE", "alias.delete"),
        ("domain.create", "domain/create", domains.create, DomainName, "CREATE DOMAIN", "domain.add"),
        ("domain.check", "domain/check", domains.check, DomainName, "CHECK DOMAIN EXISTS", "domain.view"),
        ("domain.delete", "domain/delete", domains.delete, DomainChoice, "DELETE DOMAIN", "domain.delete"),
    )
)

_OLD = "atmail 7.8 and before: other paths and responses (docs/wire/atmail.md 5), not known completely"

NOT_EMULATED = (
    NotEmulated(name="old.authenticate", method="GET", path="/mail/index.php/api/login/authenticate/", reason=_OLD),
    NotEmulated(name="old.domain.create", method="GET", path="/index.php/api/domain/create/name/{name}", reason=_OLD),
    NotEmulated(
        name="old.domain.check", method="GET", path="/mail/index.php/api/domain/check/name/{name}", reason=_OLD
    ),
)
