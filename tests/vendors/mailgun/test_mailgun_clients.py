"""Mailgun driven by its own Python client."""

from __future__ import annotations

import io

import pytest
from mailgun.client import AsyncClient

NEW = {"from": "App <app@example.com>", "to": ["jane@example.org"], "subject": "Hello", "text": "x"}


def test_client_sends_reads_events_and_the_stored_message(client, mockmail):
    sent = client.messages.create(
        data={**NEW, "o:tag": ["welcome"], "v:user": "7"},
        files=[("attachment", ("a.txt", b"hello"))],
        domain="example.com",
    )

    assert (sent.status_code, sent.json()["message"]) == (200, "Queued. Thank you.")
    assert [each.content for each in mockmail.inbox[0].attachments] == [b"hello"]
    events = client.events.get(domain="example.com", filters={"event": "delivered"}).json()["items"]
    assert [(event["recipient"], event["tags"], event["user-variables"]) for event in events] == [
        ("jane@example.org", ["welcome"], {"user": "7"})
    ]
    assert events[0]["message"]["headers"]["message-id"] == sent.json()["id"].strip("<>")


def test_environment_has_the_key_that_verifies_webhooks(mockmail):
    key = mockmail.mailgun.credentials["webhook_signing_key"]

    assert mockmail.mailgun.environment["MAILGUN_WEBHOOK_SIGNING_KEY"] == key


def test_client_sends_mime(client, mockmail):
    mime = io.BytesIO(b"From: app@example.com\r\nTo: jane@example.org\r\nSubject: Raw\r\n\r\nx\r\n")

    sent = client.mimemessage.create(
        data={"to": "jane@example.org"}, files={"message": ("message.mime", mime)}, domain="example.com"
    )

    assert sent.status_code == 200
    assert mockmail.inbox[0].subject == "Raw"


def test_client_sees_errors(client, mockmail):
    wrong_domain = client.messages.create(data=NEW, domain="unknown.example")
    without_to = client.messages.create(data={**NEW, "to": []}, domain="example.com")

    assert (wrong_domain.status_code, wrong_domain.json()["message"]) == (404, "Domain not found: unknown.example")
    assert (without_to.status_code, without_to.json()["message"]) == (400, "'to' parameter is missing")


def test_client_keeps_suppressions(client):
    bounces = '[{"address": "alice@example.com", "code": "550"}, {"address": "bob@example.com"}]'
    headers = {"Content-Type": "application/json"}

    added = client.bounces.create(data=bounces, domain="example.com", headers=headers)
    client.unsubscribes.create(data={"address": "carol@example.com", "tag": "*"}, domain="example.com")
    client.complaints.create(data={"address": "dave@example.com"}, domain="example.com")

    assert added.json()["message"] == "2 addresses have been added to the bounces table"
    addresses = {
        name: [item["address"] for item in getattr(client, name).get(domain="example.com").json()["items"]]
        for name in ("bounces", "unsubscribes", "complaints")
    }
    assert addresses == {
        "bounces": ["alice@example.com", "bob@example.com"],
        "unsubscribes": ["carol@example.com"],
        "complaints": ["dave@example.com"],
    }
    client.bounces.delete(domain="example.com", bounce_address="bob@example.com")
    assert client.bounces.get(domain="example.com", bounce_address="bob@example.com").status_code == 404


def test_client_keeps_templates_and_sends_one(client, mockmail):
    client.templates.create(data={"name": "order", "template": "<p>{{item}}</p>"}, domain="example.com")
    client.templates.create(
        data={"tag": "v2", "template": "<b>{{item}}</b>", "active": "yes"},
        domain="example.com",
        template_name="order",
        versions=True,
    )

    client.messages.create(
        data={**NEW, "text": None, "template": "order", "t:variables": '{"item": "Tea & milk"}'}, domain="example.com"
    )

    assert mockmail.inbox[0].html.strip() == "<b>Tea &amp; milk</b>"
    found = client.templates.get(domain="example.com", template_name="order", filters={"active": "yes"}).json()
    assert found["template"]["version"]["tag"] == "v2"


def test_client_keeps_domains_and_webhooks(client):
    created = client.domains.create(data={"name": "new.example"}).json()
    verified = client.domains.put(domain="new.example", verify=True).json()
    client.domains_webhooks.create(domain="new.example", data={"id": "opened", "url": ["http://127.0.0.1:9/hook"]})

    assert (created["message"], created["domain"]["state"]) == ("Domain has been created", "unverified")
    assert verified["domain"]["state"] == "active"
    assert client.domains_webhooks.get(domain="new.example").json() == {
        "webhooks": {"opened": {"urls": ["http://127.0.0.1:9/hook"]}}
    }
    names = [item["name"] for item in client.domainlist.get().json()["items"]]
    assert "new.example" in names


@pytest.mark.asyncio
async def test_asynchronous_client_sends(mockmail):
    auth = ("api", mockmail.mailgun.credentials["api_key"])

    async with AsyncClient(auth=auth, api_url=mockmail.mailgun.url) as client:
        sent = await client.messages.create(data=NEW, domain="example.com")

    assert sent.status_code == 200
    assert (await mockmail.inbox.wait_for_async(to="jane@example.org")).subject == "Hello"
