"""Postmark's send API, byte for byte."""

from __future__ import annotations

import gzip
import json
from contextlib import closing
from email.utils import getaddresses

import pytest
from call_counter import calls
from golden import check, load
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockmail.core.errors import NotAnAddress
from mockmail.core.mail.addresses import validate_address
from mockmail.core.mail.compose import compose
from mockmail.core.registry import Registry
from mockmail.core.world import World
from mockmail.vendors.postmark import VENDOR
from mockmail.vendors.postmark.authentication import Caller
from mockmail.vendors.postmark.composing import draft, mailboxes
from mockmail.vendors.postmark.errors import PostmarkError
from mockmail.vendors.postmark.parameters import Email
from mockmail.vendors.postmark.records import Server

GOOD = {"From": "a@example.com", "To": "b@example.org", "TextBody": "x"}
GOLDEN = load("postmark")


@pytest.mark.parametrize("name", GOLDEN)
def test_golden(name, mockmail):
    check(GOLDEN[name], "postmark", mockmail)


def test_every_golden_exchange_is_of_an_operation():
    assert {golden["operation"] for golden in GOLDEN.values()} <= {operation.name for operation in VENDOR.operations}


def test_a_message_without_a_body_is_refused(post):
    assert post("/email", GOOD | {"TextBody": ""}).json == {
        "ErrorCode": 300,
        "Message": "Provide either email TextBody or HtmlBody or both.",
    }


def test_names_are_case_insensitive_and_null_is_missing(post, mockmail):
    response = post("/Email/", {"from": "a@example.com", "TO": "b@example.org", "textbody": "x", "Cc": None, "Tag": ""})

    assert response.status == 200
    assert mockmail.inbox[0].envelope.recipients == ("b@example.org",)


def test_an_own_message_id_is_kept_on_request(post, mockmail):
    headers = [{"Name": "Message-ID", "Value": "<mine@example.com>"}, {"Name": "X-PM-KeepID", "Value": "true"}]

    post("/email", GOOD | {"Headers": headers})

    assert b"Message-ID: <mine@example.com>\r\n" in mockmail.inbox[0].raw


@pytest.mark.parametrize("value", ["a\r\nBcc: x@y.z", "a\nX: y"])
def test_no_header_can_be_injected(post, mockmail, value):
    assert post("/email", GOOD | {"Subject": value}).status == 422
    assert post("/email", GOOD | {"Headers": [{"Name": "X-A", "Value": value}]}).status == 422
    assert len(mockmail.inbox) == 0


@pytest.mark.parametrize("field", ["From", "To", "Cc", "Bcc", "ReplyTo"])
def test_comments_nested_without_end_are_refused(post, mockmail, field):
    response = post("/email", GOOD | {field: f"{'(' * 10_000} <a@example.com>"})

    assert (response.status, len(mockmail.inbox)) == (422, 0)
    assert response.json["Message"] == f"Invalid '{field}' address: '{'(' * 200}'."


@pytest.mark.parametrize("field", ["To", "Cc", "Bcc", "ReplyTo"])
def test_comment_without_end_is_refused(post, mockmail, field):
    response = post("/email", GOOD | {field: "(x <a@example.com>"})

    assert (response.status, len(mockmail.inbox)) == (422, 0)
    assert response.json["Message"] == f"Invalid '{field}' address: '(x <a@example.com>'."


@pytest.mark.parametrize("letter", ["é", "é ", '"', "\\", "=?utf-8?q?a", "x "])
def test_cost_of_a_name_grows_no_faster_than_the_name(letter):
    def cost(length):
        email = Email(sender=f"x{letter * length} <a@example.com>", to="b@example.org", text="x")
        with closing(World(Registry())) as world:
            return calls(lambda: compose(world, draft(email, "0")))

    assert cost(4000) <= 3 * cost(2000)


def test_headers_longer_than_a_reader_reads_are_refused(post, mockmail):
    response = post("/email", GOOD | {"Headers": [{"Name": "X-Long", "Value": "é" * 300_000}]})

    assert (response.status, len(mockmail.inbox)) == (422, 0)
    assert response.json["Message"] == "Invalid content: the message's headers are longer than 258048 bytes."


def test_headers_too_long_for_a_message_are_refused_with_the_test_token(post):
    headers = {"X-Postmark-Server-Token": "POSTMARK_API_TEST"}

    response = post("/email", GOOD | {"Headers": [{"Name": "X-Long", "Value": "é" * 300_000}]}, headers=headers)

    assert response.status == 422
    assert response.json["Message"] == "Invalid content: the message's headers are longer than 258048 bytes."


ADDRESS_PARTS = st.sampled_from(
    [
        "a",
        "Bob",
        "é",
        "1",
        "'",
        "-",
        "_",
        "+",
        ".",
        " ",
        "  ",
        ",",
        "\t",
        "\n",
        "<",
        ">",
        '"',
        "(",
        ")",
        "a@b.c",
        "<a@b.c>",
    ]
)


