"""Brevo's senders and domains."""

from __future__ import annotations

import pytest
from brevo.core.api_error import ApiError

EMAIL = {"to": [{"email": "jane@example.org"}], "subject": "Hello", "htmlContent": "<p>x</p>"}


def test_sender_sends_once_it_is_validated(client, post, mockmail):
    sender = client.senders.create_sender(name="Ann", email="Ann@new.example").id
    post("/smtp/email", EMAIL | {"sender": {"id": sender}})
    refused = len(mockmail.inbox)

    client.senders.validate_sender_by_otp(sender, otp=123456)
    post("/smtp/email", EMAIL | {"sender": {"id": sender}})

    [shown] = client.senders.get_senders().senders
    assert (shown.id, shown.name, shown.email, shown.active) == (sender, "Ann", "Ann@new.example", True)
    assert (refused, [message.from_ for message in mockmail.inbox]) == (0, ["Ann <Ann@new.example>"])


def test_sender_of_an_authenticated_domain_is_active_at_once(client):
    client.senders.create_sender(name="App", email="app@example.com")

    assert client.senders.get_senders().senders[0].active is True


def test_sender_is_changed_and_removed(client):
    sender = client.senders.create_sender(name="App", email="app@example.com").id

    client.senders.update_sender(sender, name="New")
    renamed = client.senders.get_senders().senders[0]
    client.senders.update_sender(sender, email="app@new.example")
    moved = client.senders.get_senders().senders[0]
    client.senders.delete_sender(sender)

    assert (renamed.name, renamed.email, renamed.active) == ("New", "app@example.com", True)
    assert (moved.id, moved.name, moved.email, moved.active) == (sender, "New", "app@new.example", False)
    assert client.senders.get_senders().senders == []
    with pytest.raises(ApiError) as raised:
        client.senders.delete_sender(sender)
    assert raised.value.status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "code", "message"),
    [
        ("/senders", {"email": "a@new.example"}, "missing_parameter", "name is missing"),
        ("/senders", {"name": "A"}, "missing_parameter", "email is missing"),
        ("/senders", {"name": "A", "email": "a"}, "invalid_parameter", "email is not valid"),
        ("/senders", {"name": "A", "email": "TAKEN@new.example"}, "duplicate_parameter", "Sender already exists"),
        ("/senders/domains", {}, "missing_parameter", "name is missing"),
        ("/senders/domains", {"name": "new"}, "invalid_parameter", "name is not valid"),
        ("/senders/domains", {"name": "a@new.example"}, "invalid_parameter", "name is not valid"),
        ("/senders/domains", {"name": "Example.com"}, "duplicate_parameter", "Domain already exists"),
    ],
)
def test_sender_or_domain_that_brevo_refuses(post, path, body, code, message):
    post("/senders", {"name": "A", "email": "taken@new.example"})

    refused = post(path, body)

    assert (refused.status, refused.json) == (400, {"code": code, "message": message})


def test_address_of_another_sender_is_refused(client):
    client.senders.create_sender(name="A", email="a@example.com")
    other = client.senders.create_sender(name="B", email="b@example.com").id

    with pytest.raises(ApiError) as raised:
        client.senders.update_sender(other, email="A@example.com")

    assert raised.value.body["code"] == "duplicate_parameter"


def test_domain_sends_once_it_is_authenticated(client, post, mockmail):
    added = client.domains.create_domain(name="New.example")
    before = client.domains.get_domain_configuration("new.example")
    client.domains.authenticate_domain("new.example")

    post("/smtp/email", EMAIL | {"sender": {"email": "any@new.example"}})

    assert added.domain_name == "new.example"
    assert added.dns_records.dkim_record.host_name == "mail._domainkey"
    assert added.dns_records.brevo_code.value.startswith("brevo-code:")
    assert (before.authenticated, before.dns_records.dkim_record.status) == (False, False)
    assert [(each.domain_name, each.authenticated) for each in client.domains.get_domains().domains] == [
        ("example.com", True),
        ("new.example", True),
    ]
    assert len(mockmail.inbox) == 1
    client.domains.delete_domain("new.example")
    with pytest.raises(ApiError) as raised:
        client.domains.get_domain_configuration("new.example")
    assert raised.value.status_code == 404


def test_account_has_credits_and_a_relay(client):
    account = client.account.get_account()

    assert (account.email, account.plan[0].credits, account.relay.data.relay) == (
        "owner@example.com",
        300,
        "smtp-relay.brevo.com",
    )
