"""The implementation of the pytest fixtures: servers on a shared thread, their sandboxes, and strictness."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from mockmail.core.errors import MockMailError
from mockmail.core.registry import Registry
from mockmail.inprocess.keywords import settings_from, sources_of, vendors_from, world_settings_from
from mockmail.inprocess.mockmail import MockMail
from mockmail.inprocess.report import report_of
from mockmail.server.loop_thread import LoopThread

PREFIX = "test-"
"""The beginning of the names of the sandboxes of tests."""

RUNNING = pytest.StashKey[list[Callable[[], str]]]()
"""The key of a test, module or session, for functions that return a report of a running server (`MockMail.report`)."""

ENDED = pytest.StashKey[list[str]]()
"""The key of a test, module or session, for the reports of servers that have ended with a failure."""


def keywords_in(folder: Path, keywords: Mapping[str, Any]) -> dict[str, Any]:
    """Return keywords with seed files relative to a folder."""
    if "seed" not in keywords:
        return dict(keywords)
    seeds = [source if isinstance(source, Mapping) else folder / source for source in sources_of(keywords["seed"])]
    return {**keywords, "seed": seeds}


class FixtureHost:
    """The vendors and the thread that all servers of a pytest run share."""

    def __init__(self) -> None:
        self._thread = LoopThread()
        self._registries: dict[Any, Registry] = {}
        self._numbers = count(1)

    @contextmanager
    def serve(
        self, node: pytest.Item | pytest.Collector, keywords: Mapping[str, Any], *, is_shared: bool = False
    ) -> Iterator[MockMail]:
        """Run a server. A failing test of `node` shows its report, and failures of strictness fail a strict test.

        is_shared: several tests use it, so that its report is shown only if it is not empty.
        """
        given = dict(keywords)
        strict = given.pop("strict", True)
        with _mistakes_explained():
            vendors = self._vendors(given)
            mm = MockMail(settings=settings_from(given, vendors), vendors=vendors, thread=self._thread)
        report = partial(self._report_of_shared, mm) if is_shared else mm.report
        with mm, _watched(mm, node, report, strict=strict):
            yield mm

    @contextmanager
    def sandbox(
        self, node: pytest.Item | pytest.Collector, server: MockMail, keywords: Mapping[str, Any], *, strict: bool
    ) -> Iterator[MockMail]:
        """Yield a new sandbox of a server, with the `seed`, `options` and `id_seed` in the keywords.

        The sandbox is removed at the end, and so are those whose names begin with its name and `-`.
        """
        mm = server.sandbox(f"{PREFIX}{next(self._numbers)}")
        sandboxes, name = server.server.sandboxes, mm.sandbox_name
        own = {keyword: value for keyword, value in keywords.items() if keyword != "strict"}
        if own:
            with _mistakes_explained():
                settings = world_settings_from(own, server.server.settings.world, server.server.vendors)
            server.server.sandbox_settings[name] = settings

        def remove() -> None:
            for made in sandboxes.names():
                if made == name or made.startswith(f"{name}-"):
                    sandboxes.remove(made)

        try:
            with _watched(mm, node, mm.report, strict=strict):
                yield mm
        finally:
            self._thread.call(remove)

    def close(self) -> None:
        """End the thread."""
        self._thread.close()

    def _report_of_shared(self, mm: MockMail) -> str:
        def report() -> str:
            worlds = [world for world in mm.server.sandboxes if not world.name.startswith(PREFIX)]
            is_used = any(len(world.journal) or len(world.mail) for world in worlds)
            return report_of(mm.server.sandboxes.get(), worlds) if is_used else ""

        return self._thread.call(report)

    def _vendors(self, keywords: Mapping[str, Any]) -> Registry:
        given = keywords.get("vendors")
        if isinstance(given, Registry):
            return given
        wanted = {name: keywords[name] for name in ("vendors", "vendors_dir") if keywords.get(name)}
        key = repr(wanted)
        if key not in self._registries:
            self._registries[key] = vendors_from(wanted)
        return self._registries[key]


@contextmanager
def _mistakes_explained() -> Iterator[None]:
    try:
        yield
    except MockMailError as error:
        pytest.fail(f"{type(error).__name__}: {error}", pytrace=False)


@contextmanager
def _watched(
    mm: MockMail, node: pytest.Item | pytest.Collector, report: Callable[[], str], *, strict: bool
) -> Iterator[None]:
    running, ended = node.stash.setdefault(RUNNING, []), node.stash.setdefault(ENDED, [])
    running.append(report)
    try:
        yield
        failures = mm.failures() if strict else ""
    except BaseException:
        ended.append(report())
        raise
    finally:
        running.remove(report)
    if failures:
        ended.append(report())
        pytest.fail(f"{failures}\n(turn this check off with @pytest.mark.mockmail(strict=False))", pytrace=False)
