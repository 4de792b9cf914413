"""Exchange mailboxes (Rackspace API documentation, "Show", "Add/Edit", "Delete")."""

from __future__ import annotations

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from http_client import send_request

from tests.vendors.rackspace.conftest import COMPANY
from tests.vendors.rackspace.signed_client import SECRET_KEY, USER_AGENT, USER_KEY, Client, signature

NEW = {"displayName": "Alex Smith", "password": "Secret123!@#", "size": "2048"}
ALEX = f"{COMPANY}/ex/mailboxes/alex.smith"


def test_new_mailbox_has_the_sent_fields_and_defaults(api: Client, mockmail: Any):
    mockmail.clock.freeze(dt.datetime(2026, 7, 4, 17, 5, 9, tzinfo=dt.UTC))
    api.ok("POST", ALEX, NEW)
    shown = api.get(ALEX).json
    assert re.fullmatch("alex\\.smith_[0-9A-F]{5}", shown.pop("samAccountName"))
    assert set(shown.pop("contactInfo").values()) == {""}
    assert shown == {
        "name": "alex.smith",
        "displayName": "Alex Smith",
        "size": 2048,
        "currentUsage": 0,
        "isHidden": False,
        "isPublicFolderAdmin": False,
        "enabled": True,
        "lastLogin": "7/4/2026 12:05:09 PM",
        "emailForwardingAddress": "",
        "saveForwardedEmail": False,
        "emailAddressList": [{"address": "alex.smith@example.com", "replyTo": True}],
        "hasBlackBerryMobileService": False,
        "hasActiveSyncMobileService": False,
        "visibleInRackspaceEmailCompanyDirectory": False,
    }


@pytest.mark.mockmail(options={"rackspace": {"new_mailbox_has_last_login": False, "created_date": True}})
def test_new_mailbox_has_no_last_login_with_the_option_off(api: Client, mockmail: Any):
    mockmail.clock.freeze(dt.datetime(2026, 1, 1, 5, 0, tzinfo=dt.UTC))
    api.ok("POST", ALEX, NEW)
    shown = api.get(ALEX).json
    assert (shown["lastLogin"], shown["createdDate"]) == ("", "1/1/2026 12:00:00 AM")


def test_show_has_every_field_of_the_form(api: Client):
    contact = {
        "firstName": "A",
        "lastName": "B",
        "company": "C",
        "department": "D",
        "jobTitle": "E",
        "addressLine1": "F",
        "city": "G",
        "state": "H",
        "zip": "I",
        "country": "J",
        "businessNumber": "K",
        "pagerNumber": "L",
        "homeNumber": "M",
        "mobileNumber": "N",
        "faxNumber": "O",
        "notes": "P & <Q>",
        "customID": "R/ü",
    }
    flags = ("isHidden", "isPublicFolderAdmin", "visibleInRackspaceEmailCompanyDirectory", "saveForwardedEmail")
    api.ok("POST", ALEX, {**NEW, **contact, **dict.fromkeys(flags, "True"), "enabled": "FALSE"})
    shown = api.get(ALEX).json
    assert shown["contactInfo"] == contact
    assert [shown[flag] for flag in flags] == [True, True, True, True]
    assert shown["enabled"] is False


