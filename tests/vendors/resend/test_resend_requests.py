"""Resend's requests: paths, bodies, options, and any input."""

from __future__ import annotations

import json

import pytest
from call_counter import calls
from http_client import send_request
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockmail import MockMail
from mockmail.core.registry import Registry
from mockmail.core.world import World
from mockmail.vendors.resend import VENDOR
from mockmail.vendors.resend.authentication import Caller
from mockmail.vendors.resend.composing import Addresses, draft
from mockmail.vendors.resend.parameters import Email
from mockmail.vendors.resend.records import ApiKey

GOOD = {"from": "a@example.com", "to": "b@example.org", "subject": "x", "text": "x"}
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("path", ["/templates", "/webhooks", "/domains", "/api-keys", "/suppressions", "/emails"])
def test_natural_path_is_resends_by_its_key(call, mockmail, path):
    assert call("GET", path).json["object"] == "list"
    assert mockmail.requests[-1].vendor == "resend"


@pytest.mark.parametrize("path", ["/templates?count=1&offset=0", "/webhooks"])
def test_natural_path_of_postmark_stays_postmarks(mockmail, path):
    token = {"X-Postmark-Server-Token": mockmail.postmark.credentials["server_token"]}

    assert send_request(mockmail.url, "GET", path, headers=token).status == 200

    assert mockmail.requests[-1].vendor == "postmark"


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ({"Authorization": None}, "missing_api_key"),
        ({"Authorization": "Basic cmVfeHh4eHh4eHh4Og=="}, "missing_api_key"),
        ({"Authorization": "Bearer "}, "missing_api_key"),
        ({"Authorization": "Bearer re_other"}, "validation_error"),
        ({"Authorization": "bearer  re_xxxxxxxxx"}, None),
    ],
)
def test_key_is_taken_from_the_authorization(post, headers, error):
    response = post("/emails", GOOD, headers=headers)

    assert (response.status, response.json.get("name")) == ((401, error) if error else (200, None))


@pytest.mark.mockmail(strict=False)
@pytest.mark.parametrize(
    ("method", "path", "error"),
    [
        ("GET", "/resend/nothing", (404, "not_found", "The requested endpoint does not exist.")),
        ("PUT", "/resend/emails", (405, "method_not_allowed", "Method not allowed")),
    ],
)
def test_unknown_path_and_method_are_refused_with_resends_text(call, method, path, error):
    refused = call(method, path)

    assert (refused.status, refused.json["name"], refused.json["message"]) == error
    assert refused.json["statusCode"] == refused.status


@pytest.mark.mockmail(strict=False)
def test_path_that_is_not_emulated_says_why_in_the_journal(call, mockmail):
    assert call("GET", "/resend/contacts").status == 404

    assert "it is for marketing mail" in mockmail.requests[-1].nearest[0]


def test_word_in_place_of_an_id_says_in_the_journal_where_to_look(call, mockmail):
    assert call("GET", "/resend/emails/metrics").status == 422

    assert "`mockmail operations resend` lists what is not emulated" in mockmail.requests[-1].refusal


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"{", "application/json"), (b"[]", "application/json"), (b"", "application/json"), (b"{}", "text/plain")],
)
def test_body_that_is_not_a_json_object_is_refused(post, body, content_type):
    refused = post("/emails", body=body, headers={"Content-Type": content_type})

    assert (refused.status, refused.json["name"]) == (400, "validation_error")


def test_body_of_a_get_is_ignored(call):
    assert call("GET", "/emails", body=b"{", headers=JSON).status == 200


def test_number_in_a_header_is_refused(post, mockmail):
    refused = post("/emails", GOOD | {"headers": {"X-Count": 3}})

    assert (refused.status, refused.json["message"]) == (
        422,
        "Invalid `headers.X-Count` field. It is not a text.",
    )
    assert len(mockmail.inbox) == 0


@pytest.mark.parametrize("value", ["a\r\nBcc: x@y.z", "a\nX: y"])
def test_no_header_can_be_injected(post, mockmail, value):
    assert post("/emails", GOOD | {"subject": value, "headers": {"X-A": value}}).status == 200
    assert post("/emails", GOOD | {"headers": {value: "x"}}).status == 422

    [message] = mockmail.inbox
    assert {name.lower() for name, _ in message.headers.items()} == {
        "from",
        "to",
        "subject",
        "date",
        "message-id",
        "x-a",
        "mime-version",
        "content-type",
        "content-transfer-encoding",
    }


@pytest.mark.parametrize("field", ["to", "cc", "bcc", "reply_to"])
def test_fifty_addresses_are_accepted_and_one_more_is_refused(post, field):
    addresses = [f"user{number}@example.org" for number in range(51)]

    assert post("/emails", GOOD | {field: addresses[:50]}).status == 200
    assert post("/emails", GOOD | {field: addresses}).json["message"] == (
        f"The `{field}` field may have up to 50 addresses."
    )


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("attachments", [{"filename": "a", "content": "YQ=="}] * 1001),
        ("tags", [{"name": "a", "value": "b"}] * 1001),
        ("headers", {f"X-{number}": "" for number in range(1001)}),
    ],
)
def test_thousand_parts_are_accepted_and_one_more_is_refused(post, field, values):
    most = values[:1000] if isinstance(values, list) else dict(list(values.items())[:1000])

    assert post("/emails", GOOD | {field: most}).status == 200
    assert post("/emails", GOOD | {field: values}).json["message"] == (
        f"Invalid `{field}` field. It has too many values."
    )


