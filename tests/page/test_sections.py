"""Requests, state, faults and vendors in a real browser."""

from __future__ import annotations

import json
import shlex
import subprocess

import pytest
from browser import deliver, reset_mail
from http_client import basic, send_request

pytestmark = [pytest.mark.mockmail(strict=False), pytest.mark.xdist_group("browser")]

ADMIN = {"Authorization": basic("admin", "changeme")}
ROLES = "/atmail/admin/index.php/api/users/rolelist"


def roles(mm, path=ROLES, headers=None):
    return send_request(mm.url, "GET", path, headers=headers or ADMIN)


class TestRequests:
    """`#/requests`."""

    def test_empty_list_says_what_will_be_there(self, page):
        page.open("#/requests")

        page.see("h2", "No request yet")

    def test_request_appears_at_once_and_is_shown_with_its_response(self, page, mockmail):
        page.open("#/requests")
        page.see("h2", "No request yet")

        roles(mockmail)

        page.click(".rows a", ROLES)
        page.see("article h2", f"GET {ROLES}")
        page.see("[role=tabpanel]", '<api generator="zend" version="1.0">')
        page.click("[role=tab]", "Request")
        page.see("[role=tabpanel] td", "***")
        page.see("#sections a", "Requests 1")

    def test_unmatched_request_stands_out_with_the_nearest_operations(self, page, mockmail):
        roles(mockmail, "/atmail/admin/index.php/api/users/rolelst")
        page.open("#/requests")

        page.see(".rows li.unmatched", "unmatched")
        page.click(".rows a")

        page.see("article h3", "Nearest operations")
        page.see("article li", "role.list")

    def test_refused_request_says_why(self, page, mockmail):
        roles(mockmail, headers={"Authorization": basic("admin", "wrong")})
        page.open("#/requests")

        page.click(".rows a")

        page.see("article dt", "Refused because")

    def test_mails_of_a_request_are_named(self, page, mockmail):
        token = {"X-Postmark-Server-Token": mockmail.postmark.credentials["server_token"]}
        mail = {"From": "sender@example.com", "To": "jane@example.com", "Subject": "Invoice", "TextBody": "Hello"}
        send_request(mockmail.url, "POST", "/postmark/email", json=mail, headers=token)
        page.open("#/requests")
        page.see(".rows li", "1 mail")

        page.click(".rows a")

        page.see("article dd a", "Invoice to jane@example.com")

    def test_request_that_is_gone_is_said_with_a_way_back(self, page):
        page.expected_errors.append("status of 404")
        page.open("#/requests/99")
        page.see(".error", "99")

        page.click(".empty a", "Requests")

        assert page.place() == "#/requests"

    def test_filters_are_in_the_address(self, page, mockmail):
        roles(mockmail)
        roles(mockmail, "/atmail/none")
        page.open("#/requests")
        page.see(".rows li", "/atmail/none")

        page.fill("input[type=search]", "rolelist\n")
        page.gone(".rows li", "/atmail/none")
        page.driver.refresh()
        page.see(".rows li", "rolelist")
        assert len(page.rows()) == 1
        page.driver.back()
        page.see(".rows li", "/atmail/none")
        page.click("label", "unmatched")
        page.gone(".rows li", "rolelist")

    def test_filters_that_find_nothing_lead_back_to_all_requests(self, page, mockmail):
        send_request(mockmail.url, "GET", "/atmail/none")
        page.open("#/requests?path=elsewhere")
        page.see("h2", "No request matches")

        page.click("a", "Show all requests")

        page.see(".rows li", "/atmail/none")
        page.see(".tally", "1 request")

    def test_filter_that_is_refused_shows_its_error_alone(self, page):
        page.expected_errors.append("status of 400")

        page.open("#/requests?status=many")

        page.see(".error", "status")
        assert page.all(".empty") == []

    def test_copies_as_curl_and_pytest_work(self, page, mockmail):
        roles(mockmail)
        page.open("#/requests")
        page.click(".rows a")

        as_curl, as_pytest = page.copied("Copy as curl"), page.copied("Copy as pytest")

        assert as_curl.startswith("curl --request GET")
        assert as_curl.endswith(f"{mockmail.url}{ROLES}")
        names = {}
        exec(as_pytest, names)
        names["test_request"](mockmail)

    def test_next_request_is_made_to_fail(self, page, mockmail):
        roles(mockmail)
        page.open("#/requests")
        page.click(".rows a")

        page.click("button", "Fail the next one")
        form = page.see("form.grid")
        assert form.find_element("css selector", "select").get_attribute("value") == "atmail"
        page.fill("form.grid input[type=number]", "503")
        page.click("form.grid button", "Add this fault")

        page.see("td", "atmail role.list")
        assert (roles(mockmail).status, roles(mockmail).status) == (503, 200)
        page.see("td", "1 of 1")

    def test_list_is_cleared_after_a_question(self, page, mockmail):
        roles(mockmail)
        page.open("#/requests")
        page.see(".rows li")

        page.click("button", "Clear")
        page.confirm()

        page.see("h2", "No request yet")


