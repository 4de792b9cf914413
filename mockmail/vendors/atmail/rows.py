"""Records as the rows that answers print: which columns, in which order."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any

from mockmail.core.state.records import Record
from mockmail.vendors.atmail.options import Options
from mockmail.vendors.atmail.records import Account, AdminUser, Alias

MASK = "CHANGEME"

ADMIN_USER = (
    "userId",
    "leftEdge",
    "rightEdge",
    "createdByUserId",
    "username",
    "password",
    "numUsers",
    "company",
    "fullname",
    "emailAddress",
    "dateCreate",
    "lastLogin",
    "modified",
    "ipAddress",
    "quota",
    "language",
    "cssColorTheme",
    "welcomeDisplayed",
)
_ACCOUNT_HEAD = (
    "accountId",
    "createdByUserId",
    "username",
    "password",
    "domainId",
    "dateModified",
    "dateCreate",
    "userStatus",
    "homeDir",
    "forward",
    "autoReply",
    "quota",
    "lastLogin",
)
_ACCOUNT_AUTO_REPLY = ("autoReplyEnabled", "autoReplySubject", "autoReplyStart", "autoReplyEnd")
_ACCOUNT_TAIL = ("mboxServer", "mboxType", "groupId", "firstName", "lastName")
ACCOUNT = (*_ACCOUNT_HEAD, *_ACCOUNT_TAIL)
CREATED_ACCOUNT = (*_ACCOUNT_HEAD, *_ACCOUNT_AUTO_REPLY, *_ACCOUNT_TAIL)
ALIAS = ("AliasName", "AliasTo", "Domain", "DateCreate", "id", "aliasType", "DomainPart")


def admin_user(user: AdminUser, options: Options) -> dict[str, Any]:
    """An admin user's row."""
    return _masked(_row(user, ADMIN_USER), options)


def account(record: Account, options: Options) -> dict[str, Any]:
    """An account's row, but for accounts/create."""
    return _masked(_row(record, ACCOUNT), options) | {"homeDir": record.home}


def created_account(record: Account, options: Options) -> dict[str, Any]:
    """An account's row in accounts/create, which shows the columns of the automatic reply too."""
    return _masked(_row(record, CREATED_ACCOUNT), options) | {"homeDir": record.home}


def alias(record: Alias) -> dict[str, Any]:
    """An alias's row."""
    return _row(record, ALIAS) | {"DomainPart": record.domain_part}


def _row(record: Record, columns: tuple[str, ...]) -> dict[str, Any]:
    return dict(zip(columns, _getter(columns)(record), strict=True))


@cache
def _getter(columns: tuple[str, ...]) -> Callable[[Record], tuple[Any, ...]]:
    return attrgetter(*columns)


def _masked(row: dict[str, Any], options: Options) -> dict[str, Any]:
    if not options.show_passwords:
        row["password"] = MASK
    return row
