"""The natural keys of records, which sandbox files and snapshots contain: they must never change."""

from __future__ import annotations

import pytest

from mockmail.core.registry import Registry
from mockmail.core.world import World
from mockmail.server.discovery import discover
from mockmail.vendors.adaxes import records as adaxes
from mockmail.vendors.atmail import records as atmail
from mockmail.vendors.onlyoffice import records as onlyoffice
from mockmail.vendors.spacedog import records as spacedog

SEEDED_KEYS = {
    "adaxes": {
        "directoryObjects": ["cn=john smith,cn=users,dc=example,dc=com", "cn=administrator,cn=users,dc=example,dc=com"],
        "tokens": ["YOUR-SECURITY-TOKEN"],
        "mailSettings": ["mailSettings"],
    },
    "atmail": {
        "users": ["1"],
        "roles": ["1", "2"],
        "permissions": ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15"],
        "domains": ["1"],
    },
    "brevo": {"account": ["account"], "api_keys": ["xkeysib-xxxxxxxxx"], "identities": ["example.com"]},
    "mailgun": {
        "account": ["account"],
        "api_keys": ["key-3ax6xnjp29jd6fds4gc373sgvjxteol0"],
        "identities": ["example.com", "sandbox8a1cbb1d7f4d4ea1b9c3.mailgun.org"],
    },
    "onlyoffice": {
        "users": [
            "66faa6e4-f133-11ea-b126-00ffeec8b4ef",
            "4b3a5c0e-7f3f-4a51-9a3b-0d5f7d7f1a02",
            "4b3a5c0e-7f3f-4a51-9a3b-0d5f7d7f1a03",
            "4b3a5c0e-7f3f-4a51-9a3b-0d5f7d7f1a04",
        ],
        "sessions": ["864FE52C-1C1C-469F-9308-51DAFEFE7436"],
    },
    "postmark": {
        "accounts": ["3a1f8c52-7d0e-4b6a-9c41-5e2d7f8a9b10"],
        "identities": ["example.com"],
        "servers": ["b6ad5c9e-1f0b-4b8c-9d6e-0c1d2e3f4a5b"],
    },
    "rackspace": {
        "api_keys": ["eGbq9/2hcZsRlr1JV1Pi"],
        "customers": ["12345678", "100012"],
        "domains": ["apidomain92.com", "example.com", "enterpriseallservices.net"],
        "mailboxes": [
            "example.com/apiexmailbox55",
            "example.com/apiexmailbox6",
            "example.com/apiexmailbox90",
            "enterpriseallservices.net/jane.doe",
            "enterpriseallservices.net/joe.schmoe",
            "enterpriseallservices.net/john.doe",
        ],
        "permissions": ["enterpriseallservices.net/jane.doe/joe.schmoe"],
    },
    "resend": {
        "account": ["account"],
        "api_keys": ["91f3200a-df72-4654-b0cd-f202395f5354"],
        "identities": ["example.com"],
    },
    "sendgrid": {"api_keys": ["xxxxxxxx"], "identities": ["example.com"]},
    "ses": {"access_keys": ["AKIAIOSFODNN7EXAMPLE"], "account": ["account"], "identities": ["example.com"]},
    "spacedog": {
        "backends": ["api", "test"],
        "credentials": ["AVlpB0bxQleq3kcG9su0", "AVlpB0bxQleq3kcG9ad0", "AVlpB0bxQleq3kcG93hv", "AVlpB0bxQleq3kcG9dog"],
        "mailgunDomains": ["spacedog.io"],
    },
}


@pytest.mark.parametrize("name", SEEDED_KEYS)
def test_seeded_records_keep_their_keys(name):
    [vendor] = discover(only=(name,))
    world = World(Registry({name: vendor}))

    world.ensure_seeded(vendor)

    keys = {model.table: [record.key for record in world.store.records(name, model)] for model in vendor.models}
    assert {table: found for table, found in keys.items() if found} == SEEDED_KEYS[name]
    world.close()


@pytest.mark.parametrize(
    ("record", "key"),
    [
        (adaxes.AuthSession(sessionId="S1", account="a", expiresAtUtc="2030-01-31T12:00:00Z"), "S1"),
        (adaxes.TextMessage(number=7, to="1", text="t", sender="s", sentAtUtc=""), "7"),
        (adaxes.BusinessRule(name="Ask First"), "Ask First"),
        (adaxes.ApprovalRequest(guid="G1", operation="o", target="t", requestor="r", createdAtUtc=""), "G1"),
        (atmail.Account(accountId=12, username="a@example.com", password="p", domainId=3), "12"),
        (atmail.Alias(AliasName="a@example.com", AliasTo="b@example.com", id=5, aliasType="Local"), "5"),
        (onlyoffice.ApiKey(id="K1", name="n", apiKey="sk-1", createOn="2030-01-31T12:00:00Z", createBy="u"), "K1"),
        (onlyoffice.Attempts(what="login a 127.0.0.1"), "login a 127.0.0.1"),
        (spacedog.Session(accessToken="T1", credentialsId="c", createdAt=0.0, expiresAt=1.0), "T1"),
        (spacedog.Settings(backendId="test", id="mail", source=None), "test/mail"),
        (spacedog.DataObject(backendId="test", type="order", id="O1"), "test/order/O1"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_record_without_a_seed_keeps_its_key(record, key):
    assert record.key == key
