"""Postmark's servers, streams, domains, signatures, openings and clicks, by the vendor's own client."""

from __future__ import annotations

from http import HTTPStatus

import postmark.sync
import pytest
from http_client import send_request
from postmark.exceptions import PostmarkAPIException
from postmark.models.servers import DeliveryType
from postmark.models.streams import MessageStreamType
from webhook_receiver import Receiver

MAIL = {"sender": "a@example.com", "to": "b@example.org", "subject": "Hello", "text_body": "x"}


@pytest.fixture
def server(mockmail):
    with postmark.sync.ServerClient(
        mockmail.postmark.credentials["server_token"], base_url=mockmail.postmark.url
    ) as client:
        yield client


@pytest.fixture
def account(mockmail):
    with postmark.sync.AccountClient(
        mockmail.postmark.credentials["account_token"], base_url=mockmail.postmark.url
    ) as client:
        yield client


def code_of(refused) -> int:
    return refused.value.error_code


def test_own_client_sends_and_reads(server, mockmail):
    sent = server.outbound.send({**MAIL, "tag": "welcome", "metadata": {"user": "7"}})
    listed = server.outbound.list(tag="welcome")
    details = server.outbound.get(sent.message_id)

    assert mockmail.inbox[0].subject == "Hello"
    assert [message.message_id for message in listed.items] == [sent.message_id]
    assert (details.text_body, details.metadata, details.tag) == ("x", {"user": "7"}, "welcome")
    assert server.outbound.get_dump(sent.message_id).body.startswith("From: a@example.com")


def test_openings_and_clicks_are_listed_newest_first(server, mockmail):
    first, second = (server.outbound.send({**MAIL, "tag": tag}).message_id for tag in ("one", "two"))
    for message_id in (first, second, first):
        mockmail.outcomes.add_event(message_id, "opened", details={"user_agent": "Firefox"})
    mockmail.outcomes.add_event(second, "clicked", details={"url": "https://example.com/a"})

    opens = server.outbound.list_opens()
    assert [(each.message_id, each.user_agent) for each in opens.items] == [
        (first, "Firefox"),
        (second, "Firefox"),
        (first, "Firefox"),
    ]
    assert server.outbound.list_opens(tag="two").total == 1
    assert server.outbound.list_message_opens(first).total == 2
    clicks = server.outbound.list_clicks()
    assert [(each.message_id, each.original_link) for each in clicks.items] == [(second, "https://example.com/a")]
    assert server.outbound.list_message_clicks(first).total == 0


def test_webhook_is_created_changed_and_removed(server):
    created = server.webhooks.create(
        "https://example.com/hook",
        http_auth={"Username": "me", "Password": "secret"},
        http_headers=[{"Name": "X-A", "Value": "b"}],
        triggers={"Open": {"Enabled": True, "PostFirstOpenOnly": True}},
    )
    changed = server.webhooks.edit(created.id, url="https://example.com/other", triggers={"Click": {"Enabled": True}})

    assert (created.message_stream, created.triggers.open.post_first_open_only) == ("outbound", True)
    assert (changed.url, changed.http_auth.password, changed.http_headers[0].name) == (
        "https://example.com/other",
        "secret",
        "X-A",
    )
    assert (changed.triggers.open.enabled, changed.triggers.click.enabled) == (True, True)
    assert [each.id for each in server.webhooks.list("outbound")] == [created.id]
    assert server.webhooks.list("broadcast") == []
    assert server.webhooks.delete(created.id).message == f"Webhook {created.id} removed."
    with pytest.raises(PostmarkAPIException):
        server.webhooks.get(created.id)


