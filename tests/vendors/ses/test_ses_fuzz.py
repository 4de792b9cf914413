"""Any request gets a response of the version that it is for, and never a 5xx."""

from __future__ import annotations

import json
import re
from urllib.parse import quote, urlencode

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockmail.vendors.ses import VENDOR

MODEST = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
V2 = sorted((operation.methods[0], operation.path) for operation in VENDOR.operations if "/v2/" in operation.path)
ACTIONS = sorted(operation.path.partition("=")[2] for operation in VENDOR.operations if "#" in operation.path)
NAMES = sorted(
    {
        "FromEmailAddress", "Destination", "ToAddresses", "Content", "Simple", "Raw", "Template", "Data", "Subject",
        "Body", "Text", "Html", "Headers", "Name", "Value", "EmailTags", "TemplateName", "TemplateContent",
        "TemplateData", "BulkEmailEntries", "DefaultContent", "EmailIdentity", "Reason", "PageSize", "NextToken",
        "EventDestination", "SnsDestination", "TopicArn", "ConfigurationSetName", "Attachments", "RawContent",
        "FileName",
    }
)  # fmt: skip
TEXTS = st.sampled_from(
    [
        "app@example.com",
        "A <jane@example.org>",
        "{}",
        '{"a": [1]}',
        "{{a}}",
        "{{#each a}}",
        "aGk=",
        "BOUNCE",
        "\0",
        "=?",
    ]
) | st.text(max_size=10)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=20,
)
SEGMENTS = st.sampled_from(["example.com", "x", "%00", "%ff", "%C3%A9", "..", "a@b.c", "main"])
FIELDS = st.lists(
    st.tuples(
        st.lists(st.sampled_from([*NAMES, "Source", "Message", "member", "1", "-1", "Tags", ""]), max_size=6).map(
            ".".join
        ),
        TEXTS,
    ),
    max_size=8,
)


@MODEST
@given(operation=st.sampled_from(V2), segment=SEGMENTS, body=VALUES.map(json.dumps) | st.text(max_size=20))
def test_any_request_of_version_2_gets_json(call, operation, segment, body):
    method, template = operation
    path = re.sub(r"{\w+}", segment, template)

    response = call(method, path, body=body.encode("utf-8", "replace"))

    assert response.status < 500
    assert response.headers["Content-Type"] == "application/json"
    if response.status != 200:
        assert response.headers["x-amzn-ErrorType"]
        assert list(response.json) == ["message"]


@MODEST
@given(query=st.lists(st.tuples(st.sampled_from(["PageSize", "NextToken", "Reason", "StartDate", "x"]), TEXTS)))
def test_any_query_of_a_list_gets_json(call, query):
    text = urlencode(query, errors="replace")

    response = call("GET", f"/v2/email/suppression/addresses?{text}")

    assert response.status in {200, 400}
    assert isinstance(response.json, dict)


@MODEST
@given(action=st.sampled_from(ACTIONS) | st.text(max_size=10), fields=FIELDS)
def test_any_form_of_version_1_gets_xml(call, action, fields):
    body = f"Action={quote(action, errors='replace')}&{urlencode(fields, errors='replace')}"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    response = call("POST", "/ses", body=body, headers=headers)

    assert response.status in {200, 400}
    name = response.xml.tag.rpartition("}")[2]
    assert name == (f"{action}Response" if response.status == 200 else "ErrorResponse")
