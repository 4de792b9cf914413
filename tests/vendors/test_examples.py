"""The example requests of every vendor: each one succeeds against a fresh server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from http_client import send_request

import mockmail

pytestmark = pytest.mark.mockmail(strict=False)

VENDORS = Path(mockmail.__file__).parent / "vendors"

EXAMPLES = [
    (file.parent.name, operation)
    for file in sorted(VENDORS.glob("*/examples.json"))
    for operation in json.loads(file.read_text("utf-8"))["examples"]
]

WITHOUT = {
    # They need an id or a code that only a response shows.
    "adaxes": {"session.end", "token.issue"},
    # They need an id, a time to come, or an address that bounced.
    "brevo": {"email.show", "email.cancel", "email.schedule_status", "blocked_contact.delete"},
    # They need a key or a page that only a response shows.
    "mailgun": {"event.page", "message.attachment", "message.send_again", "message.show"},
    "onlyoffice": {"key.delete", "key.self", "key.update"},
    "postmark": {"message.clicks_of_one", "message.details", "message.dump", "message.opens_of_one"},
    "resend": {
        "email.attachment",
        "email.attachments",
        "email.cancel",
        "email.edit",
        "email.show",
        "webhook.delete",
        "webhook.edit",
        "webhook.show",
    },
    "sendgrid": {
        "batch.show",
        "block.delete",
        "bounce.delete",
        "invalid_email.delete",
        "log.show",
        "message.show",
        "scheduled_send.create",
        "scheduled_send.delete",
        "scheduled_send.edit",
        "scheduled_send.show",
        "spam_report.delete",
        "template.delete",
        "template.duplicate",
        "template.edit",
        "template.show",
        "version.activate",
        "version.create",
        "version.delete",
        "version.edit",
        "version.show",
        "webhook.delete",
        "webhook.edit",
        "webhook.key",
        "webhook.show",
        "webhook.sign",
    },
    # It needs an id; an example of the other would be a refusal: an action that version 1 does not have.
    "ses": {"message.insights", "v1.unknown"},
    # The backend is in the Host header, which a browser does not let a page set.
    "spacedog": {"backend.create", "credentials.reset_password"},
}


def listed(mm, vendor):
    content = send_request(mm.url, "GET", f"/_mockmail/vendors/{vendor}/examples", headers={"User-Agent": "test/1"})
    return {example["operation"]: example for example in content.json["examples"]}


def perform(mm, vendor, examples, operation):
    """Send an example, after those that make what it needs."""
    example = examples[operation]
    for needed in example["after"]:
        perform(mm, vendor, examples, needed)
    body = example["body"].encode() or None
    response = send_request(mm.url, example["method"], f"/{vendor}{example['path']}", body, headers=example["headers"])
    request = mm.requests[-1]
    assert (request.vendor, request.operation, request.refusal) == (vendor, operation, None), response.text
    assert response.status < 400, response.text


@pytest.mark.parametrize(("vendor", "operation"), EXAMPLES, ids=map("-".join, EXAMPLES))
def test_example_succeeds(mockmail, vendor, operation):
    perform(mockmail, vendor, listed(mockmail, vendor), operation)


def test_every_operation_has_an_example_or_a_reason(mockmail):
    vendors = send_request(mockmail.url, "GET", "/_mockmail/vendors").json["vendors"]

    without = {
        vendor["name"]: {operation["name"] for operation in vendor["operations"]}
        - listed(mockmail, vendor["name"]).keys()
        for vendor in vendors
    }

    assert {vendor: names for vendor, names in without.items() if names} == WITHOUT


def test_signature_of_an_example_is_new(mockmail):
    mockmail.clock.freeze("2030-01-01T00:00:00Z")
    signatures = {listed(mockmail, "rackspace")["domain.index"]["headers"]["X-Api-Signature"]}
    mockmail.clock.advance(60)
    signatures.add(listed(mockmail, "rackspace")["domain.index"]["headers"]["X-Api-Signature"])

    assert [signature.split(":")[1] for signature in sorted(signatures)] == ["20300101000000", "20300101000100"]


def test_unknown_vendor_is_not_found(mockmail):
    response = send_request(mockmail.url, "GET", "/_mockmail/vendors/none/examples")

    assert response.status == 404
    assert "there is no vendor 'none'" in response.text
