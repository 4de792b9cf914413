"""Invalid requests get the vendor's own errors, and send no mail."""

from __future__ import annotations

import email
import gzip
import json
from email import policy
from urllib.parse import quote

import pytest
from http_client import send_request
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

JOHN = "CN=John Smith,CN=Users,DC=example,DC=com"
SEND = "/restApi/api/directoryObjects/sendMail"
GOOD = {"directoryObject": JOHN, "subject": "s", "text": "t"}
relaxed = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (b"", {"directoryObject", "subject", "text"}),
        (b"  ", {"directoryObject", "subject", "text"}),
        (b"{}", {"directoryObject", "subject", "text"}),
        (b'{"directoryObject": null, "subject": "s", "text": "t"}', {"directoryObject"}),
        (b'{"directoryObject": "x", "subject": ["s"], "text": {"a": 1}}', {"subject", "text"}),
        (b'{"directoryObject": "x", "subject": "s"', {""}),
        (b"{'directoryObject': 'x', 'subject': 's", {""}),
        (b"[]", {""}),
        (b"null", {""}),
        (b'"text"', {""}),
        (b"[" * 100_000, {""}),
        (b'{"a":' * 100_000, {""}),
        (b"\xff\xfe\x00", {""}),
        (b"{'directoryObject': 0x" + b"F" * 5000 + b", 'subject': 's', 'text': 't'}", {""}),
        (b"<sendMail/>", {""}),
    ],
)
def test_invalid_body_is_a_bad_request_with_model_state(mockmail, adaxes, body, state):
    answer = adaxes.call("POST", SEND, body)
    assert answer.status == 400
    assert answer.json["message"] == "The request is invalid."
    assert set(answer.json["modelState"]) == state
    assert len(mockmail.inbox) == 0


NO_TYPE = (
    "The request contains an entity body but no Content-Type header. "
    "The inferred media type 'application/octet-stream' is not supported for this resource."
)


@pytest.mark.parametrize("headers", [{"Content-Type": ""}, {"Content-Type": None}])
def test_body_without_content_type_is_refused(mockmail, adaxes, headers):
    answer = adaxes.call("POST", SEND, json.dumps(GOOD).encode(), headers)
    assert (answer.status, answer.json) == (415, {"message": NO_TYPE, "code": "unsupportedMediaType"})
    assert len(mockmail.inbox) == 0


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_body_with_another_content_type_is_refused(mockmail, adaxes, content_type):
    answer = adaxes.call("POST", SEND, GOOD, {"Content-Type": content_type})
    assert answer.status == 415
    assert answer.json == {
        "message": f"The request entity's media type '{content_type}' is not supported for this resource.",
        "code": "unsupportedMediaType",
    }
    assert len(mockmail.inbox) == 0


@pytest.mark.parametrize(
    ("content_type", "encoding"),
    [
        ("application/json; charset=utf-8", "utf-8"),
        ("application/json;charset=UTF-16", "utf-16"),
        ("application/json; charset=idna", "utf-8"),
        ('text/json; charset="utf-8"; x=1', "utf-8"),
        ("application/vnd.api+json", "utf-8"),
    ],
)
def test_every_json_content_type_and_charset_is_read(mockmail, adaxes, content_type, encoding):
    body = json.dumps({**GOOD, "subject": "Ærø"}, ensure_ascii=False).encode(encoding)
    assert adaxes.call("POST", SEND, body, {"Content-Type": content_type}).json["resultType"] == 0
    assert mockmail.inbox[0].subject == "Ærø"


@pytest.mark.parametrize("coding", ["gzip", "br", "nonsense"])
def test_content_encoding_is_ignored(mockmail, adaxes, coding):
    assert adaxes.call("POST", SEND, GOOD, {"Content-Encoding": coding}).json["resultType"] == 0
    packed = adaxes.call("POST", SEND, gzip.compress(json.dumps(GOOD).encode()), {"Content-Encoding": coding})

    assert (packed.status, packed.json["message"]) == (400, "The request is invalid.")
    assert len(mockmail.inbox) == 1


