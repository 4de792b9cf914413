"""The pytest plugin: the fixture `mockmail`, a fresh server for each test.

Every pytest run in an environment with mockmail imports this module, so it imports nothing heavy.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockmail.inprocess.mockmail import MockMail

REPORTS = pytest.StashKey[list[Callable[[], str]]]()
"""The key of a test, module or session, for functions that return the text of a section (`MockMail.report`)."""

MARKER = "mockmail(strict=True, seed=None, **settings): set up the `mockmail` fixture of a test"


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
        report = yield
        if report.failed:
            for node in item.listchain():
                report.sections += [("mockmail", _text_of(section)) for section in node.stash.get(REPORTS, [])]
        return report


def _text_of(section: Callable[[], str]) -> str:
    try:
        return section()
    except Exception as error:  # noqa: BLE001  # an error here would end the whole run
        return f"not available: {error!r}"


@pytest.fixture(scope="session")
def _mockmail_host(request: pytest.FixtureRequest) -> Iterator[Any]:
    from mockmail.inprocess.fixture import FixtureHost

    # Registered here, so that a suite without the fixture pays nothing for it.
    request.config.pluginmanager.register(Reporter(), "mockmail-reporter")
    host = FixtureHost()
    yield host
    host.close()
    request.config.pluginmanager.unregister(name="mockmail-reporter")


@pytest.fixture
def mockmail(request: pytest.FixtureRequest, _mockmail_host: Any) -> Iterator[MockMail]:
    """Run a mockmail server for this test, on free ports.

    The test fails if it sent a request that no operation serves, if a handler crashed, or if no call met a fault that
    it added; `@pytest.mark.mockmail(strict=False)` turns this off. `seed="FILE"` (relative to the test's folder) adds
    records. Every other keyword is a setting of the server.
    """
    from mockmail.inprocess.fixture import MarkerOptions, strictness_failures

    marker = request.node.get_closest_marker("mockmail")
    options = MarkerOptions.of(dict(marker.kwargs) if marker else {}, request.path.parent)
    with _mockmail_host.open(options) as mm:
        request.node.stash[REPORTS] = [mm.report]
        yield mm
        failures = strictness_failures(mm) if options.strict else ""
        text = mm.report() if failures else ""  # the server is stopped when the failure is reported
        request.node.stash[REPORTS] = [lambda: text] if failures else []
    if failures:
        pytest.fail(failures, pytrace=False)
