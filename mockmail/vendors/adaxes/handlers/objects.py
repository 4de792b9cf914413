"""`directoryObjects`: to look at, create, change and delete people, and whatever else a directory holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mockmail.core.vendor import Call
from mockmail.vendors.adaxes import moments
from mockmail.vendors.adaxes.authentication import VENDOR, locate
from mockmail.vendors.adaxes.errors import BadRequest, NotFound
from mockmail.vendors.adaxes.handlers import business_rules
from mockmail.vendors.adaxes.handlers.properties import changed, password
from mockmail.vendors.adaxes.identity import domain_of, escaped, is_guid, normal_dn, relative_names
from mockmail.vendors.adaxes.options import Options
from mockmail.vendors.adaxes.parameters import PropertyChange, PropertySetting
from mockmail.vendors.adaxes.records import DirectoryObject
from mockmail.vendors.adaxes.result import OperationResult, failure

DOMAIN_SID = "S-1-5-21-3635565734-1729062999-1822655016"
FIRST_RELATIVE_ID = 2000
UNIT = "organizationalUnit"
WITH_ACCOUNT = ("user", "computer")
WITH_SID = (*WITH_ACCOUNT, "group")
TYPE_CODES = {UNIT: 0, "user": 2, "group": 3, "computer": 4}
OTHER_TYPE_CODE = 1
_KINDS = {kind.lower(): kind for kind in (*TYPE_CODES, "contact", "container", "printQueue", "volume")}
ACTIVE_DIRECTORY = 1
EXPIRES = 0
NEVER_EXPIRES = 1
SECURITY_GROUP = {"groupType": 1, "groupScope": 2, "membershipType": 0}
COMPUTER = {"computerType": 0}
"""What the vendor's examples say of a group and of a computer (adaxes.com/sdk/REST_DirectoryObject)."""
LONGEST_NAME = 64
"""Characters of a relative distinguished name, as in Active Directory's schema (cn and ou, rangeUpper)."""
OUT_OF_RANGE = "A value for the attribute was not in the acceptable range of values."
NAMES = ("cn", "name", "displayName", "sAMAccountName", "ou")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectNamed:
    """An object by DN, GUID or SID."""

    directory_object: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look(ObjectNamed):
    """An object, and the properties to show: `properties=mail,department`."""

    properties: str = ""

    @property
    def names(self) -> list[str]:
        """Return the names of the properties to show."""
        return [name.strip() for name in self.properties.split(",") if name.strip()]


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """An object to create."""

    create_in: str
    object_type: str
    properties: tuple[PropertySetting, ...] = ()

    @property
    def kind(self) -> str:
        """Return the object type in the vendor's spelling."""
        return _kind(self.object_type.strip())

    @property
    def changes(self) -> tuple[PropertyChange, ...]:
        """Return the properties as changes of an object that has none."""
        return tuple(PropertyChange(name=one.name, values=one.values) for one in self.properties)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(ObjectNamed):
    """Changes of an object."""

    properties: tuple[PropertyChange, ...] = ()


def found_or_refused(call: Call[Any, Options], identifier: str) -> DirectoryObject:
    """The object of an identifier. An unknown one is HTTP 404, or by option a failed operation."""
    found = locate(call.world, identifier)
    if found is not None:
        return found
    message = f"There is no such object: {identifier[:200]}"
    if call.options.unknown_object_as_result:
        raise failure(call.options, message)
    raise NotFound(message)


def get(call: Call[DirectoryObject, Options], params: Look) -> dict[str, Any]:
    """An object as JSON: what all have, and the properties that were asked for (docs/wire/adaxes.md 5)."""
    one = found_or_refused(call, params.directory_object)
    kind, named = _kind(one.objectType), _named(one)
    shown = {name.lower(): named.get(name.lower(), one.values(name)) for name in params.names}
    return {
        **_account(one),
        "guid": one.object_guid,
        "dn": one.dn,
        "displayName": one.display_name,
        "objectType": kind,
        "objectTypeCode": TYPE_CODES.get(kind, OTHER_TYPE_CODE),
        "domainName": domain_of(one.dn),
        "directoryType": ACTIVE_DIRECTORY,
        "properties": {name: values for name, values in shown.items() if values},
    }


