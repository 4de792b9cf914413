"""The list of the inbox while it is read, in a real browser: what arrives or changes in between."""

from __future__ import annotations

import pytest
from browser import deliver, reset_mail
from http_client import send_request

pytestmark = [pytest.mark.mockmail(strict=False), pytest.mark.xdist_group("browser")]


def hold(page, words):
    """Hold each request of the page whose URL contains the words, until `respond` is called."""
    page.script(
        "const [words] = arguments; const ask = window.fetch; window.held = []; window.fetch = async (url, given) => {"
        " if (!String(url).includes(words)) return ask(url, given);"
        " const response = await ask(url, given);"
        " await new Promise((done) => { window.held.push(done); });"
        " return response; };",
        words,
    )


def wait_until_held(page, count=1):
    """Wait until this many requests are held."""
    page.wait(lambda: page.script("return window.held.length") >= count)


def respond(page):
    """Let the page have the response to the oldest request that is held."""
    wait_until_held(page)
    page.script("window.held.shift()()")


def change_sandbox_while_held(page, mockmail, words, section):
    """Open a section, hold its requests whose URL contains the words, and choose another sandbox meanwhile."""
    mockmail.sandbox("team").clock.freeze()
    page.open()
    page.see("select option", "team")
    hold(page, words)
    page.click("#sections a", section)
    wait_until_held(page)
    page.click("select option", "team")


def test_search_shows_what_it_found_although_mail_arrives_all_the_time(page, mockmail, send):
    send(mockmail, "Apples", "Pears")
    page.open()
    page.see(".rows li", "Pears")
    hold(page, "query=")
    page.fill("input[type=search]", "apples\n")
    page.see(".bar [role=status]", "searching")

    send(mockmail, "Plums")
    page.see("#sections a", "Inbox 3")
    respond(page)

    page.see(".bar [role=status]", "1 found")
    assert page.rows() == ["Apples"]
    send(mockmail, "More apples")
    page.see("#sections a", "Inbox 4")
    respond(page)
    assert page.see(".bar [role=status]").text == "1 found"
    respond(page)
    page.see(".bar [role=status]", "2 found")
    assert page.rows() == ["More apples", "Apples"]


def test_response_to_an_earlier_search_is_not_shown(page, mockmail, send):
    send(mockmail, "Apples", "Pears")
    page.open()
    page.see(".rows li", "Pears")
    hold(page, "query=")
    page.fill("input[type=search]", "apples\n")
    page.wait(lambda: page.place() == "#/inbox?q=apples")

    page.fill("input[type=search]", "pears\n")
    page.wait(lambda: page.place() == "#/inbox?q=pears")
    respond(page)
    wait_until_held(page)

    assert page.see(".bar [role=status]").text == "searching …"
    respond(page)
    page.see(".bar [role=status]", "1 found")
    assert page.rows() == ["Pears"]


def test_rest_of_a_list_is_not_added_to_that_of_another_sandbox(page, mockmail, send):
    send(mockmail, *[f"number {number}" for number in range(101)])
    deliver(mockmail, reset_mail(), "team")
    page.open()
    page.see(".bar", "101 messages")
    hold(page, "messages?limit")
    page.script("const list = document.querySelector('.rows'); list.scrollTop = list.scrollHeight")
    wait_until_held(page)

    page.click("select option", "team")
    respond(page)
    wait_until_held(page)

    assert "number 0" not in page.rows()
    respond(page)
    page.see(".bar [role=status]", "1 message")
    assert page.rows() == ["Reset your password"]


def test_filter_of_requests_shows_what_it_found_although_requests_arrive_all_the_time(page, mockmail):
    for path in ("/apples", "/pears"):
        send_request(mockmail.url, "GET", path)
    page.open("#/requests")
    page.see(".rows li", "/pears")
    hold(page, "path=")
    page.fill("input[type=search]", "apples\n")
    wait_until_held(page)

    send_request(mockmail.url, "GET", "/plums")
    page.see("#sections a", "Requests 3")
    respond(page)

    page.see(".tally", "1 request found")
    assert [row.text.split()[1] for row in page.all(".rows li")] == ["/apples"]
    respond(page)


