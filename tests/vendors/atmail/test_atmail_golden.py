"""Every example of the page, each on a fresh server."""

from __future__ import annotations

import pytest
from golden import check, load

from mockmail.vendors.atmail import VENDOR

GOLDEN = load("atmail")


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_exchange_matches(name, mockmail):
    check(GOLDEN[name], "atmail", mockmail)

    assert mockmail.requests[-1].operation == GOLDEN[name]["operation"]


def test_every_operation_has_a_golden_exchange():
    assert {exchange["operation"] for exchange in GOLDEN.values()} == {
        operation.name for operation in VENDOR.operations
    }
    assert len(VENDOR.operations) == 20
