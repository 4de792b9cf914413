"""Configuration sets, topics, and the notifications that SNS signs."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import django_ses.utils
import pytest
import requests
from botocore.exceptions import ClientError
from cryptography import x509
from django.conf import settings
from django_ses.utils import EventMessageVerifier
from http_client import send_request
from webhook_receiver import Receiver

TOPIC = "arn:aws:sns:eu-west-1:123456789012:mail"
SIMPLE = {"Subject": {"Data": "Grüße"}, "Body": {"Text": {"Data": "x"}}}
FROM = "App <app@example.com>"


def error_of(call, **params):
    with pytest.raises(ClientError) as error:
        call(**params)
    response = error.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"], response["Error"]["Message"]


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def subscribe(mockmail, receiver):
    """Return a function that subscribes the receiver to a topic."""

    def subscribe(topic=""):
        webhook = {"id": "1", "url": f"{receiver.url}/hook", "scope": topic, "created": "2026-01-01T00:00:00Z"}
        mockmail.ses.seed(webhooks=[webhook])

    return subscribe


def destination(*kinds, enabled=True):
    return {"Enabled": enabled, "MatchingEventTypes": list(kinds), "SnsDestination": {"TopicArn": TOPIC}}


def add_destination(v2, *kinds, name="main", **more):
    v2.create_configuration_set(ConfigurationSetName=name)
    v2.create_configuration_set_event_destination(
        ConfigurationSetName=name, EventDestinationName="sns", EventDestination=destination(*kinds, **more)
    )


def send(v2, *to, configuration_set="main", **more):
    chosen = {"ConfigurationSetName": configuration_set} if configuration_set else {}
    sent = v2.send_email(
        FromEmailAddress=FROM, Destination={"ToAddresses": list(to)}, Content={"Simple": SIMPLE}, **chosen, **more
    )
    return sent["MessageId"]


def next_event(receiver):
    return json.loads(receiver.next()[2]["Message"])


def test_events_are_published_to_the_topic_of_the_configuration_set(v2, receiver, subscribe):
    subscribe(TOPIC)
    add_destination(v2, "SEND", "DELIVERY")

    message_id = send(v2, "Jane <jane@example.org>", EmailTags=[{"Name": "user", "Value": "7"}])

    path, headers, validated = receiver.next()
    assert path == "/hook"
    assert validated["Message"] == "Successfully validated SNS topic for Amazon SES event publishing."
    _, headers, first = receiver.next()
    assert headers["Content-Type"] == "text/plain; charset=UTF-8"
    assert headers["x-amz-sns-message-type"] == first["Type"] == "Notification"
    assert headers["x-amz-sns-message-id"] == first["MessageId"]
    assert headers["x-amz-sns-topic-arn"] == first["TopicArn"] == TOPIC
    assert first["Subject"] == "Amazon SES Email Event Notification"
    assert first["SigningCertURL"].startswith("https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-")
    sent = json.loads(first["Message"])
    assert (sent["eventType"], sent["send"]) == ("Send", {})
    mail = sent["mail"]
    assert (mail["messageId"], mail["source"], mail["destination"]) == (message_id, FROM, ["jane@example.org"])
    assert mail["sendingAccountId"] == "123456789012"
    assert mail["commonHeaders"]["subject"] == "Grüße"
    assert mail["commonHeaders"]["to"] == ["Jane <jane@example.org>"]
    assert {"name": "To", "value": "Jane <jane@example.org>"} in mail["headers"]
    assert (mail["tags"]["user"], mail["tags"]["ses:configuration-set"]) == (["7"], ["main"])
    assert (mail["tags"]["ses:operation"], mail["tags"]["ses:from-domain"]) == (["SendEmail"], ["example.com"])
    delivered = next_event(receiver)
    assert (delivered["eventType"], delivered["delivery"]["recipients"]) == ("Delivery", ["jane@example.org"])


def test_event_that_nobody_asked_for_is_not_published(mockmail, v2, receiver, subscribe):
    subscribe(TOPIC)
    add_destination(v2, "BOUNCE")
    add_destination(v2, "SEND", "DELIVERY", name="off", enabled=False)
    mockmail.outcomes.add("bob@example.org", "bounced")

    send(v2, "jane@example.org")
    send(v2, "jane@example.org", configuration_set="off")
    send(v2, "jane@example.org", configuration_set=None)
    send(v2, "bob@example.org")

    for _ in range(2):
        assert receiver.next()[2]["Message"].startswith("Successfully validated")
    assert next_event(receiver)["eventType"] == "Bounce"  # requests are made in the order of their events


def test_bounces_have_their_types(mockmail, v2, receiver, subscribe):
    subscribe()
    mockmail.outcomes.add("jane@example.org", "bounced", times=1)

    found = []
    for address in ("jane@example.org", "jane@example.org", "ooto@simulator.amazonses.com"):
        send(v2, address, configuration_set=None)
    send(v2, "suppressionlist@simulator.amazonses.com", configuration_set=None)
    while len(found) < 4:
        event = next_event(receiver)
        if event["eventType"] == "Bounce":
            found.append(event["bounce"])

    assert [(each["bounceType"], each["bounceSubType"]) for each in found] == [
        ("Permanent", "General"),
        ("Permanent", "OnAccountSuppressionList"),
        ("Transient", "General"),
        ("Permanent", "Suppressed"),
    ]
    assert found[0]["bouncedRecipients"] == [
        {
            "emailAddress": "jane@example.org",
            "action": "failed",
            "status": "5.1.1",
            "diagnosticCode": "smtp; 550 5.1.1 user unknown",
        }
    ]


@pytest.mark.parametrize(
    ("kind", "name", "member"),
    [
        ("complained", "Complaint", "complaint"),
        ("opened", "Open", "open"),
        ("clicked", "Click", "click"),
        ("deferred", "DeliveryDelay", "deliveryDelay"),
        ("unsubscribed", "Subscription", "subscription"),
    ],
)
def test_later_event_is_published(mockmail, v2, receiver, subscribe, *, kind, name, member):
    send(v2, "jane@example.org", configuration_set=None)
    subscribe()

    details = {"url": "https://example.com/a", "user_agent": "Firefox"}
    mockmail.outcomes.add_event(mockmail.inbox[0], kind, details=details)

    event = next_event(receiver)
    assert event["eventType"] == name
    assert event[member]["timestamp"]
    if kind == "clicked":
        assert (event["click"]["link"], event["click"]["userAgent"]) == ("https://example.com/a", "Firefox")


def test_missing_value_of_a_template_is_published_as_a_rendering_failure(v1, receiver, subscribe):
    subscribe()
    v1.create_template(Template={"TemplateName": "t", "SubjectPart": "{{name}}"})

    v1.send_templated_email(
        Source=FROM, Destination={"ToAddresses": ["jane@example.org"]}, Template="t", TemplateData="{}"
    )

    assert next_event(receiver)["eventType"] == "Send"
    failed = next_event(receiver)
    assert failed["eventType"] == "Rendering Failure"
    assert failed["failure"] == {
        "templateName": "t",
        "errorMessage": "Attribute 'name' is not present in the rendering data.",
    }


def test_topic_of_an_identity_gets_notifications(mockmail, v1, v2, receiver, subscribe):
    subscribe(TOPIC)
    v1.set_identity_notification_topic(Identity="example.com", NotificationType="Delivery", SnsTopic=TOPIC)
    mockmail.outcomes.add("bob@example.org", "bounced")

    send(v2, "bob@example.org", "jane@example.org", configuration_set=None)

    _, _, notification = receiver.next()
    document = json.loads(notification["Message"])
    assert (document["notificationType"], document["delivery"]["recipients"]) == ("Delivery", ["jane@example.org"])
    assert "Subject" not in notification
    shown = v1.get_identity_notification_attributes(Identities=["example.com"])["NotificationAttributes"]
    assert shown["example.com"]["DeliveryTopic"] == TOPIC
    v1.set_identity_notification_topic(Identity="example.com", NotificationType="Delivery")
    shown = v1.get_identity_notification_attributes(Identities=["example.com"])["NotificationAttributes"]
    assert "DeliveryTopic" not in shown["example.com"]


@pytest.fixture
def verifying(mockmail, monkeypatch):
    """Let django-ses get certificates of SNS from mockmail, as it does through the forward proxy."""
    if not settings.configured:
        settings.configure(INSTALLED_APPS=["anymail"], SECRET_KEY="any", USE_TZ=True, DEFAULT_CHARSET="utf-8")
    fetched = []

    def get(url, **_):
        fetched.append(url)
        response = requests.Response()
        answer = send_request(mockmail.url, "GET", f"/ses{urlsplit(url).path}")
        response.status_code, response._content = answer.status, answer.body
        return response

    django_ses.utils.clear_cert_cache()
    monkeypatch.setattr(requests, "get", get)
    yield fetched
    django_ses.utils.clear_cert_cache()


@pytest.mark.parametrize("topic", ["", TOPIC])
def test_signature_is_verified_by_django_ses(mockmail, v1, v2, receiver, *, subscribe, verifying, topic):
    subscribe(topic)
    v1.set_identity_notification_topic(Identity="example.com", NotificationType="Delivery", SnsTopic=TOPIC)
    send(v2, "jane@example.org", configuration_set=None)

    _, _, notification = receiver.next()

    assert EventMessageVerifier(notification).is_verified()
    assert not EventMessageVerifier(notification | {"Message": "other"}).is_verified()
    assert len(verifying) == 1


def test_certificate_is_served_without_a_signature(mockmail):
    response = send_request(mockmail.url, "GET", "/SimpleNotificationService-mockmail.pem")

    assert response.status == 200
    assert "sns.amazonaws.com" in x509.load_pem_x509_certificate(response.body).subject.rfc4514_string()


def test_configuration_sets_are_the_same_in_both_versions(v1, v2):
    v1.create_configuration_set(ConfigurationSet={"Name": "first"})
    add_destination(v2, "SEND", "RENDERING_FAILURE", name="second")
    v1.create_configuration_set_event_destination(
        ConfigurationSetName="first",
        EventDestination={
            "Name": "sns",
            "Enabled": True,
            "MatchingEventTypes": ["bounce", "renderingFailure"],
            "SNSDestination": {"TopicARN": TOPIC},
        },
    )

    assert v2.list_configuration_sets()["ConfigurationSets"] == ["first", "second"]
    assert v1.list_configuration_sets()["ConfigurationSets"] == [{"Name": "first"}, {"Name": "second"}]
    assert v2.get_configuration_set(ConfigurationSetName="first")["SendingOptions"] == {"SendingEnabled": True}
    [shown] = v2.get_configuration_set_event_destinations(ConfigurationSetName="first")["EventDestinations"]
    assert shown == {"Name": "sns", **destination("BOUNCE", "RENDERING_FAILURE")}
    described = v1.describe_configuration_set(
        ConfigurationSetName="second", ConfigurationSetAttributeNames=["eventDestinations"]
    )
    assert described["EventDestinations"] == [
        {
            "Name": "sns",
            "Enabled": True,
            "MatchingEventTypes": ["send", "renderingFailure"],
            "SNSDestination": {"TopicARN": TOPIC},
        }
    ]


def test_event_destinations_are_changed_and_removed(v1, v2):
    add_destination(v2, "SEND")
    named = {"ConfigurationSetName": "main", "EventDestinationName": "sns"}

    v2.update_configuration_set_event_destination(**named, EventDestination=destination("OPEN"))
    [shown] = v2.get_configuration_set_event_destinations(ConfigurationSetName="main")["EventDestinations"]
    assert shown["MatchingEventTypes"] == ["OPEN"]
    v2.delete_configuration_set_event_destination(**named)
    assert v2.get_configuration_set_event_destinations(ConfigurationSetName="main")["EventDestinations"] == []
    missing = "No EventDestination found for main"
    assert error_of(v2.delete_configuration_set_event_destination, **named) == (404, "NotFoundException", missing)
    assert error_of(v1.delete_configuration_set_event_destination, **named) == (
        400,
        "EventDestinationDoesNotExist",
        missing,
    )
    v2.delete_configuration_set(ConfigurationSetName="main")
    assert error_of(v1.delete_configuration_set, ConfigurationSetName="main") == (
        400,
        "ConfigurationSetDoesNotExist",
        "Configuration set <main> does not exist.",
    )


def test_duplicate_configuration_set_is_refused(v1, v2):
    add_destination(v2, "SEND")

    assert error_of(v2.create_configuration_set, ConfigurationSetName="main")[:2] == (400, "AlreadyExistsException")
    assert error_of(v1.create_configuration_set, ConfigurationSet={"Name": "main"})[:2] == (
        400,
        "ConfigurationSetAlreadyExists",
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"MatchingEventTypes": ["DANCE"]},
        {"SnsDestination": {"TopicArn": "mail"}},
    ],
)
def test_event_destination_that_cannot_be_is_refused(v2, changed):
    v2.create_configuration_set(ConfigurationSetName="main")

    error = error_of(
        v2.create_configuration_set_event_destination,
        ConfigurationSetName="main",
        EventDestinationName="sns",
        EventDestination=destination("SEND") | changed,
    )

    assert error[:2] == (400, "BadRequestException")


def test_paused_configuration_set_sends_nothing(mockmail, v2):
    v2.create_configuration_set(ConfigurationSetName="main")
    v2.put_configuration_set_sending_options(ConfigurationSetName="main", SendingEnabled=False)

    with pytest.raises(ClientError, match=r"Email sending is disabled\."):
        send(v2, "jane@example.org")

    assert len(mockmail.inbox) == 0
