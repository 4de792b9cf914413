"""Every example of the page and of the notes on the wire, against a fresh server each."""

from __future__ import annotations

import pytest
from golden import check, load

GOLDEN = load("spacedog")


@pytest.mark.parametrize("name", GOLDEN)
def test_golden(name, mockmail):
    check(GOLDEN[name], "spacedog", mockmail)

    assert mockmail.requests[-1].operation == GOLDEN[name]["operation"]


def test_the_page_s_examples_are_there():
    page = {one["source"].partition('"')[2].rstrip('"') for one in GOLDEN.values() if "documentation" in one["source"]}
    assert {"Default mail settings", "MailGun settings example", "SMTP settings example"} <= page
