"""The inbox in a real browser."""

from __future__ import annotations

import shlex
import subprocess

import pytest
from browser import deliver, reset_mail
from http_client import basic, send_request

pytestmark = [pytest.mark.mockmail(strict=False), pytest.mark.xdist_group("browser")]


def test_empty_inbox_teaches_how_to_send(page, mockmail):
    page.open()

    page.see("h2", "No mail yet")
    page.see(".empty h3", "By SMTP")
    assert f"curl smtp://127.0.0.1:{mockmail.smtp_port}" in page.see(".empty").text
    assert f'smtplib.SMTP("127.0.0.1", {mockmail.smtp_port})' in page.see(".empty").text


def test_empty_inbox_shows_a_request_to_each_vendor(page, mockmail):
    vendors = send_request(mockmail.url, "GET", "/_mockmail/vendors").json["vendors"]
    page.open()
    options = page.see(".empty select").find_elements("css selector", "option")
    assert [option.text for option in options] == [vendor["title"] for vendor in vendors]

    choose(page, "Postmark")
    page.see(".empty code", "/postmark/email")
    curl = page.see(".empty code", "/postmark/").text
    subprocess.run(shlex.split(curl), check=True, capture_output=True, timeout=30)

    page.see(".rows li", "postmark email.send")


def test_empty_inbox_that_cannot_say_how_to_send_shows_the_error(page, mockmail):
    page.expected_errors.append("status of 503")
    page.open("#/vendors")
    page.script(
        "const ask = window.fetch; window.fetch = (url, given) => String(url).includes('/examples')"
        " ? Promise.resolve(new Response(JSON.stringify({error: 'too busy'}), {status: 503})) : ask(url, given);"
    )

    page.click("#sections a", "Inbox")

    page.see("h2", "No mail yet")
    page.see(".empty .error", "too busy")


def test_empty_inbox_says_which_vendors_send_no_mail(page, mockmail):
    page.open()

    choose(page, "atmail mail server")

    page.see(".empty", "does not send mail")
    page.see(".empty code", "/atmail/admin/")


def choose(page, title):
    chooser = page.role("combobox", "Vendor")
    next(option for option in chooser.find_elements("css selector", "option") if option.text == title).click()


def test_message_is_shown_from_every_side(page, mockmail):
    deliver(mockmail, reset_mail())
    page.open()
    page.click(".rows a", "Reset your password")
    page.see("article h2", "Reset your password")

    page.driver.switch_to.frame(page.see("iframe"))
    assert page.wait(lambda: "Reset: here" in page.text())
    assert page.script("return document.images.length") == 1
    page.driver.switch_to.default_content()

    for tab, words in {
        "Text": "Your code is 482913",
        "HTML": '<a href="https://app.example/reset?t=1">',
        "Headers": "App <app@example.com>",
        "Raw": "Content-Type: multipart/mixed",
        "Parts": "numbers.csv",
        "Envelope": "S: 250 ",
        "Delivery": "No vendor hosts a mailbox",
        "Links and codes": "482913",
        "Checks": "There is no Message-ID header",
    }.items():
        page.click("[role=tab]", tab)
        page.see("[role=tabpanel]", words)


@pytest.mark.parametrize("width", [900, 1120, 1440])
def test_tabs_of_a_message_are_in_one_row_and_all_visible(page, mockmail, width):
    deliver(mockmail, reset_mail())
    page.resize(width, 740)

    page.open(f"#/inbox/{mockmail.inbox[0].id}")

    page.see("[role=tab]", "Checks")
    assert len({tab.location["y"] for tab in page.all("[role=tab]")}) == 1
    needed, given = page.script(
        "const tabs = document.querySelector('[role=tablist]'); return [tabs.scrollWidth, tabs.clientWidth]"
    )
    assert needed <= given


def test_attachment_is_named_above_the_tabs_and_leads_to_the_parts(page, mockmail):
    deliver(mockmail, reset_mail())
    page.open(f"#/inbox/{mockmail.inbox[0].id}")

    page.click("dl button", "numbers.csv")

    page.see("[role=tab][aria-selected=true]", "Parts")
    page.see("td", "text/csv")


def test_widths_of_the_preview(page, mockmail):
    deliver(mockmail, reset_mail())
    page.open(f"#/inbox/{mockmail.inbox[0].id}")

    page.click("button", "Phone")
    assert page.see("iframe").size["width"] == 375
    page.click("button", "Full width")
    assert page.see("iframe").size["width"] > 400


def test_copies_as_pytest_and_curl_work(page, mockmail, tmp_path):
    deliver(mockmail, reset_mail())
    page.open(f"#/inbox/{mockmail.inbox[0].id}")

    as_pytest, as_curl = page.copied("Copy as pytest"), page.copied("Copy as curl")

    names = {}
    exec(as_pytest, names)
    names["test_message"](mockmail)
    assert as_curl == f"curl --fail {mockmail.url}/_mockmail/messages/{mockmail.inbox[0].id}"