def test_file_of_a_megabyte_can_be_an_array_of_bytes(post, mockmail):
    files = [{"filename": "a.bin", "content": list(bytes(range(256)) * 4096)}]

    assert post("/emails", GOOD | {"attachments": files}).status == 200

    assert mockmail.inbox[0].attachments[0].content == bytes(range(256)) * 4096


@pytest.mark.parametrize("count", [0, 100, 101])
def test_batch_has_from_one_to_a_hundred_messages(post, mockmail, count):
    assert post("/emails/batch", [GOOD] * count).status == (200 if count == 100 else 422)

    assert len(mockmail.inbox) == (100 if count == 100 else 0)


@pytest.mark.parametrize("length", [0, 1, 256, 257])
def test_idempotency_key_has_from_1_to_256_characters(post, length):
    response = post("/emails", GOOD, headers={"Idempotency-Key": "k" * length})

    if 0 < length <= 256:
        assert response.status == 200
    else:
        assert (response.status, response.json["name"]) == (400, "invalid_idempotency_key")


@pytest.mark.parametrize(
    "tag", [{"name": "a b", "value": "c"}, {"name": "a", "value": "é"}, {"name": "a" * 257, "value": "c"}]
)
def test_tag_with_other_characters_or_too_long_is_refused(post, tag):
    assert post("/emails", GOOD | {"tags": [tag]}).status == 422


def test_attachments_over_40_mb_are_refused(post, monkeypatch):
    monkeypatch.setattr("mockmail.vendors.resend.composing.MOST_ATTACHED", 8)
    files = [{"filename": "a.txt", "content": "YWJj"}] * 3

    assert post("/emails", GOOD | {"attachments": files[:2]}).status == 200
    assert post("/emails", GOOD | {"attachments": files}).status == 422


@pytest.fixture
def strict_server():
    with MockMail(options={"resend": {"refuses_example_domains": True, "requires_user_agent": True}}) as mm:
        yield mm


def test_options_refuse_what_the_live_host_refuses(strict_server):
    key = {"Authorization": f"Bearer {strict_server.resend.credentials['api_key']}"}

    nameless = send_request(strict_server.url, "POST", "/emails", json=GOOD, headers=key)
    example = send_request(strict_server.url, "POST", "/emails", json=GOOD, headers=key | {"User-Agent": "x"})

    assert (nameless.status, nameless.body, nameless.headers["Content-Type"]) == (
        403,
        b"error code: 1010",
        "text/plain; charset=UTF-8",
    )
    assert (example.status, example.json["message"]) == (
        422,
        "Invalid `to` field. Please use our testing email address instead of domains like `example.com`.",
    )


def test_journal_shows_the_name_of_the_key_and_not_its_token():
    key = ApiKey(id="1", name="Production", token="re_secret", created_at="2026-01-31T12:00:00+00:00")

    assert str(Caller(key)) == "Production"


@pytest.mark.parametrize("letter", ["é", '"', "\\", "=?utf-8?q?a", "x ", "<", '\\"'])
def test_cost_of_an_address_grows_no_faster_than_the_address(letter):
    def cost(length):
        email = Email(sender=f'"{letter * length}" <a@example.com>', to=[f"{letter * length}<b@example.org>"], text="x")
        return calls(lambda: _compose(email))

    assert cost(4000) <= 3 * cost(2000)


def _compose(email):
    from contextlib import closing

    from mockmail.core.mail.compose import compose
    from mockmail.vendors.resend.errors import ResendError

    with closing(World(Registry({"resend": VENDOR}))) as world:
        try:
            return compose(world, draft(email, Addresses.of(email), "<x@y>"))
        except ResendError:
            return b""


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(["a@example.com", "in 1 min"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
ATTACHMENTS = st.lists(
    st.fixed_dictionaries({"filename": st.text(max_size=9), "content": VALUES, "content_type": st.text(max_size=9)}),
    max_size=2,
)
FIELDS = st.sampled_from(
    ["from", "to", "cc", "reply_to", "subject", "html", "headers", "attachments", "tags", "scheduled_at", "template"]
)
DIALECT = {"statusCode", "name", "message"}


def fits(response):
    document = response.json
    return response.status < 300 or (set(document) == DIALECT and document["statusCode"] == response.status)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(FIELDS, VALUES, max_size=4), ATTACHMENTS)
def test_any_email_gets_a_response_of_resend(post, changes, attachments):
    response = post("/emails", body=json.dumps(GOOD | {"attachments": attachments} | changes), headers=JSON)

    assert response.status in (200, 403, 404, 422)
    assert fits(response)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([each for each in VENDOR.operations if each.params is not None and each.methods[0] != "GET"]),
    st.dictionaries(
        st.sampled_from(["name", "alias", "html", "variables", "reply_to", "email", "emails", "ids", "region", "tls"])
        | st.sampled_from(["capabilities", "permission", "domain_id", "endpoint", "events", "status", "scheduled_at"]),
        VALUES,
        max_size=5,
    ),
)
def test_any_body_gets_a_response_of_resend(call, operation, body):
    path = operation.path.replace("{", "").replace("}", "")
    response = call(operation.methods[0], f"/resend{path}", body=json.dumps(body), headers=JSON)

    assert response.status in (200, 201, 400, 403, 404, 422)
    assert fits(response)
