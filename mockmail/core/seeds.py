"""Seeds and snapshots: a World's state as one JSON document, written and read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockmail._version import __version__
from mockmail.core.errors import SeedError
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.documents import document_of, read_message
from mockmail.core.state.documents import strict_json
from mockmail.core.state.records import is_storable

if TYPE_CHECKING:
    from mockmail.core.registry import Registry
    from mockmail.core.vendor import Vendor
    from mockmail.core.world import World

FORMAT = 1
"""The version of the document; a later mockmail reads the formats before it."""

PARTS = ("format", "mockmail", "clock", "ids", "vendors", "mail")
"""The parts of a snapshot. Of a seed, only `vendors` is read."""

YAML_SUFFIXES = (".yaml", ".yml")

LONGEST_ID_SEED = 1000
"""The most characters of the seed of ids in a snapshot; the seed is hashed for each id."""

MOST_DRAWN = 10**15
"""The most ids that a snapshot may have drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedDocument:
    """State to add to the vendors' own: `{vendor: {table: [documents]}}`, and the document's source."""

    source: str
    vendors: Mapping[str, Any]

    @classmethod
    def from_document(cls, document: object, source: str) -> SeedDocument:
        """Return the seed of `{"format": 1, "vendors": {...}}`. Raise SeedError."""
        seed = cls._of(document, source)
        if isinstance(document, Mapping) and document.get("mail", []) != []:
            raise SeedError(f"{source}: mail: a seed has no mail; restore a snapshot with PUT /_mockmail/state")
        return seed

    @classmethod
    def of_snapshot(cls, document: object) -> SeedDocument:
        """Return the vendors' part of a snapshot. Raise SeedError."""
        return cls._of(document, "snapshot")

    @classmethod
    def _of(cls, document: object, source: str) -> SeedDocument:
        if not isinstance(document, Mapping) or not isinstance(document.get("vendors"), Mapping):
            raise SeedError(f'{source}: expected {{"format": {FORMAT}, "vendors": {{...}}}}')
        _check_format(document, source)
        unknown = next((str(name) for name in document if name not in PARTS), None)
        if unknown is not None:
            raise SeedError(f"{source}: {unknown[:80]}: no such part; there are {', '.join(PARTS)}")
        return cls(source=source, vendors=document["vendors"])

    @classmethod
    def read(cls, path: Path) -> SeedDocument:
        """Return the seed in a file: YAML if its name ends in one of YAML_SUFFIXES, else JSON. Raise SeedError."""
        is_yaml = path.suffix in YAML_SUFFIXES
        try:
            text = path.read_text("utf-8-sig")
            document = _yaml(text) if is_yaml else strict_json(text)
        except OSError as error:
            raise SeedError(f"{path}: cannot be read ({error.strerror})") from error
        except (RecursionError, ValueError) as error:
            raise SeedError(f"{path}: is not {'YAML' if is_yaml else 'JSON'} ({error})") from error
        return cls.from_document(document, str(path))


def _yaml(text: str) -> Any:
    from mockmail.core.state.yaml_documents import strict_yaml  # PyYAML is imported only if a seed is YAML

    return strict_yaml(text)


def snapshot(world: World) -> dict[str, Any]:
    """Return a World's whole state."""
    mail = [document_of(message) for message in world.mail.find(Criteria())] if len(world.mail) else []
    return {**snapshot_without_mail(world), "mail": mail}


def snapshot_without_mail(world: World) -> dict[str, Any]:
    """Return a World's state without `mail`, which is the last part of a snapshot."""
    for vendor in world.vendors:
        world.ensure_seeded(vendor)
    return {
        "format": FORMAT,
        "mockmail": __version__,
        "clock": world.clock.to_document(),
        "ids": world.ids.to_document(),
        "vendors": {
            vendor.name: world.store.dump(vendor) for vendor in sorted(world.vendors, key=lambda vendor: vendor.name)
        },
    }


def snapshot_of(world: World, vendor: Vendor) -> dict[str, Any]:
    """Return one vendor's state in the form of a seed."""
    world.ensure_seeded(vendor)
    return {"format": FORMAT, "mockmail": __version__, "vendors": {vendor.name: world.store.dump(vendor)}}


def check_seeds(world: World) -> None:
    """Seed the vendors that the seeds in a World's settings name. Raise SeedError if one does not fit."""
    for vendor in seeded_vendors(world.settings.seeds, world.vendors):
        world.ensure_seeded(vendor)


def seeded_vendors(seeds: Sequence[SeedDocument], vendors: Registry) -> list[Vendor]:
    """Return the vendors that seeds name. Raise SeedError for an unknown one."""
    for seed in seeds:
        for name in seed.vendors:
            if vendors.get(name) is None:
                known = ", ".join(vendors.vendors)
                raise SeedError(f"{seed.source}: vendors.{name}: there is no such vendor; there are {known}")
    return [vendors.named(name) for seed in seeds for name in seed.vendors]


def restore(world: World, document: Mapping[str, Any]) -> None:
    """Replace a World's state by a snapshot's. Raise SeedError, and change nothing, if it does not fit."""
    seed = SeedDocument.of_snapshot(document)
    for name in seed.vendors:
        if world.vendors.get(name) is None:
            raise SeedError(f"snapshot: vendors.{name}: there is no such vendor")
    mail = _read_mail(document)
    with world.transaction():
        for vendor in world.vendors:
            world.store.clear(vendor.name)
            world.store.load(vendor, seed.vendors.get(vendor.name, {}), where=f"snapshot: vendors.{vendor.name}")
            world.mark_seeded(vendor)
        if mail or len(world.mail):
            world.mail.replace(mail)
        _restore_clock(world, document.get("clock", {}))
        _restore_ids(world, document.get("ids", world.ids.to_document()))


def _read_mail(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    mail = document.get("mail", [])
    if not isinstance(mail, list):
        raise SeedError(f"snapshot: mail: expected an array, got {mail!r:.80}")
    return [read_message(message, f"snapshot: mail[{number}]") for number, message in enumerate(mail)]


def _restore_clock(world: World, document: Any) -> None:
    try:
        world.clock.restore(document)
    except ValueError as error:
        raise SeedError(f"snapshot: clock: {error}") from error


def _restore_ids(world: World, document: Any) -> None:
    seed, drawn = (document.get("seed"), document.get("drawn")) if isinstance(document, Mapping) else (None, None)
    if not isinstance(seed, str) or not isinstance(drawn, int):
        raise SeedError(f'snapshot: ids: expected {{"seed": "0", "drawn": 0}}, got {document!r:.80}')
    if len(seed) > LONGEST_ID_SEED or not is_storable(seed):
        raise SeedError(f"snapshot: ids.seed: expected at most {LONGEST_ID_SEED} characters, got {seed!r:.80}")
    if not 0 <= drawn <= MOST_DRAWN:
        raise SeedError(f"snapshot: ids.drawn: expected a number from 0 to {MOST_DRAWN}, got {drawn!r:.80}")
    world.ids.restore({"seed": seed, "drawn": drawn})


def _check_format(document: Mapping[str, Any], source: str) -> None:
    if document.get("format", FORMAT) != FORMAT:
        raise SeedError(
            f"{source}: is of format {document['format']!r}, and this mockmail ({__version__}) reads format {FORMAT}"
        )
