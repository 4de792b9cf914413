"""Injected faults, limits, crashes and sandboxes, as a client sees them."""

from __future__ import annotations

import http.client

import pytest
from http_client import send_request

from mockmail import MockMail

pytestmark = pytest.mark.mockmail(strict=False)

CREATE = "/admin/index.php/api/domain/create?domainName=new.example"


RATE_LIMITS = {
    "brevo": ("/v3/account", "X-Sib-Ratelimit-Reset"),
    "mailgun": ("/v3/example.com/events", "x-ratelimit-reset"),
    "resend": ("/emails", "RateLimit-Reset"),
    "sendgrid": ("/v3/templates", "x-ratelimit-reset"),
    "ses": ("/v2/email/account", "x-amzn-ErrorType"),
}
"""For each vendor a path, and a header that it sends in a response."""


def domains(mockmail):
    return [domain["domainName"] for domain in mockmail.atmail.state()["domains"]]


def test_reset_fault_resets_the_connection(mockmail, wire, wire_to, request_of):
    mockmail.faults.add("atmail", operation="domain.create", transport="reset")
    wire.send(request_of("POST", CREATE))
    with pytest.raises(ConnectionResetError):
        wire.stream.read()
    assert domains(mockmail) == ["yourdomain.com", "new.example"]
    [exchange] = mockmail.requests.find(operation="domain.create")
    assert (exchange.status, exchange.fault) == (200, "atmail domain.create: reset, used 1 of 1 times")
    assert wire_to(mockmail).ask(request_of()).status == 200


@pytest.mark.parametrize(("how", "seen"), [("empty", b""), ("garbage", b"\x16\x03\x01 this is not HTTP\r\n\r\n")])
def test_empty_and_garbage_faults_send_no_response(mockmail, wire, request_of, how, seen):
    mockmail.faults.add("atmail", operation="role.*", transport=how)
    wire.send(request_of())
    assert wire.stream.read() == seen


