"""The pytest plugin: the fixture `mockmail`, a fresh server for each test.

Importing this module must cost next to nothing: it is imported by every pytest run in an environment that has mockmail.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockmail.inprocess.mockmail import MockMail

MARKER = "mockmail(strict=True, seed=None, **settings): how the `mockmail` fixture of a test is set up"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARKER)


@pytest.fixture(scope="session")
def _mockmail_bench() -> Iterator[Any]:
    """What the fixtures of a run share: the vendors, and the thread that their servers run on."""
    from mockmail.inprocess.fixture import Bench

    bench = Bench()
    yield bench
    bench.close()


@pytest.fixture
def mockmail(request: pytest.FixtureRequest, _mockmail_bench: Any) -> Iterator[MockMail]:
    """A mockmail server of this test's own, on free ports.

    The test fails if it made a request that nobody serves, if a handler crashed, or if a fault that it asked for was
    never met; `@pytest.mark.mockmail(strict=False)` relaxes that. `seed="FILE"` (relative to the test's folder) adds
    records, and every other keyword is a setting of the server.
    """
    from mockmail.inprocess.fixture import Arrangement, complaints

    marker = request.node.get_closest_marker("mockmail")
    arrangement = Arrangement.of(dict(marker.kwargs) if marker else {}, request.path.parent)
    with _mockmail_bench.open(arrangement) as mm:
        yield mm
        wrong = complaints(mm) if arrangement.strict else ""
    if wrong:
        pytest.fail(wrong, pytrace=False)