def test_streams_of_a_new_server_and_a_further_one(server):
    assert [stream.id for stream in server.stream.list().items] == ["outbound", "inbound", "broadcast"]

    created = server.stream.create("news", "News", MessageStreamType.BROADCASTS, description="weekly")
    changed = server.stream.edit("news", name="Newsletter")

    assert (created.description, created.subscription_management_configuration.unsubscribe_handling_type.value) == (
        "weekly",
        "Postmark",
    )
    assert (changed.name, changed.updated_at is None) == ("Newsletter", False)
    assert server.outbound.send({**MAIL, "message_stream": "news"}).success
    assert server.stream.archive("news").id == "news"
    with pytest.raises(PostmarkAPIException) as refused:
        server.outbound.send({**MAIL, "message_stream": "news"})
    assert code_of(refused) == 1235
    assert server.stream.list().total == 3
    assert server.stream.unarchive("news").archived_at is None


@pytest.mark.parametrize(("stream", "code"), [("nowhere", 1235), ("inbound", 1236)])
def test_stream_that_does_not_send_refuses_the_message(server, mockmail, stream, code):
    with pytest.raises(PostmarkAPIException) as refused:
        server.outbound.send({**MAIL, "message_stream": stream})

    assert (code_of(refused), len(mockmail.inbox)) == (code, 0)


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        ({"ID": "outbound", "MessageStreamType": "Broadcasts"}, 1228),
        ({"ID": "a b", "MessageStreamType": "Broadcasts"}, 1225),
        ({"ID": "new", "MessageStreamType": "Inbound"}, 1224),
    ],
)
def test_invalid_stream_is_refused(post, stream, code):
    assert post("/message-streams", stream).json["ErrorCode"] == code


def test_unknown_and_default_streams_are_refused(post):
    assert post("/message-streams/nowhere/archive").json["ErrorCode"] == 1226
    assert post("/message-streams/nowhere/suppressions", {"Suppressions": []}).json["ErrorCode"] == 1226
    assert post("/message-streams/outbound/archive").json["ErrorCode"] == 1230


def test_server_shows_and_changes_its_settings(server):
    assert server.server.get().name == "example.com"

    changed = server.server.edit(name="renamed", track_opens=True)

    assert (changed.name, changed.track_opens, changed.delivery_type) == ("renamed", True, DeliveryType.LIVE)
    assert server.server.get().track_opens is True


def test_new_server_sends_with_its_token_and_stops_when_it_is_removed(account, mockmail):
    created = account.server.create("staging", delivery_type=DeliveryType.SANDBOX)

    with postmark.sync.ServerClient(created.api_tokens[0], base_url=mockmail.postmark.url) as client:
        sent = client.outbound.send(MAIL)
        assert client.outbound.get(sent.message_id).sandboxed is True
        assert len(mockmail.inbox) == 0
        assert [each.name for each in account.server.list(name="stag").items] == ["staging"]
        assert account.server.edit(created.id, name="other").name == "other"
        assert account.server.delete(created.id).error_code == 0
        with pytest.raises(PostmarkAPIException):
            client.outbound.send(MAIL)
    with pytest.raises(PostmarkAPIException) as refused:
        account.server.get(created.id)
    assert code_of(refused) == 602


def test_domain_sends_once_it_is_verified(account, server, mockmail):
    domain = account.domain.create("new.example", return_path_domain="pm.new.example")
    assert (domain.dkim_verified, domain.dkim_update_status) == (False, "Pending")
    mail = {**MAIL, "sender": "a@new.example"}
    with pytest.raises(PostmarkAPIException) as refused:
        server.outbound.send(mail)
    assert code_of(refused) == 400

    assert account.domain.verify_dkim(domain.id).dkim_verified is True

    assert server.outbound.send(mail).success
    assert account.domain.verify_return_path(domain.id).return_path_domain_verified is True
    assert account.domain.verify_spf(domain.id).spf_verified is True
    assert account.domain.rotate_dkim(domain.id).name == "new.example"
    assert account.domain.edit(domain.id, return_path_domain="x.new.example").return_path_domain_verified is False
    assert [each.name for each in account.domain.list().items] == ["example.com", "new.example"]
    assert account.domain.delete(domain.id).message == "Domain new.example removed."
    with pytest.raises(PostmarkAPIException) as refused:
        account.domain.get(domain.id)
    assert code_of(refused) == 510


