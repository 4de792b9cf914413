"""Requests to SendGrid at its bounds, and with any input."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockmail.vendors.sendgrid import VENDOR, checking, composing, dialect, errors
from mockmail.vendors.sendgrid.authentication import Caller
from mockmail.vendors.sendgrid.records import ApiKey

JSON = {"Content-Type": "application/json"}
TEXT = [{"type": "text/plain", "value": "x"}]
GOOD = {
    "personalizations": [{"to": [{"email": "jane@example.org"}]}],
    "from": {"email": "app@example.com"},
    "subject": "Hello",
    "content": TEXT,
}


@pytest.fixture
def send(post):
    """Return a function that sends a message with some fields changed."""
    return lambda **fields: post("/v3/mail/send", GOOD | fields)


def people(count):
    return [{"to": [{"email": f"a{number}@example.org"}]} for number in range(count)]


def now(mockmail):
    return int(mockmail.clock.now().timestamp())


@pytest.mark.parametrize(
    ("good", "bad", "field"),
    [
        ({"categories": ["x"] + [f"{n}" for n in range(9)]}, {"categories": [f"{n}" for n in range(11)]}, "categories"),
        ({"categories": ["x" * 255]}, {"categories": ["x" * 256]}, "categories"),
        ({"categories": ["x", "y"]}, {"categories": ["x", "X"]}, "categories"),
        ({"custom_args": {"k": "x" * 9999}}, {"custom_args": {"k": "x" * 10_000}}, "custom_args"),
        ({"ip_pool_name": "xx"}, {"ip_pool_name": "x"}, "ip_pool_name"),
        ({"ip_pool_name": "x" * 64}, {"ip_pool_name": "x" * 65}, "ip_pool_name"),
        ({"asm": {"group_id": 1}}, {"asm": {}}, "asm.group_id"),
        (
            {"asm": {"group_id": 1, "groups_to_display": [1] * 25}},
            {"asm": {"group_id": 1, "groups_to_display": [1] * 26}},
            "asm.groups_to_display",
        ),
        ({"headers": {"X-Own": "1"}}, {"headers": {"Subject": "1"}}, "headers.Subject"),
        ({"headers": {"X-Own": "1"}}, {"headers": {"X Own": "1"}}, "headers"),
        ({"reply_to": {"email": "a@example.com"}}, {"reply_to": {"email": "a"}}, "reply_to.email"),
        (
            {"reply_to_list": [{"email": "a@example.com"}]},
            {"reply_to_list": [{"email": "a@example.com"}], "reply_to": {"email": "a@example.com"}},
            "reply_to_list",
        ),
        ({"reply_to_list": [{"email": "a@example.com"}]}, {"reply_to_list": [{}]}, "reply_to_list.0.email"),
        (
            {"content": [*TEXT, {"type": "text/html", "value": "x"}]},
            {"content": [{"type": "text/html", "value": "x"}, *TEXT]},
            "content",
        ),
        ({"content": TEXT}, {"content": TEXT * 2}, "content"),
        ({"content": TEXT}, {"content": [{"type": "text/plain; x", "value": "x"}]}, "content.0.type"),
        (
            {"attachments": [{"content": "eA==", "filename": "a", "disposition": "attachment"}]},
            {"attachments": [{"content": "eA==", "filename": "a", "disposition": "x"}]},
            "attachments.0.disposition",
        ),
        (
            {"attachments": [{"content": "eA==", "type": "text/plain; charset=x"}]},
            {"attachments": [{"content": "eA==", "type": "x"}]},
            "attachments.0.type",
        ),
        ({"template_id": "d-" + "0" * 32}, {"template_id": "x"}, "template_id"),
        ({}, {"batch_id": "x"}, "batch_id"),
    ],
)
def test_message_at_a_bound_is_sent_and_beyond_it_refused(send, good, bad, field):
    refused = send(**bad)

    assert send(**good).status == 202
    assert (refused.status, refused.json["errors"][0]["field"]) == (400, field)


def test_as_many_personalizations_as_sendgrid_takes_are_sent(send, mockmail):
    assert send(personalizations=people(1000)).status == 202
    refused = send(personalizations=people(1001)).json["errors"][0]

    assert len(mockmail.inbox) == 1000
    assert refused["message"].startswith(
        "The personalization block is limited to 1000 personalizations per API request. You have provided [1001]"
    )


def test_as_many_recipients_as_sendgrid_takes_are_sent(send):
    to = [{"email": f"a{number}@example.org"} for number in range(999)]
    bcc = [{"email": "b@example.org"}]

    assert send(personalizations=[{"to": to, "bcc": bcc}]).status == 202
    refused = send(personalizations=[{"to": to, "bcc": [*bcc, {"email": "c@example.org"}]}]).json["errors"]
    in_one_list = send(personalizations=[{"to": to + to}]).json["errors"]

    assert [error["field"] for error in refused] == ["personalizations"]
    assert in_one_list[0]["message"] == refused[0]["message"]


def test_response_lists_no_more_errors_than_the_bound(send, monkeypatch):
    for module in (dialect, errors):
        monkeypatch.setattr(module, "MOST_ERRORS", 3)

    wrong_types = send(personalizations=[{"to": [1] * 5}]).json["errors"]
    wrong_values = send(personalizations=[{"to": [{"email": "x"}] * 5}]).json["errors"]

    assert (len(wrong_types), len(wrong_values)) == (3, 3)


def test_addresses_of_too_many_recipients_are_not_checked(send, monkeypatch):
    monkeypatch.setattr(checking, "_is_address", lambda address: pytest.fail(address.email))
    to = [{"email": f"a{number}@example.org"} for number in range(1000)]
    personalization = {"to": to, "cc": [{"email": "c@example.org"}]}

    assert send(personalizations=[personalization], **{"from": {}}).status == 400


def test_message_is_scheduled_at_most_72_hours_ahead(send, mockmail):
    mockmail.clock.freeze()

    statuses = [send(send_at=now(mockmail) + ahead).status for ahead in (72 * 3600, 72 * 3600 + 1, -(10**15))]

    assert statuses == [202, 400, 202]
    assert len(mockmail.inbox) == 1


def test_messages_of_a_request_have_a_bound(send, mockmail, monkeypatch):
    monkeypatch.setattr(composing, "LARGEST_BATCH", 1000)

    refused = send(personalizations=people(5))

    assert (refused.status, refused.json["errors"][0]["message"]) == (413, "content too large")
    assert len(mockmail.inbox) == 0


def test_compressed_body_is_read_up_to_a_bound(post, mockmail, monkeypatch):
    body, headers = gzip.compress(json.dumps(GOOD).encode()), JSON | {"Content-Encoding": "gzip"}

    assert post("/v3/mail/send", body=body, headers=headers).status == 202
    assert post("/v3/mail/send", body=b"x", headers=headers).status == 400
    monkeypatch.setattr(dialect, "LARGEST_UNZIPPED", 20)
    assert post("/v3/mail/send", body=body, headers=headers).status == 413
    assert len(mockmail.inbox) == 1


def test_headers_and_arguments_of_a_personalization_win(send, mockmail):
    own = {"headers": {"x-own": "2"}, "custom_args": {"a": "2"}, "subject": "Own", "from": {"email": "b@example.com"}}
    personalization = GOOD["personalizations"][0] | own

    send(personalizations=[personalization], headers={"X-Own": "1"}, custom_args={"a": "1", "b": "1"})

    arrived = mockmail.inbox[0]
    assert (arrived.subject, arrived.headers["From"], arrived.headers["X-Own"]) == ("Own", "b@example.com", "2")
    assert mockmail.sendgrid.state()["messages"][0]["metadata"] == {"a": "2", "b": "1"}


def test_footer_is_added_to_the_bodies(send, mockmail):
    html = {"type": "text/html", "value": "<body>x</body>"}
    footer = {"enable": True, "text": "bye", "html": "<p>bye</p>"}

    send(content=[*TEXT, html], mail_settings={"footer": footer})

    arrived = mockmail.inbox[0]
    assert (arrived.text.split(), arrived.html.strip()) == (["x", "bye"], "<body>x<p>bye</p></body>")


def test_journal_shows_the_name_of_the_key_and_not_its_token():
    assert str(Caller(ApiKey(id="1", name="Production", token="SG.secret"))) == "Production"


def test_path_of_several_vendors_goes_to_sendgrid_by_its_key(post, mockmail):
    post("/v3/mail/send", GOOD)

    assert mockmail.requests[-1].vendor == "sendgrid"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(["a@example.com", "eA=="]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from([
    "from", "reply_to", "reply_to_list", "subject", "content", "attachments", "template_id", "headers", "sections",
    "categories", "custom_args", "send_at", "batch_id", "asm", "ip_pool_name", "mail_settings", "tracking_settings",
])  # fmt: skip
INNER = st.sampled_from(["to", "cc", "bcc", "from", "subject", "headers", "substitutions", "custom_args", "send_at"])
CONTENT = st.fixed_dictionaries({"type": st.sampled_from(["text/plain", "x/y", ""]), "value": st.text(max_size=9)})
FILE = st.fixed_dictionaries(
    {"content": st.text(max_size=8), "filename": st.text(max_size=9), "type": st.text(max_size=9)}
)


def fits(response):
    if response.status < 300:
        return True
    found = response.json["errors"]
    return bool(found) and all({"message", "field"} <= set(error) <= {"message", "field", "help"} for error in found)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(FIELDS, VALUES, max_size=3),
    st.dictionaries(INNER, VALUES, max_size=2),
    st.none() | st.fixed_dictionaries({"content": st.lists(CONTENT), "attachments": st.lists(FILE, max_size=2)}),
)
def test_any_message_gets_a_response_of_sendgrid(post, changes, inner, content):
    mail = GOOD | {"personalizations": [GOOD["personalizations"][0] | inner]} | (content or {}) | changes

    response = post("/v3/mail/send", body=json.dumps(mail), headers=JSON)

    assert response.status in (202, 400, 403)
    assert fits(response)


NAMES = st.sampled_from([
    "name", "generation", "subject", "html_content", "active", "batch_id", "status", "delete_all", "emails",
    "recipient_emails", "description", "query", "limit", "nickname", "from_email", "reply_to", "domain", "subdomain",
    "scopes", "url", "enabled", "id",
])  # fmt: skip


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([each for each in VENDOR.operations if each.params is not None and each.methods[0] != "GET"]),
    st.dictionaries(NAMES, VALUES, max_size=5) | VALUES,
)
def test_any_body_gets_a_response_of_sendgrid(call, operation, body):
    path = operation.path.replace("{", "").replace("}", "")

    response = call(operation.methods[0], f"/sendgrid{path}", body=json.dumps(body), headers=JSON)

    assert response.status in (200, 201, 204, 400, 403, 404)
    assert fits(response)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([each for each in VENDOR.operations if each.methods == ("GET",)]),
    st.dictionaries(
        st.sampled_from(["query", "limit", "offset", "page_size", "page_token", "id", "email", "start_time", "domain"]),
        st.text(alphabet='a1"=-,% é', max_size=8),
        max_size=3,
    ),
)
def test_any_query_gets_a_response_of_sendgrid(call, operation, query):
    from urllib.parse import urlencode

    path = operation.path.replace("{", "").replace("}", "")

    response = call("GET", f"/sendgrid{path}?{urlencode(query)}")

    assert response.status in (200, 204, 400, 404)
    assert fits(response)
