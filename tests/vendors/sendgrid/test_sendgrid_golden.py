"""SendGrid's documented exchanges, byte for byte."""

from __future__ import annotations

import pytest
from golden import check, load

from mockmail.vendors.sendgrid import VENDOR

GOLDEN = load("sendgrid")


@pytest.mark.parametrize("name", GOLDEN)
def test_golden(name, mockmail):
    check(GOLDEN[name], "sendgrid", mockmail)


def test_every_golden_exchange_is_of_an_operation():
    assert {golden["operation"] for golden in GOLDEN.values()} <= {operation.name for operation in VENDOR.operations}
