"""The page's examples, and the documents of the wire notes, as golden exchanges."""

from __future__ import annotations

import pytest
from golden import check, load

GOLDEN = load("onlyoffice")


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_exchange_is_reproduced(name, mockmail):
    check(GOLDEN[name], "onlyoffice", mockmail)
    assert [request.operation for request in mockmail.requests][-1] == GOLDEN[name]["operation"]


def test_every_operation_that_is_not_assumed_has_a_golden_exchange():
    assert {golden["operation"] for golden in GOLDEN.values()} == {
        "smtp.show",
        "smtp.save",
        "smtp.reset",
        "smtp.test",
        "smtp.test_status",
        "authentication.login",
        "authentication.check",
        "authentication.logout",
        "key.create",
        "key.list",
        "key.self",
        "key.permissions",
        "key.update",
        "key.delete",
    }
