"""The control calls that the web page is made of: its files, previews, parts, checks and vendors."""

from __future__ import annotations

import gzip
import hashlib
import smtplib
from email.message import EmailMessage
from urllib.parse import quote, urljoin

import pytest
from http_client import send_request

from mockmail.control.page import FOLDER

pytestmark = pytest.mark.mockmail(strict=False)

MOST_COMPRESSED = 60_000
UNDECLARED = "A text/plain part has bytes outside ASCII, but its Content-Transfer-Encoding is missing, not 8bit."


def get(mm, path, headers=None):
    return send_request(mm.url, "GET", path, headers=headers)


def deliver(mm, raw):
    """Deliver a message byte for byte; return its path."""
    with smtplib.SMTP(mm.smtp_host, mm.smtp_port, "client.test", timeout=20) as smtp:
        smtp.ehlo()
        smtp.mail("app@example.com")
        smtp.rcpt("jane@example.com")
        smtp.docmd("DATA")
        smtp.send(raw.replace(b"\n.", b"\n..") + b"\r\n.\r\n")
        assert smtp.getreply()[0] == 250
    return f"/_mockmail/messages/{mm.inbox[-1].id}"


@pytest.fixture
def newsletter():
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "app@example.com", "jane@example.com", "News"
    message.set_content("Hello")
    message.add_alternative('<p>Hello <img src="cid:logo@app"> <img src="cid:none"></p>', subtype="html")
    message.get_payload()[1].add_related(b"\x89PNG", "image", "png", cid="<logo@app>")
    message.add_attachment(b"a,b\n", maintype="text", subtype="csv", filename="numbers.csv")
    return message.as_bytes().replace(b"\n", b"\r\n")


class TestFiles:
    """`/_mockmail/ui/`, and `/` for browsers."""

    @pytest.mark.parametrize("path", ["/", "/~mine/"])
    def test_root_leads_a_browser_to_the_page(self, mockmail, path):
        response = get(mockmail, path, {"Accept": "text/html,*/*"})

        target = urljoin(mockmail.url + path, response.headers["Location"]).removeprefix(mockmail.url)
        assert (response.status, target) == (302, f"{path.rstrip('/')}/_mockmail/ui/")
        assert b"<title>mockmail" in get(mockmail, target).body

    @pytest.mark.parametrize("path", ["/", "/~mine/"])
    def test_root_leads_other_clients_to_the_description(self, mockmail, path):
        response = get(mockmail, path, {"Accept": "*/*"})

        target = urljoin(mockmail.url + path, response.headers["Location"])
        assert target == f"{mockmail.url}{path.rstrip('/')}/_mockmail/"

    def test_page_without_final_slash_redirects(self, mockmail):
        response = get(mockmail, "/_mockmail/ui")

        assert (response.status, response.headers["Location"]) == (302, "ui/")

    def test_every_file_is_served_with_its_type_and_the_policy(self, mockmail):
        types = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html"}

        for file in FOLDER.iterdir():
            response = get(mockmail, f"/_mockmail/ui/{file.name}")
            assert response.status == 200
            assert response.body == file.read_bytes()
            assert response.headers["Content-Type"].split(";")[0] == types[file.suffix]
            assert "default-src 'none'; script-src 'self'" in response.headers["Content-Security-Policy"]

    @pytest.mark.parametrize("name", ["none.js", "..%2f__init__.py", "%2e%2e", "tsconfig.json", "x" * 3000])
    def test_no_other_file_is_served(self, mockmail, name):
        response = get(mockmail, f"/_mockmail/ui/{name}")

        assert response.status == 404
        assert response.json["error"].startswith("the page has no file")

    def test_all_files_are_small(self):
        files = [file.read_bytes() for file in FOLDER.iterdir() if file.is_file()]

        assert sum(len(gzip.compress(file)) for file in files) < MOST_COMPRESSED


class TestPreview:
    """`messages/{id}/html`."""

    def test_inline_image_stands_in_place_of_its_cid(self, mockmail, newsletter):
        response = get(mockmail, f"{deliver(mockmail, newsletter)}/html")

        assert b'<img src="data:image/png;base64,iVBORw=="> <img src="cid:none">' in response.body
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"

    def test_policy_forbids_scripts_and_foreign_sources(self, mockmail, newsletter):
        headers = get(mockmail, f"{deliver(mockmail, newsletter)}/html").headers

        assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'; img-src data:;")
        assert headers["X-DNS-Prefetch-Control"] == "off"
        assert headers["Referrer-Policy"] == "no-referrer"

    def test_link_elements_are_taken_out(self, mockmail):
        raw = b"Content-Type: text/html\r\n\r\n<LINK rel=preconnect href=//x.example><link/rel=x><links>"

        body = get(mockmail, f"{deliver(mockmail, raw)}/html").body

        assert b"<x-LINK rel=preconnect href=//x.example><x-link/rel=x><links>" in body

    def test_unknown_message_is_refused(self, mockmail):
        assert get(mockmail, "/_mockmail/messages/none/html").status == 404