def test_signature_sends_once_it_is_confirmed(account, server, mockmail):
    own = account.signature.create("boss@example.com", "Boss")
    other = account.signature.create("me@elsewhere.org", "Me", reply_to="help@elsewhere.org")

    assert (own.confirmed, other.confirmed, other.reply_to_email_address) == (True, False, "help@elsewhere.org")
    mail = {**MAIL, "sender": "Me <me@elsewhere.org>"}
    with pytest.raises(PostmarkAPIException) as refused:
        server.outbound.send(mail)
    assert code_of(refused) == 401
    assert account.signature.resend_confirmation(other.id).message.startswith("Confirmation email for Sender Signature")

    [record] = [each for each in mockmail.postmark.state()["identities"] if each["id"] == str(other.id)]
    mockmail.postmark.seed(identities=[{**record, "verified": True}])

    assert server.outbound.send(mail).success
    assert account.signature.edit(other.id, "Myself").name == "Myself"
    assert account.signature.list().total == 2
    assert account.signature.delete(other.id).message == "Signature me@elsewhere.org removed."


def test_templates_are_pushed_to_another_server(account, server, mockmail):
    server.templates.create({"Name": "Hello", "Alias": "hello", "Subject": "Hello", "TextBody": "x"})
    other = account.server.create("staging")
    push = {"SourceServerID": "1", "DestinationServerID": str(other.id), "PerformChanges": False}

    planned = account.templates.push(push)
    done = account.templates.push({**push, "PerformChanges": True})
    again = account.templates.push({**push, "PerformChanges": True})

    assert [(each.total_count, each.templates[0].action.value) for each in (planned, done, again)] == [
        (1, "Create"),
        (1, "Create"),
        (1, "Edit"),
    ]
    with postmark.sync.ServerClient(other.api_tokens[0], base_url=mockmail.postmark.url) as client:
        assert client.templates.get("hello").subject == "Hello"


@pytest.mark.parametrize(
    ("path", "document", "code"),
    [
        ("/domains", {"Name": "example.com"}, 512),
        ("/domains", {"Name": "no domain"}, 503),
        ("/senders", {"FromEmail": "nobody", "Name": "x"}, 520),
        ("/senders", {"FromEmail": "a@example.com"}, 501),
        ("/servers", {"Name": "example.com"}, 603),
        ("/servers", {}, 600),
        ("/templates/push", {"SourceServerID": "9", "DestinationServerID": "1"}, 602),
    ],
)
def test_invalid_request_on_the_account_is_refused(mockmail, path, document, code):
    headers = {"X-Postmark-Account-Token": mockmail.postmark.credentials["account_token"]}
    method = "PUT" if path == "/templates/push" else "POST"

    refused = send_request(mockmail.url, method, path, json=document, headers=headers)

    assert (refused.status, refused.json["ErrorCode"]) == (HTTPStatus.UNPROCESSABLE_ENTITY, code)


def test_server_token_is_no_account_token(mockmail):
    token = mockmail.postmark.credentials["server_token"]

    for headers in ({"X-Postmark-Server-Token": token}, {"X-Postmark-Account-Token": token}):
        refused = send_request(mockmail.url, "GET", "/domains?count=1&offset=0", headers=headers)
        assert (refused.status, refused.json) == (
            401,
            {"ErrorCode": 10, "Message": "Request does not contain a valid Account token."},
        )


def test_webhook_of_another_stream_is_not_told(server, mockmail):
    receiver = Receiver()
    try:
        server.webhooks.create(receiver.url, message_stream="broadcast", triggers={"Delivery": {"Enabled": True}})
        server.outbound.send(MAIL)
        sent = server.outbound.send({**MAIL, "message_stream": "Broadcast"})

        found = mockmail.requests.wait_for(direction="outgoing")
    finally:
        receiver.close()

    assert (found.json()["MessageID"], found.json()["MessageStream"]) == (sent.message_id, "broadcast")
