"""Rackspace Email mailboxes (docs/wire/rackspace.md 3)."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest

from tests.vendors.rackspace.signed_client import Client, SignedResponse

BOXES = "/domains/example.com/rs/mailboxes"
JOE = f"{BOXES}/joe"


def send_json(api: Client, method: str, path: str, value: object) -> SignedResponse:
    return api.send(method, path, json.dumps(value).encode(), {"Content-Type": "application/json"})


@pytest.fixture
def joe(api: Client) -> str:
    api.ok("POST", JOE, {"password": "Secret13!@#", "size": "10240", "lastName": "Test"})
    return JOE


def test_mailbox_without_a_size_has_the_domains_size(api: Client, mockmail: Any):
    mockmail.clock.freeze(dt.datetime(2020, 11, 23, 17, 34, 25, tzinfo=dt.UTC))
    assert send_json(api, "POST", JOE, {"password": "Secret13!@#"}).status == 200
    shown = api.get(JOE).json
    assert (shown["name"], shown["size"], shown["enabled"], shown["lastLogin"]) == ("joe", 25600, True, "")
    assert shown["createdDate"] == "11/23/2020 12:34:25 PM"
    assert shown["emailForwardingAddressList"] == []


def test_json_is_read_like_a_form(api: Client, joe: str):
    change = {"enabled": False, "size": 512, "emailForwardingAddresses": "a@b.example, c@d.example", "notes": None}
    assert send_json(api, "PUT", joe, change).status == 200
    shown = api.get(joe).json
    assert (shown["enabled"], shown["size"], shown["contactInfo"]["lastName"]) == (False, 512, "Test")
    assert shown["emailForwardingAddressList"] == ["a@b.example", "c@d.example"]
    api.ok("PUT", joe, {"enabled": "True", "emailForwardingAddresses": ""})
    shown = api.get(joe).json
    assert (shown["enabled"], shown["emailForwardingAddressList"]) == (True, [])


def test_list_has_names_and_the_requested_fields(api: Client, joe: str):
    api.ok("POST", f"{BOXES}/adam", {"password": "Secret13!@#"})
    assert api.get(BOXES).json == {
        "offset": 0,
        "size": 50,
        "total": 2,
        "rsMailboxes": [{"name": "adam"}, {"name": "joe"}],
    }
    page = api.get(f"{BOXES}?size=1&offset=1&fields=size,currentUsage,enabled").json
    assert page["rsMailboxes"] == [{"name": "joe", "size": 10240, "currentUsage": 0, "enabled": True}]


def test_rs_mailbox_in_xml_has_its_own_namespace(api: Client, joe: str):
    api.ok("PUT", joe, {"emailForwardingAddresses": "a@b.example"})
    namespace = "{urn:xml:rsMailbox}"
    root = api.get(joe, Accept="text/xml").xml
    assert root.tag == f"{namespace}rsMailbox"
    assert root.findtext(f"{namespace}emailForwardingAddressList/{namespace}emailAddress") == "a@b.example"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"password": "short"}, ("validationFault", "Password must be at least 8 characters long")),
        ({"size": 0}, ("validationFault", "Invalid value for field: size")),
        ({"emailForwardingAddresses": "a,b"}, ("validationFault", "Invalid value for field: emailForwardingAddresses")),
        ({"name": "not a name"}, ("validationFault", "Invalid user name")),
        ({"size": "big"}, ("badRequestFault", "Invalid value for field: size")),
        ({"enabled": 1}, ("badRequestFault", "Invalid value for field: enabled")),
        ({"size": {"a": 1}}, ("badRequestFault", "Invalid value for field: size")),
        ([], ("badRequestFault", "Invalid JSON: expected an object")),
    ],
)
def test_wrong_value_is_a_validation_fault(api: Client, joe: str, change: object, fault: tuple[str, str]):
    assert send_json(api, "PUT", joe, change).fault == (400, *fault)


def test_missing_password_is_refused(api: Client):
    fault = (400, "badRequestFault", "Missing required field: password")
    assert api.post(JOE, {"size": "1024"}).fault == fault
    assert api.post(JOE).fault == fault


def test_name_of_the_other_kind_of_mailbox_is_refused(api: Client, joe: str):
    form = {"displayName": "Joe", "password": "Secret123!@#", "size": "2048"}
    in_use = (400, "badRequestFault", "The email address joe@example.com is already in use")
    assert api.post("/domains/example.com/ex/mailboxes/joe", form).fault == in_use
    assert api.post(f"{BOXES}/apiexmailbox6", form).status == 400
    assert api.post(f"{BOXES}/JOE", form).status == 400


def test_mailbox_is_renamed(api: Client, joe: str):
    api.ok("PUT", joe, {"name": "joseph"})
    assert api.get(f"{BOXES}/joseph").json["size"] == 10240
    assert api.get(joe).status == 404
    fault = api.put(f"{BOXES}/joseph", {"name": "apiexmailbox6"}).fault
    assert fault == (400, "badRequestFault", "The email address apiexmailbox6@example.com is already in use")
    api.ok("PUT", f"{BOXES}/joseph", {"name": "Joseph"})
    assert api.get(f"{BOXES}/joseph").json["name"] == "Joseph"


def test_deleted_mailbox_is_recovered(api: Client, joe: str):
    api.ok("DELETE", joe)
    gone = api.get(joe)
    assert gone.fault == (404, "itemNotFoundFault", "Mailbox Not Found")
    assert gone.json["itemNotFoundFault"]["additionalData"] == {"isRecoverable": True}
    api.ok("POST", joe, {"password": "Another1!", "recoverDeleted": "True"})
    assert api.get(joe).json["contactInfo"]["lastName"] == "Test"


def test_mailbox_added_without_recovery_is_new(api: Client, joe: str):
    api.ok("DELETE", joe)
    api.ok("POST", joe, {"password": "Another1!", "recoverDeleted": "False"})
    shown = api.get(joe).json
    assert (shown["contactInfo"]["lastName"], shown["size"]) == ("", 25600)


def test_mailbox_that_never_existed_is_not_recoverable(api: Client):
    assert "additionalData" not in api.get(JOE).json["itemNotFoundFault"]


def test_login_token_sets_the_last_login(api: Client, joe: str, mockmail: Any):
    mockmail.clock.freeze(dt.datetime(2012, 7, 26, 21, 52, 29, tzinfo=dt.UTC))
    for path in (f"{joe}/loginToken", f"{joe}/logintoken"):
        token = api.send("POST", path, None, {}).json
        assert re.fullmatch("[0-9A-F]{41}", token["token"])
        assert (token["dateCreated"], token["user"]) == ("7/26/2012 4:52:29 PM", "joe@example.com")
    assert api.get(joe).json["lastLogin"] == "7/26/2012 4:52:29 PM"
