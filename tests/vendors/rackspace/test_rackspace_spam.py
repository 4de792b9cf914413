"""Spam settings and lists of Exchange mailboxes (docs/wire/rackspace.md 3)."""

from __future__ import annotations

import pytest

from tests.vendors.rackspace.conftest import COMPANY
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


DOMAIN_SETTINGS = f"{COMPANY}/spam/settings"


def test_domain_spam_settings_have_the_defaults_that_clients_expect(api: Client):
    assert api.get(DOMAIN_SETTINGS).json == {
        "filterLevel": "on",
        "rsEmailSettings": {
            "spamHandling": "toFolder",
            "hasFolderCleaner": True,
            "spamFolderAgeLimit": 7,
            "spamFolderNumLimit": 250,
            "spamForwardingAddress": "",
        },
        "exchangeSettings": {"forwardToDomainQuarantine": "off", "quarantineOwner": "", "defaultQuarantineOwner": ""},
    }


def test_domain_spam_settings_are_edited(api: Client):
    form = {
        "filterlevel": "EXCLUSIVE",
        "rsEmail.spamFolderNumLimit": "2147483647",
        "exchange.forwardToDomainQuarantine": "nonUser",
        "exchange.quarantineOwner": "a@example.com",
        "exchange.defaultQuarantineOwner": "b@example.com",
    }
    api.ok("PUT", DOMAIN_SETTINGS, form)
    api.ok("PUT", DOMAIN_SETTINGS, {"filterLevel": "off", "exchange.removeQuarantineOwner": "True"})

    settings = api.get(DOMAIN_SETTINGS).json

    assert settings["filterLevel"] == "off"
    assert settings["rsEmailSettings"]["spamFolderNumLimit"] == 2147483647
    assert settings["exchangeSettings"] == {
        "forwardToDomainQuarantine": "nonuser",
        "quarantineOwner": "",
        "defaultQuarantineOwner": "b@example.com",
    }


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"filterLevel": "x"}, "filterLevel"),
        ({"rsEmail.spamHandling": "x"}, "rsEmail.spamHandling"),
        ({"rsEmail.spamFolderAgeLimit": "-1"}, "rsEmail.spamFolderAgeLimit"),
        ({"rsEmail.spamFolderNumLimit": "2147483648"}, "rsEmail.spamFolderNumLimit"),
        ({"rsEmail.spamForwardingAddress": "me"}, "rsEmail.spamForwardingAddress"),
        ({"exchange.quarantineOwner": "me"}, "exchange.quarantineOwner"),
        ({"exchange.forwardToDomainQuarantine": "x"}, "exchange.forwardToDomainQuarantine"),
    ],
)
def test_wrong_domain_spam_settings_are_refused(api: Client, form: dict[str, str], field: str):
    fault = api.put(DOMAIN_SETTINGS, {"filterLevel": "on", **form}).fault

    assert fault == (400, "badRequestFault", f"Invalid value for field: {field}")


def test_lists_of_a_domain_and_of_each_mailbox_are_apart(api: Client, alex: str):
    api.ok("POST", f"{COMPANY}/rs/mailboxes/joe", {"password": "Secret13!@#"})
    owners = (COMPANY, alex, f"{COMPANY}/rs/mailboxes/joe")
    for number, owner in enumerate(owners):
        api.ok("POST", f"{owner}/spam/safelist/{number}@a.com")

    for number, owner in enumerate(owners):
        assert api.get(f"{owner}/spam/safelist").json == {"addresses": [f"{number}@a.com"]}
        api.ok("DELETE", f"{owner}/spam/safelist/{number}@a.com")
        assert api.get(f"{owner}/spam/safelist").json == {"addresses": []}


def test_spam_records_of_an_rs_mailbox_follow_its_name_and_go_with_it(api: Client):
    mailboxes = f"{COMPANY}/rs/mailboxes"
    api.ok("POST", f"{mailboxes}/joe", {"password": "Secret13!@#"})
    api.ok("PUT", f"{mailboxes}/joe/spam/settings", {"filterLevel": "off", "rsEmail.spamHandling": "delete"})
    api.ok("PUT", f"{mailboxes}/joe/spam/blocklist", {"addList": "a@b.com"})

    api.ok("PUT", f"{mailboxes}/joe", {"name": "joseph"})

    assert api.get(f"{mailboxes}/joseph/spam/settings").json["rsEmailSettings"]["spamHandling"] == "delete"
    assert api.get(f"{mailboxes}/joseph/spam/blocklist").json == {"addresses": ["a@b.com"]}
    api.ok("DELETE", f"{mailboxes}/joseph")
    for name in ("joe", "joseph"):
        api.ok("POST", f"{mailboxes}/{name}", {"password": "Secret13!@#"})
        assert api.get(f"{mailboxes}/{name}/spam/settings").json["filterLevel"] == "on"
        assert api.get(f"{mailboxes}/{name}/spam/blocklist").json == {"addresses": []}