@pytest.mark.parametrize("field", ["displayName", "password", "size"])
@pytest.mark.parametrize("blank", [False, True])
def test_missing_required_field_is_named(api: Client, field: str, blank: bool):
    form = {**NEW, field: ""} if blank else {n: v for n, v in NEW.items() if n != field}
    assert api.post(ALEX, form).fault == (400, "badRequestFault", f"Missing required field: {field}")
    assert api.get(ALEX).status == 404


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"displayName": "   "}, "Invalid display name"),
        ({"displayName": "a\tb"}, "Invalid display name"),
        ({"displayName": "x" * 257}, "Invalid display name"),
        ({"password": "Secret1"}, "Password must be at least 8 characters long"),
        ({"size": "0"}, "Invalid value for field: size"),
        ({"size": "-5"}, "Invalid value for field: size"),
        ({"size": "9" * 400}, "Invalid value for field: size"),
        ({"size": "2048MB"}, "Invalid value for field: size"),
        ({"size": "  "}, "Invalid value for field: size"),
        ({"size": ""}, "Missing required field: size"),
        ({"isHidden": "yes"}, "Invalid value for field: isHidden"),
        ({"enabled": "1"}, "Invalid value for field: enabled"),
        ({"enabled": ""}, "Invalid value for field: enabled"),
        ({"emailForwardingAddress": "nowhere"}, "Invalid value for field: emailForwardingAddress"),
    ],
)
def test_wrong_value_is_refused_by_add_and_by_edit(api: Client, alex: str, changed: dict[str, str], message: str):
    before = api.get(alex).json
    fault = (400, "badRequestFault", message)
    assert api.post(f"{COMPANY}/ex/mailboxes/other", {**NEW, **changed}).fault == fault
    assert api.get(f"{COMPANY}/ex/mailboxes/other").status == 404
    assert api.put(alex, {"city": "Nowhere", **changed}).fault == fault
    assert api.get(alex).json == before


@pytest.mark.parametrize("name", ["a%20b", ".dot", "dot.", "a..b", "a%2Fb", "%C3%BC", "x" * 65, "a@b", "%zz"])
def test_invalid_user_name_is_refused(api: Client, name: str):
    reply = api.post(f"{COMPANY}/ex/mailboxes/{name}", NEW)
    assert reply.fault == (400, "badRequestFault", "Invalid user name")


@pytest.mark.parametrize("name", ["alex.smith", "ALEX.Smith"])
def test_name_in_use_is_refused_case_insensitively(api: Client, alex: str, name: str):
    status, fault, message = api.post(f"{COMPANY}/ex/mailboxes/{name}", NEW).fault
    assert (status, fault, message) == (
        400,
        "badRequestFault",
        f"The email address {name}@example.com is already in use",
    )


def test_name_is_refused_if_its_address_is_in_use(api: Client, alex: str):
    api.ok("POST", f"{alex}/emailaddresses/alex@example.com")
    fault = api.post(f"{COMPANY}/ex/mailboxes/alex", NEW).fault
    assert fault == (400, "badRequestFault", "The email address alex@example.com is already in use")


def test_name_is_refused_if_a_mailbox_with_another_address_has_it(api: Client):
    fault = api.post(f"{COMPANY}/ex/mailboxes/apiexmailbox90", NEW).fault
    assert fault == (400, "badRequestFault", "The email address apiexmailbox90@example.com is already in use")


def test_sam_account_name_has_at_most_twenty_characters(api: Client):
    api.ok("POST", f"{COMPANY}/ex/mailboxes/a-name.of-64.characters-or-so", NEW)
    shown = api.get(f"{COMPANY}/ex/mailboxes/a-name.of-64.characters-or-so").json
    assert re.fullmatch("a-name\\.of-64\\.c_[0-9A-F]{5}", shown["samAccountName"])


def test_edit_changes_the_sent_fields_only(api: Client, alex: str):
    before = api.get(alex).json
    api.ok("PUT", alex, {"homeNumber": "8005551234", "DISPLAYNAME": "Alexander Smith"})
    after = api.get(alex).json
    assert after.pop("contactInfo") == {**before.pop("contactInfo"), "homeNumber": "8005551234"}
    assert after == {**before, "displayName": "Alexander Smith"}


def test_empty_text_clears_a_field(api: Client, alex: str):
    api.ok("PUT", alex, {"city": "Blacksburg"})
    api.ok("PUT", alex, {"city": ""})
    assert api.get(alex).json["contactInfo"]["city"] == ""


def test_read_only_and_unknown_fields_are_ignored(api: Client, alex: str):
    before = api.get(alex).json
    read_only = {
        "lastLogin": "1/1/1999 1:00:00 AM",
        "currentUsage": "99",
        "samAccountName": "x",
        "name": "y",
        "zap": "z",
    }
    api.ok("PUT", alex, read_only)
    assert api.get(alex).json == before


def test_edit_without_fields_changes_nothing(api: Client, alex: str):
    before = api.get(alex).json
    api.ok("PUT", alex)
    assert api.get(alex).json == before


