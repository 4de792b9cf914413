"""atmail's operations: the table that everything joins on.

The atmail API documentation is one page; `source` names its heading.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from mockmail.core.operation import Evidence, NotEmulated, Operation
from mockmail.core.vendor import Call
from mockmail.vendors.atmail.access import Caller
from mockmail.vendors.atmail.answer import Answer
from mockmail.vendors.atmail.errors import AtmailError
from mockmail.vendors.atmail.handlers import accounts, aliases, domains, rights, users
from mockmail.vendors.atmail.options import Options

API = "/admin/index.php/api"
METHODS = ("GET", "POST", "PUT", "DELETE")
"""The page: it "will generally accept GET or POST but should also support standard request types"."""

Rule = Callable[[Call[Caller, Options], Any], Answer]


def _operation(
    name: str, path: str, rule: Rule, params: type | None = None, *, section: str, requires: str | None = None
) -> Operation:
    """An operation of the page. Zend's path pairs may follow its path."""
    return Operation(
        name=name,
        methods=METHODS,
        path=f"{API}/{path}/{{pairs*}}",
        # The list at the end of the page spells the resource so.
        aliases=(f"{API}/{path.replace('aliases', 'alises')}/{{pairs*}}",) if path.startswith("aliases") else (),
        handler=_with_status(rule),
        params=params,
        evidence=Evidence.DOCUMENTED,
        source=f'atmail API documentation, "{section}"',
        requires=requires,
    )


def _with_status(rule: Rule) -> Rule:
    """A rule whose refusals have the HTTP status that the options give them."""

    @wraps(rule)
    def handler(call: Call[Caller, Options], params: Any) -> Answer:
        try:
            return rule(call, params)
        except AtmailError as error:
            error.under(call.options)
            raise

    return handler


OPERATIONS = (
    _operation("user.authenticate", "users/authenticate", rights.authenticate, section="AUTHENTICATE"),
    _operation("permission.list", "users/permissionlist", rights.list_permissions, section="LIST OF PERMISSIONS"),
    _operation("role.list", "users/rolelist", rights.list_roles, section="LIST OF ROLES"),
    _operation("user.create", "users/create", users.create, users.NewUser, section="CREATE USER", requires="admin.add"),
    _operation(
        "user.update", "users/update", users.update, users.UserChange, section="UPDATE USER", requires="admin.edit"
    ),
    _operation("user.list", "users/list", users.list_, section="LIST USER", requires="admin.view"),
    _operation("user.view", "users/view", users.view, users.UserChoice, section="VIEW USER", requires="admin.view"),
    _operation(
        "user.permission_role",
        "users/userpermissionrole",
        rights.view_permissions_and_role,
        users.UserChoice,
        section="VIEW USER PERMISSIONS AND ROLE",
        requires="admin.view",
    ),
    _operation(
        "user.delete", "users/delete", users.delete, users.UserChoice, section="DELETE USER", requires="admin.delete"
    ),
    _operation(
        "account.create",
        "accounts/create",
        accounts.create,
        accounts.NewAccount,
        section="CREATE ACCOUNT",
        requires="account.add",
    ),
    _operation(
        "account.update",
        "accounts/update",
        accounts.update,
        accounts.AccountChange,
        section="UPDATE ACCOUNT",
        requires="account.edit",
    ),
    _operation(
        "account.view",
        "accounts/view",
        accounts.view,
        accounts.AccountChoice,
        section="VIEW ACCOUNT",
        requires="account.view",
    ),
    _operation(
        "account.delete",
        "accounts/delete",
        accounts.delete,
        accounts.AccountChoice,
        section="DELETE ACCOUNT",
        requires="account.delete",
    ),
    _operation(
        "account.list",
        "accounts/list",
        accounts.list_,
        accounts.AccountPage,
        section="LIST ACCOUNT",
        requires="account.view",
    ),
    _operation(
        "alias.create",
        "aliases/create",
        aliases.create,
        aliases.NewAlias,
        section="CREATE ALIASES",
        requires="alias.add",
    ),
    _operation(
        "alias.list", "aliases/list", aliases.list_, aliases.AliasFilter, section="LIST ALIASES", requires="alias.view"
    ),
    _operation(
        "alias.delete",
        "aliases/delete",
        aliases.delete,
        aliases.AliasChoice,
        section="DELETE ALIASE",
        requires="alias.delete",
    ),
    _operation(
        "domain.create",
        "domain/create",
        domains.create,
        domains.DomainName,
        section="CREATE DOMAIN",
        requires="domain.add",
    ),
    _operation(
        "domain.check",
        "domain/check",
        domains.check,
        domains.DomainName,
        section="CHECK DOMAIN EXISTS",
        requires="domain.view",
    ),
    _operation(
        "domain.delete",
        "domain/delete",
        domains.delete,
        domains.DomainChoice,
        section="DELETE DOMAIN",
        requires="domain.delete",
    ),
)

_OLD = "atmail 7.8 and before: other paths and answers (docs/wire/atmail.md 5), not known completely"

NOT_EMULATED = (
    NotEmulated(name="old.authenticate", method="GET", path="/mail/index.php/api/login/authenticate/", reason=_OLD),
    NotEmulated(name="old.domain.create", method="GET", path="/index.php/api/domain/create/name/{name}", reason=_OLD),
    NotEmulated(
        name="old.domain.check", method="GET", path="/mail/index.php/api/domain/check/name/{name}", reason=_OLD
    ),
)