def test_requests_of_another_sandbox_are_not_shown(page, mockmail):
    send_request(mockmail.url, "GET", "/apples")
    change_sandbox_while_held(page, mockmail, "requests?limit=500", "Requests")
    respond(page)
    wait_until_held(page)

    assert page.all(".rows li") == []
    respond(page)
    page.see("h2", "No request yet")


def test_vendor_that_was_chosen_last_is_shown(page, mockmail):
    page.open("#/vendors")
    page.see("h2", "Vendors")
    hold(page, "vendors/atmail/examples")
    page.click("td a", "atmail")
    wait_until_held(page)

    page.driver.get(f"{page.driver.current_url.partition('#')[0]}#/vendors/postmark")
    page.see("h2", "Postmark")
    respond(page)
    page.script("return new Promise((done) => setTimeout(done, 200))")

    assert page.see("h2").text == "Postmark"


def test_faults_of_another_sandbox_are_not_shown(page, mockmail):
    fault = {"vendor": "atmail", "operation": "role.list", "status": 503}
    send_request(mockmail.url, "POST", "/_mockmail/faults", json=fault)
    change_sandbox_while_held(page, mockmail, "_mockmail/stubs", "Faults")
    wait_until_held(page, 3)
    page.script("window.last = window.held.shift(); window.held.splice(0).forEach((done) => done())")
    page.see("p", "None. A fault makes")
    page.script("window.last(); return new Promise((done) => setTimeout(done, 200))")

    page.see("p", "None. A fault makes")


@pytest.mark.parametrize(("section", "held"), [("faults", "/stubs"), ("vendors", "/health"), ("state", "limit=200")])
def test_section_that_was_left_for_another_sandbox_makes_no_error(page, mockmail, section, held):
    page.open()
    hold(page, held)
    page.script("location.hash = arguments[0]", f"#/{section}")
    wait_until_held(page)

    page.script("location.hash = '#/inbox?sandbox=team'")
    page.see("h2", "No mail yet")
    page.script("window.held.splice(0).forEach((done) => done())")
    page.script("return new Promise((done) => setTimeout(done, 200))")

    page.see("h2", "No mail yet")  # an error in the console fails the fixture


def test_state_is_shown_although_records_change_all_the_time(page, mockmail):
    [domain, *_] = send_request(mockmail.url, "GET", "/_mockmail/state/atmail/domains").json["records"]
    page.open("#/state/atmail/domains")
    page.see("h3", "domains: ")
    before = page.see("h3", "domains: ").text
    hold(page, "limit=200")

    for number in (1, 2):
        record = domain["record"] | {"domainId": 900 + number, "domainName": f"d{number}.example"}
        change = {"format": 1, "vendors": {"atmail": {"domains": [record]}}}
        send_request(mockmail.url, "PATCH", "/_mockmail/state", json=change)
        page.wait(lambda number=number: page.script("return window.held.length") == number)
    respond(page)

    page.wait(lambda: page.see("h3", "domains: ").text != before)
    respond(page)


def test_list_of_a_search_that_was_scrolled_keeps_its_length_and_place_when_mail_arrives(page, mockmail, send):
    send(mockmail, *[f"apple {number}" for number in range(250)])
    page.open("#/inbox?q=apple")
    page.see(".bar", "250 found")
    page.script("const list = document.querySelector('.rows'); list.scrollTop = list.scrollHeight")
    page.wait(lambda: page.script("return document.querySelectorAll('.rows li').length") == 200)
    place = page.script("return document.querySelector('.rows').scrollTop")

    send(mockmail, "pear", "apple")

    page.see(".bar", "251 found")
    assert page.script("return document.querySelectorAll('.rows li').length") >= 200
    assert page.script("return document.querySelector('.rows').scrollTop") >= place