class TestParts:
    """`messages/{id}/parts`."""

    def test_parts_are_listed_with_size_and_hash(self, mockmail, newsletter):
        parts = get(mockmail, f"{deliver(mockmail, newsletter)}/parts").json["parts"]

        assert [part["content_type"] for part in parts] == ["text/plain", "text/html", "image/png", "text/csv"]
        assert parts[2]["content_id"] == "logo@app"
        assert parts[3] == {
            "number": 4,
            "content_type": "text/csv",
            "disposition": "attachment",
            "filename": "numbers.csv",
            "content_id": None,
            "size": 4,
            "sha256": hashlib.sha256(b"a,b\n").hexdigest(),
        }

    def test_part_is_a_file_that_does_not_run(self, mockmail, newsletter):
        response = get(mockmail, f"{deliver(mockmail, newsletter)}/parts/2")

        assert response.status == 200
        assert response.headers["Content-Disposition"] == "attachment"
        assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"

    @pytest.mark.parametrize("number", ["0", "5", "-1", "x", "²", "9" * 400])
    def test_part_that_is_not_there_is_refused(self, mockmail, newsletter, number):
        response = get(mockmail, f"{deliver(mockmail, newsletter)}/parts/{quote(number)}")

        assert response.status == 404
        assert response.json["error"].endswith("it has 4, counted from 1")


class TestBefore:
    """`before` in lists, for the pages of a long list."""

    def test_pages_follow_one_another(self, mockmail, send):
        send(mockmail, "one", "two", "three", "four")
        first = get(mockmail, "/_mockmail/messages?limit=2").json

        second = get(mockmail, f"/_mockmail/messages?limit=2&before={first['messages'][-1]['id']}").json

        assert [message["subject"] for message in first["messages"]] == ["four", "three"]
        assert [message["subject"] for message in second["messages"]] == ["two", "one"]
        assert (first["total"], second["total"]) == (4, 2)

    def test_page_of_a_search_has_only_what_matches(self, mockmail, send):
        send(mockmail, "a one", "b one", "a two")
        last = mockmail.inbox[-1].id

        found = get(mockmail, f"/_mockmail/messages?query=subject:a&before={last}").json

        assert [message["subject"] for message in found["messages"]] == ["a one"]

    def test_unknown_id_is_refused(self, mockmail):
        response = get(mockmail, "/_mockmail/messages?before=none")

        assert (response.status, response.json["error"]) == (400, "before: there is no message 'none'")


class TestChecks:
    """`messages/{id}/checks`."""

    def found(self, mm, raw):
        return get(mm, f"{deliver(mm, raw)}/checks").json["findings"]

    def test_good_message_has_no_finding(self, mockmail):
        raw = b"From: a@b.example\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\nMessage-ID: <1@b>\r\n\r\nHello\r\n"

        assert self.found(mockmail, raw) == []

    def test_missing_and_repeated_headers_are_found(self, mockmail):
        texts = [finding["text"] for finding in self.found(mockmail, b"Subject: a\r\nSubject: b\r\n\r\nHello")]

        assert texts[:2] == ["There is no From header.", "There is no Date header."]
        assert texts[2].startswith("There is no Message-ID header: ")
        assert texts[3] == "There are 2 Subject headers, and only one is allowed."

    @pytest.mark.parametrize(
        ("body", "finding"),
        [
            (b"one\ntwo\nthree", ("bare-lf", "2 lines end with a line feed alone, not with CR LF.", 5)),
            (b"one\r\ntwo\rthree", ("bare-cr", "A line ends with a carriage return alone, not with CR LF.", 6)),
            (b"x" * 999, ("long-line", "A line is longer than 998 bytes.", 5)),
            (
                b"fine\r\n\xc3\xa9",
                (
                    "undeclared-8bit",
                    UNDECLARED,
                    6,
                ),
            ),
        ],
    )
    def test_finding_names_the_line(self, mockmail, body, finding):
        head = b"From: a@b.example\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\nMessage-ID: <1@b>\r\n\r\n"

        found = self.found(mockmail, head + body)

        assert [(each["check"], each["text"], each["line"]) for each in found] == [finding]

    def test_declared_8bit_and_a_line_of_998_bytes_are_fine(self, mockmail):
        head = b"From: a@b.example\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\nMessage-ID: <1@b>\r\n"

        raw = head + b"Content-Transfer-Encoding: 8bit\r\n\r\n\xc3\xa9\r\n" + b"x" * 998

        assert self.found(mockmail, raw) == []

    def test_8bit_header_is_found_in_front_of_the_body(self, mockmail):
        found = self.found(mockmail, b"Subject: caf\xc3\xa9\r\n\r\nHello")

        assert [each["line"] for each in found if each["check"] == "8bit-header"] == [1]


