"""The pytest plugin: the fixture `mockmail`, a fresh server for each test.

Every pytest run in an environment with mockmail imports this module, so it imports nothing heavy.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockmail.inprocess.mockmail import MockMail

MARKER = "mockmail(strict=True, seed=None, **settings): set up the `mockmail` fixture of a test"


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", MARKER)


@pytest.fixture(scope="session")
def _mockmail_host() -> Iterator[Any]:
    from mockmail.inprocess.fixture import FixtureHost

    host = FixtureHost()
    yield host
    host.close()


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
        yield mm
        failures = strictness_failures(mm) if options.strict else ""
    if failures:
        pytest.fail(failures, pytrace=False)
