"""The documents of responses: operation results and directory objects."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Any

import msgspec

from mockmail.core.state.records import Document
from mockmail.vendors.adaxes.identifiers import domain_of, relative_names
from mockmail.vendors.adaxes.options import Options
from mockmail.vendors.adaxes.records import UNIT, WITH_ACCOUNT, DirectoryObject, Message

TYPE_CODES = {UNIT: 0, "user": 2, "group": 3, "computer": 4}
OTHER_TYPE_CODE = 1
ACTIVE_DIRECTORY = 1
EXPIRES = 0
NEVER_EXPIRES = 1
SECURITY_GROUP = {"groupType": 1, "groupScope": 2, "membershipType": 0}
COMPUTER = {"computerType": 0}
"""The members of a group and of a computer in the vendor's examples (adaxes.com/sdk/REST_DirectoryObject)."""


class ResultType(IntEnum):
    """The outcome of an operation."""

    SUCCEEDED = 0
    FAILED = 1
    SUSPENDED = 2


def operation_result(
    options: Options,
    outcome: ResultType = ResultType.SUCCEEDED,
    *,
    messages: tuple[Message, ...] = (),
    exception: str | None = None,
    dn: str | None = None,
) -> Document:
    """Return an operation result with its members in the page's order (docs/wire/adaxes.md 4.1).

    exception: the reason why the operation failed. dn: the DN of the object, if the operation reports it.
    """
    return {
        "resultType": int(outcome),
        "innerMessages": msgspec.to_builtins(messages),
        "exception": None if exception is None else {"message": exception},
        "actualObjectDN": dn,
        **({"noChanges": False} if options.no_changes else {}),
        "extraInfo": {},
    }


def object_view(directory_object: DirectoryObject, names: Iterable[str]) -> Document:
    """Return a directory object with the named properties (docs/wire/adaxes.md 5)."""
    names_of_dn = relative_names(directory_object.dn)
    attribute, name = names_of_dn[0]
    naming = {  # no change of properties reaches these
        "name": [name],
        attribute.lower(): [name],
        "distinguishedname": [directory_object.dn],
        "objectguid": [directory_object.object_guid],
        "objectsid": [directory_object.sid] if directory_object.sid else [],
    }
    shown = {wanted.lower(): naming.get(wanted.lower(), directory_object.values(wanted)) for wanted in names}
    return {
        **_account(directory_object),
        "guid": directory_object.object_guid,
        "dn": directory_object.dn,
        "displayName": name,
        "objectType": directory_object.kind,
        "objectTypeCode": TYPE_CODES.get(directory_object.kind, OTHER_TYPE_CODE),
        "domainName": domain_of(names_of_dn),
        "directoryType": ACTIVE_DIRECTORY,
        "properties": {wanted: values for wanted, values in shown.items() if values},
    }


def _account(directory_object: DirectoryObject) -> dict[str, Any]:
    kind, expiry = directory_object.kind, directory_object.passwordExpiresAtUtc
    if kind == "group":
        return dict(SECURITY_GROUP)
    if kind not in WITH_ACCOUNT:
        return {}
    return {
        **(COMPUTER if kind == "computer" else {}),
        "accountStatus": {
            "isDisabled": directory_object.isDisabled,
            "isLocked": directory_object.isLocked,
            "expirationDate": directory_object.expirationDate,
        },
        "passwordStatus": {
            "whenChanged": directory_object.passwordChangedAtUtc,
            "expirationStatus": NEVER_EXPIRES if expiry is None else EXPIRES,
            "expirationDate": expiry,
        },
    }
