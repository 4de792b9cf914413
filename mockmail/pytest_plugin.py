"""The pytest plugin: the fixture `mockmail`, a fresh server or sandbox for each test, and its relatives.

Every pytest run in an environment with mockmail imports this module, so it imports nothing heavy.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockmail.inprocess.mockmail import MockMail

MARKER = "mockmail(strict=True, seed=None, **settings): set up the `mockmail` fixture of a test"

SCOPES = ("function", "module", "session")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the settings in pytest's configuration file."""
    parser.addini("mockmail_scope", "what shares a mockmail server: function, module or session", default="function")
    parser.addini("mockmail_strict", "whether tests fail for unmatched requests", type="bool", default=True)
    parser.addini("mockmail_seed", "seed documents of mockmail servers", type="paths")
    parser.addini("mockmail_vendors", "the vendors that mockmail servers have; all by default", type="args")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", MARKER)


class Reporter:
    """Adds a section to the report of a failing test: the requests, messages and faults of its server.

    Explains a failed comparison of two messages.
    """

    def pytest_assertrepr_compare(self, op: str, left: object, right: object) -> list[str] | None:
        """Return the lines that explain a failed `==` of two messages; None for anything else."""
        from mockmail.inprocess.comparison import explain

        return explain(left, right) if op == "==" else None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Add the section."""
        from mockmail.inprocess.fixture import ENDED, RUNNING

        report = yield
        for node in item.listchain():
            running, ended = node.stash.get(RUNNING, None) or [], node.stash.get(ENDED, None) or []
            if report.failed:
                texts = [*map(_text_of, running), *ended]
                report.sections += [("mockmail", text) for text in texts if text]
            if report.failed or report.when == "teardown":
                ended.clear()
        return report


def _text_of(section: Callable[[], str]) -> str:
    try:
        return section()
    except Exception as error:  # noqa: BLE001  # an error here would end the whole run
        return f"not available: {error!r}"


def _defaults(config: pytest.Config, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keywords of a server: those in the configuration file, then those of `mockmail_settings`."""
    from mockmail.inprocess.fixture import keywords_in

    keywords: dict[str, Any] = {"strict": config.getini("mockmail_strict")}
    for name in ("seed", "vendors"):
        if value := config.getini(f"mockmail_{name}"):
            keywords[name] = value
    return {**keywords, **keywords_in(config.rootpath, settings)}


@pytest.fixture(scope="session")
def _mockmail_host(request: pytest.FixtureRequest) -> Iterator[Any]:
    from mockmail.inprocess.fixture import FixtureHost

    # Registered here, so that a suite without the fixture pays nothing for it.
    request.config.pluginmanager.register(Reporter(), "mockmail-reporter")
    host = FixtureHost()
    yield host
    host.close()  # the reporter stays: the last test's report comes after this


@pytest.fixture(scope="session")
def mockmail_settings() -> Mapping[str, Any]:
    """Return the keywords of all servers. Override this fixture in a `conftest.py`, a module or a class.

    The keywords are those of `@pytest.mark.mockmail`, which override them for a test. Seed files are relative to
    pytest's root folder.
    """
    return {}


@pytest.fixture
def mockmail(
    request: pytest.FixtureRequest, _mockmail_host: Any, mockmail_settings: Mapping[str, Any]
) -> Iterator[MockMail]:
    """Run a mockmail server for this test, on free ports.

    The test fails if it sent a request that no operation serves, if a handler crashed, or if no call met a fault that
    it added; `@pytest.mark.mockmail(strict=False)` turns this off. `seed="FILE"` (relative to the test's folder) adds
    records. Every other keyword is a setting of the server.

    With `mockmail_scope = session` (or `module`) in pytest's configuration file, the test gets a sandbox of its own on
    the server of `mockmail_session` (or `mockmail_module`).
    """
    from mockmail.inprocess.fixture import keywords_in

    marker = request.node.get_closest_marker("mockmail")
    own = keywords_in(request.path.parent, marker.kwargs) if marker else {}
    keywords = {**_defaults(request.config, mockmail_settings), **own}
    scope = request.config.getini("mockmail_scope")
    if scope not in SCOPES:
        raise pytest.UsageError(f"mockmail_scope must be {', '.join(SCOPES[:-1])} or {SCOPES[-1]}, not {scope!r}")
    if scope == "function":
        opened = _mockmail_host.serve(request.node, keywords)
    else:
        shared = request.getfixturevalue(f"mockmail_{scope}")
        opened = _mockmail_host.sandbox(request.node, shared, own, strict=keywords["strict"])
    with opened as mm:
        yield mm


@pytest.fixture(scope="module")
def mockmail_module(
    request: pytest.FixtureRequest, _mockmail_host: Any, mockmail_settings: Mapping[str, Any]
) -> Iterator[MockMail]:
    """Run a mockmail server for all tests of a module; its strictness is checked at the module's end."""
    with _mockmail_host.serve(request.node, _defaults(request.config, mockmail_settings), is_shared=True) as mm:
        yield mm


@pytest.fixture(scope="session")
def mockmail_session(
    request: pytest.FixtureRequest, _mockmail_host: Any, mockmail_settings: Mapping[str, Any]
) -> Iterator[MockMail]:
    """Run a mockmail server for all tests of a run; its strictness is checked at the run's end."""
    with _mockmail_host.serve(request.node, _defaults(request.config, mockmail_settings), is_shared=True) as mm:
        yield mm


@pytest.fixture(scope="session")
def mockmail_factory(
    request: pytest.FixtureRequest, _mockmail_host: Any, mockmail_settings: Mapping[str, Any]
) -> Callable[..., AbstractContextManager[MockMail]]:
    """Return a function that runs further servers, in tests and in fixtures of any scope.

    `with mockmail_factory(seed="company.json") as mm:` takes the keywords of `@pytest.mark.mockmail`. Seed files are
    relative to pytest's root folder.
    """
    from mockmail.inprocess.fixture import keywords_in

    def serve(**keywords: Any) -> AbstractContextManager[MockMail]:
        given = {**_defaults(request.config, mockmail_settings), **keywords_in(request.config.rootpath, keywords)}
        return _mockmail_host.serve(request.node, given)  # type: ignore[no-any-return]

    return serve
