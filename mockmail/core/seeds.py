"""Seeds and snapshots: a World's state as one JSON document, out and in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockmail._version import __version__
from mockmail.core.errors import SeedError
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.documents import document_of

if TYPE_CHECKING:
    from mockmail.core.world import World

FORMAT = 1
"""The version of the document; a later mockmail reads the formats before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedDocument:
    """State to add to the vendors' own: `{vendor: {table: [documents]}}`, and where it was read."""

    source: str
    vendors: Mapping[str, Any]

    @classmethod
    def from_document(cls, document: object, source: str) -> SeedDocument:
        """A seed of `{"format": 1, "vendors": {...}}`. Raises SeedError."""
        if not isinstance(document, Mapping) or not isinstance(document.get("vendors"), Mapping):
            raise SeedError(f'{source}: expected {{"format": {FORMAT}, "vendors": {{...}}}}')
        _check_format(document, source)
        return cls(source=source, vendors=document["vendors"])

    @classmethod
    def read(cls, path: Path) -> SeedDocument:
        """The seed in a JSON file. Raises SeedError."""
        try:
            return cls.from_document(json.loads(path.read_text("utf-8")), str(path))
        except OSError as error:
            raise SeedError(f"{path}: cannot be read ({error.strerror})") from error
        except ValueError as error:
            raise SeedError(f"{path}: is not JSON ({error})") from error


def snapshot(world: World) -> dict[str, Any]:
    """A World's whole state."""
    for vendor in world.vendors:
        world.prepare(vendor)
    return {
        "format": FORMAT,
        "mockmail": __version__,
        "clock": world.clock.to_document(),
        "ids": world.ids.to_document(),
        "vendors": {
            vendor.name: world.store.dump(vendor) for vendor in sorted(world.vendors, key=lambda one: one.name)
        },
        "mail": [document_of(message) for message in world.mail.find(Criteria())] if len(world.mail) else [],
    }


def restore(world: World, document: Mapping[str, Any]) -> None:
    """Take the state of a snapshot. Raises SeedError, and changes nothing, where it does not fit."""
    seed = SeedDocument.from_document(document, "snapshot")
    for name in seed.vendors:
        if world.vendors.get(name) is None:
            raise SeedError(f"snapshot: vendors.{name}: there is no such vendor")
    mail = _list_of_mail(document)
    with world.store.transaction():
        for vendor in world.vendors:
            world.store.clear(vendor.name)
            world.store.load(vendor, seed.vendors.get(vendor.name, {}), where=f"snapshot: vendors.{vendor.name}")
            world.adopt(vendor)
        if mail or len(world.mail):
            world.mail.replace(mail)
        try:
            world.clock.restore(document.get("clock", {}))
            world.ids.restore(document.get("ids", world.ids.to_document()))
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
            raise SeedError(f"snapshot: clock or ids: not what a snapshot has ({error!r})") from error


def _list_of_mail(document: Mapping[str, Any]) -> list[Any]:
    mail = document.get("mail", [])
    if not isinstance(mail, list):
        raise SeedError(f"snapshot: mail: expected an array, came {mail!r:.80}")
    return mail


def _check_format(document: Mapping[str, Any], source: str) -> None:
    if document.get("format", FORMAT) != FORMAT:
        raise SeedError(
            f"{source}: is of format {document['format']!r}, and this mockmail ({__version__}) reads format {FORMAT}"
        )
