"""Spam settings and lists of Exchange mailboxes (docs/wire/rackspace.md 3)."""

from __future__ import annotations

import pytest

from tests.vendors.rackspace.signed_client import Client


def test_spam_settings_are_edited(api: Client, alex: str):
    settings = f"{alex}/spam/settings"
    api.ok(
        "PUT",
        settings,
        {"filterLevel": "Exclusive", "sendToDomainQuarantine": "True", "quarantineowner": "apiexmailbox6@example.com"},
    )
    assert api.get(settings).json == {
        "filterLevel": "exclusive",
        "sendToDomainQuarantine": True,
        "quarantineOwner": "apiexmailbox6@example.com",
    }
    api.ok("PUT", settings, {"filterlevel": "on", "removequarantineowner": "true"})
    assert api.get(settings).json == {"filterLevel": "on", "sendToDomainQuarantine": False, "quarantineOwner": ""}


def test_filter_level_off_turns_the_domain_quarantine_off(api: Client, alex: str):
    api.ok("PUT", f"{alex}/spam/settings", {"filterlevel": "off", "sendtodomainquarantine": "true"})
    assert api.get(f"{alex}/spam/settings").json["sendToDomainQuarantine"] is False


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({}, "Missing required field: filterlevel"),
        ({"filterlevel": ""}, "Missing required field: filterlevel"),
        ({"filterlevel": "high"}, "Invalid value for field: filterlevel"),
        ({"filterlevel": "on", "quarantineowner": "me"}, "Invalid value for field: quarantineowner"),
        ({"filterlevel": "on", "sendtodomainquarantine": "x"}, "Invalid value for field: sendToDomainQuarantine"),
    ],
)
def test_wrong_spam_settings_are_refused(api: Client, alex: str, form: dict[str, str], message: str):
    assert api.put(f"{alex}/spam/settings", form).fault == (400, "badRequestFault", message)


@pytest.mark.parametrize("name", ["blocklist", "safelist", "blacklist", "SafeList", "whitelist"])
def test_sender_list_is_filled_and_emptied(api: Client, alex: str, name: str):
    path = f"{alex}/spam/{name}"
    assert api.get(path).json == {"addresses": []}
    api.ok("POST", f"{path}/anyone@spam.com")
    api.ok("PUT", path, {"addList": "@%.example.com, abc@example.com,", "removeList": "ANYONE@spam.com,not@there.com"})
    assert api.get(path).json == {"addresses": ["@%.example.com", "abc@example.com"]}
    api.ok("DELETE", f"{path}/abc@example.com")
    assert api.get(path).json == {"addresses": ["@%.example.com"]}
    assert api.delete(f"{path}/abc@example.com").fault == (404, "itemNotFoundFault", "Address Not Found")


@pytest.mark.parametrize("name", ["ipblocklist", "ipsafelist"])
def test_ip_list_takes_ip_addresses_only(api: Client, alex: str, name: str):
    path = f"{alex}/spam/{name}"
    api.ok("POST", f"{path}/192.0.2.1")
    api.ok("POST", f"{path}/192.0.2.0%2F24")
    assert api.get(path).json == {"addresses": ["192.0.2.1", "192.0.2.0/24"]}
    assert api.post(f"{path}/a@b.c").fault == (400, "badRequestFault", "Invalid IP address")


def test_former_list_name_is_the_same_list(api: Client, alex: str):
    api.ok("POST", f"{alex}/spam/blacklist/a@b.example")
    assert api.get(f"{alex}/spam/blocklist").json == {"addresses": ["a@b.example"]}
    assert api.get(f"{alex}/spam/safelist").json == {"addresses": []}


def test_spam_list_in_xml_has_address_elements(api: Client, alex: str):
    api.ok("POST", f"{alex}/spam/blocklist/a@b.example")
    root = api.get(f"{alex}/spam/blocklist", Accept="text/xml").xml
    namespace = "{urn:xml:spamAddressList}"
    assert [element.text for element in root.findall(f"{namespace}addresses/{namespace}address")] == ["a@b.example"]


def test_edit_with_one_wrong_address_changes_nothing(api: Client, alex: str):
    path = f"{alex}/spam/blocklist"
    api.ok("POST", f"{path}/kept@spam.com")
    form = {"addList": "good@spam.com,not good", "removeList": "kept@spam.com"}
    assert api.put(path, form).fault == (400, "badRequestFault", "Invalid email address")
    assert api.get(path).json == {"addresses": ["kept@spam.com"]}


def test_unknown_spam_list_is_404(api: Client, alex: str):
    assert api.get(f"{alex}/spam/greylist").fault == (404, "itemNotFoundFault", "Spam List Not Found")
