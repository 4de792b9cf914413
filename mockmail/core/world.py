"""A World: everything that one sandbox, or one test, owns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mockmail.core import seeds
from mockmail.core.clock import Clock
from mockmail.core.data.files import ADVICE
from mockmail.core.data.storage import CHANGES, STATE, Notes
from mockmail.core.errors import DataFolderError, SeedError, StorageFull
from mockmail.core.faults import Faults
from mockmail.core.ids import Ids
from mockmail.core.journal import Journal
from mockmail.core.limits import Limits
from mockmail.core.mail.delivery import deliveries
from mockmail.core.mail.message import Envelope, Message, SentBy
from mockmail.core.mail.store import MailLimits, MailStore
from mockmail.core.registry import Registry
from mockmail.core.smtp_behaviour import SmtpBehaviour
from mockmail.core.store import Records, Store
from mockmail.core.vendor import Vendor

MAIL = "mail.sqlite"
"""The name of the mail store's file in a World's folder."""

RESERVE = 1000
"""How many ids the folder is told of before they are drawn: after a kill none is drawn again, whatever was not kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldSettings:
    """What every World of a server is made with.

    seeds: documents that are added to the vendors' own, in order.
    options: by vendor, an instance of its `options_type`; its defaults where a vendor is missing.
    """

    id_seed: str = "0"
    seeds: Sequence[seeds.SeedDocument] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    mail: MailLimits = field(default_factory=MailLimits)
    journal_limit: int = 1000
    journal_body_limit: int = 65536


