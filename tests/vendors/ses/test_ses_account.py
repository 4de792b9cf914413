"""The account, identities, suppressions, the mailbox simulator and insights."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from mockmail.vendors.ses.handlers import account

SIMPLE = {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}}


def error_of(call, **params):
    with pytest.raises(ClientError) as error:
        call(**params)
    response = error.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"], response["Error"]["Message"]


@pytest.fixture
def send(v2):
    """Return a function that sends a message and returns its id."""

    def send(*to, sender="app@example.com", **more):
        content = {"Simple": SIMPLE}
        sent = v2.send_email(FromEmailAddress=sender, Destination={"ToAddresses": list(to)}, Content=content, **more)
        return sent["MessageId"]

    return send


def test_account_shows_its_quota_and_what_was_sent(mockmail, v1, v2, send):
    send("jane@example.org", "bob@example.org")
    send("jane@example.org")

    shown = v2.get_account()

    assert shown["SendQuota"] == {"Max24HourSend": 50000.0, "MaxSendRate": 14.0, "SentLast24Hours": 3.0}
    assert (shown["ProductionAccessEnabled"], shown["SendingEnabled"]) == (True, True)
    assert shown["SuppressionAttributes"] == {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]}
    assert v1.get_send_quota()["SentLast24Hours"] == 3.0
    mockmail.clock.advance(24 * 3600 + 1)
    assert v1.get_send_quota()["SentLast24Hours"] == 0.0


def test_quota_and_statistics_are_counted_in_turns(mockmail, monkeypatch, v1, send):
    monkeypatch.setattr(account, "VISITED_AT_ONCE", 2)
    for _ in range(3):
        send("jane@example.org", "bob@example.org")

    [point] = v1.get_send_statistics()["SendDataPoints"]

    assert (point["DeliveryAttempts"], v1.get_send_quota()["SentLast24Hours"]) == (3, 6.0)


def test_paused_account_sends_nothing(mockmail, v1, v2, send):
    v2.put_account_sending_attributes(SendingEnabled=False)

    text = "Email sending is disabled."
    assert v1.get_account_sending_enabled()["Enabled"] is False
    to = {"ToAddresses": ["jane@example.org"]}
    assert error_of(v2.send_email, FromEmailAddress="app@example.com", Destination=to, Content={"Simple": SIMPLE}) == (
        400,
        "SendingPausedException",
        text,
    )
    assert error_of(v1.send_email, Source="app@example.com", Destination=to, Message=SIMPLE) == (
        400,
        "AccountSendingPausedException",
        text,
    )
    v1.update_account_sending_enabled(Enabled=True)
    send("jane@example.org")
    assert len(mockmail.inbox) == 1


def test_sandbox_account_sends_only_to_verified_recipients(mockmail, v2, send):
    v2.put_account_details(MailType="TRANSACTIONAL", WebsiteURL="https://example.com", ProductionAccessEnabled=False)
    v2.create_email_identity(EmailIdentity="jane@example.org")

    send("jane@example.org", "success+a@simulator.amazonses.com")

    with pytest.raises(ClientError, match=r"region US-EAST-1: bob@example\.org"):
        send("bob@example.org")


def test_identities_are_added_listed_and_removed(v1, v2, send):
    made = v2.create_email_identity(EmailIdentity="example.net")
    v1.verify_email_identity(EmailAddress="me@example.org")

    assert (made["IdentityType"], made["VerifiedForSendingStatus"]) == ("DOMAIN", False)
    assert (made["DkimAttributes"]["Status"], len(made["DkimAttributes"]["Tokens"])) == ("NOT_STARTED", 3)
    shown = v2.get_email_identity(EmailIdentity="example.net")
    assert shown["VerifiedForSendingStatus"] is True
    assert shown["DkimAttributes"]["Tokens"] == made["DkimAttributes"]["Tokens"]
    names = [each["IdentityName"] for each in v2.list_email_identities()["EmailIdentities"]]
    assert names == ["example.com", "example.net", "me@example.org"]
    assert v1.list_identities(IdentityType="EmailAddress")["Identities"] == ["me@example.org"]
    attributes = v1.get_identity_verification_attributes(Identities=["me@example.org", "example.net", "none.org"])
    assert {name: each["VerificationStatus"] for name, each in attributes["VerificationAttributes"].items()} == {
        "me@example.org": "Success",
        "example.net": "Success",
    }
    send("jane@example.org", sender="me@example.org")
    v2.delete_email_identity(EmailIdentity="example.net")
    v1.delete_identity(Identity="me@example.org")
    v1.delete_identity(Identity="me@example.org")
    assert v1.list_identities()["Identities"] == ["example.com"]
    missing = (404, "NotFoundException", "Email identity example.net does not exist.")
    assert error_of(v2.get_email_identity, EmailIdentity="example.net") == missing
    assert error_of(v2.delete_email_identity, EmailIdentity="example.net") == missing


def test_domain_of_version_1_has_tokens(v1):
    token = v1.verify_domain_identity(Domain="example.net")["VerificationToken"]

    assert token == v1.verify_domain_identity(Domain="example.net")["VerificationToken"]
    assert len(v1.verify_domain_dkim(Domain="example.net")["DkimTokens"]) == 3
    v1.verify_email_address(EmailAddress="me@example.org")


@pytest.mark.parametrize("name", ["nothing", "a b@example.org", "exa mple.org"])
def test_identity_that_is_no_address_and_no_domain_is_refused(v2, name):
    assert error_of(v2.create_email_identity, EmailIdentity=name)[:2] == (400, "BadRequestException")


def test_identity_that_exists_is_refused(v2):
    assert error_of(v2.create_email_identity, EmailIdentity="EXAMPLE.com")[:2] == (400, "AlreadyExistsException")


def test_suppressions_are_written_and_read(v2):
    v2.put_suppressed_destination(EmailAddress="jane@example.org", Reason="BOUNCE")
    v2.put_suppressed_destination(EmailAddress="bob+x@example.org", Reason="COMPLAINT")

    def listed(**params):
        found = v2.list_suppressed_destinations(**params)["SuppressedDestinationSummaries"]
        return [(each["EmailAddress"], each["Reason"]) for each in found]

    assert listed() == [("jane@example.org", "BOUNCE"), ("bob+x@example.org", "COMPLAINT")]
    assert listed(Reasons=["COMPLAINT"]) == [("bob+x@example.org", "COMPLAINT")]
    assert len(listed(Reasons=["COMPLAINT", "BOUNCE"])) == 2
    assert listed(EndDate=0) == []
    assert len(listed(StartDate=0)) == 2
    shown = v2.get_suppressed_destination(EmailAddress="Bob+x@example.org")["SuppressedDestination"]
    assert (shown["Reason"], "Attributes" in shown) == ("COMPLAINT", False)
    v2.delete_suppressed_destination(EmailAddress="jane@example.org")
    assert error_of(v2.get_suppressed_destination, EmailAddress="jane@example.org") == (
        404,
        "NotFoundException",
        "Email address jane@example.org does not exist on your suppression list.",
    )
    assert error_of(v2.delete_suppressed_destination, EmailAddress="jane@example.org")[0] == 404


def test_reason_of_a_suppression_is_checked(v2):
    error = error_of(v2.put_suppressed_destination, EmailAddress="jane@example.org", Reason="NO")

    assert error[:2] == (400, "BadRequestException")


def events_of(mockmail):
    return [(each["kind"], each.get("recipient", "")) for each in mockmail.ses.state()["events"]]


def test_hard_bounce_suppresses_and_the_next_message_bounces(mockmail, v2, send):
    mockmail.outcomes.add("jane@example.org", "bounced", times=1)
    first = send("jane@example.org")

    send("jane@example.org", "bob@example.org")

    shown = v2.get_suppressed_destination(EmailAddress="jane@example.org")["SuppressedDestination"]
    assert (shown["Reason"], shown["Attributes"]["MessageId"]) == ("BOUNCE", first)
    assert [message.envelope.recipients for message in mockmail.inbox] == [("bob@example.org",)]
    assert events_of(mockmail)[2:] == [
        ("accepted", ""),
        ("suppressed", "jane@example.org"),
        ("delivered", "bob@example.org"),
    ]


def test_account_that_suppresses_for_complaints_only_keeps_bounced_addresses(mockmail, v2, send):
    v2.put_account_suppression_attributes(SuppressedReasons=["COMPLAINT"])
    mockmail.outcomes.add("jane@example.org", "bounced")
    mockmail.outcomes.add("bob@example.org", "complained")

    send("jane@example.org", "bob@example.org")

    found = v2.list_suppressed_destinations()["SuppressedDestinationSummaries"]
    assert [each["EmailAddress"] for each in found] == ["bob@example.org"]


def test_simulator_has_its_outcomes_and_suppresses_nobody(mockmail, v2, send):
    names = ("success", "bounce+label", "ooto", "complaint", "suppressionlist")
    message_id = send(*(f"{name}@simulator.amazonses.com" for name in names))

    assert events_of(mockmail) == [
        ("accepted", ""),
        ("delivered", "success@simulator.amazonses.com"),
        ("bounced", "bounce+label@simulator.amazonses.com"),
        ("delivered", "ooto@simulator.amazonses.com"),
        ("bounced", "ooto@simulator.amazonses.com"),
        ("delivered", "complaint@simulator.amazonses.com"),
        ("complained", "complaint@simulator.amazonses.com"),
        ("suppressed", "suppressionlist@simulator.amazonses.com"),
    ]
    assert v2.list_suppressed_destinations()["SuppressedDestinationSummaries"] == []
    insights = v2.get_message_insights(MessageId=message_id)
    types = {
        each["Destination"].partition("@")[0]: [event["Type"] for event in each["Events"]]
        for each in insights["Insights"]
    }
    assert types == {
        "success": ["SEND", "DELIVERY"],
        "bounce+label": ["SEND", "BOUNCE"],
        "ooto": ["SEND", "DELIVERY", "BOUNCE"],
        "complaint": ["SEND", "DELIVERY", "COMPLAINT"],
        "suppressionlist": ["SEND", "BOUNCE"],
    }
    bounce = insights["Insights"][2]["Events"][-1]["Details"]["Bounce"]
    assert (bounce["BounceType"], bounce["BounceSubType"]) == ("TRANSIENT", "General")


def test_insights_show_the_message(v2, send):
    message_id = send("jane@example.org", EmailTags=[{"Name": "user", "Value": "7"}])

    insights = v2.get_message_insights(MessageId=message_id)

    assert (insights["FromEmailAddress"], insights["Subject"]) == ("app@example.com", "x")
    assert insights["EmailTags"] == [{"Name": "user", "Value": "7"}]
    assert error_of(v2.get_message_insights, MessageId="none")[:2] == (404, "NotFoundException")


def test_statistics_count_events(mockmail, v1, send):
    mockmail.clock.freeze("2026-01-31T12:20:00Z")
    mockmail.outcomes.add("bob@example.org", "bounced")
    send("jane@example.org")
    send("bob@example.org")

    [point] = v1.get_send_statistics()["SendDataPoints"]

    assert point["Timestamp"].isoformat() == "2026-01-31T12:15:00+00:00"
    assert (point["DeliveryAttempts"], point["Bounces"], point["Complaints"], point["Rejects"]) == (2, 1, 0, 0)


def test_unknown_action_is_refused(mockmail, call):
    form = "Action=Dance&Version=2010-12-01"

    response = call("POST", "/ses", body=form, headers={"Content-Type": "application/x-www-form-urlencoded"})

    assert response.status == 400
    assert b"<Code>InvalidAction</Code>" in response.body
    assert b"Could not find operation Dance for version 2010-12-01" in response.body
    assert mockmail.requests[-1].operation == "v1.unknown"


@pytest.mark.mockmail(strict=False)
def test_action_that_is_not_emulated_says_so_in_the_journal(mockmail, v1):
    assert error_of(v1.list_receipt_rule_sets)[1] == "InvalidAction"
    assert "ListReceiptRuleSets is not emulated: mockmail receives no mail" in mockmail.requests[-1].refusal


@pytest.mark.mockmail(strict=False)
def test_action_of_sns_says_in_the_journal_how_to_subscribe(mockmail, call):
    form = "Action=Subscribe&Version=2010-03-31&Protocol=http"

    call("POST", "/ses", body=form, headers={"Content-Type": "application/x-www-form-urlencoded"})

    assert "Subscribe is not emulated: mockmail has no SNS: a record of `webhooks`" in mockmail.requests[-1].refusal


@pytest.mark.mockmail(strict=False)
def test_unknown_path_of_version_2_is_refused(v2):
    assert error_of(v2.list_dedicated_ip_pools)[:2] == (404, "UnknownOperationException")


def test_named_fault_has_the_words_of_both_versions(mockmail, v1, v2):
    mockmail.faults.add("ses", error="TooManyRequestsException", times=2)

    text = "Maximum sending rate exceeded."
    assert error_of(v2.get_account) == (429, "TooManyRequestsException", text)
    assert error_of(v1.get_send_quota) == (400, "Throttling", text)


def test_rate_limit_throttles(mockmail, v1, v2):
    mockmail.faults.limit("ses", 1, window=60)
    v2.get_account()

    assert error_of(v2.get_account) == (429, "TooManyRequestsException", "Maximum sending rate exceeded.")
    assert error_of(v1.get_send_quota)[1] == "Throttling"
