"""The pytest fixture's implementation: a new server for each test on a shared thread, and the strictness checks."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from mockmail.core.bounds import WorldSettings
from mockmail.core.errors import MockMailError
from mockmail.core.seeds import SeedDocument
from mockmail.inprocess.mockmail import MockMail
from mockmail.server.discovery import discover, vendor_options, wanted_vendors
from mockmail.server.loop_thread import LoopThread
from mockmail.server.server_settings import ServerSettings


class WrongMarker(MockMailError, TypeError):
    """`@pytest.mark.mockmail` has an unknown keyword: the message lists the known ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerOptions:
    """The keywords of `@pytest.mark.mockmail`."""

    strict: bool = True
    seeds: Sequence[SeedDocument] = ()
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, keywords: dict[str, Any], folder: Path) -> Self:
        """Return the options of a marker; files are relative to `folder`. Raise WrongMarker, SeedError."""
        strict = keywords.pop("strict", True)
        seed = keywords.pop("seed", None) or ()
        options = keywords.pop("options", {})
        known = [setting.name for setting in dataclasses.fields(ServerSettings) if setting.name != "world"]
        for name in keywords:
            if name not in known:
                raise WrongMarker(
                    f"@pytest.mark.mockmail takes strict, seed, options, {', '.join(known)}; not {name!r}"
                )
        sources = [seed] if isinstance(seed, str | Path | Mapping) else seed
        return cls(
            strict=strict, seeds=[_seed(source, folder) for source in sources], options=options, settings=keywords
        )


class FixtureHost:
    """The vendors and the thread that all servers of a pytest run share."""

    def __init__(self) -> None:
        self._vendors = discover(only=wanted_vendors())
        self._thread = LoopThread()

    def open(self, options: MarkerOptions) -> MockMail:
        """Return a server for one test, not yet started. Raise SettingError."""
        world = WorldSettings(seeds=options.seeds, options=vendor_options(self._vendors, options.options))
        settings = ServerSettings(world=world, **options.settings)
        return MockMail(settings=settings, vendors=self._vendors, thread=self._thread)

    def close(self) -> None:
        """End the thread."""
        self._thread.close()


def strictness_failures(mm: MockMail) -> str:
    """Return the reasons why a strict test fails, as text; empty if there are none."""
    from mockmail.wire.masking import Masking

    failures, masking = [], Masking(mm.server.vendors)
    for exchange in mm.requests.unmatched():
        masked = masking(exchange)
        nearest = "".join(f"\n    nearest: {suggestion}" for suggestion in masked.nearest)
        failures.append(f"no operation serves {exchange.method} {masked.path} (status {exchange.status}){nearest}")
    failures += [f"a handler crashed: {exchange}\n{masking(exchange).crash}" for exchange in mm.requests.crashes()]
    failures += [f"no call met the fault: {fault}" for fault in (*mm.faults.unused(), *mm.smtp_faults.unused())]
    failures += [f"no request got the {stub}" for stub in mm.stubs.unused()]
    if not failures:
        return ""
    hint = "(turn this check off with @pytest.mark.mockmail(strict=False))"
    return "mockmail: " + "\nmockmail: ".join(failures) + f"\n{hint}"


def _seed(source: str | Path | Mapping[str, Any], folder: Path) -> SeedDocument:
    if isinstance(source, Mapping):
        return SeedDocument.from_document(source, "the marker's seed")
    return SeedDocument.read(folder / source)
