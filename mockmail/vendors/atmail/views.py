"""Results of handlers, and the rows of records in them: the columns in the vendor's order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mockmail.core.state.records import Record
from mockmail.vendors.atmail.options import Options
from mockmail.vendors.atmail.records import Account, AdminUser, Alias

MASK = "CHANGEME"

_RIGHTS = frozenset({"roleId", "permissionIds", "domainIds"})
_AUTO_REPLY = frozenset({"autoReplyEnabled", "autoReplySubject", "autoReplyStart", "autoReplyEnd"})


@dataclass(frozen=True, slots=True)
class Result:
    """A success. results: a tree of mappings, lists and scalars, in the order of the elements."""

    message: str = ""
    results: Any = ""


def admin_user(user: AdminUser, options: Options) -> dict[str, Any]:
    """Return an admin user's row."""
    return _masked(row(user, _RIGHTS), options)


def account(record: Account, options: Options) -> dict[str, Any]:
    """Return an account's row, as all operations but accounts/create show it."""
    return _masked(row(record, _AUTO_REPLY), options) | {"homeDir": record.home}


def created_account(record: Account, options: Options) -> dict[str, Any]:
    """Return an account's row in accounts/create, which shows the columns of the automatic reply too."""
    return _masked(row(record), options) | {"homeDir": record.home}


def alias(record: Alias) -> dict[str, Any]:
    """Return an alias's row."""
    return row(record) | {"DomainPart": record.domain_part}


def row(record: Record, hidden: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return the columns of a record, except the hidden ones."""
    return {name: getattr(record, name) for name in record.__struct_fields__ if name not in hidden}


def _masked(columns: dict[str, Any], options: Options) -> dict[str, Any]:
    return columns if options.show_passwords else columns | {"password": MASK}