class TestState:
    """`#/state`."""

    def test_record_is_edited_with_the_servers_own_errors(self, page, mockmail):
        page.open("#/state/rackspace/domains")
        page.click("summary", "12345678")
        area = page.see("details[open] textarea")
        record = json.loads(area.get_property("value"))

        page.expected_errors.append("status of 400")
        self.write(page, record | {"accountNumber": 5})
        page.click("details[open] button", "Save")
        page.see(".error", "accountNumber")
        self.write(page, record | {"name": "changed.example"})
        page.click("details[open] button", "Save")

        page.see("summary", "changed.example")
        names = [row["name"] for row in mockmail.rackspace.state()["domains"]]
        assert "changed.example" in names

    def test_text_that_is_no_json_is_refused(self, page):
        page.open("#/state/rackspace/domains")
        page.click("summary", "Add a record")
        page.fill("textarea", "{")

        page.click("button", "Add")

        page.see(".error", "JSON")

    def test_records_are_filtered_and_a_vendor_is_reset(self, page, mockmail):
        domain = {"name": "mine.example", "accountNumber": "12345678"}
        mockmail.rackspace.seed(domains=[domain])
        page.open("#/state/rackspace/domains?q=mine")
        page.see("summary", "mine.example")

        page.click("button", "Reset rackspace")
        page.confirm()

        page.gone("summary", "mine.example")
        assert "mine.example" not in str(mockmail.rackspace.state())

    def test_change_by_a_client_appears(self, page, mockmail):
        page.open("#/state/rackspace/domains")
        page.see("summary", "Add a record")

        mockmail.rackspace.seed(domains=[{"name": "new.example", "accountNumber": "12345678"}])

        page.see("summary", "new.example")

    def test_record_is_deleted_without_reading_the_whole_state(self, page, mockmail):
        mockmail.rackspace.seed(domains=[{"name": "mine.example", "accountNumber": "12345678"}])
        page.open("#/state/rackspace/domains")
        page.click("summary", "mine.example")
        page.proxy.seen.clear()

        page.click("details[open] button", "Delete")

        page.gone("summary", "mine.example")
        assert "mine.example" not in str(mockmail.rackspace.state())
        assert [url for _, url in page.proxy.seen if url.endswith(("/_mockmail/state", "?vendor=rackspace"))] == []

    def test_deletion_by_a_client_appears(self, page, mockmail):
        mockmail.rackspace.seed(domains=[{"name": "mine.example", "accountNumber": "12345678"}])
        page.open("#/state/rackspace/domains")
        page.see("summary", "mine.example")

        mockmail.rackspace.remove("domains", "mine.example")

        page.gone("summary", "mine.example")

    def test_table_without_records_says_so(self, page):
        page.open("#/state/rackspace/mailboxes?q=nobody")

        page.see(".page p", "No record has this text.")

    def test_vendor_that_is_not_served_leads_back_to_the_section(self, page):
        page.expected_errors.append("status of 404")
        page.open("#/state/nobody")
        page.see(".error", "nobody")

        page.click("a", "Show the section from its start")

        page.see("h3", "records")

    def test_section_is_read_again_once_the_server_responds(self, page):
        page.open("#/requests")
        page.expected_errors += ["ERR_", "Failed to load resource"]
        page.proxy.broken = True
        page.click("#sections a", "State")
        page.see(".error", "The server does not respond.")

        page.proxy.broken = False
        page.click("button", "Try again")

        page.see("h3", "record")

    def test_snapshot_is_uploaded(self, page, mockmail, tmp_path):
        deliver(mockmail, reset_mail())
        (tmp_path / "state.json").write_text(json.dumps(mockmail.snapshot()))
        mockmail.reset()
        page.open("#/state")
        page.see("h2", "State")

        path = str(tmp_path / "state.json")
        page.wait(lambda: page.driver.find_element("css selector", "input[type=file]").send_keys(path) or True)
        page.confirm()

        page.wait(lambda: len(mockmail.inbox) == 1)

    @staticmethod
    def write(page, record):
        area = next(element for element in page.all("details[open] textarea"))
        page.script("arguments[0].value = arguments[1]", area, json.dumps(record))