def test_forwarding_changes_only_if_its_address_is_sent(api: Client, alex: str):
    api.ok("PUT", alex, {"emailForwardingAddress": "joe@elsewhere.com", "saveForwardedEmail": "true"})
    api.ok("PUT", alex, {"city": "Blacksburg"})
    shown = api.get(alex).json
    assert (shown["emailForwardingAddress"], shown["saveForwardedEmail"]) == ("joe@elsewhere.com", True)
    api.ok("PUT", alex, {"emailForwardingAddress": ""})
    assert api.get(alex).json["emailForwardingAddress"] == ""


@pytest.mark.mockmail(options={"rackspace": {"forward_inside_only": True}})
def test_forwarding_outside_is_refused_with_the_option(api: Client, alex: str):
    fault = api.put(alex, {"emailForwardingAddress": "joe@elsewhere.com"}).fault
    assert fault == (400, "badRequestFault", "Invalid value for field: emailForwardingAddress")
    api.ok("PUT", alex, {"emailForwardingAddress": "apiexmailbox6@example.com"})


def test_missing_mailbox_is_404(api: Client):
    missing = (404, "itemNotFoundFault", "Mailbox Not Found")
    for reply in (api.get(ALEX), api.put(ALEX, {"city": "x"}), api.delete(ALEX)):
        assert reply.fault == missing
        assert reply.json["itemNotFoundFault"]["resourceType"] == "Mailbox"


def test_deleting_a_mailbox_deletes_all_its_records(api: Client, alex: str, mockmail: Any):
    other = f"{COMPANY}/ex/mailboxes/apiexmailbox6"
    api.ok("POST", f"{alex}/emailaddresses/alex@example.com")
    api.ok("POST", f"{alex}/activesyncmobileservice")
    api.ok("POST", f"{alex}/permissions/apiexmailbox6", {"permission": "both"})
    api.ok("POST", f"{other}/permissions/alex.smith", {"permission": "both"})
    api.ok("PUT", f"{alex}/spam/settings", {"filterlevel": "off"})
    api.ok("POST", f"{alex}/spam/blocklist/x@y.z")

    api.ok("DELETE", alex)

    state = mockmail.rackspace.state()
    left = {table: rows for table, rows in state.items() if "alex" in str(rows)}
    assert left == {}
    assert api.get(f"{other}/permissions").json["total"] == 0
    assert api.get(f"{COMPANY}/ex/activesyncmobileservices").json["total"] == 0
    api.ok("POST", ALEX, NEW)
    again = api.get(ALEX).json
    assert (again["hasActiveSyncMobileService"], len(again["emailAddressList"])) == (False, 1)


@pytest.mark.parametrize(
    "path",
    [
        "/customers/12345678/domains/example.com/ex/mailboxes/apiexmailbox90/",
        "/customers/me/domains/example.com/ex/mailboxes/apiexmailbox90",
        "/domains/example.com/ex/mailboxes/apiexmailbox90",
        "/CUSTOMERS/Me/Domains/EXAMPLE.com/EX/Mailboxes/ApiExMailbox90",
        "/domains/example.com/ex/mailboxes/api%65xmailbox90",
    ],
)
def test_mailbox_is_found_by_each_form_of_its_path(api: Client, path: str):
    assert api.get(path).json["samAccountName"] == "apiexmailbox90_53B5B"


def test_v2_has_the_same_mailboxes(mockmail: Any):
    headers = {
        "User-Agent": USER_AGENT,
        "X-Api-Signature": signature(USER_KEY, SECRET_KEY, USER_AGENT, "20010308143725"),
    }
    shown = send_request(mockmail.url, "GET", "/v2/domains/example.com/ex/mailboxes/apiexmailbox6", headers=headers)
    assert shown.json["name"] == "apiexmailbox6"


def test_only_one_of_many_simultaneous_adds_succeeds(api: Client):
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda n: api.post(ALEX, {**NEW, "displayName": f"Alex {n}"}), range(16)))
    made = [reply.status for reply in replies].index(200)
    assert sorted(reply.status for reply in replies) == [200, *[400] * 15]
    assert api.get(ALEX).json["displayName"] == f"Alex {made}"
    assert api.get(f"{COMPANY}/ex/mailboxes").json["total"] == 4
