"""Resend's domains, API keys and suppressions."""

from __future__ import annotations

import pytest
from resend.exceptions import ResendError

GOOD = {"from": "a@new.example", "to": "jane@example.org", "subject": "Hello", "text": "x"}


def test_domain_sends_once_it_is_verified(client, mockmail):
    domain = client.Domains.create({"name": "New.example", "region": "eu-west-1", "custom_return_path": "out"})
    with pytest.raises(ResendError) as raised:
        client.Emails.send(GOOD)

    client.Domains.verify(domain["id"])
    client.Emails.send(GOOD)

    assert raised.value.code == 403
    assert raised.value.message == (
        "The new.example domain is not verified. Please, add and verify your domain on https://resend.com/domains"
    )
    assert (domain["status"], client.Domains.get(domain["id"])["status"]) == ("not_started", "verified")
    assert [(record["record"], record["name"], record["type"]) for record in domain["records"]] == [
        ("SPF", "out", "MX"),
        ("SPF", "out", "TXT"),
        ("DKIM", "resend._domainkey", "TXT"),
    ]
    assert domain["records"][0]["value"] == "feedback-smtp.eu-west-1.amazonses.com"
    assert mockmail.inbox[0].envelope.sender.endswith("@out.new.example")
    assert mockmail.inbox[0].headers["Message-ID"].endswith("@eu-west-1.amazonses.com>")


def test_domain_is_listed_changed_and_removed(client):
    domain = client.Domains.create({"name": "new.example"})["id"]

    client.Domains.update({"id": domain, "open_tracking": True, "tls": "enforced"})

    assert [(each["name"], each["open_tracking"]) for each in client.Domains.list()["data"]] == [
        ("new.example", True),
        ("example.com", False),
    ]
    assert client.Domains.remove(domain)["deleted"] is True
    with pytest.raises(ResendError, match="Domain not found"):
        client.Domains.get(domain)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, (422, "missing_required_field", 'Missing "name" field')),
        ({"name": "new"}, (422, "validation_error", "Invalid `name` field. The value must be a domain name.")),
        ({"name": "example.com"}, (403, "validation_error", "The example.com domain has been registered already.")),
        (
            {"name": "new.example", "region": "mars"},
            (422, "invalid_region", 'Region must be "us-east-1" | "eu-west-1" | "sa-east-1"'),
        ),
        (
            {"name": "new.example", "tls": "none"},
            (422, "validation_error", "Invalid `tls` field. The value must be one of opportunistic, enforced."),
        ),
        (
            {"name": "new.example", "custom_return_path": "a b"},
            (422, "validation_error", "Invalid `custom_return_path` field. The value must be the name of a subdomain."),
        ),
    ],
)
def test_domain_that_resend_refuses(post, body, error):
    refused = post("/domains", body)

    assert (refused.status, refused.json["name"], refused.json["message"]) == error


def test_key_for_sending_does_nothing_else_and_sends_from_its_domain_only(client, mockmail, monkeypatch):
    domain = client.Domains.create({"name": "new.example"})["id"]
    client.Domains.verify(domain)
    made = client.ApiKeys.create({"name": "mailer", "permission": "sending_access", "domain_id": domain})
    monkeypatch.setattr(client, "api_key", made["token"])

    client.Emails.send(GOOD)

    with pytest.raises(ResendError) as elsewhere:
        client.Emails.send(GOOD | {"from": "a@example.com"})
    with pytest.raises(ResendError) as reading:
        client.Templates.create({"name": ""})
    assert elsewhere.value.code == 403
    assert (reading.value.code, reading.value.error_type) == (401, "restricted_api_key")
    assert len(mockmail.inbox) == 1


def test_key_is_listed_without_its_token_renamed_and_removed(client, post, call, monkeypatch):
    made = client.ApiKeys.create({"name": "mailer"})

    assert call("PATCH", f"/api-keys/{made['id']}", {"name": "worker"}).json == {"object": "api_key", "id": made["id"]}
    assert [(key["name"], "token" in key) for key in client.ApiKeys.list()["data"]] == [
        ("worker", False),
        ("Production", False),
    ]
    client.ApiKeys.remove(made["id"])
    monkeypatch.setattr(client, "api_key", made["token"])
    with pytest.raises(ResendError, match="API key is invalid"):
        client.Emails.list()


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"name": ""}, (422, "validation_error", "String must contain at least 1 character(s)")),
        ({"name": "x" * 51}, (422, "validation_error", "String must contain at most 50 character(s)")),
        (
            {"name": "x", "permission": "all"},
            (422, "invalid_access", 'Access must be "full_access" | "sending_access"'),
        ),
        ({"name": "x", "domain_id": "nothing"}, (404, "not_found", "Domain not found")),
    ],
)
def test_key_that_resend_refuses(post, body, error):
    refused = post("/api-keys", body)

    assert (refused.status, refused.json["name"], refused.json["message"]) == error


def test_suppressions_are_added_and_lifted_one_by_one_and_in_batches(client, post, call):
    added = client.Suppressions.add({"email": "A@example.org"})
    again = client.Suppressions.add({"email": "a@example.org"})
    batch = post("/suppressions/batch/add", {"emails": ["b@example.org", "c@example.org"]})

    assert added["id"] == again["id"]
    assert (batch.status, [item["object"] for item in batch.json["data"]]) == (201, ["suppression", "suppression"])
    assert [each["email"] for each in client.Suppressions.list()["data"]] == [
        "c@example.org",
        "b@example.org",
        "A@example.org",
    ]
    lifted = post("/suppressions/batch/remove", {"ids": [added["id"], "nothing"]})
    assert lifted.json == {"data": [{"object": "suppression", "id": added["id"], "deleted": True}]}
    assert len(post("/suppressions/batch/remove", {"emails": ["B@example.org"]}).json["data"]) == 1
    assert client.Suppressions.remove("c@example.org")["deleted"] is True
    assert client.Suppressions.list()["data"] == []
    with pytest.raises(ResendError, match="Suppression not found"):
        client.Suppressions.get("c@example.org")


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("", {"email": "nobody"}, "Invalid `email` field. The email address needs to follow"),
        ("", {}, "Missing `email` field."),
        ("/batch/add", {"emails": []}, "A batch must have from 1 to 100 suppressions."),
        ("/batch/add", {"emails": ["a@example.org"] * 101}, "A batch must have from 1 to 100 suppressions."),
        ("/batch/remove", {}, "Either `emails` or `ids` must be given."),
    ],
)
def test_suppression_that_resend_refuses(post, path, body, message):
    refused = post(f"/suppressions{path}", body)

    assert refused.status == 422
    assert refused.json["message"].startswith(message)