def test_new_mail_appears_without_moving_what_is_read(page, mockmail, send):
    send(mockmail, *[f"Message {number}" for number in range(60)])
    page.open(f"#/inbox/{mockmail.inbox[10].id}")
    page.see("article h2", "Message 10")
    page.script("document.querySelector('.rows').scrollTop = 900")
    article = page.script("return document.querySelector('article')")
    place = page.script("return document.querySelector('.rows li:nth-child(25)').getBoundingClientRect().top")

    send(mockmail, "New")
    page.wait(lambda: page.title().startswith("(60) Inbox"))

    assert page.script("return document.querySelector('.rows li .first').textContent") == "New"
    moved = page.script("return document.querySelector('.rows li:nth-child(26)').getBoundingClientRect().top") - place
    assert abs(moved) < 1
    assert page.script("return document.querySelector('article')") == article
    page.see("#sections a", "Inbox 60")
    page.script("document.querySelector('.rows').scrollTop = 0")
    page.click(".rows a", "New")
    page.wait(lambda: page.title() == "(59) Inbox · mockmail")


def test_lost_connection_is_shown_and_nothing_is_lost_or_shown_twice(page, mockmail, send):
    page.expected_errors.append("ERR_")
    send(mockmail, "one")
    page.open()
    send(mockmail, "two")
    page.see(".rows li", "two")

    page.proxy.cut()
    page.see(".live.lost", "no connection")
    send(mockmail, "three", "four")
    page.proxy.broken = False

    page.see(".live", "live")
    page.see(".rows li", "four")
    send(mockmail, "five")
    page.see(".rows li", "five")
    assert page.rows() == ["five", "four", "three", "two", "one"]


def test_mail_between_the_lists_and_the_stream_is_not_lost(page, mockmail, send):
    """The stream begins before the list is asked for, so a message is in one of them, or in both and shown once."""
    page.open()
    paths = [url.partition("/_mockmail/")[2] for _, url in page.proxy.seen]

    calls = [path.partition("?")[0] for path in paths]
    assert calls.index("events") < calls.index("messages")


def test_search_is_in_the_address_and_its_error_beside_it(page, mockmail, send):
    send(mockmail, "Apples", "Pears")
    page.open()
    page.see(".rows li", "Pears")

    page.fill("input[type=search]", "subject:apples")
    page.keys("\n")
    page.gone(".rows li", "Pears")
    assert page.rows() == ["Apples"]
    page.see(".bar", "1 found")
    page.driver.refresh()
    page.see(".rows li", "Apples")
    assert page.rows() == ["Apples"]

    page.expected_errors.append("status of 400")
    page.fill("input[type=search]", " ".join(f"w{number}" for number in range(101)))
    page.keys("\n")
    page.see(".error", "100 terms")
    page.driver.back()
    page.see(".rows li", "Apples")


def test_search_without_a_match_explains_the_grammar(page, mockmail, send):
    send(mockmail, "Apples")
    page.open("#/inbox?q=pears")

    page.see(".empty h2", "No message matches")
    page.see(".empty", "to:jane")


def test_search_that_finds_nothing_leads_back_to_all_messages(page, mockmail, send):
    send(mockmail, "Apples")
    page.open("#/inbox?q=pears")
    page.see(".empty code", "pears")

    page.click("a", "Show all messages")

    page.see(".rows li", "Apples")
    assert page.place() == "#/inbox"


def test_help_beside_the_search_adds_its_terms(page, mockmail, send):
    send(mockmail, "Apples", "Pears")
    page.open()
    page.role("button", "how to search").click()

    page.click(".help button", "is:unread")
    page.keys(" pears\n")

    page.wait(lambda: page.rows() == ["Pears"])
    assert page.place() == "#/inbox?q=is%3Aunread+pears"


def test_search_that_is_refused_shows_its_error_alone(page):
    page.expected_errors.append("status of 400")

    page.open("#/inbox?q=to%3A")

    page.see(".error", "to:")
    assert page.all(".empty") == []


def test_message_is_deleted(page, mockmail, send):
    send(mockmail, "one", "two")
    page.open()
    page.click(".rows a", "two")
    page.see("article")

    page.click("article button", "Delete")

    page.gone(".rows li", "two")
    page.see("article h2", "one")
    assert [message.subject for message in mockmail.inbox] == ["one"]


def test_all_messages_are_deleted_after_a_question(page, mockmail, send):
    send(mockmail, "one", "two")
    page.open()
    page.see(".rows li", "two")

    page.click("button", "Delete all")
    page.confirm()

    page.see("h2", "No mail yet")
    assert len(mockmail.inbox) == 0


def test_message_that_was_deleted_elsewhere_leaves_the_list(page, mockmail, send):
    send(mockmail, "one", "two", "three")
    page.open()
    page.click(".rows a", "two")
    page.see("article h2", "two")

    mockmail.inbox.delete(subject="one")
    page.gone(".rows li", "one")
    page.see("article h2", "two")
    mockmail.inbox.delete(subject="two")

    page.gone(".rows li", "two")
    page.gone("article")
    page.see(".bar", "1 message")
    mockmail.inbox.clear()
    page.see("h2", "No mail yet")


