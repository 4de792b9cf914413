"""What is behind the pytest fixture: a fresh server for each test on a thread that they share, and what a test owes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from mockmail.core.errors import MockMailError
from mockmail.core.seeds import SeedDocument
from mockmail.core.world import WorldSettings
from mockmail.inprocess.mockmail import MockMail
from mockmail.server.discovery import discover, wanted_vendors
from mockmail.server.loop_thread import LoopThread
from mockmail.server.options import vendor_options
from mockmail.server.server import ServerSettings


class WrongMarker(MockMailError, TypeError):
    """`@pytest.mark.mockmail` has a keyword that nothing knows: the message lists those that it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """What a test asked of its server."""

    strict: bool = True
    seeds: Sequence[SeedDocument] = ()
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, keywords: dict[str, Any], folder: Path) -> Self:
        """The arrangement of a marker's keywords. Raises WrongMarker, SeedError."""
        strict = keywords.pop("strict", True)
        seed = keywords.pop("seed", None) or ()
        options = keywords.pop("options", {})
        known = [one.name for one in dataclasses.fields(ServerSettings) if one.name != "world"]
        for name in keywords:
            if name not in known:
                raise WrongMarker(
                    f"@pytest.mark.mockmail takes strict, seed, options, {', '.join(known)}; not {name!r}"
                )
        sources = [seed] if isinstance(seed, str | Path | Mapping) else seed
        return cls(strict=strict, seeds=[_seed(one, folder) for one in sources], options=options, settings=keywords)


class Bench:
    """The vendors and the thread that the fixtures of a pytest run share."""

    def __init__(self) -> None:
        self._vendors = discover(only=wanted_vendors())
        self._thread = LoopThread()

    def open(self, arrangement: Arrangement) -> MockMail:
        """A server for one test, to be entered."""
        world = WorldSettings(seeds=arrangement.seeds, options=vendor_options(self._vendors, arrangement.options))
        settings = ServerSettings(world=world, **arrangement.settings)
        return MockMail(settings=settings, vendors=self._vendors, thread=self._thread)

    def close(self) -> None:
        """End the thread."""
        self._thread.close()


def complaints(mm: MockMail) -> str:
    """What is wrong with how a test used its server; empty when nothing is."""
    wrong = []
    for exchange in mm.requests.unmatched():
        nearest = "".join(f"\n    nearest: {one}" for one in exchange.nearest)
        wrong.append(f"nobody serves {exchange.method} {exchange.path} (answered {exchange.status}){nearest}")
    wrong += [f"a handler crashed: {exchange}\n{exchange.crash}" for exchange in mm.requests.crashes()]
    wrong += [f"a fault was never met: {fault}" for fault in mm.faults.unused()]
    if not wrong:
        return ""
    hint = "(relax with @pytest.mark.mockmail(strict=False))"
    return "mockmail: " + "\nmockmail: ".join(wrong) + f"\n{hint}"


def _seed(source: str | Path | Mapping[str, Any], folder: Path) -> SeedDocument:
    if isinstance(source, Mapping):
        return SeedDocument.from_document(source, "the marker's seed")
    return SeedDocument.read(folder / source)
