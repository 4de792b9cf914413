"""Five tasks of a new user, done with what the page shows: roles and names. Each takes few steps."""

from __future__ import annotations

import json

import pytest
from browser import deliver, reset_mail
from http_client import send_request

pytestmark = [pytest.mark.mockmail(strict=False), pytest.mark.xdist_group("browser")]

MOST_STEPS = 7


class Visitor:
    """A user who reads the page and presses what is on it. steps: what was done."""

    def __init__(self, page):
        self.page = page
        self.steps = []

    def press(self, role, name):
        self.steps.append(f"press {role} {name}")
        self.page.role(role, name).click()

    def write(self, role, name, text):
        self.steps.append(f"write {text!r} into {role} {name}")
        field = self.page.role(role, name)
        field.clear()
        field.send_keys(text)

    def choose(self, name, option):
        self.steps.append(f"choose {option} as {name}")
        field = self.page.role("combobox", name)
        next(each for each in field.find_elements("css selector", "option") if option in each.text).click()


@pytest.fixture
def visitor(page, mockmail, send):
    """A visitor of a server with a day's mail and requests, at the address that `mockmail serve` prints."""
    send(mockmail, *[f"Order {number} has been shipped" for number in range(20)])
    deliver(mockmail, reset_mail())
    send(mockmail, *[f"Issue {number}" for number in range(120)])
    page.driver.get(f"{mockmail.url}/")
    page.see(".live", "live")
    visitor = Visitor(page)
    yield visitor
    assert len(visitor.steps) <= MOST_STEPS, visitor.steps


def example(mm, vendor, operation, **changed):
    content = send_request(mm.url, "GET", f"/_mockmail/vendors/{vendor}/examples").json
    found = next(each for each in content["examples"] if each["operation"] == operation)
    headers = found["headers"] | changed
    return send_request(mm.url, found["method"], f"/{vendor}{found['path']}", headers=headers)


def test_reset_link_is_found_and_copied(visitor, page):
    visitor.write("searchbox", "Search the messages", "reset\n")
    visitor.press("link", "Reset your password")
    visitor.press("tab", "Links and codes")
    page.script("navigator.clipboard.writeText = async (text) => { window.copied = text; };")
    visitor.press("button", "Copy https://app.example/reset?t=1")

    assert page.wait(lambda: page.script("return window.copied")) == "https://app.example/reset?t=1"


def test_reason_of_a_refused_request_is_found(visitor, page, mockmail):
    refused = example(mockmail, "rackspace", "domain.index", **{"User-Agent": "another/1"})

    visitor.press("link", "Requests")
    visitor.press("link", "/domains")

    assert refused.status == 403
    page.see("dl", "the signature differs: the timestamp used was")


def test_next_request_is_throttled(visitor, page, mockmail):
    visitor.press("link", "Faults")
    visitor.press("button", "Add a fault")
    visitor.choose("Vendor", "rackspace")
    visitor.choose("The vendor's own error", "Exceeded request limits")
    visitor.press("button", "Add this fault")
    page.see("td", "exceededRequestLimits")

    statuses = [example(mockmail, "rackspace", "domain.index").status for _ in range(2)]
    assert statuses == [403, 200]


def test_quota_of_a_mailbox_is_changed(visitor, page, mockmail):
    visitor.press("link", "State")
    visitor.choose("Vendor", "rackspace")
    visitor.press("link", "mailboxes")
    visitor.press("button", "apiexmailbox90")
    field = page.role("textbox", "A record of mailboxes")
    record = json.loads(field.get_property("value"))
    page.script("arguments[0].value = ''", field)
    visitor.write("textbox", "A record of mailboxes", json.dumps(record | {"size": 4096}))
    visitor.press("button", "Save")

    page.wait(
        lambda: (
            [
                mailbox["size"]
                for mailbox in mockmail.rackspace.state()["mailboxes"]
                if mailbox["name"] == "apiexmailbox90"
            ]
            == [4096]
        )
    )


def test_smtp_transcript_is_found(visitor, page):
    visitor.press("link", "Issue 119")
    visitor.press("tab", "SMTP")

    assert page.role("heading", "SMTP transcript")
    page.see("pre", "S: 354")
