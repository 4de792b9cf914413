"""Brevo answers any request in its own dialect."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockmail.vendors.brevo import VENDOR
from mockmail.wire.parameters import parameters

JSON = {"Content-Type": "application/json"}
GOOD = {
    "sender": {"email": "app@example.com"},
    "to": [{"email": "jane@example.org"}],
    "subject": "Hello",
    "htmlContent": "<p>x</p>",
}
TEXTS = st.text(max_size=20) | st.sampled_from(
    [
        "",
        "a@example.com",
        "A <a@example.com>",
        "a@\r\nb",
        "\ud800",
        "{{ params.a }}",
        "{% if a %}",
        "{% for a in params %}{{ a|join:a }}{% endfor %}",
        "2026-01-31T12:00:00Z",
        "9999-12-31T23:59:59-12:00",
        "http://127.0.0.1:9/",
        "=?utf-8?b?w7w=?=",
        "a.txt",
        "eA==",
        "request",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(TEXTS | st.sampled_from(["email", "name", "id", "to", "params", "content", "url"]), inner)
    ),
    max_leaves=6,
)
NAMES = sorted(
    {each.name for operation in VENDOR.operations if operation.params for each in parameters(operation.params)}
)
RUN = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def fits(response):
    """Return whether a response is one that Brevo could give."""
    if response.status in (200, 201, 202):
        return isinstance(response.json, dict)
    if response.status == 204:
        return response.body == b""
    return response.status in (400, 404) and list(response.json) == ["code", "message"]


@RUN
@given(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4))
def test_any_email_gets_a_response_of_brevo(post, changes):
    response = post("/smtp/email", body=json.dumps(GOOD | changes), headers=JSON)

    assert fits(response), response.body


@RUN
@given(
    st.sampled_from([each for each in VENDOR.operations if each.methods[0] != "GET"]),
    st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5),
    st.sampled_from(["1", "example.com", "a@example.com", "%3Ca%40b%3E", "%00", "x" * 200]),
)
def test_any_body_gets_a_response_of_brevo(call, operation, body, part):
    path = operation.path.removeprefix("/v3")
    for name in ("identifier", "template", "email", "sender", "domain", "webhook", "uuid"):
        path = path.replace(f"{{{name}}}", part)

    response = call(operation.methods[0], path, body=json.dumps(body), headers=JSON)

    assert fits(response), response.body


@RUN
@given(
    st.sampled_from([each for each in VENDOR.operations if each.methods[0] == "GET"]),
    st.dictionaries(
        st.sampled_from(NAMES), st.sampled_from(["", "1", "-1", "x", "true", "2026-01-31", "a@example.org"])
    ),
)
def test_any_query_gets_a_response_of_brevo(call, operation, query):
    path = operation.path.removeprefix("/v3").replace("{", "").replace("}", "")

    response = call("GET", f"{path}?{'&'.join(f'{name}={value}' for name, value in query.items())}")

    assert fits(response), response.body