@given(st.lists(ADDRESS_PARTS, max_size=7).map("".join))
def test_addresses_are_read_as_python_reads_them(text):
    expected = [(name, address) for name, address in getaddresses([text]) if name or address]

    try:
        found = [(mailbox.name, mailbox.address) for mailbox in mailboxes("To", text)]
    except PostmarkError:
        assert not expected or any(not is_address(address) for _, address in expected)
    else:
        assert found == expected


def is_address(text):
    try:
        validate_address(text)
    except NotAnAddress:
        return False
    return True


UNNAMED = "Invalid name of a header or of metadata, or content type of an attachment."


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Headers": [{"Name": "X A", "Value": "b"}]}, UNNAMED),
        ({"Headers": [{"Name": "X:", "Value": "b"}]}, UNNAMED),
        ({"Metadata": {"a\nb": "c"}}, UNNAMED),
        (
            {"Attachments": [{"Name": "a", "Content": "YQ==", "ContentType": "text"}]},
            UNNAMED,
        ),
        (
            {"Attachments": [{"Name": "a", "Content": "YQ", "ContentType": "text/plain"}]},
            "Invalid content: line breaks in a header, or an attachment that is not Base64.",
        ),
    ],
)
def test_headers_and_attachments_that_cannot_be_sent_are_refused(post, mockmail, change, message):
    refused = post("/email", GOOD | change)

    assert (refused.status, refused.json) == (422, {"ErrorCode": 300, "Message": message})
    assert len(mockmail.inbox) == 0


def test_a_batch_of_500_is_sent_and_one_more_is_refused(post, mockmail):
    assert len(post("/email/batch", [GOOD] * 500).json) == 500
    assert len(mockmail.inbox) == 500

    refused = post("/email/batch", [GOOD] * 501)

    assert (refused.status, refused.json["ErrorCode"]) == (422, 410)
    assert refused.headers["X-PM-ApiErrorCode"] == "410"
    assert len(mockmail.inbox) == 500


def test_a_batch_that_is_an_object_is_refused(post, mockmail):
    refused = post("/email/batch", GOOD)

    assert (refused.status, refused.json["ErrorCode"]) == (422, 402)
    assert refused.json["Message"] == "Invalid JSON: expected a JSON array"
    assert len(mockmail.inbox) == 0


def test_fifty_recipients_are_accepted_and_one_more_is_refused(post):
    addresses = [f"user{number}@example.org" for number in range(51)]

    assert post("/email", GOOD | {"To": ", ".join(addresses[:50])}).status == 200
    assert post("/email", GOOD | {"To": ", ".join(addresses)}).json["ErrorCode"] == 300


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"{", "application/json", 422, 402),
        (b"[]", "application/json", 422, 402),
        (b"", "application/json", 422, 402),
        (b"{}", "text/plain", 415, 415),
        (b"{}", "", 415, 415),
    ],
)
def test_a_body_that_is_not_a_json_object_is_refused(post, body, content_type, status, code):
    response = post("/email", body=body, headers={"Content-Type": content_type})

    assert (response.status, response.json["ErrorCode"]) == (status, code)


@pytest.mark.parametrize("coding", ["gzip", "br", "nonsense"])
def test_body_with_a_content_encoding_is_read_as_sent(post, mockmail, coding):
    headers = {"Content-Type": "application/json", "Content-Encoding": coding}
    body = json.dumps(GOOD).encode()

    assert post("/email", body=body, headers=headers).status == 200
    assert post("/email", body=gzip.compress(body), headers=headers).json["ErrorCode"] == 402

    assert len(mockmail.inbox) == 1


@pytest.mark.mockmail(strict=False)
def test_what_is_not_emulated_says_so(post, mockmail):
    assert post("/email/bulk", GOOD).status == 404

    assert "only to accounts that it approved" in mockmail.requests[-1].nearest[0]


def test_the_journal_shows_the_server_and_not_its_token():
    assert str(Caller(Server(token="secret", id=1, name="example.com"))) == "example.com"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just("a@example.com"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    [
        "From",
        "To",
        "Cc",
        "Bcc",
        "Subject",
        "TextBody",
        "HtmlBody",
        "Headers",
        "Metadata",
        "Attachments",
        "Tag",
        "ReplyTo",
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(FIELDS, VALUES, max_size=4))
def test_any_json_gets_a_response_of_postmark(post, changes):
    response = post("/email", body=json.dumps(GOOD | changes), headers={"Content-Type": "application/json"})

    assert response.status in (200, 422)
    assert isinstance(response.json["ErrorCode"], int)
    assert response.json["Message"]


def test_the_seed_loads():
    world = World(Registry({"postmark": VENDOR}))
    assert [server.name for server in world.records("postmark", Server)] == ["example.com"]
