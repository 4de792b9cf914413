"""SES's documented and recorded exchanges."""

from __future__ import annotations

import pytest
from golden import check, load

from mockmail.vendors.ses import VENDOR

GOLDEN = load("ses")


@pytest.mark.parametrize("name", GOLDEN)
def test_golden(name, mockmail):
    check(GOLDEN[name], "ses", mockmail)


def test_every_golden_exchange_is_of_an_operation():
    assert {golden["operation"] for golden in GOLDEN.values()} <= {operation.name for operation in VENDOR.operations}
