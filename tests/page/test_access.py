"""Who reaches the page, and how: a control token, a path prefix, lost servers."""

from __future__ import annotations

import pytest
from browser import deliver, reset_mail
from recording_proxy import Proxy

pytestmark = [pytest.mark.mockmail(strict=False), pytest.mark.xdist_group("browser")]


@pytest.mark.mockmail(strict=False, control_token="secret")
def test_token_is_asked_for_once_and_kept_for_the_tab(page, mockmail):
    page.expected_errors.append("status of 401")
    deliver(mockmail, reset_mail())
    page.driver.get(f"{mockmail.url}/_mockmail/ui/")

    page.see("dialog h2", "This server needs a token")
    assert len(page.all("dialog")) == 1
    page.keys("wrong\n")
    page.see("dialog p", "not the token")
    page.keys("secret\n")

    page.click(".rows a", "Reset your password")
    page.driver.switch_to.frame(page.see("iframe"))
    page.wait(lambda: "Reset: here" in page.text())
    page.driver.switch_to.default_content()
    page.driver.refresh()
    page.see("article h2", "Reset your password")
    assert page.all("dialog") == []


def test_page_works_below_a_path_prefix(chromium, page, mockmail, send):
    front = Proxy(prefix="/tools/mail")
    front.target = mockmail.url
    page.proxy.target = front.url.removesuffix("/tools/mail")
    try:
        page.driver.get(f"{front.url}/")
        page.see(".empty .copy", f"{front.url}/adaxes/")
        deliver(mockmail, reset_mail())
        page.see(".live", "live")
        assert page.script("return location.pathname") == "/tools/mail/_mockmail/ui/"

        page.click(".rows a", "Reset your password")
        page.driver.switch_to.frame(page.see("iframe"))
        page.wait(lambda: "Reset: here" in page.text())
        page.driver.switch_to.default_content()
        assert f"{front.url}/_mockmail/messages/" in page.copied("Copy as curl")
        send(mockmail, "New")
        page.see(".rows li", "New")

        page.click("#sections a", "Vendors")
        page.see("code", f"{front.url}/atmail")
        page.click("td a", "atmail")
        page.click("button.link", "role.list")
        page.click("button", "Send")
        page.see("[role=status]", "Status 200")
        page.leave()
    finally:
        page.proxy.target = mockmail.url
        page.proxy.seen.clear()
        front.close()


def test_two_tabs_show_the_same(page, mockmail, send):
    page.open()
    first = page.driver.current_window_handle
    page.driver.switch_to.new_window("tab")
    page.open()

    send(mockmail, "Hello")

    page.see(".rows li", "Hello")
    page.driver.close()
    page.driver.switch_to.window(first)
    page.see(".rows li", "Hello")


def test_places_survive_reload_and_unknown_ones_lead_to_the_inbox(page, mockmail):
    for place, title in {
        "#/requests?vendor=atmail": "Requests",
        "#/state/atmail": "State",
        "#/faults": "Faults",
        "#/vendors/rackspace": "Vendors",
        "#/none": "Inbox",
        "": "Inbox",
    }.items():
        page.open(place)
        page.driver.refresh()
        page.wait(lambda title=title: page.title().endswith(f"{title} · mockmail"))


def test_message_that_is_gone_is_said(page):
    page.expected_errors.append("status of 404")
    page.open("#/inbox/none")

    page.see(".error", "there is no message 'none'")
    page.click(".empty a", "Inbox")
    page.see("h2", "No mail yet")


@pytest.mark.parametrize("status", [200, 404])
def test_links_to_the_documentation_are_shown_where_it_is_served(page, status):
    source = f"""
        const ask = window.fetch;
        window.asked = 0;
        window.fetch = async (url, given) => {{
            if (!String(url).endsWith("/_mockmail/docs/")) return ask(url, given);
            window.asked += 1;
            return new Response(null, {{ status: {status} }});
        }};"""
    added = page.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": source})
    try:
        page.open("#/faults")
        page.see("p", "What is arranged here")
        page.click("#sections a", "Vendors")
        page.click("td a", "atmail")
        page.see("h2", "atmail")

        shown = [link.get_attribute("href").removeprefix(page.url) for link in page.all("a[href*='/docs/']")]
        expected = ["/_mockmail/docs/", "/_mockmail/docs/vendors/atmail.html"] if status == 200 else []
        assert shown == expected
        assert page.script("return window.asked") == 1
    finally:
        page.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)