def test_names_are_case_insensitive_and_unknown_names_ignored(mockmail, adaxes):
    body = {"DIRECTORYOBJECT": JOHN, "Subject": 5, "text": True, "unknown": [{}]}
    assert adaxes.call("POST", "/RESTAPI/API/directoryobjects/SendMail", body).json["resultType"] == 0
    assert (mockmail.inbox[0].subject, mockmail.inbox[0].text.strip()) == ("5", "True")


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "application/json", None])
def test_body_of_get_and_delete_is_not_read(adaxes, content_type):
    path = f"/restApi/api/directoryObjects?directoryObject={JOHN.replace(' ', '%20')}"
    for method in ("GET", "DELETE"):
        answer = adaxes.call(method, path, b"directoryObject=CN%3DNobody", {"Content-Type": content_type})
        assert answer.status == 200
    assert adaxes.call("GET", "/restApi/api/directoryObjects", {"directoryObject": JOHN}).status == 400


def test_post_without_content_type_and_body_lacks_its_members(adaxes):
    answer = adaxes.call("POST", SEND)
    assert (answer.status, set(answer.json["modelState"])) == (400, {"directoryObject", "subject", "text"})


def test_query_of_a_post_is_ignored(mockmail, adaxes):
    answer = adaxes.call("POST", f"{SEND}?subject=s&text=t&%zz", {"directoryObject": JOHN})
    assert (answer.status, set(answer.json["modelState"])) == (400, {"subject", "text"})
    assert len(mockmail.inbox) == 0


@pytest.mark.mockmail(options={"adaxes": {"lenient_mail": True}})
def test_lenient_mail_needs_neither_subject_nor_text(mockmail, adaxes):
    assert adaxes.call("POST", SEND, {"directoryObject": JOHN}).json["resultType"] == 0
    assert (mockmail.inbox[0].subject, mockmail.inbox[0].text.strip()) == ("", "")


def test_bytes_that_are_not_utf8_are_replaced(mockmail, adaxes):
    body = json.dumps(GOOD).encode().replace(b'"s"', b'"a\xffb"').replace(b'"t"', b'"\\ud800"')
    assert adaxes.call("POST", SEND, body).json["resultType"] == 0
    assert (mockmail.inbox[0].subject, mockmail.inbox[0].text.strip()) == ("a\ufffdb", "\ufffd")


def test_lone_surrogate_in_a_password_is_a_wrong_password(adaxes):
    assert adaxes.log_in(password="\ud800").status == 403


@pytest.mark.mockmail(strict=False)
def test_unknown_method_and_path_get_the_texts_of_web_api(adaxes):
    wrong = adaxes.call("GET", SEND)
    assert (wrong.status, wrong.json) == (
        405,
        {"message": "The requested resource does not support http method 'GET'.", "code": "methodNotAllowed"},
    )
    missing = adaxes.call("POST", "/restApi/api/directoryObjects/sendFax", {})
    uri = f"{adaxes.url}/restApi/api/directoryObjects/sendFax"
    assert (missing.status, missing.json) == (
        404,
        {"message": f"No HTTP resource was found that matches the request URI '{uri}'.", "code": "notFound"},
    )


@pytest.mark.parametrize(
    "query", ["", "?directoryObject", "?directoryObject=%ff%zz", "?&&&=&=", "?a=" + "b" * 5000, "?" + "a&" * 1200]
)
def test_odd_query_gets_an_error_object(adaxes, query):
    answer = adaxes.call("GET", f"/api/directoryObjects{query}")
    assert answer.status in (400, 404)
    assert answer.json["code"] in ("badRequest", "notFound")


@pytest.mark.mockmail(strict=False)
def test_injected_fault_is_an_error_object(mockmail, adaxes):
    mockmail.faults.add("adaxes", operation="mail.send", status=503, headers={"Retry-After": "5"})
    answer = adaxes.send_mail()
    assert (answer.status, answer.json) == (
        503,
        {"message": "injected fault, status 503", "code": "serviceUnavailable"},
    )


@pytest.mark.parametrize("status", [402, 409, 431, 505])
def test_fault_with_a_status_that_adaxes_never_shows_is_refused(mockmail, status):
    with pytest.raises(ValueError, match=f"adaxes never responds with status {status}"):
        mockmail.faults.add("adaxes", status=status)


