"""The page for everybody: without violations that axe-core finds, by keyboard alone, and on a narrow screen."""

from __future__ import annotations

import pytest
from browser import deliver, reset_mail
from http_client import basic, send_request

pytestmark = [pytest.mark.mockmail(strict=False), pytest.mark.xdist_group("browser")]

ROLES = "/atmail/admin/index.php/api/users/rolelist"


@pytest.fixture
def lived_in(mockmail):
    """A server with mail, requests that succeed and fail, a fault and a stub."""
    deliver(mockmail, reset_mail())
    for path, password in ((ROLES, "changeme"), (ROLES, "wrong"), ("/atmail/none", "changeme")):
        send_request(mockmail.url, "GET", path, headers={"Authorization": basic("admin", password)})
    mockmail.faults.add("rackspace", operation="mailbox.show", status=503, times=3)
    mockmail.stubs.add(path="/own", text="mine")
    mockmail.smtp_faults.add("rcpt", code=451)
    mockmail.faults.limit("atmail", 100, operation="account.create")
    return mockmail


PLACES = (
    "#/inbox",
    "#/inbox/{message}",
    "#/inbox?q=nothing",
    "#/requests",
    "#/requests/2",
    "#/requests/3",
    "#/state/rackspace/mailboxes",
    "#/faults?vendor=atmail&operation=role.list",
    "#/vendors",
    "#/vendors/atmail",
)


def violations(page, rules=()):
    """Return what axe-core finds by some rules, else by all, with the HTML of the elements."""
    found = page.driver.execute_async_script(
        "const done = arguments[1];"
        "const rules = arguments[0].length ? {runOnly: arguments[0]} : {};"
        "const shown = (node) => `${node.html.slice(0, 150)} ${node.any[0]?.message ?? ''}`;"
        "axe.run(document, {...rules, resultTypes: ['violations'], iframes: false}).then((result) =>"
        " done(result.violations.map((each) => [each.id, each.nodes.slice(0, 3).map(shown)])))",
        list(rules),
    )
    return {name: nodes for name, nodes in found if nodes}


# Everything but the contrast is the same in both.
SCHEMES = [("light", ()), ("dark", ("color-contrast",))]


@pytest.mark.parametrize(("scheme", "rules"), SCHEMES)
def test_no_section_has_a_violation(page, lived_in, axe, scheme, rules):
    page.colours(scheme)
    found = {}
    page.open()
    page.see(".rows li")
    page.script(axe)

    for place in PLACES:
        page.script("location.hash = arguments[0]", place.format(message=lived_in.inbox[0].id))
        page.see("article h2, .page h2, .empty, .page h3")
        page.gone(".page", "…")
        if wrong := violations(page, rules):
            found[place] = wrong
        for tab in page.all("[role=tab]"):
            tab.click()
            if wrong := violations(page, rules):
                found[f"{place} {tab.text}"] = wrong
    page.script("location.hash = '#/inbox'")
    page.see(".rows li")
    page.role("button", "how to search").click()
    page.see(".help button", "is:unread")
    found |= {"help": wrong} if (wrong := violations(page, rules)) else {}
    page.script("location.hash = '#/faults'")
    page.see("h2", "Faults")
    page.script("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    found |= {"forms": wrong} if (wrong := violations(page, rules)) else {}
    page.keys("?")
    page.see("dialog")
    found |= {"keys": wrong} if (wrong := violations(page, rules)) else {}

    assert found == {}


@pytest.mark.parametrize(("scheme", "rules"), SCHEMES)
def test_empty_sections_have_no_violation(page, axe, scheme, rules):
    page.colours(scheme)
    page.open()
    page.see(".empty h3", "Through a vendor's API")
    page.script(axe)
    found = violations(page, rules)
    page.click("#sections a", "Requests")
    page.see("h2", "No request yet")

    assert {**found, **violations(page, rules)} == {}


def test_everything_is_reached_by_keyboard(page, mockmail, send):
    send(mockmail, "one", "two", "three")
    page.open()
    page.see(".rows li", "one")

    page.keys("j")
    page.see("article h2", "three")
    page.keys("j")
    page.see("article h2", "two")
    page.keys("k")
    page.see("article h2", "three")
    page.keys("#")
    page.see("article h2", "two")
    page.keys("/", "subject:one", "\n")
    page.gone(".rows li", "two")
    page.keys("\ue00c", "j")  # Escape leaves the field
    page.see("article h2", "one")

    for key, title in {"r": "Requests", "s": "State", "f": "Faults", "v": "Vendors", "i": "Inbox"}.items():
        page.keys("g", key)
        page.wait(lambda title=title: page.title().endswith(f"{title} · mockmail"))
    page.keys("?")
    page.see("dialog h2", "Keys")
    page.keys("\ue00c")
    page.gone("dialog")


def test_rows_and_tabs_are_used_with_tab_enter_and_arrows(page, mockmail, send):
    send(mockmail, "one", "two")
    page.open()
    page.see(".rows li", "one")

    page.keys("j")
    page.see("article h2", "two")
    assert page.script("return document.activeElement.textContent").startswith("two")
    page.keys("\ue004", "\n")  # Tab, Enter
    page.see("article h2", "one")
    page.script("document.querySelector('[role=tab][aria-selected=true]').focus()")
    page.keys("\ue014")
    page.see("[role=tab][aria-selected=true]", "Text")
    assert page.script("return document.activeElement.textContent") == "Text"
    assert page.script("return getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_first_tab_stop_skips_to_the_content(page, mockmail, send):
    send(mockmail, "one")
    page.open("#/requests")
    page.see("h2", "No request yet")

    page.keys("\ue004")
    assert page.script("return document.activeElement.textContent") == "Skip to the content"
    page.keys("\n")

    assert page.script("return document.activeElement.id") == "main"
    assert page.place() == "#/requests"


def test_new_mail_is_announced(page, mockmail, send):
    page.open()
    send(mockmail, "Hello")

    page.wait(lambda: page.script("return document.getElementById('announcer').textContent") == "New message: Hello")


@pytest.mark.parametrize("width", [360, 640])
def test_narrow_window_needs_no_sideways_scrolling(page, lived_in, width):
    page.resize(width, 740)
    page.open()

    for place in PLACES:
        page.script("location.hash = arguments[0]", place.format(message=lived_in.inbox[0].id))
        page.wait(lambda: page.all("article h2, .page h2, .empty, .page h3, .rows li"))
        page.gone(".page", "…")
        assert page.width_needed() <= width, place


def test_narrow_window_shows_the_list_or_the_message(page, mockmail, send):
    send(mockmail, "one", "two")
    page.resize(360, 740)
    page.open()

    page.click(".rows a", "two")
    page.see("article h2", "two")
    assert page.rows() == []
    page.click(".walk a", "Older")
    page.see("article h2", "one")
    assert page.all(".walk a", "Older") == []
    page.click(".back")
    page.see(".rows li", "one")
    assert page.all("article") == []


def test_dark_colours_follow_the_system(page, mockmail):
    page.open()
    colour = "return getComputedStyle(document.body).backgroundColor"
    assert page.script(colour) == "rgb(255, 255, 255)"

    page.colours("dark")

    assert page.script(colour) == "rgb(20, 23, 28)"