def test_long_list_is_loaded_while_it_is_scrolled(page, mockmail, send):
    send(mockmail, *[f"Message {number}" for number in range(250)])
    page.open()
    page.see(".bar", "250 messages")
    count = "return document.querySelectorAll('.rows li').length"
    assert page.script(count) == 100

    for expected in (200, 250):
        page.script("const list = document.querySelector('.rows'); list.scrollTop = list.scrollHeight")
        page.wait(lambda expected=expected: page.script(count) == expected)

    subjects = page.script("return [...document.querySelectorAll('.rows .first')].map((row) => row.textContent)")
    assert subjects == [f"Message {number}" for number in range(249, -1, -1)]


def test_message_of_a_vendor_leads_to_its_request_and_back(page, mockmail):
    send_request(
        mockmail.url,
        "POST",
        "/postmark/email",
        json={"From": "sender@example.com", "To": "jane@example.com", "Subject": "Invoice", "TextBody": "Hello"},
        headers={"X-Postmark-Server-Token": next(iter(mockmail.postmark.credentials.values()))},
    )
    page.open()
    page.click(".rows a", "Invoice")
    page.click("article a", "request ")
    page.see("article h2", "POST ")
    page.click("article dd a")
    page.see("article h2", "Invoice")


def test_sandbox_is_chosen_and_kept_in_the_address(page, mockmail, send):
    send(mockmail, "ours")
    deliver(mockmail, reset_mail(), "team")
    page.open()
    page.see(".rows li", "ours")

    page.click("select option", "team")

    page.see(".rows li", "Reset your password")
    assert page.rows() == ["Reset your password"]
    assert "sandbox=team" in page.place()
    page.click(".rows a", "Reset your password")
    page.see("article h2", "Reset your password")
    page.driver.refresh()
    page.see("article h2", "Reset your password")
    page.driver.back()
    page.driver.back()
    page.see(".rows li", "ours")


def test_page_of_a_sandbox_shows_its_mail(page, mockmail, send):
    send(mockmail, "ours")
    deliver(mockmail, reset_mail(), "team")

    page.open(root=f"{mockmail.url}/~team")

    page.see(".rows li", "Reset your password")
    assert page.rows() == ["Reset your password"]


def test_unread_message_of_another_sandbox_is_not_counted(page, mockmail, send):
    page.open()
    deliver(mockmail, reset_mail(), "team")
    send(mockmail, "ours")

    page.see(".rows li", "ours")
    assert page.title() == "(1) Inbox · mockmail"


def test_hosted_mailbox_is_named_in_the_delivery(page, mockmail):
    headers = {"Authorization": basic("admin", "changeme")}
    form = {"username": "jane@yourdomain.com", "password": "changeme"}
    send_request(mockmail.url, "POST", "/admin/index.php/api/accounts/create/", form=form, headers=headers)
    message = reset_mail()
    message.replace_header("To", "jane@yourdomain.com")
    deliver(mockmail, message)
    page.open(f"#/inbox/{mockmail.inbox[0].id}")

    page.click("[role=tab]", "Delivery")

    page.see("[role=tabpanel]", "atmail, mailbox")


def test_message_with_an_attachment_has_a_mark_in_the_list(page, mockmail, send):
    deliver(mockmail, reset_mail())
    page.open()
    page.see(".rows li", "Reset your password")

    send(mockmail, "Plain")
    page.see(".rows li", "Plain")

    marks = {row.text.split("\n")[0]: len(row.find_elements("css selector", "img")) for row in page.all(".rows li")}
    assert marks == {"Plain": 0, "Reset your password": 1}
    assert page.see(".rows img").accessible_name == "has an attachment"


def test_first_view_of_many_messages_reads_one_page_and_polls_nothing(page, mockmail, send):
    send(mockmail, *[f"number {number}" for number in range(250)])
    page.open()
    page.see(".rows li", "number 249")
    page.see("#status", "live")

    page.script("return new Promise((done) => setTimeout(done, 1500))")

    asked = [url.partition("/_mockmail/")[2] for _, url in page.proxy.seen]
    assert [path for path in asked if path.startswith("messages")] == ["messages?limit=100"]
    assert len(page.all(".rows li")) == 100
    calls = [path for path in asked if path and not path.startswith("ui/")]
    assert len(calls) == len(set(calls)), calls
    assert "health" not in calls


def test_search_that_takes_long_says_so(page, mockmail, send):
    send(mockmail, "Hello")
    page.open()
    page.see(".rows li", "Hello")
    page.script(
        "const ask = window.fetch; window.fetch = async (url, given) => { if (String(url).includes('query='))"
        " await new Promise((done) => { window.respond = done; }); return ask(url, given); };"
    )

    page.fill("input[type=search]", "hello\n")

    page.see(".bar [role=status]", "searching")
    page.script("window.respond()")
    page.see(".bar [role=status]", "1 found")
