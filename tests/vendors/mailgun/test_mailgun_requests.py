"""Requests to Mailgun: whose they are, what is masked, and any input."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, urlencode

import pytest
from http_client import basic, send_request
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from leaks import FORM, SECRET, Watched

from mockmail import MockMail
from mockmail.vendors.mailgun import VENDOR
from mockmail.wire.parameters import parameters

KEY = VENDOR.credentials["api_key"]


@pytest.mark.parametrize("path", ["/v3/domains", "/v3/example.com/templates", "/v4/domains"])
def test_natural_path_is_mailguns_by_its_credentials(mockmail, path):
    assert send_request(mockmail.url, "GET", path, headers={"Authorization": basic("api", KEY)}).status == 200
    assert mockmail.requests[-1].vendor == "mailgun"


@pytest.mark.parametrize(
    ("authorization", "claim"),
    [
        (basic("api", KEY), True),
        (basic("api", ""), True),
        (basic("apis", KEY), None),
        ("Bearer SG.x", None),
        ("Basic !", None),
        ("", None),
    ],
)
def test_basic_credentials_of_the_user_api_are_a_claim(authorization, claim):
    assert VENDOR.claims({"Authorization": authorization}) is claim


@pytest.mark.mockmail(strict=False)
def test_key_is_masked_and_the_message_stays_visible(mockmail):
    watched = Watched(mockmail)
    body = b"from=a@example.com&to=b@example.com&subject=Key&text=Your+token:+1234"

    shown = watched.send(
        "POST", "/v3/example.com/messages", body, {"Content-Type": FORM, "Authorization": basic("api", SECRET)}
    )

    assert (shown["operation"], shown["request"]["body"]) == ("message.send", body.decode())
    everything = watched.everything()
    assert SECRET not in everything
    assert base64.b64encode(f"api:{SECRET}".encode()).decode() not in everything


def test_rate_limit_has_mailguns_headers(send, mockmail):
    mockmail.faults.limit("mailgun", 1, window=60)
    send()

    refused = send()

    assert refused.status_code == 429
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert refused.headers["X-RateLimit-Reset"] == refused.headers["Retry-After"]


def test_named_error_is_injected(send, mockmail):
    mockmail.faults.add("mailgun", error="Forbidden", times=1)
    mockmail.faults.add("mailgun", error="RequestFailed", times=1)

    first, second = send(), send()

    assert (first.status_code, first.text) == (401, "Forbidden")
    assert (second.status_code, second.json()) == (402, {"message": "Request failed"})


@pytest.mark.parametrize(
    "content_type", ["multipart/form-data", "multipart/form-data; boundary=x", "text/plain", "application/xml", ""]
)
def test_body_that_is_no_form_is_refused(call, content_type):
    refused = call("POST", "/v3/example.com/messages", data=b"\xff\x00", headers={"Content-Type": content_type})

    assert refused.status_code == 400
    assert refused.json()["message"]


@pytest.fixture(scope="module")
def server():
    with MockMail() as mm:
        yield mm


ANY = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "",
            "yes",
            "a@example.com",
            "{}",
            "[]",
            '{"a@example.com":{"x":[1]}}',
            "{{#if",
            "{{a.b}}",
            "-1",
            "1e999",
            "NaN",
        ]
    ),
    st.sampled_from(
        ["Sat, 31 Jan 2026 13:00:00 +0000", "Sat, 31 Jan 99999 13:00:00 +9999", "%recipient.x%", "initial"]
    ),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_request_has_an_answer_in_mailguns_words(server, data):
    operation = data.draw(st.sampled_from(list(VENDOR.operations)))
    names = [known.name for known in parameters(operation.params)] if operation.params else ["x"]
    names += ["h:X-A", "v:a", "h:", "v:", "h:Message-Id", "o:dkim", "\0"]
    fields = data.draw(st.lists(st.tuples(st.sampled_from(names), ANY), max_size=8))
    good = {"from": "a@example.com", "to": "b@example.org", "text": "x", "address": "c@example.org", "name": "n"}
    pairs = [*(good.items() if data.draw(st.booleans()) else ()), *fields]
    path = operation.path
    for name in ("key", "page", "address", "template", "version", "webhook", "attachment"):
        path = path.replace(f"{{{name}}}", quote(data.draw(st.sampled_from(["n", "initial", "opened", "0", "ü/"])), ""))
    path = path.replace("{domain}", data.draw(st.sampled_from(["example.com", "example.com", "no.example", "ü"])))
    text = urlencode(pairs, errors="replace")
    method, body, headers = operation.methods[0], None, {"Authorization": basic("api", KEY)}
    if method == "GET":
        path = f"{path}?{text}"
    elif data.draw(st.booleans()):
        body, headers["Content-Type"] = text, FORM
    else:
        body = json.dumps(data.draw(st.sampled_from([dict(pairs), [dict(pairs)], pairs, None, 1])))
        headers["Content-Type"] = "application/json"

    answer = send_request(server.url, method, f"/mailgun{quote(path, safe='/?&=%')}", body, headers=headers)

    assert answer.status < 500
    if answer.status >= 400:
        assert list(answer.json) == ["message"]