class World:
    """The state behind one sandbox: clock, ids, store, mail, journal and rules. A value you own; nothing is global.

    A vendor's state is seeded, and the mail store opened, the first time it is touched.

    folder: where state and mail survive; None for memory only. Raises DataFolderError where it cannot be used.
    generation: how often the whole state was replaced; mail that set out in an earlier generation arrives nowhere.
    """

    def __init__(
        self,
        vendors: Registry,
        settings: WorldSettings | None = None,
        *,
        name: str = "default",
        folder: Path | None = None,
    ) -> None:
        self.name = name
        self.vendors = vendors
        self.settings = settings or WorldSettings()
        self.clock = Clock()
        seed = self.settings.id_seed if name == "default" else f"{self.settings.id_seed}/{name}"
        self.ids = Ids(seed)
        self.store = Store(folder, self._facts)
        mail = folder / MAIL if folder is not None else None
        self.mail = MailStore(self.clock, seed, mail, self.settings.mail, self.store)
        self.journal = Journal(self.settings.journal_limit, self.settings.journal_body_limit)
        self.faults = Faults()
        self.limits = Limits()
        self.smtp = SmtpBehaviour()
        self._prepared: set[str] = set()
        self.generation = 0
        self._options: dict[str, Any] = {}
        self._reserved = 0
        if folder is not None:
            try:
                self._come_back(folder)
            except DataFolderError:
                self.close(keep=False)
                raise

    def __repr__(self) -> str:
        return f"<World {self.name}: {len(self.mail)} messages, {len(self.journal)} exchanges>"

    def options(self, vendor: Vendor) -> Any:
        """A vendor's options in this World."""
        found = self._options.get(vendor.name)
        if found is None:
            found = self._options[vendor.name] = self.settings.options.get(vendor.name) or vendor.options_type()
        return found

    def ensure_seeded(self, vendor: Vendor) -> None:
        """See that a vendor's state is seeded."""
        if vendor.name in self._prepared:
            return
        with self.store.transaction():
            self.store.load(vendor, vendor.seed(), where=f"the seed of {vendor.name}")
            for seed in self.settings.seeds:
                if vendor.name in seed.vendors:
                    self.store.load(vendor, seed.vendors[vendor.name], where=f"{seed.source}: vendors.{vendor.name}")
            self._prepared.add(vendor.name)
            self.store.wrote(lambda: self._prepared.discard(vendor.name))

    def seed(self, vendor: Vendor, tables: Mapping[str, Any], where: str = "seed") -> None:
        """Add records to a vendor's state. Raises SeedError, and adds nothing, where one does not fit."""
        self.ensure_seeded(vendor)
        self.store.load(vendor, tables, where=f"{where}: {vendor.name}")

    def records(self, vendor: str, model: type[Any]) -> Records[Any]:
        """A vendor's records of one kind, seeded."""
        found = self.vendors.get(vendor)
        if found is not None:
            self.ensure_seeded(found)
        return self.store.records(vendor, model)

    def receive(self, raw: bytes, envelope: Envelope, sent_by: SentBy) -> Message:
        """Keep a message and deliver it to the mailboxes that vendors host.

        Raises LimitReached, and keeps nothing, when the mail store is full.
        """
        return self.mail.add(raw, envelope, sent_by, deliveries(self, envelope.recipients))

    def reset(self, vendor: Vendor | None = None) -> None:
        """Back to the seeded state: no mail, no journal, no rules, the machine's time, the same ids again.

        With a vendor, its state alone.
        """
        with self._all_or_nothing():
            if vendor is not None:
                self._prepared.discard(vendor.name)
                self.store.clear(vendor.name)
                self.mail.forget_mailboxes(vendor.name)
                return
            self.clock.reset()
            self.ids.reset()
            self._prepared.clear()
            self.store.clear()
            self.mail.clear(start_over=True)
        self.generation += 1
        self.journal.clear()
        self.clear_faults()

    def clear_faults(self) -> None:
        """Remove all faults and limits, and let the SMTP server accept everything again."""
        self.faults.clear()
        self.limits.clear()
        self.smtp = SmtpBehaviour()

    def snapshot(self) -> dict[str, Any]:
        """The whole state as one JSON document: versioned, and the same for the same state."""
        return seeds.snapshot(self)

    def restore(self, document: Mapping[str, Any]) -> None:
        """Take a snapshot's state.

        Raises SeedError, and changes nothing, where it does not fit; likewise LimitReached, where there is no room.
        """
        with self._all_or_nothing():
            seeds.restore(self, document)
        self.generation += 1

    def mark_seeded(self, vendor: Vendor) -> None:
        """Take a vendor's state as it stands in the store for its seeded one."""
        self._prepared.add(vendor.name)

    def close(self, *, keep: bool = True) -> None:
        """Let go of what is open; with a folder, leave the whole state where a person finds it.

        keep: whether the folder is to stay.
        """
        if keep:
            with suppress(StorageFull):  # the log has it all
                self.store.compact(self._facts(reserve=0))
        self.store.close()
        self.mail.close()

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """A transaction of the store, and of what is kept beside it."""
        before = self._facts(reserve=0)
        try:
            with self.store.transaction():
                yield
        except BaseException:
            self._recall(before)
            raise

    def _facts(self, is_writing: bool = True, *, reserve: int = RESERVE) -> dict[str, Any]:
        """What survives beside the tables. Ids are reserved as something is written, or before they run out."""
        drawn = self.ids.drawn
        if reserve and drawn + (reserve // 2 if is_writing else 0) > self._reserved:
            self._reserved = drawn + reserve
        return {
            "clock": self.clock.to_document(),
            "ids": {**self.ids.to_document(), **({"drawn": self._reserved} if reserve else {})},
            "prepared": sorted(self._prepared),
        }

    def _recall(self, facts: Mapping[str, Any]) -> None:
        self.clock.restore(facts.get("clock", {}))
        self.ids.restore(facts.get("ids", self.ids.to_document()))
        self._prepared = set(facts.get("prepared", ()))

    def _come_back(self, folder: Path) -> None:
        """Take up what a former run left, once it is known to fit. Raises DataFolderError."""
        where = str(folder / STATE)
        try:
            self._recall(self.store.kept_facts())
            for vendor in self.vendors:
                self.store.check(vendor)
        except SeedError as error:
            raise DataFolderError(f"{error}; {ADVICE}") from error
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DataFolderError(f"{where}: facts: one is not what mockmail wrote ({error!r}); {ADVICE}") from error
        self._reserved = self.ids.drawn
        notes, last = self.store.notes()
        if notes or (folder / MAIL).exists():
            self._look_at_mail(folder, notes, last)
        self.store.shorten_log()

    def _look_at_mail(self, folder: Path, notes: Notes, last: int) -> None:
        try:
            self.mail.redo(notes, last)
            self.journal.start_after(self.mail.last_exchange())
        except StorageFull as error:
            if notes:  # otherwise a full disk is no reason not to start
                raise DataFolderError(
                    f"{error}: a server that was killed has left something to be done there; make room, and start again"
                ) from error
        except (TypeError, ValueError) as error:
            where = folder / CHANGES
            raise DataFolderError(f"{where}: notes: not what mockmail wrote ({error!r}); {ADVICE}") from error
