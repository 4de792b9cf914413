"""Any request gets a response in DocSpace's form, and no handler fails."""

from __future__ import annotations

import json
from email import message_from_bytes, policy

import pytest
from http_client import send_bytes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SMTP = "/api/2.0/smtpsettings/smtp"
PATHS = [
    SMTP,
    f"{SMTP}/test/status",
    "/api/2.0/authentication",
    "/api/2.0/authentication/logout",
    "/api/2.0/keys",
    "/api/2.0/settings",
]
# Faults of the framework that have no body, and those in an envelope.
KNOWN = {200, 204, 400, 401, 402, 403, 404, 405, 413, 414, 415, 429, 431}
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
HEADERS = ["Accept", "Authorization", "Content-Type", "Cookie", "Origin", "X-Other", "Host"]

names = st.sampled_from(
    ["host", "Port", "senderAddress", "senderDisplayName", "enableSSL", "enableAuth", "userName", "password", "name"]
)
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3))


def send(mockmail, raw):
    """Return the status and the body of the response to some bytes."""
    head, _, body = send_bytes(mockmail.url, raw).partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), body.partition(b"HTTP/1.1 ")[0]


def request(method, target, headers, body):
    lines = [f"{method} ".encode() + target + b" HTTP/1.1", b"Connection: close", *headers]
    return b"\r\n".join([*lines, f"Content-Length: {len(body)}".encode()]) + b"\r\n\r\n" + body


def check(mockmail, response):
    assert mockmail.requests.crashes() == []
    status, body = response
    assert status in KNOWN
    if body:
        document = json.loads(body)
        assert {"response", "count", "links", "status", "statusCode"} >= document.keys() or document.keys() == {
            "error",
            "status",
            "statusCode",
        }


@pytest.mark.mockmail(strict=False)
@FEW
@given(
    st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"]), st.binary(max_size=60), st.binary(max_size=60)
)
def test_any_path_and_body_gets_a_known_response(mockmail, method, tail, body):
    target = b"/onlyoffice/api/2.0/" + bytes(byte for byte in tail if byte > 32 and byte != 127)
    check(mockmail, send(mockmail, request(method, target, [b"Host: x", b"Content-Type: application/json"], body)))


@pytest.mark.mockmail(strict=False)
@FEW
@given(
    st.sampled_from(PATHS),
    st.sampled_from(["GET", "POST", "DELETE"]),
    st.dictionaries(st.sampled_from(HEADERS), st.binary(max_size=40), max_size=4),
)
def test_any_headers_get_a_known_response(mockmail, path, method, headers):
    lines = [
        name.encode() + b": " + bytes(byte for byte in value if byte not in b"\r\n\0")
        for name, value in headers.items()
    ]
    check(mockmail, send(mockmail, request(method, path.encode(), lines, b"{}")))


@pytest.mark.mockmail(strict=False)
@FEW
@given(
    st.sampled_from([path for path in PATHS if "test" not in path]), st.dictionaries(names, values, max_size=9) | values
)
def test_any_document_gets_a_known_response(mockmail, path, document):
    headers = [b"Host: x", b"Content-Type: text/json", b"Authorization: 864FE52C-1C1C-469F-9308-51DAFEFE7436"]
    check(mockmail, send(mockmail, request("POST", path.encode(), headers, json.dumps(document).encode())))


def jobs(docspace):
    for _ in range(2000):
        yield docspace.get(f"{SMTP}/test/status").result


@pytest.mark.mockmail(strict=False)
@FEW
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_sender_sends_a_valid_message_or_is_refused(mockmail, docspace, address, name):
    saved = docspace.save(senderAddress=address, senderDisplayName=name)
    assert saved.status in {200, 400}
    mockmail.inbox.clear()
    docspace.get(f"{SMTP}/test")
    job = next(job for job in jobs(docspace) if job["completed"])
    assert (job["error"] == "", len(mockmail.inbox)) in {(True, 1), (False, 0)}
    for message in mockmail.inbox:
        assert message_from_bytes(message.raw, policy=policy.default).defects == []
        assert message.envelope.recipients == ("owner@example.com",)
        assert [message.headers.get_all(header) for header in ("Bcc", "Cc")] == [[], []]
    assert mockmail.requests.crashes() == []
