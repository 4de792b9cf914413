"""A World: everything that one sandbox, or one test, owns."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockmail.core import seeds
from mockmail.core.bounds import WorldSettings
from mockmail.core.clock import Clock
from mockmail.core.errors import DataFolderError, MailboxFull, StorageDamaged, StorageFull
from mockmail.core.faults import Faults
from mockmail.core.ids import Ids
from mockmail.core.journal import Journal, JournalBytes
from mockmail.core.limits import Limits
from mockmail.core.mail.delivery import deliveries
from mockmail.core.mail.marks import header_tags
from mockmail.core.mail.message import Envelope, Message, SentBy
from mockmail.core.mail.store import MailStore
from mockmail.core.registry import Registry
from mockmail.core.rules import CountedRules
from mockmail.core.senders.schedule import Schedule
from mockmail.core.senders.webhook_queue import WebhookQueue
from mockmail.core.smtp_behaviour import SmtpBehaviour
from mockmail.core.state.database import Database
from mockmail.core.state.database_file import ADVICE, damaged
from mockmail.core.state.shared_files import SharedFiles
from mockmail.core.state.store import Store
from mockmail.core.state.typed_records import Records
from mockmail.core.vendor import Vendor

if TYPE_CHECKING:
    from mockmail.core.senders.outcomes import ArrangedOutcome
    from mockmail.core.smtp_faults import SmtpFault
    from mockmail.core.stubs import Stub

RESERVE = 1000
"""The ids that are reserved in the database before they are drawn. After a kill, reserved ids are not drawn again."""

_UNTOUCHED_CLOCK = Clock().to_document()


class World:
    """The state behind one sandbox: clock, ids, records, mail, journal and rules. A value you own; nothing is global.

    A vendor is seeded when it is first used.

    path: the SQLite file of records and mail, which the first write makes; None for memory only. Raise DataFolderError
    if it is not usable, StorageFull if it cannot be opened.
    journal_bytes: the bytes that its journal shares with those of other Worlds; its own by default.
    files: the open files of all Worlds of the server; its own by default.
    journal, outgoing: the requests to vendors, and those that vendors made to webhooks.
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
        files: SharedFiles | None = None,
    ) -> None:
        self.name = name
        self.vendors = vendors
        self.settings = settings or WorldSettings()
        self.clock = Clock()
        seed = self.settings.id_seed if name == "default" else f"{self.settings.id_seed}/{name}"
        self.ids = Ids(seed)
        self.database = Database(path, name, files)
        self.store = Store(self.database)
        shared = journal_bytes or JournalBytes(self.settings.journal_bytes)
        limit, body_limit = self.settings.journal_limit, self.settings.journal_body_limit
        self.journal = Journal(limit, body_limit, shared)
        self.outgoing = Journal(limit, body_limit, shared)
        self.chance = Ids(f"{seed}/chance")
        self.faults = Faults(self.chance, self.settings.rules)
        self.limits = Limits(self.settings.rules)
        self.stubs: CountedRules[Stub] = CountedRules(self.chance, self.settings.rules)
        self.outcomes: CountedRules[ArrangedOutcome] = CountedRules(self.chance, self.settings.rules)
        self.webhook_queue = WebhookQueue(self.database)
        self.schedule = Schedule(self.database)
        self.smtp = SmtpBehaviour()
        self.smtp_faults: CountedRules[SmtpFault] = CountedRules(self.chance, self.settings.rules)
        self.generation = 0
        self._seeded: set[str] = set()
        self._options: dict[str, Any] = {}
        self._reserve = RESERVE
        self._written: dict[str, Any] = {}
        try:
            self.mail = MailStore(self.clock, seed, self.database, self.settings.mail)
            if path is not None:
                self._load()
        except (StorageDamaged, sqlite3.DatabaseError, TypeError, ValueError) as error:
            self.database.close()
            raise damaged(self.database.path or Path(), error) from error
        except (DataFolderError, StorageFull):
            self.database.close()
            raise

    def __repr__(self) -> str:
        return f"<World {self.name}: {len(self.mail)} messages, {len(self.journal)} exchanges>"

    @property
    def is_disposable(self) -> bool:
        """Return whether this World equals a new one, except for its journal, and no wait for mail is in progress."""
        return not (
            (self.database.path is not None and self.database.exists)
            or self.store.is_written
            or self.mail.last
            or self.mail.is_awaited
            or self.faults
            or self.limits
            or self.stubs
            or self.outcomes
            or self.smtp_faults
            or self.clock.to_document() != _UNTOUCHED_CLOCK
            or self.smtp != SmtpBehaviour()
        )

    @property
    def seeded_vendors(self) -> frozenset[str]:
        """Return the names of the vendors that have been seeded."""
        return frozenset(self._seeded)

    def transaction(self) -> AbstractContextManager[None]:
        """Return a context that commits all writes of records and mail in it, or rolls all back after an exception."""
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
        with self.store.transaction(), self.store.seeding():
            self.store.load(vendor, vendor.seed(), where=f"the seed of {vendor.name}")
            for seed in self.settings.seeds:
                if vendor.name in seed.vendors:
                    self.store.load(vendor, seed.vendors[vendor.name], where=f"{seed.source}: vendors.{vendor.name}")
            self._seeded.add(vendor.name)
            self.database.on_rollback(lambda: self._seeded.discard(vendor.name))

    def seed(self, vendor: Vendor, tables: Mapping[str, Any], where: str = "seed") -> None:
        """Add records to a vendor's state. Raise SeedError, and add nothing, if one does not fit."""
        self.ensure_seeded(vendor)
        with self.store.transaction():
            self.store.load(vendor, tables, where=f"{where}: {vendor.name}")
            self.schedule.changed()

    def records(self, vendor: str, model: type[Any]) -> Records[Any]:
        """Return a vendor's records of one kind, seeded."""
        found = self.vendors.get(vendor)
        if found is not None:
            self.ensure_seeded(found)
        return self.store.records(vendor, model)

    def receive(
        self,
        raw: bytes,
        envelope: Envelope,
        sent_by: SentBy,
        *,
        refuse_full: bool = False,
        is_read: bool = False,
        tags: tuple[str, ...] | None = None,
    ) -> Message:
        """Keep a message and deliver it to the mailboxes that vendors host.

        tags: those of the header X-Tags by default.

        Raise LimitReached, and keep nothing, when the mail store is full. With `refuse_full`, raise MailboxFull, and
        keep nothing, when the message reaches nothing but full mailboxes.
        """
        found, full, forwards, same_mailbox = deliveries(self, envelope, len(raw))
        if refuse_full and full is not None:
            raise MailboxFull(full)
        if forwards or same_mailbox:
            envelope = replace(envelope, forwards=forwards, same_mailbox=same_mailbox)
        tags = header_tags(raw) if tags is None else tags
        return self.mail.add(raw, envelope, sent_by, found, is_read=is_read, tags=tags)

    def reset(self, vendor: Vendor | None = None) -> None:
        """Reset to the seeded state: no mail, no journal, no rules, the machine's time, and the same ids again.

        vendor: resets only the state of this vendor.
        """
        with self._all_or_nothing():
            if vendor is not None:
                self._seeded.discard(vendor.name)
                self.store.clear(vendor.name)
                self.mail.mailboxes.forget_all(vendor.name)
                return
            self.clock.reset()
            self.ids.reset()
            self._seeded.clear()
            self.store.clear()
            self.mail.clear(start_over=True)
        self.generation += 1
        self.journal.clear()
        self.outgoing.clear()
        self.clear_faults()
        self.stubs.clear()
        self.outcomes.clear()
        self.webhook_queue.clear()
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

        Raise SeedError, and change nothing, if it does not fit; LimitReached if its mail exceeds the bounds.
        """
        with self._all_or_nothing():
            seeds.restore(self, document)
            self.store.mark_written()
            self.schedule.changed()
        self.webhook_queue.clear()
        self.generation += 1

    def mark_seeded(self, vendor: Vendor) -> None:
        """Treat a vendor's current records as its seeded state."""
        self._seeded.add(vendor.name)

    def close(self, *, keep: bool = True) -> None:
        """Close the database and end waits for mail.

        keep: write the exact number of drawn ids first; False for a sandbox that was removed.
        """
        has_set_clock = self.clock.to_document() != self._written.get("clock", _UNTOUCHED_CLOCK)
        if keep and self.database.path is not None and (self.database.is_open or has_set_clock):
            self._write_drawn_ids()
        self.store.close()
        self.journal.close()
        self.outgoing.close()
        self.mail.close()

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """Return a transaction that also restores the clock, the ids and the seeded vendors."""
        before = {**self._metadata(), "ids": self.ids.to_document()}
        with self.transaction():
            self.database.on_rollback(lambda: self._restore_metadata(before))
            yield

    def _write_drawn_ids(self) -> None:
        self._reserve = 0
        try:
            with suppress(StorageFull), self.transaction():
                ids = self._metadata()["ids"]
                if self.database.exists and ids != self._written.get("ids"):
                    self._write_metadata({"ids": ids})
        finally:
            self._reserve = RESERVE

    def _metadata(self) -> dict[str, Any]:
        return {
            "clock": self.clock.to_document(),
            "ids": {**self.ids.to_document(), "drawn": self._reserved_ids()},
            "seeded": sorted(self._seeded),
        }

    def _reserved_ids(self) -> int:
        # Drawing an id writes nothing. New ids are reserved when the reserve is used up, or together with another write
        # when half of it is.
        reserved: int = self._written.get("ids", {}).get("drawn", 0)
        least = self.ids.drawn + (self._reserve // 2 if self.database.has_writes else 0)
        most = self.ids.drawn + self._reserve
        return reserved if least <= reserved <= most else most

    def _write_metadata(self, metadata: Mapping[str, Any]) -> None:
        written = self._written
        changed = {name: value for name, value in metadata.items() if written.get(name) != value}
        for name, value in changed.items():
            self.database.set_metadata(name, value)
        if changed:
            self._written = {**written, **changed}
            self.database.on_rollback(lambda: setattr(self, "_written", written))

    def _keep_metadata(self) -> None:
        metadata = self._metadata()
        if not self.database.has_writes:
            # Seeds alone are not written, nor are drawn ids without a file: a new World makes the same ones.
            before = self._written or {"clock": _UNTOUCHED_CLOCK, "ids": metadata["ids"]}
            if all(before.get(name) == value for name, value in metadata.items() if name != "seeded"):
                return
            self.store.write_seeds()
        self._write_metadata(metadata)

    def _restore_metadata(self, metadata: Mapping[str, Any]) -> None:
        self.clock.restore(metadata.get("clock", {}))
        self.ids.restore(metadata.get("ids", self.ids.to_document()))
        self._seeded = set(metadata.get("seeded", ()))

    def _load(self) -> None:
        if self.database.exists:
            self._read_file()
        self.database.before_commit.append(self._keep_metadata)
        self.database.before_close_file = self._write_drawn_ids

    def _read_file(self) -> None:
        self._written = self.database.metadata()
        try:
            self._restore_metadata(self._written)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise DataFolderError(
                f"{self.database.path}: meta: a value is not what mockmail wrote ({error!r}); {ADVICE}"
            ) from error
        self.store.read_database(self.vendors)
        self.journal.start_after(self.mail.last_exchange())
