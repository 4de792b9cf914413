"""Every example of the vendor's page, and those of the notes, against a fresh server."""

from __future__ import annotations

from typing import Any

import pytest

from tests.golden import check, load

GOLDEN = load("rackspace")


@pytest.mark.parametrize("golden", GOLDEN.values(), ids=GOLDEN)
def test_a_documented_exchange(mockmail: Any, golden: dict[str, Any]):
    check(golden, "rackspace", mockmail)