def create(call: Call[DirectoryObject, Options], params: New) -> OperationResult:
    """A new object below a container, named by its `cn` or the next best property; the container need not be known."""
    properties = changed({}, params.changes)
    dn = _dn_of_new(call, params, properties)
    objects = call.world.store.records(VENDOR, DirectoryObject)
    if (normal_dn(dn) or "") in objects:
        raise failure(call.options, f"The object '{dn}' already exists.", dn)
    log = business_rules.run(call, dn, dn)
    if log.suspended is not None:
        return log.suspended
    with_sid = params.kind in WITH_SID
    one = DirectoryObject(
        dn=dn,
        guid=call.world.ids.uuid(),
        sid=f"{DOMAIN_SID}-{_relative_id(call)}" if with_sid else "",
        objectType=params.kind,
        properties=properties,
        **_password(call, params.changes),
    )
    return OperationResult(dn=objects.add(one).dn, messages=log.messages)


def modify(call: Call[DirectoryObject, Options], params: Change) -> OperationResult:
    """Other values for some properties; the name stays, whatever they say."""
    one = found_or_refused(call, params.directory_object)
    log = business_rules.run(call, one.dn, one.dn)
    if log.suspended is not None:
        return log.suspended
    after = changed(one.properties, params.properties)
    other = one.replace(properties=after, **_password(call, params.properties))
    call.world.store.records(VENDOR, DirectoryObject).put(other)
    return OperationResult(dn=one.dn, messages=log.messages)


def delete(call: Call[DirectoryObject, Options], params: ObjectNamed) -> OperationResult:
    """Take an object away."""
    one = found_or_refused(call, params.directory_object)
    log = business_rules.run(call, one.dn, one.dn)
    if log.suspended is not None:
        return log.suspended
    call.world.store.records(VENDOR, DirectoryObject).remove(one.key)
    return OperationResult(dn=one.dn, messages=log.messages)


def _kind(text: str) -> str:
    """A kind of object as it is spelled; the case in which it came counts for nothing."""
    return _KINDS.get(text.lower(), text)


def _named(one: DirectoryObject) -> dict[str, list[str]]:
    """The properties, in lower case, that say what an object is called, and that no change reaches."""
    attribute, name = (relative_names(one.dn) or (("cn", ""),))[0]
    named = {"name": [name], attribute.lower(): [name], "distinguishedname": [one.dn], "objectguid": [one.object_guid]}
    return {**named, "objectsid": [one.sid] if one.sid else []}


def _account(one: DirectoryObject) -> dict[str, Any]:
    kind = _kind(one.objectType)
    if kind == "group":
        return dict(SECURITY_GROUP)
    if kind not in WITH_ACCOUNT:
        return {}
    return {
        **(COMPUTER if kind == "computer" else {}),
        "accountStatus": {
            "isDisabled": one.isDisabled,
            "isLocked": one.isLocked,
            "expirationDate": one.expirationDate,
        },
        "passwordStatus": {
            "whenChanged": one.passwordChangedAtUtc,
            "expirationStatus": NEVER_EXPIRES if one.passwordExpiresAtUtc is None else EXPIRES,
            "expirationDate": one.passwordExpiresAtUtc,
        },
    }


def _dn_of_new(call: Call[Any, Options], params: New, properties: dict[str, Any]) -> str:
    container = _container(call, params.create_in.strip())
    by_name = {name.lower(): values for name, values in properties.items()}
    name = next((str(by_name[known.lower()][0]).strip() for known in NAMES if known.lower() in by_name), "")
    if not name:
        raise BadRequest({"properties": [f"An object needs a name: one of {', '.join(NAMES)}."]})
    if len(name) > LONGEST_NAME:
        raise failure(call.options, OUT_OF_RANGE)
    dn = f"{'OU' if params.kind == UNIT else 'CN'}={escaped(name)},{container}"
    if normal_dn(dn) is None:
        raise failure(call.options, OUT_OF_RANGE)
    return dn


def _password(call: Call[Any, Options], changes: tuple[PropertyChange, ...]) -> dict[str, Any]:
    """What a record says of a password that is set."""
    given = password(changes)
    if given is None:
        return {}
    return {"password": given, "passwordChangedAtUtc": moments.written(call.world.clock.now())}


def _container(call: Call[Any, Options], text: str) -> str:
    """The DN of a container that is named by DN or GUID (adaxes.com/sdk/REST_CreateDirectoryObject).

    One that is named by its DN need not be known.
    """
    if is_guid(text):
        return found_or_refused(call, text).dn
    if normal_dn(text) is None:
        raise BadRequest({"createIn": ["Expected the distinguished name or the GUID of a container."]})
    return text


def _relative_id(call: Call[Any, Options]) -> int:
    return FIRST_RELATIVE_ID + call.world.store.next_number(VENDOR, "relativeIds")
