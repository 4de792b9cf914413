"""Every example of the page, and exchanges that are documented or were observed elsewhere."""

from __future__ import annotations

import pytest
from golden import check, load

from mockmail.core.operation import Evidence
from mockmail.vendors.adaxes import VENDOR

GOLDEN = load("adaxes")


@pytest.mark.parametrize("name", GOLDEN)
def test_golden(name, mockmail):
    check(GOLDEN[name], "adaxes", mockmail)

    assert mockmail.requests[-1].operation == GOLDEN[name]["operation"]


def test_every_documented_operation_has_a_golden_exchange():
    documented = {operation.name for operation in VENDOR.operations if operation.evidence is not Evidence.ASSUMED}

    assert documented - {exchange["operation"] for exchange in GOLDEN.values()} == set()
    assert len(GOLDEN) == 21
