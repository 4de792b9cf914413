"""atmail's tables in a World, its running numbers and its way to write a moment."""

from __future__ import annotations

from typing import Any

from mockmail.core.state.store import Records
from mockmail.core.world import World
from mockmail.vendors.atmail.records import Account, AdminUser, Alias, Domain, Permission, Role

VENDOR = "atmail"


def users(world: World) -> Records[AdminUser]:
    """The admin users."""
    return world.store.records(VENDOR, AdminUser)


def roles(world: World) -> Records[Role]:
    """The roles."""
    return world.store.records(VENDOR, Role)


def permissions(world: World) -> Records[Permission]:
    """The permissions."""
    return world.store.records(VENDOR, Permission)


def domains(world: World) -> Records[Domain]:
    """The hosted domains."""
    return world.store.records(VENDOR, Domain)


def accounts(world: World) -> Records[Account]:
    """The accounts."""
    return world.store.records(VENDOR, Account)


def aliases(world: World) -> Records[Alias]:
    """The aliases."""
    return world.store.records(VENDOR, Alias)


def new_id(world: World, records: Records[Any], sequence: str) -> int:
    """The next id of a table, past those that a seed took."""
    number = world.store.next_number(VENDOR, sequence)
    while str(number) in records:
        number = world.store.next_number(VENDOR, sequence)
    return number


def stamp(world: World) -> str:
    """The World's moment as the vendor's columns hold it."""
    return world.clock.now().strftime("%Y-%m-%d %H:%M:%S")
