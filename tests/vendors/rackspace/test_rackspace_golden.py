"""Golden exchanges: the examples of the vendor's page and of the notes, each against a fresh server."""

from __future__ import annotations

from typing import Any

import pytest

from tests.golden import check, load

GOLDEN = load("rackspace")


@pytest.mark.parametrize("golden", GOLDEN.values(), ids=GOLDEN)
def test_documented_exchange_is_reproduced(mockmail: Any, golden: dict[str, Any]):
    check(golden, "rackspace", mockmail)