def check_dialect(status, body):
    """Check that a body is empty, an object of the API, or an Error object."""
    assert status <= 500
    if status == 204:
        assert body == b""
        return
    document = json.loads(body)
    assert isinstance(document, dict)
    if status >= 400:
        assert {"message", "code"} <= set(document)
        assert set(document) <= {"message", "code", "modelState", "innerError"}
        assert (status == 500) == (document["code"] == "operationFailed")


paths = st.sampled_from(
    [
        "/restApi/api/directoryObjects/sendMail",
        "/api/directoryObjects/sendSms",
        "/api/directoryObjects",
        "/api/auth",
        "/api/authSessions",
        "/api/authSessions/create",
        "/adaxes",
    ]
)
methods = st.sampled_from(["GET", "POST", "PATCH", "DELETE", "PUT", "OPTIONS", "QUERY"])
bodies = st.binary(max_size=60) | st.dictionaries(
    st.sampled_from(
        ["directoryObject", "subject", "text", "username", "password", "sessionId", "properties", "createIn"]
    ),
    st.text(max_size=20) | st.none() | st.integers() | st.lists(st.dictionaries(st.text(max_size=12), st.text())),
).map(lambda document: json.dumps(document).encode())
texts = st.text(st.characters(min_codepoint=33, max_codepoint=255), max_size=20)


@pytest.mark.mockmail(strict=False)
@relaxed
@given(method=methods, path=paths, tail=st.binary(max_size=20), query=st.binary(max_size=30), body=bodies, token=texts)
def test_random_request_gets_a_response_of_the_dialect(mockmail, method, path, tail, query, body, token):  # noqa: PLR0917  # hypothesis names them
    target = f"{path}{'/' + quote(tail) if tail else ''}?{quote(query, safe='=&%')}"
    headers = {
        "Adm-Authorization": token.encode("latin-1") or "YOUR-SECURITY-TOKEN",
        "Content-Type": "application/json",
    }
    response = send_request(f"{mockmail.url}/adaxes", method, target, body, headers=headers)
    check_dialect(response.status, response.body)
    assert mockmail.requests.crashes() == []


@relaxed
@given(
    to=st.text(max_size=20) | st.just(JOHN),
    subject=st.text(max_size=120),
    text=st.text(max_size=300),
    address=st.text(max_size=12)
    | st.emails()
    | st.text(min_size=1, max_size=8).map(lambda name: f"{name}@example.com"),
)
def test_random_mail_arrives_intact_or_is_not_sent(mockmail, adaxes, to, subject, text, address):  # noqa: PLR0917  # hypothesis names them
    mockmail.adaxes.seed(directoryObjects=[{"dn": JOHN, "properties": {"mail": [address]}}])
    before = len(mockmail.inbox)
    answer = adaxes.send_mail(to, subject, text)
    check_dialect(answer.status, answer.body)
    sent = mockmail.inbox.find()[before:]
    succeeded = answer.status == 200 and answer.json["resultType"] == 0
    assert len(sent) == succeeded
    if succeeded:
        parsed = email.message_from_bytes(sent[0].raw, policy=policy.default)
        assert parsed.defects == []
        raw = {"To"} if not address.isascii() else set()  # SMTPUTF8: Python's parser reports a defect
        assert {name for name, value in parsed.items() if value.defects} == raw
        assert set(parsed.keys()) <= {
            "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"
        }  # fmt: skip
        assert parsed["Date"]
        assert parsed["Message-ID"]
        assert sent[0].envelope.recipients == (address.strip(),)


@relaxed
@given(
    text=st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=2000),
    subject=st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=200),
)
def test_random_subject_and_text_arrive_unchanged(mockmail, adaxes, text, subject):
    before = len(mockmail.inbox)
    assert adaxes.send_mail(subject=subject, text=text).json["resultType"] == 0
    parsed = email.message_from_bytes(mockmail.inbox.find()[before].raw, policy=policy.default)
    assert parsed.get_content().rstrip("\r\n") == text
    assert parsed["Subject"].split() == subject.split()
