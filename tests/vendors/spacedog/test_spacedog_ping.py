"""`GET /` with the host of a backend is the vendor's ping (docs/wire/spacedog.md 1)."""

from __future__ import annotations

import pytest

PING = {"version": "0.41.1", "baseline": "We provide the back-ends of your apps", "success": True, "status": 200}


@pytest.fixture
def browser(guest, mockmail):
    """A client of the server's own address, without the vendor's prefix."""
    guest.url = mockmail.url
    return guest


@pytest.mark.parametrize("host", ["test.spacedog.io", "api.spacedog.io:443", "TEST.SpaceDog.io"])
@pytest.mark.parametrize("path", ["/", "/?x=1", "/~other/"])
def test_root_of_a_backends_host_is_the_ping(browser, mockmail, host, path):
    answer = browser.at(host).get(path)

    assert (answer.status, answer.json) == (200, PING)
    assert answer.in_dialect
    if path == "/":
        assert mockmail.requests[-1].operation == "backend.ping"


@pytest.mark.parametrize("path", ["", "/"])
def test_root_below_the_vendors_prefix_is_the_ping(guest, path):
    assert guest.get(path).json == PING


def test_ping_checks_the_credentials_that_a_request_has(guest):
    assert guest.as_("vince", "hi vince").get("/").json == PING
    assert guest.as_("vince", "wrong").get("/").status == 401


@pytest.mark.mockmail(strict=False)
def test_other_method_of_the_root_is_405_in_the_dialect(browser):
    answer = browser.at("test.spacedog.io").post("/", {})

    assert answer.refused == (405, "method [POST] not valid for path [/]", None)


@pytest.mark.parametrize(
    "host", [None, "localhost", "spacedog.io", "test.spacedog.io.example.com", "x" * 400 + ".spacedog.io"]
)
def test_root_of_another_host_is_not_the_vendors(browser, mockmail, host):
    before = len(mockmail.requests)

    assert browser.at(host).get("/").headers["Content-Type"] != "application/json;charset=UTF-8"
    assert len(mockmail.requests) == before


@pytest.mark.mockmail(options={"spacedog": {"base_domain": "lvh.me:8443"}})
def test_hosts_of_backends_are_below_the_base_domain(browser):
    assert browser.at("test.lvh.me:8443").get("/").json == PING
    assert browser.at("test.spacedog.io").get("/").headers["Content-Type"] != "application/json;charset=UTF-8"
