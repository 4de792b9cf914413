"""Outcomes and later events, over HTTP and in Python."""

from __future__ import annotations

import pytest
from http_client import send_request

from mockmail.core.errors import InvalidFault, InvalidValue, Problem


def send(mockmail, to="jane@example.org"):
    token = mockmail.postmark.credentials["server_token"]
    body = {"From": "a@example.com", "To": to, "TextBody": "x"}
    return send_request(mockmail.url, "POST", "/email", json=body, headers={"X-Postmark-Server-Token": token})


def details(mockmail, response):
    token = mockmail.postmark.credentials["server_token"]
    path = f"/messages/outbound/{response.json['MessageID']}/details"
    return send_request(mockmail.url, "GET", path, headers={"X-Postmark-Server-Token": token}).json["MessageEvents"]


def test_arranged_bounce_suppresses_the_recipient(mockmail):
    outcome = mockmail.outcomes.add("*@example.org", "bounced", reason="5.1.1 gone")

    sent = send(mockmail)
    refused = send(mockmail)

    [event] = details(mockmail, sent)
    assert (event["Type"], event["Details"]["Summary"]) == ("Bounced", "5.1.1 gone")
    assert (refused.status, refused.json["ErrorCode"]) == (422, 406)
    assert "Found inactive addresses: jane@example.org. Inactive" in refused.json["Message"]
    assert (len(mockmail.inbox), [rule.id for rule in mockmail.outcomes]) == (0, [outcome.id])


def test_partly_suppressed_message_is_refused_and_reaches_the_others(mockmail):
    mockmail.outcomes.add("jane@example.org", "bounced")
    send(mockmail)

    refused = send(mockmail, "jane@example.org, bob@example.org")

    assert (refused.status, refused.json["ErrorCode"]) == (422, 406)
    assert [message.envelope.recipients for message in mockmail.inbox] == [("bob@example.org",)]


def test_outcomes_over_http(mockmail):
    path = "/_mockmail/outcomes"
    added = send_request(
        mockmail.url, "POST", path, json={"recipient": "jane@example.org", "kind": "bounced", "times": 1}
    )
    assert (added.status, added.json["id"], added.json["used"]) == (201, 1, 0)

    send(mockmail)

    assert send_request(mockmail.url, "GET", path).json["outcomes"][0]["used"] == 1
    assert send_request(mockmail.url, "DELETE", f"{path}/1").json == {"removed": 1}
    assert send_request(mockmail.url, "DELETE", f"{path}/1").status == 404
    assert send_request(mockmail.url, "DELETE", path).json == {"removed": 0}


def test_later_events_of_a_message(mockmail):
    sent = send(mockmail)

    mockmail.outcomes.add_event(mockmail.inbox[0], "opened", details={"user_agent": "Mail"})
    added = send_request(
        mockmail.url,
        "POST",
        f"/_mockmail/messages/{mockmail.inbox[0].id}/events",
        json={"kind": "clicked", "details": {"url": "https://example.com/"}},
    )

    assert (added.status, added.json["vendor"], added.json["recipient"]) == (201, "postmark", "jane@example.org")
    assert [event["Type"] for event in details(mockmail, sent)] == ["Delivered", "Opened", "LinkClicked"]


def test_impossible_outcomes_and_events_are_refused(mockmail):
    with pytest.raises(InvalidFault, match="kind must be one of"):
        mockmail.outcomes.add("jane@example.org", "eaten")
    with pytest.raises(InvalidFault, match="vendor must be one that keeps what it sends"):
        mockmail.outcomes.add("jane@example.org", "bounced", vendor="rackspace")
    with pytest.raises(InvalidValue):
        mockmail.outcomes.add("jane@example.org", "bounced", times=0)
    with pytest.raises(Problem, match="has sent a message 'nothing'"):
        mockmail.outcomes.add_event("nothing", "opened")
    send(mockmail)
    with pytest.raises(InvalidFault, match="recipient must be one of the message's"):
        mockmail.outcomes.add_event(mockmail.inbox[0], "opened", recipient="bob@example.org")


def test_unknown_mailbox_of_a_hosted_domain_gets_mail_unless_the_setting_refuses_it(mockmail):
    assert send(mockmail, "nobody@apidomain92.com").json["ErrorCode"] == 0

    assert [message.envelope.recipients for message in mockmail.inbox] == [("nobody@apidomain92.com",)]


@pytest.mark.mockmail(reject_unknown_recipients=True)
def test_unknown_mailbox_of_a_hosted_domain_bounces_where_the_setting_refuses_it(mockmail):
    sent = send(mockmail, "nobody@apidomain92.com")

    assert ([event["Type"] for event in details(mockmail, sent)], len(mockmail.inbox)) == (["Bounced"], 0)