class TestFaults:
    """`#/faults`."""

    def test_section_without_faults_says_what_each_kind_does(self, page):
        page.open("#/faults")

        for words in ("A fault makes the next calls", "A stub responds", "An SMTP fault refuses", "A limit responds"):
            page.see(".page p", f"None. {words}")

    def test_operations_of_the_chosen_vendor_are_offered(self, page):
        page.open("#/faults")
        page.click("summary", "Add a fault")
        offered = (
            "const field = document.querySelector('form.grid [name=operation]');"
            "return [...field.list.options].map((option) => option.value)"
        )

        page.see("form.grid [name=vendor] option", "postmark").click()

        assert "email.send" in page.script(offered)
        assert "mailbox.add" not in page.script(offered)

    def test_stub_and_smtp_fault_are_added_and_removed(self, page, mockmail):
        page.open("#/faults")
        page.click("summary", "Add a stub")
        form = next(form for form in page.all("form.grid", "Body as text"))
        form.find_element("css selector", "[name=path]").send_keys("/own/path")
        form.find_element("css selector", "[name=text]").send_keys("mine")
        page.click("form.grid button", "Add this stub")
        page.see("td", "/own/path")
        assert roles(mockmail, "/own/path").text == "mine"

        page.click("button", "Remove")
        page.gone("td", "/own/path")
        assert roles(mockmail, "/own/path").status == 404

    def test_fault_that_the_vendor_cannot_show_is_refused_beside_the_form(self, page):
        page.expected_errors.append("status of 400")
        page.open("#/faults")
        page.click("summary", "Add a fault")

        page.click("form.grid button", "Add this fault")

        page.see("form.grid .error", "a fault needs a status")

    def test_clock_is_frozen_and_shown_in_every_section(self, page, mockmail):
        page.open("#/faults")
        page.fill("input[aria-label=Time]", "2031-05-06T07:08:09Z")

        page.click("button", "Freeze at")

        page.see("#status", "clock frozen at 2031-05-06T07:08:09")
        assert mockmail.clock.now().isoformat().startswith("2031-05-06T07:08:09")
        page.click("button", "Run")
        page.gone("#status", "frozen")

    def test_met_fault_is_counted_live(self, page, mockmail):
        page.open("#/faults")
        page.see("h2", "Faults")
        mockmail.faults.add("atmail", operation="role.list", status=503, times=3)

        roles(mockmail)

        page.see("td", "1 of 3")
        page.see("#sections a", "Faults 1")


class TestVendors:
    """`#/vendors`."""

    def test_vendor_shows_address_credentials_and_operations(self, page, mockmail):
        page.open("#/vendors")
        page.click("td a", "atmail")

        page.see("code", f"{mockmail.url}/atmail")
        page.see("pre", f"export ATMAIL_URL='{mockmail.url}/atmail/admin/index.php/api'")
        page.see("td", "account.create")
        page.fill("input[type=search]", "rolelist")
        page.gone("td", "account.create")
        page.see("h3", "Not emulated")

    def test_request_is_composed_and_its_response_shown(self, page, mockmail):
        page.open("#/vendors/atmail")

        page.click("button.link", "role.list")
        page.click("button", "Send")

        page.see("[role=status]", "Status 200")
        page.see("pre", "<status>success</status>")
        page.click("a", "See the request")
        page.see(".rows li", "role.list")

    @pytest.mark.parametrize(
        ("vendor", "operation"),
        [
            ("adaxes", "mail.send"),
            ("atmail", "account.create"),
            ("onlyoffice", "key.list"),
            ("postmark", "email.send"),
            ("rackspace", "domain.index"),
            ("spacedog", "mail.send"),
        ],
    )
    def test_example_of_an_operation_is_sent_and_copied(self, page, mockmail, vendor, operation):
        page.open(f"#/vendors/{vendor}")
        page.click("button.link", operation)

        page.click("button", "Send")
        page.see("[role=status] p", "Status 20")
        command = page.copied("Copy as curl")

        before = len(mockmail.requests)
        done = subprocess.run(["curl", "--fail", "--silent", *shlex.split(command)[1:]], timeout=20, check=False)
        assert (done.returncode, len(mockmail.requests)) == (0, before + 1)

    def test_request_that_needs_another_one_names_it(self, page, mockmail):
        page.open("#/vendors/atmail")
        page.click("button.link", "account.delete")

        page.click("details[open] button.link", "account.create")
        page.click("button", "Send")
        page.see("[role=status] p", "Status 200")
        page.click("button.link", "account.delete")
        page.click("button", "Send")

        page.wait(lambda: [request.operation for request in mockmail.requests] == ["account.create", "account.delete"])
        assert mockmail.requests[-1].status == 200
