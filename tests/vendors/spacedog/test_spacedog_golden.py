"""Every example of the page and of the wire notes, each against a fresh server."""

from __future__ import annotations

import pytest
from golden import check, load

GOLDEN = load("spacedog")


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_request_gets_the_golden_response(name, mockmail):
    check(GOLDEN[name], "spacedog", mockmail)

    assert mockmail.requests[-1].operation == GOLDEN[name]["operation"]


def test_examples_of_the_page_have_goldens():
    page = {
        golden["source"].partition('"')[2].rstrip('"')
        for golden in GOLDEN.values()
        if "documentation" in golden["source"]
    }
    assert {"Default mail settings", "MailGun settings example", "SMTP settings example"} <= page