def test_truncated_fault_sends_half_of_the_body(mockmail, wire, wire_to, request_of):
    whole = wire_to(mockmail).ask(request_of()).body
    mockmail.faults.add("atmail", operation="role.list", transport="truncated")
    wire.send(request_of())
    reply = http.client.HTTPResponse(wire.socket)
    reply.begin()
    with pytest.raises(http.client.IncompleteRead) as caught:
        reply.read()
    assert caught.value.partial == whole[: len(whole) // 2]


def test_delayed_response_is_otherwise_unchanged(mockmail, wire, request_of):
    plain = wire.ask(request_of())
    mockmail.faults.add("atmail", operation="role.list", delay=0.01)
    slow = wire.ask(request_of())
    assert (slow.status, slow.body) == (200, plain.body)
    fast_exchange, slow_exchange = mockmail.requests.find(operation="role.list")
    assert slow_exchange.seconds >= 0.01
    assert slow_exchange.fault == "atmail role.list: delay, used 1 of 1 times"
    assert fast_exchange.fault is None


@pytest.mark.parametrize("vendor", RATE_LIMITS)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("wait", ["9", "Sat, 31 Jan 2026 12:00:00 GMT"])
def test_headers_of_a_fault_replace_those_of_the_vendor(mockmail, vendor, when, wait):
    path, name = RATE_LIMITS[vendor]
    given = {name: "7", "content-type": "text/html", "retry-after": wait}
    mockmail.faults.add(vendor, status=429, headers=given, when=when)

    response = send_request(mockmail.url, "GET", f"/{vendor}{path}")

    assert response.status == 429
    assert [response.headers.get_all(each) for each in given] == [["7"], ["text/html"], [wait]]


def test_injected_status_has_the_vendors_error_and_no_effect(mockmail, wire, request_of):
    mockmail.faults.add(
        "atmail", operation="domain.*", status=503, message="out to lunch", headers={"Retry-After": "7"}, times=2
    )
    for _ in range(2):
        answer = wire.ask(request_of("POST", CREATE))
        assert (answer.status, answer.headers["retry-after"], answer.headers["content-type"]) == (503, "7", "text/xml")
        assert b"<message>out to lunch</message>" in answer.body
    assert domains(mockmail) == ["yourdomain.com"]
    assert wire.ask(request_of("POST", CREATE)).status == 200
    assert domains(mockmail) == ["yourdomain.com", "new.example"]


def test_call_over_a_rate_limit_gets_the_vendors_error(mockmail, wire, request_of):
    mockmail.clock.freeze()
    mockmail.faults.limit("atmail", 2, window=60, operation="role.*")
    assert [wire.ask(request_of()).status for _ in range(3)] == [200, 200, 429]
    late = wire.ask(request_of())
    assert 1 <= int(late.headers["retry-after"]) <= 60
    mockmail.clock.advance(60)
    assert wire.ask(request_of()).status == 200


def test_crashed_handler_gets_the_vendors_500(postcard, wire_to):
    with MockMail(vendors=postcard) as mm:
        wire = wire_to(mm)
        answer = wire.ask(b"POST /postcards/crash HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (answer.status, answer.body) == (500, b'{"problem": "ZeroDivisionError"}')
        assert mm.postcard.state() == {}
        [crashed] = mm.requests.crashes()
        assert crashed.crash.startswith("Traceback (most recent call last):")
        assert 'raise ZeroDivisionError("a bug")' in crashed.crash
        assert (crashed.status, crashed.operation) == (500, "postcard.crash")
        body = b'{"to": "a@example.com"}'
        head = b"POST /postcards HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
        assert wire.ask(head + body).body == b'{"number": 1, "state": "new"}'


def test_secret_in_the_traceback_of_a_crash_is_masked_in_log_and_journal(postcard, caplog):
    secret = "sent-in-a-header"
    body = {"to": "a@example.com", "relay": {"host": "x", "port": 25, "security": secret}}
    with MockMail(vendors=postcard) as mm:
        answer = send_request(mm.url, "POST", "/postcards/send", json=body, headers={"Authorization": secret})
        shown = send_request(mm.url, "GET", "/_mockmail/requests/1").json

        assert answer.status == 500
        assert secret in mm.requests.crashes()[0].crash
        assert "ValueError: '***' is not a valid Security" in shown["crash"]
        assert "ValueError: '***' is not a valid Security" in caplog.text
        assert secret not in caplog.text


def test_crashed_dialect_gets_a_plain_500(postcard, wire_to, monkeypatch):
    def fail(*_):
        raise LookupError("no words")

    monkeypatch.setattr(postcard.get("postcard").dialect, "problem", fail)
    with MockMail(vendors=postcard) as mm:
        wire = wire_to(mm)
        answer = wire.ask(b"GET /postcard/nowhere HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (answer.status, answer.body) == (500, b"internal error\n")
        assert "LookupError: no words" in mm.requests.crashes()[0].crash
        assert wire.ask(b"GET /postcards/1 HTTP/1.1\r\nHost: x\r\n\r\n").status == 422


def test_unknown_path_lists_the_nearest_operations(mockmail, wire, request_of):
    answer = wire.ask(request_of(path="/admin/index.php/api/domain/creat"))
    assert answer.headers["content-type"] == "text/xml"
    [exchange] = mockmail.requests.unmatched()
    assert exchange.vendor == "atmail"
    assert exchange.nearest[0] == (
        "atmail domain.create (GET/POST/PUT/DELETE /admin/index.php/api/domain/create/{pairs*}):"
        " 'creat' should be 'create'"
    )


@pytest.mark.parametrize(
    ("path", "vendor"),
    [
        ("/admin/api/domain/check/", "atmail"),
        ("/admin", "atmail"),
        ("/admin/../admin/index.php/nothing", "atmail"),
        ("/v1/../restApi/api/nothing", "adaxes"),
        ("/api/2.0/nothing", "onlyoffice"),
        ("/api/2.0/directoryObjects", "onlyoffice"),
        ("/api/directoryObject", "adaxes"),
        ("/RESTAPI/x", "adaxes"),
        ("/v1/nothing", "rackspace"),
        ("/1/nothing", "spacedog"),
    ],
)
def test_unknown_path_is_answered_by_the_vendor_with_the_closest_prefix(mockmail, wire, request_of, path, vendor):
    assert wire.ask(request_of(path=path)).status >= 400

    assert mockmail.requests.unmatched()[0].vendor == vendor


@pytest.mark.parametrize("path", ["/../../etc/passwd", "/..", "/./x/../../y", "/%2e%2e/%2e%2e/etc/passwd", "/.//..//"])
def test_dot_segments_are_not_rackspaces(mockmail, wire, request_of, path):
    assert wire.ask(request_of(path=path)).status >= 400

    assert mockmail.requests.unmatched()[0].vendor != "rackspace"


@pytest.mark.parametrize("prefix", ["/~mine", "/atmail", "/~mine/atmail"])
def test_prefixes_select_sandbox_and_vendor(mockmail, wire, request_of, prefix):
    assert wire.ask(request_of("POST", prefix + CREATE)).status == 200
    sandbox = mockmail.sandbox("mine") if "mine" in prefix else mockmail
    assert domains(sandbox) == ["yourdomain.com", "new.example"]
    other = mockmail if "mine" in prefix else mockmail.sandbox("mine")
    assert domains(other) == ["yourdomain.com"]
    assert [exchange.path for exchange in sandbox.requests] == [prefix + CREATE.partition("?")[0]]


def test_header_selects_the_sandbox_unless_the_path_does(mockmail, wire, request_of):
    header = b"X-Mockmail-Sandbox: mine\r\n"
    assert wire.ask(request_of("POST", CREATE, headers=header)).status == 200
    assert domains(mockmail.sandbox("mine")) == ["yourdomain.com", "new.example"]
    assert wire.ask(request_of("POST", "/~other" + CREATE, headers=header)).status == 200
    assert domains(mockmail.sandbox("other")) == ["yourdomain.com", "new.example"]
    assert domains(mockmail) == ["yourdomain.com"]


def test_invalid_sandbox_name_gets_the_vendors_error(mockmail, wire, request_of):
    answer = wire.ask(request_of(path="/~a%20b/admin/index.php/api/users/rolelist"))
    assert (answer.status, answer.headers["content-type"]) == (400, "text/xml")
    assert b"a sandbox cannot be named" in answer.body


@pytest.mark.mockmail(strict=False, max_sandboxes=1)
def test_sandbox_over_the_limit_gets_503(wire, request_of):
    assert wire.ask(request_of(path="/~a/admin/index.php/api/users/rolelist")).status == 200
    answer = wire.ask(request_of(path="/~b/admin/index.php/api/users/rolelist"))
    assert (answer.status, answer.headers["retry-after"]) == (503, "60")
    assert wire.ask(request_of()).status == 200
