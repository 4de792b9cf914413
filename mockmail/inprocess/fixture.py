"""The pytest fixtures' implementation: servers on a thread that all share, sandboxes of them, and strictness."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from mockmail.core.registry import Registry
from mockmail.inprocess.keywords import (
    OF_A_SANDBOX,
    settings_from,
    sources_of,
    vendors_from,
    world_settings_from,
)
from mockmail.inprocess.mockmail import MockMail
from mockmail.server.loop_thread import LoopThread
from mockmail.server.settings import SettingError

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
    def serve(self, node: pytest.Item | pytest.Collector, keywords: Mapping[str, Any]) -> Iterator[MockMail]:
        """Run a server. Failures of strictness are those of the test, and its report is in the sections of `node`."""
        given = dict(keywords)
        strict = given.pop("strict", True)
        vendors = self._vendors(given)
        mm = MockMail(settings=settings_from(given, vendors), vendors=vendors, thread=self._thread)
        with mm, _watched(mm, node, strict=strict):
            yield mm

    @contextmanager
    def sandbox(
        self, node: pytest.Item | pytest.Collector, server: MockMail, keywords: Mapping[str, Any], *, strict: bool
    ) -> Iterator[MockMail]:
        """Give a new sandbox of a server, with the `seed`, `options` and `id_seed` in the keywords. Raise SettingError.

        The sandbox is removed at the end, and so are those whose names begin with its name and `-`.
        """
        for name in keywords:
            if name not in (*OF_A_SANDBOX, "strict"):
                raise SettingError(
                    f"the marker of a test with a shared server takes strict, {', '.join(OF_A_SANDBOX)}, not {name!r};"
                    " the fixture `mockmail_settings` sets it for the server"
                )
        mm = server.sandbox(f"test-{next(self._numbers)}")
        sandboxes, name = server.server.sandboxes, mm.sandbox_name
        if keywords.keys() & set(OF_A_SANDBOX):
            base, vendors = server.server.settings.world, server.server.vendors
            server.server.sandbox_settings[name] = world_settings_from(keywords, base, vendors)

        def remove() -> None:
            for made in sandboxes.names():
                if made == name or made.startswith(f"{name}-"):
                    sandboxes.remove(made)

        try:
            with _watched(mm, node, strict=strict):
                yield mm
        finally:
            self._thread.call(remove)

    def close(self) -> None:
        """End the thread."""
        self._thread.close()

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
def _watched(mm: MockMail, node: pytest.Item | pytest.Collector, *, strict: bool) -> Iterator[None]:
    running, ended = node.stash.setdefault(RUNNING, []), node.stash.setdefault(ENDED, [])
    running.append(mm.report)
    try:
        yield
        failures = mm.failures() if strict else ""
    except BaseException:
        ended.append(mm.report())
        raise
    finally:
        running.remove(mm.report)
    if failures:
        ended.append(mm.report())
        pytest.fail(f"{failures}\n(turn this check off with @pytest.mark.mockmail(strict=False))", pytrace=False)
