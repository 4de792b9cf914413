"""boto3 sends through both versions of SES."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import parsedate_to_datetime

import pytest
from botocore.exceptions import ClientError

FROM = "App <app@example.com>"
SIMPLE = {
    "Subject": {"Data": "Grüße"},
    "Body": {"Text": {"Data": "plain"}, "Html": {"Data": "<b>rich</b>"}},
}


def raw_message(**headers):
    message = EmailMessage()
    values = {"From": "Own <own@example.com>", "To": "jane@example.org", "Subject": "Raw"} | headers
    for name, value in values.items():
        message[name.replace("_", "-")] = value
    message.set_content("hello")
    return message.as_bytes()


def refused(send, **params):
    with pytest.raises(ClientError) as error:
        send(**params)
    response = error.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"], response["Error"]["Message"]


def test_simple_message_arrives(mockmail, v2):
    sent = v2.send_email(
        FromEmailAddress=FROM,
        Destination={
            "ToAddresses": ["Jane Doe <jane@example.org>"],
            "CcAddresses": ["bob@example.org"],
            "BccAddresses": ["archive@example.org"],
        },
        ReplyToAddresses=["help@example.com"],
        Content={
            "Simple": SIMPLE
            | {
                "Headers": [{"Name": "X-Own", "Value": "yes"}],
                "Attachments": [
                    {"RawContent": b"hello", "FileName": "a.txt", "ContentType": "text/plain"},
                    {
                        "RawContent": b"dot",
                        "FileName": "dot.png",
                        "ContentType": "image/png",
                        "ContentDisposition": "INLINE",
                        "ContentId": "dot",
                    },
                ],
            }
        },
        EmailTags=[{"Name": "user", "Value": "7"}],
    )

    [message] = mockmail.inbox
    assert (message.subject, message.text.strip(), message.html.strip()) == ("Grüße", "plain", "<b>rich</b>")
    assert message.envelope.recipients == ("jane@example.org", "bob@example.org", "archive@example.org")
    assert message.envelope.sender == f"{sent['MessageId']}@amazonses.com"
    assert message.headers["Message-ID"] == f"<{sent['MessageId']}@email.amazonses.com>"
    assert message.headers["X-Own"] == "yes"
    assert b"archive@example.org" not in message.raw
    assert [(each.filename, each.content) for each in message.attachments] == [("dot.png", b"dot"), ("a.txt", b"hello")]
    [record] = mockmail.ses.state()["messages"]
    assert record["metadata"] == {"user": "7"}


def test_raw_message_of_version_2_has_the_senders_address_and_none_of_the_removed_headers(mockmail, v2):
    raw = raw_message(Bcc="hidden@example.org", Return_Path="own@example.com", Date="Thu, 01 Jan 1970 00:00:00 +0000")

    sent = v2.send_email(
        FromEmailAddress=FROM,
        Destination={"ToAddresses": ["bob@example.org"]},
        ReplyToAddresses=["help@example.com"],
        Content={"Raw": {"Data": raw}},
    )

    [message] = mockmail.inbox
    assert message.envelope.recipients == ("bob@example.org",)
    assert message.headers["From"] == FROM
    assert message.headers["To"] == "jane@example.org"
    assert message.headers["Reply-To"] == "help@example.com"
    assert message.headers["Message-ID"] == f"<{sent['MessageId']}@email.amazonses.com>"
    assert b"hidden@example.org" not in message.raw
    assert b"Return-Path" not in message.raw
    assert parsedate_to_datetime(message.headers["Date"]).year > 2000


def test_raw_message_without_destination_goes_to_its_headers(mockmail, v2, v1):
    raw = raw_message(Cc="Bob <bob@example.org>", Bcc="hidden@example.org")

    v2.send_email(Content={"Raw": {"Data": raw}})
    v1.send_raw_email(RawMessage={"Data": raw})

    for message in mockmail.inbox:
        assert message.envelope.recipients == ("jane@example.org", "bob@example.org", "hidden@example.org")
        assert message.headers["From"] == "Own <own@example.com>"


def test_message_of_version_1_arrives(mockmail, v1):
    sent = v1.send_email(
        Source=FROM,
        Destination={"ToAddresses": ["jane@example.org"], "CcAddresses": [], "BccAddresses": ["a@example.org"]},
        Message=SIMPLE,
        ReplyToAddresses=["help@example.com"],
        Tags=[{"Name": "user", "Value": "7"}],
    )

    [message] = mockmail.inbox
    assert (message.subject, message.text.strip(), message.html.strip()) == ("Grüße", "plain", "<b>rich</b>")
    assert message.envelope.recipients == ("jane@example.org", "a@example.org")
    assert message.headers["Message-ID"] == f"<{sent['MessageId']}@email.amazonses.com>"
    [request] = mockmail.requests.find(vendor="ses")
    assert request.operation == "v1.send_email"


def test_raw_message_of_version_1_keeps_its_from_header(mockmail, v1):
    v1.send_raw_email(Source="app@example.com", Destinations=["bob@example.org"], RawMessage={"Data": raw_message()})

    [message] = mockmail.inbox
    assert message.envelope.recipients == ("bob@example.org",)
    assert message.headers["From"] == "Own <own@example.com>"


def test_natural_path_is_served_to_a_signed_request(mockmail, new_client):
    new_client("sesv2", url=mockmail.url).send_email(
        FromEmailAddress=FROM, Destination={"ToAddresses": ["jane@example.org"]}, Content={"Simple": SIMPLE}
    )
    new_client("ses", url=mockmail.url).send_email(
        Source=FROM, Destination={"ToAddresses": ["jane@example.org"]}, Message=SIMPLE
    )

    assert len(mockmail.inbox) == 2


def test_other_region_has_its_own_domains(mockmail, new_client):
    client = new_client("sesv2", region="eu-west-1")
    to = {"ToAddresses": ["jane@example.org"]}

    sent = client.send_email(FromEmailAddress=FROM, Destination=to, Content={"Simple": SIMPLE})

    [message] = mockmail.inbox
    assert message.headers["Message-ID"] == f"<{sent['MessageId']}@eu-west-1.amazonses.com>"
    assert message.envelope.sender.endswith("@eu-west-1.amazonses.com")
    status = refused(client.send_email, FromEmailAddress="a@b.org", Destination=to, Content={"Simple": SIMPLE})
    assert "in region EU-WEST-1: a@b.org" in status[2]


UNVERIFIED = "Email address is not verified. The following identities failed the check in region US-EAST-1: "


@pytest.mark.parametrize(
    ("changed", "code", "v1_code", "message"),
    [
        ({"sender": "A <a@x.com>"}, "MessageRejected", "MessageRejected", UNVERIFIED + "A <a@x.com>"),
        ({"sender": "nobody"}, "BadRequestException", "InvalidParameterValue", "Missing final '@domain'"),
        ({"to": ["jane"]}, "BadRequestException", "InvalidParameterValue", "Missing final '@domain'"),
        ({"to": ["jane@example.org."]}, "BadRequestException", "InvalidParameterValue", "Missing domain"),
        (
            {"to": ["jane doe@example.org"]},
            "BadRequestException",
            "InvalidParameterValue",
            "Local address contains control or whitespace",
        ),
        (
            {"to": ["jäne@example.org"]},
            "BadRequestException",
            "InvalidParameterValue",
            "Local address contains control or whitespace",
        ),
        ({"to": ["j@example.org"] * 51}, "BadRequestException", "InvalidParameterValue", "Recipient count exceeds 50."),
        ({"to": []}, "BadRequestException", "InvalidParameterValue", "Missing required header 'To'."),
        (
            {"tags": [{"Name": "a b", "Value": "x"}]},
            "BadRequestException",
            "InvalidParameterValue",
            "Invalid tag name <a b>: only alphanumeric ASCII characters, '_',  '-' are allowed.",
        ),
        (
            {"tags": [{"Name": "a", "Value": "x y"}]},
            "BadRequestException",
            "InvalidParameterValue",
            "Invalid tag value <x y>: only alphanumeric ASCII characters, '_',  '-' , '.', '@' are allowed.",
        ),
        (
            {"tags": [{"Name": "", "Value": ""}]},
            "BadRequestException",
            "InvalidParameterValue",
            "The tag name must be specified.",
        ),
        (
            {"tags": [{"Name": "a", "Value": ""}]},
            "BadRequestException",
            "InvalidParameterValue",
            "The tag value must be specified.",
        ),
        (
            {"tags": [{"Name": "a" * 256, "Value": "b"}]},
            "BadRequestException",
            "InvalidParameterValue",
            "Tag name cannot exceed 255 characters.",
        ),
        (
            {"set": "missing"},
            "NotFoundException",
            "ConfigurationSetDoesNotExist",
            "Configuration set <missing> does not exist.",
        ),
    ],
)
def test_bad_message_is_refused_by_both_versions(mockmail, v2, v1, *, changed, code, v1_code, message):
    sender, to, tags = changed.get("sender", FROM), changed.get("to", ["jane@example.org"]), changed.get("tags", [])
    chosen = {"ConfigurationSetName": changed["set"]} if "set" in changed else {}

    second = refused(
        v2.send_email,
        FromEmailAddress=sender,
        Destination={"ToAddresses": to},
        Content={"Simple": SIMPLE},
        EmailTags=tags,
        **chosen,
    )
    first = refused(v1.send_email, Source=sender, Destination={"ToAddresses": to}, Message=SIMPLE, Tags=tags, **chosen)

    assert second == (404 if code == "NotFoundException" else 400, code, message)
    assert first == (400, v1_code, message)
    assert len(mockmail.inbox) == 0


def test_most_recipients_are_taken(mockmail, v2):
    v2.send_email(
        FromEmailAddress=FROM,
        Destination={"ToAddresses": [f"j{number}@example.org" for number in range(50)]},
        Content={"Simple": SIMPLE},
    )

    assert len(mockmail.inbox[0].envelope.recipients) == 50


def test_unverified_return_path_is_refused(v2):
    status = refused(
        v2.send_email,
        FromEmailAddress=FROM,
        Destination={"ToAddresses": ["jane@example.org"]},
        FeedbackForwardingEmailAddress="b@x.com",
        Content={"Simple": SIMPLE},
    )

    assert status == (400, "MessageRejected", f"{UNVERIFIED}b@x.com")


def test_subdomain_of_a_verified_domain_may_send(mockmail, v2):
    v2.send_email(
        FromEmailAddress="app@mail.EXAMPLE.com",
        Destination={"ToAddresses": ["jane@example.org"]},
        Content={"Simple": SIMPLE},
    )

    assert len(mockmail.inbox) == 1


def test_header_that_ses_sets_itself_is_refused(v2):
    content = SIMPLE | {"Headers": [{"Name": "Message-ID", "Value": "<a@b.c>"}]}

    status = refused(
        v2.send_email,
        FromEmailAddress=FROM,
        Destination={"ToAddresses": ["jane@example.org"]},
        Content={"Simple": content},
    )

    assert status == (400, "BadRequestException", "Invalid header name <Message-ID>.")


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b": x\r\n\r\nhello", "Empty header names are illegal."),
        (b"Subject: x\r\nTo: jane@example.org\r\n\r\nhello", "Missing required header 'From'."),
        (b"From: own@example.com\r\n\r\nhello", "Missing required header 'To'."),
        (b"   ", "Illegal content."),
    ],
)
def test_broken_raw_message_is_refused(v2, v1, raw, message):
    assert refused(v2.send_email, Content={"Raw": {"Data": raw}}) == (400, "BadRequestException", message)
    assert refused(v1.send_raw_email, RawMessage={"Data": raw}) == (400, "InvalidParameterValue", message)


def test_configuration_set_and_tags_of_a_raw_message_come_from_its_headers(mockmail, v2):
    v2.create_configuration_set(ConfigurationSetName="main")
    raw = raw_message(X_SES_CONFIGURATION_SET="main", X_SES_MESSAGE_TAGS="user=7, kind=welcome")

    v2.send_email(Content={"Raw": {"Data": raw}})

    [record] = mockmail.ses.state()["messages"]
    assert record["metadata"] == {"user": "7", "kind": "welcome"}
    assert record["details"]["configuration_set"] == "main"
    assert b"X-SES" not in mockmail.inbox[0].raw


def test_content_of_two_kinds_is_refused(call):
    email = {"FromEmailAddress": FROM, "Destination": {"ToAddresses": ["jane@example.org"]}}

    response = call(
        "POST", "/v2/email/outbound-emails", email | {"Content": {"Simple": SIMPLE, "Raw": {"Data": "aGk="}}}
    )

    assert (response.status, response.json) == (
        400,
        {"message": "The content must be one of Simple, Raw and Template."},
    )
    assert response.headers["x-amzn-ErrorType"] == "BadRequestException"