class TestVendors:
    """`/_mockmail/vendors`."""

    def test_vendor_has_what_a_client_needs(self, mockmail):
        vendors = {vendor["name"]: vendor for vendor in get(mockmail, "/_mockmail/vendors").json["vendors"]}

        atmail = vendors["atmail"]
        assert atmail["url"] == mockmail.atmail.url
        assert atmail["root"] == f"{mockmail.url}/atmail"
        assert atmail["credentials"] == mockmail.atmail.credentials
        assert atmail["environment"]["ATMAIL_URL"] == atmail["url"]
        [create] = [operation for operation in atmail["operations"] if operation["name"] == "account.create"]
        assert create["evidence"] in ("assumed", "documented", "confirmed")
        assert create["path"].startswith("/")

    def test_address_has_the_sandbox(self, mockmail):
        vendors = get(mockmail, "/~mine/_mockmail/vendors").json["vendors"]

        assert {vendor["url"].removeprefix(mockmail.url)[:7] for vendor in vendors} == {"/~mine/"}


@pytest.mark.mockmail(strict=False, control_token="secret")
class TestToken:
    """A page in a frame sends no token, so a preview has a key."""

    def preview(self, mm, raw):
        return get(mm, deliver(mm, raw), {"Authorization": "Bearer secret"}).json["preview"]

    def test_preview_needs_a_key(self, mockmail, newsletter):
        preview = self.preview(mockmail, newsletter)

        path, _, key = preview.partition("?key=")
        assert get(mockmail, f"/_mockmail/{preview}").status == 200
        assert get(mockmail, f"/_mockmail/{path}").status == 401
        assert get(mockmail, f"/_mockmail/{path}?key={key[:-1]}").status == 401
        assert get(mockmail, f"/_mockmail/{path}?key=").status == 401

    def test_key_is_for_one_path_one_sandbox_and_get_alone(self, mockmail, newsletter):
        key = self.preview(mockmail, newsletter).partition("?key=")[2]
        message = f"/_mockmail/messages/{mockmail.inbox[-1].id}"

        assert get(mockmail, f"{message}?key={key}").status == 401
        assert get(mockmail, f"{message}/raw?key={key}").status == 401
        assert get(mockmail, f"/~mine{message}/html?key={key}").status == 401
        assert send_request(mockmail.url, "DELETE", f"{message}?key={key}").status == 401
        assert send_request(mockmail.url, "POST", f"{message}/html?key={key}").status == 401

    def test_other_sites_have_no_use_for_a_key(self, mockmail, newsletter):
        preview = self.preview(mockmail, newsletter)

        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}):
            assert get(mockmail, f"/_mockmail/{preview}", headers).status == 403

    def test_files_of_the_page_need_no_token(self, mockmail):
        assert get(mockmail, "/_mockmail/ui/").status == 200
        assert get(mockmail, "/_mockmail/ui/app.js").status == 200
        assert get(mockmail, "/_mockmail/vendors").status == 401


def test_message_without_a_control_token_has_a_preview_without_a_key(mockmail, newsletter):
    message = get(mockmail, deliver(mockmail, newsletter)).json

    assert message["preview"] == f"messages/{message['id']}/html"


def test_links_of_other_sites_lead_to_the_page_but_not_to_the_api(mockmail):
    headers = {"Sec-Fetch-Site": "cross-site"}

    assert get(mockmail, "/_mockmail/ui/", headers).status == 200
    assert get(mockmail, "/", headers).status == 302
    assert get(mockmail, "/_mockmail/health", headers).status == 403
    assert get(mockmail, "/_mockmail/vendors", headers).status == 403


def test_page_may_not_be_named_like_another_host(mockmail):
    assert get(mockmail, "/_mockmail/ui/", {"Host": "evil.example.com"}).status == 403
