"""A World: everything that one sandbox, or one test, owns."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockmail.core import seeds
from mockmail.core.bounds import WorldSettings
from mockmail.core.clock import Clock
from mockmail.core.errors import DataFolderError, StorageFull
from mockmail.core.faults import Faults
from mockmail.core.ids import Ids
from mockmail.core.journal import Journal, JournalBytes
from mockmail.core.limits import Limits
from mockmail.core.mail.delivery import deliveries
from mockmail.core.mail.message import Envelope, Message, SentBy
from mockmail.core.mail.store import MailStore
from mockmail.core.registry import Registry
from mockmail.core.rules import Rules
from mockmail.core.smtp_behaviour import SmtpBehaviour
from mockmail.core.state.database import ADVICE, Database
from mockmail.core.state.store import Records, Store
from mockmail.core.vendor import Vendor

if TYPE_CHECKING:
    from mockmail.core.smtp_faults import SmtpFault
    from mockmail.core.stubs import Stub

RESERVE = 1000
"""The ids that are reserved in the database before they are drawn, so that none is drawn again after a kill."""


class World:
    """The state behind one sandbox: clock, ids, records, mail, journal and rules. A value you own; nothing is global.

    A vendor is seeded when it is first touched.

    path: the SQLite file where records and mail survive; None for memory only. Raise DataFolderError if it is not
    usable, StorageFull if it cannot be written.
    journal_bytes: the bytes that its journal shares with those of other Worlds; its own by default.
    generation: incremented by reset and restore; mail that was sent before is discarded.
    """

    def __init__(
        self,
        vendors: Registry,
        settings: WorldSettings | None = None,
        *,
        name: str = "default",
        path: Path | None = None,
        journal_bytes: JournalBytes | None = None,
    ) -> None:
        self.name = name
        self.vendors = vendors
        self.settings = settings or WorldSettings()
        self.clock = Clock()
        seed = self.settings.id_seed if name == "default" else f"{self.settings.id_seed}/{name}"
        self.ids = Ids(seed)
        self.database = Database(path, name)
        self.store = Store(self.database)
        self.journal = Journal(
            self.settings.journal_limit,
            self.settings.journal_body_limit,
            journal_bytes or JournalBytes(self.settings.journal_bytes),
        )
        self.chance = Ids(f"{seed}/chance")
        self.faults = Faults(self.chance, self.settings.rules)
        self.limits = Limits(self.chance, self.settings.rules)
        self.stubs: Rules[Stub] = Rules(self.chance, self.settings.rules)
        self.smtp = SmtpBehaviour()
        self.smtp_faults: Rules[SmtpFault] = Rules(self.chance, self.settings.rules)
        self.generation = 0
        self._seeded: set[str] = set()
        self._options: dict[str, Any] = {}
        self._reserved = 0
        self._written: dict[str, Any] = {}
        try:
            self.mail = MailStore(self.clock, seed, self.database, self.settings.mail)
            if path is not None:
                self._load()
        except (sqlite3.DatabaseError, TypeError, ValueError) as error:
            self.database.close()
            raise DataFolderError(f"{path}: is not a mockmail database, or damaged ({error}); {ADVICE}") from error
        except DataFolderError:
            self.database.close()
            raise

    def __repr__(self) -> str:
        return f"<World {self.name}: {len(self.mail)} messages, {len(self.journal)} exchanges>"

    @property
    def seeded_vendors(self) -> frozenset[str]:
        """Return the names of the vendors that have been seeded."""
        return frozenset(self._seeded)

    def transaction(self) -> AbstractContextManager[None]:
        """Return a context that keeps all writes of records and mail inside, or, when an exception leaves it, none."""
        return self.database.transaction()

    def options(self, vendor: Vendor) -> Any:
        """Return a vendor's options in this World."""
        found = self._options.get(vendor.name)
        if found is None:
            found = self._options[vendor.name] = self.settings.options.get(vendor.name) or vendor.options_type()
        return found

    def ensure_seeded(self, vendor: Vendor) -> None:
        """Seed a vendor unless it has been seeded."""
        if vendor.name in self._seeded:
            return
        with self.store.transaction():
            self.store.load(vendor, vendor.seed(), where=f"the seed of {vendor.name}")
            for seed in self.settings.seeds:
                if vendor.name in seed.vendors:
                    self.store.load(vendor, seed.vendors[vendor.name], where=f"{seed.source}: vendors.{vendor.name}")
            self._seeded.add(vendor.name)
            self.database.on_rollback(lambda: self._seeded.discard(vendor.name))

    def seed(self, vendor: Vendor, tables: Mapping[str, Any], where: str = "seed") -> None:
        """Add records to a vendor's state. Raise SeedError, and add nothing, if one does not fit."""
        self.ensure_seeded(vendor)
        self.store.load(vendor, tables, where=f"{where}: {vendor.name}")

    def records(self, vendor: str, model: type[Any]) -> Records[Any]:
        """Return a vendor's records of one kind, seeded."""
        found = self.vendors.get(vendor)
        if found is not None:
            self.ensure_seeded(found)
        return self.store.records(vendor, model)

    def receive(self, raw: bytes, envelope: Envelope, sent_by: SentBy) -> Message:
        """Keep a message and deliver it to the mailboxes that vendors host.

        Raise LimitReached, and keep nothing, when the mail store is full.
        """
        return self.mail.add(raw, envelope, sent_by, deliveries(self, envelope.recipients))

    def reset(self, vendor: Vendor | None = None) -> None:
        """Reset to the seeded state: no mail, journal and rules, the machine's time, the same ids again.

        With a vendor, reset only its state.
        """
        with self._all_or_nothing():
            if vendor is not None:
                self._seeded.discard(vendor.name)
                self.store.clear(vendor.name)
                self.mail.forget_mailboxes(vendor.name)
                return
            self.clock.reset()
            self.ids.reset()
            self._reserved = 0
            self._seeded.clear()
            self.store.clear()
            self.mail.clear(start_over=True)
        self.generation += 1
        self.journal.clear()
        self.clear_faults()
        self.stubs.clear()
        self.chance.reset()

    def clear_faults(self) -> None:
        """Remove all faults and limits, and let the SMTP server accept everything again."""
        self.faults.clear()
        self.limits.clear()
        self.smtp = SmtpBehaviour()
        self.smtp_faults.clear()

    def snapshot(self) -> dict[str, Any]:
        """Return the whole state as one JSON document: versioned, and the same for the same state."""
        return seeds.snapshot(self)

    def restore(self, document: Mapping[str, Any]) -> None:
        """Replace the state by a snapshot's.

        Raise SeedError, and change nothing, if it does not fit; LimitReached if there is no room for its mail.
        """
        with self._all_or_nothing():
            seeds.restore(self, document)
        self.generation += 1

    def mark_seeded(self, vendor: Vendor) -> None:
        """Treat a vendor's current records as its seeded state."""
        self._seeded.add(vendor.name)

    def close(self, *, keep: bool = True) -> None:
        """Close the database and end waits for mail.

        keep: write the exact number of drawn ids first; False for a sandbox that was removed.
        """
        if keep and self.database.is_open and self.database.path is not None:
            self.database.before_commit.remove(self._keep_metadata)
            with suppress(StorageFull), self.transaction():
                self._write_metadata(self._metadata(reserve=0))
        self.store.close()
        self.journal.close()
        self.mail.close()

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """Return a transaction that also restores the clock, the ids and the seeded vendors."""
        before = self._metadata(reserve=0)
        with self.transaction():
            self.database.on_rollback(lambda: self._restore_metadata(before))
            yield

    def _metadata(self, *, reserve: int = RESERVE) -> dict[str, Any]:
        # Drawing an id writes nothing: ids are reserved together with another write, or when the reserve is used up.
        drawn = self.ids.drawn
        if reserve and drawn + (reserve // 2 if self.database.has_writes else 0) > self._reserved:
            self._reserved = drawn + reserve
        return {
            "clock": self.clock.to_document(),
            "ids": {**self.ids.to_document(), **({"drawn": self._reserved} if reserve else {})},
            "seeded": sorted(self._seeded),
        }

    def _write_metadata(self, metadata: Mapping[str, Any]) -> None:
        written = self._written
        changed = {name: value for name, value in metadata.items() if written.get(name) != value}
        for name, value in changed.items():
            self.database.set_metadata(name, value)
        if changed:
            self._written = {**written, **changed}
            self.database.on_rollback(lambda: setattr(self, "_written", written))

    def _keep_metadata(self) -> None:
        self._write_metadata(self._metadata())

    def _restore_metadata(self, metadata: Mapping[str, Any]) -> None:
        self.clock.restore(metadata.get("clock", {}))
        self.ids.restore(metadata.get("ids", self.ids.to_document()))
        self._seeded = set(metadata.get("seeded", ()))

    def _load(self) -> None:
        self._written = self.database.metadata()
        try:
            self._restore_metadata(self._written)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise DataFolderError(
                f"{self.database.path}: meta: a value is not what mockmail wrote ({error!r}); {ADVICE}"
            ) from error
        self._reserved = self.ids.drawn
        self.store.read_database(self.vendors)
        self.journal.start_after(self.mail.last_exchange())
        self.database.before_commit.append(self._keep_metadata)
