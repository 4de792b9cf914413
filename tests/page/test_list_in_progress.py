"""The list of the inbox while it is read, in a real browser: what arrives or changes in between."""

from __future__ import annotations

import pytest
from browser import deliver, reset_mail

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


def respond(page):
    """Let the page have the response to the oldest request that is held."""
    page.wait(lambda: page.script("return window.held.length > 0"))
    page.script("window.held.shift()()")


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
    page.wait(lambda: page.script("return window.held.length > 0"))

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
    page.wait(lambda: page.script("return window.held.length > 0"))

    page.click("select option", "team")
    respond(page)
    page.wait(lambda: page.script("return window.held.length > 0"))

    assert "number 0" not in page.rows()
    respond(page)
    page.see(".bar [role=status]", "1 message")
    assert page.rows() == ["Reset your password"]
