"""Any request gets a response that the vendor could give."""

from __future__ import annotations

import json
import re
from email import message_from_bytes, policy

import pytest
from http_client import send_bytes, send_request
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockmail import MockMail
from mockmail.vendors.spacedog import VENDOR

PATHS = sorted({operation.path for operation in VENDOR.operations})
MODEST = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
AUTHORIZATIONS = st.sampled_from(["Basic dGVzdDpoaSB0ZXN0", "Basic dmluY2U6aGkgdmluY2U=", ""]) | st.text(
    st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=20
)
SEGMENTS = st.sampled_from(
    ["mail", "settings", "schema", "credentials", "me", "roles", "x", "%00", "%ff", "%C3%A9", "%", "..", ""]
)
BODIES = st.one_of(
    st.binary(max_size=200),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "smtp",
                        "mailgun",
                        "templates",
                        "host",
                        "key",
                        "domain",
                        "to",
                        "from",
                        "roles",
                        "model",
                        "text",
                        "username",
                        "password",
                        "email",
                        "level",
                        "acl",
                        "_acl",
                        "_type",
                        "_id",
                        "enabled",
                        "enableAfter",
                        "x",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=10,
    ).map(lambda value: json.dumps(value).encode()),
)
CONTENT_TYPES = st.sampled_from(
    ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data",
     "text/plain; charset=utf-16", "text/plain; charset=idna", '; charset="', ""]
)  # fmt: skip


@pytest.fixture(scope="module")
def server():
    with MockMail() as mm:
        yield mm


def ask(mm, method, path, body=b"", headers=None):
    given = {"Host": "127.0.0.1", **(headers or {})}
    response = send_request(mm.url, method, path, body, headers=given)
    return response.status, response.headers, response.body


def check(mm, answer, method="GET"):
    """Assert that the response is in the dialect; a 500 must be one of the two that the vendor has."""
    status, headers, body = answer
    assert mm.requests.crashes() == []
    assert headers["Content-Type"] == "application/json;charset=UTF-8"
    if method == "HEAD":
        return
    document = json.loads(body)
    if status >= 400:
        assert (document["success"], document["status"]) == (False, status)
    if status >= 500:
        error = document["error"]
        documented = error.get("type") == "java.lang.NullPointerException"
        assert documented or error["message"].startswith("error mapping [")


@MODEST
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"]),
    path=st.sampled_from(PATHS),
    segments=st.lists(SEGMENTS, min_size=2, max_size=2),
    body=BODIES,
    content_type=CONTENT_TYPES,
    authorization=AUTHORIZATIONS,
    host=st.sampled_from(["127.0.0.1", "test.spacedog.io", "x.spacedog.io", ".spacedog.io", "\xff", ""]),
)
def test_any_request_of_a_known_path_gets_a_valid_response(
    server, *, method, path, segments, body, content_type, authorization, host
):
    first, second = segments
    values = {"id": first, "name": second, "field": first, "role": second, "type": second}
    for name, segment in values.items():
        path = path.replace(f"{{{name}}}", segment or "x")
    headers = {"Content-Type": content_type, "Authorization": authorization.encode("latin-1")}
    answer = ask(server, method, f"/spacedog{path}", body, {**headers, "Host": host.encode("latin-1")})
    check(server, answer, method)
    server.reset()


@MODEST
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40), BODIES)
def test_any_path_gets_a_valid_response(server, path, body):
    check(server, ask(server, "POST", f"/spacedog/1/{path}", body))


@MODEST
@given(
    st.binary(min_size=1, max_size=10) | st.sampled_from([b"GET", b"POST", b"PUT"]),
    st.binary(max_size=30).map(lambda path: b"/spacedog/1/" + path),
    st.lists(st.tuples(st.binary(max_size=10), st.binary(max_size=20)), max_size=3),
    st.binary(max_size=50),
)
def test_any_bytes_get_a_valid_response(server, method, path, headers, body):
    lines = [method + b" " + path + b" HTTP/1.1", b"Host: 127.0.0.1", b"Connection: close"]
    lines += [name + b": " + value for name, value in headers]
    sent = b"\r\n".join((*lines, b"Content-Length: %d" % len(body), b"", body))
    received = send_bytes(server.url, sent, timeout=10, end=True)
    assert server.requests.crashes() == []
    if received:  # half a request has no answer
        head = received.partition(b"\r\n\r\n")[0]
        assert re.match(rb"HTTP/1\.[01] [1-4][0-9][0-9] ", head), received


FIELDS = st.dictionaries(
    st.sampled_from(["from", "to", "cc", "bcc", "subject", "text", "html"]),
    st.text(max_size=30)
    | st.sampled_from(
        ["a@b.io", "A <a@b.io>", '"x\r\nBcc: e@x" <a@b.io>', "a@b.io, c@d.io", "a@bü.io", "</html>", "\x00"]
    ),
    max_size=7,
)


@MODEST
@given(
    FIELDS,
    st.sampled_from([{}, {"smtp": {"host": "h"}}, {"mailgun": {"domain": "spacedog.io", "key": "key-mockmail"}}]),
)
def test_any_mail_is_refused_or_sent_well_formed(server, fields, provider):
    server.reset()
    own = {"Authorization": "Basic dGVzdDpoaSB0ZXN0"}
    ask(server, "PUT", "/spacedog/1/settings/mail", json.dumps(provider).encode(), own)
    body = b"".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value.encode() + b"\r\n"
        for name, value in fields.items()
    )
    headers = {**own, "Content-Type": "multipart/form-data; boundary=x"}

    status, _, answer = result = ask(server, "POST", "/spacedog/1/mail", body + b"--x--\r\n", headers)

    check(server, result)
    assert len(server.inbox) == (status == 200)
    if status == 200:
        document = json.loads(answer)
        message_id = document.get("messageId") or document["mailgun"]["id"]
        message = message_from_bytes(server.inbox[0].raw, policy=policy.default)
        assert message["Message-ID"].strip() == message_id
        assert all(not part.defects for part in message.walk())
        assert set(message.keys()) <= {
            "From",
            "To",
            "Cc",
            "Subject",
            "Date",
            "Message-ID",
            "MIME-Version",
            "Content-Type",
            "Content-Transfer-Encoding",
        }
