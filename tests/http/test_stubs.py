"""Stubs: responses in place of a vendor's own, in Python and over HTTP."""

from __future__ import annotations

import base64

import pytest
from http_client import basic, send_request

from mockmail.core.errors import InvalidValue, LimitReached, UnknownName

pytestmark = pytest.mark.mockmail(strict=False)

AUTH = {"Authorization": basic("admin", "changeme")}
ROLES = "/admin/index.php/api/users/rolelist"
CREATE = "/admin/index.php/api/domain/create"


def roles(mm, headers=AUTH):
    return send_request(f"{mm.url}/atmail", "GET", ROLES, headers=headers)


def statuses(mm, count):
    return [roles(mm).status for _ in range(count)]


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        ({"json": {"a": ["é", 1]}}, "application/json; charset=utf-8", '{"a": ["é", 1]}'.encode()),
        ({"xml": "<a/>"}, "application/xml; charset=utf-8", b"<a/>"),
        ({"text": "out to lunch"}, "text/plain; charset=utf-8", b"out to lunch"),
        ({"base64": base64.b64encode(b"\x00\xff").decode()}, "application/octet-stream", b"\x00\xff"),
        ({}, None, b""),
    ],
)
def test_operation_gets_the_stub_and_its_handler_is_not_called(mockmail, body, content_type, expected):
    mockmail.stubs.add("atmail", operation="domain.create", status=202, headers={"X-Stub": "1"}, **body)

    answer = send_request(f"{mockmail.url}/atmail", "POST", CREATE, form={"domainName": "a.example"})

    assert (answer.status, answer.headers["X-Stub"], answer.body) == (202, "1", expected)
    assert answer.headers["Content-Type"] == content_type
    assert answer.headers["Server"] == "Apache"
    assert [domain["domainName"] for domain in mockmail.atmail.state()["domains"]] == ["yourdomain.com"]


def test_journal_says_which_stub_responded(mockmail):
    stub = mockmail.stubs.add("atmail", operation="role.*", text="stub")
    roles(mockmail)

    [request] = mockmail.requests
    shown = send_request(mockmail.url, "GET", "/_mockmail/requests").json["requests"][0]

    assert (request.operation, request.stub) == ("role.list", "stub 1: atmail role.*, used 1 times, no limit")
    assert shown["stub"] == request.stub
    assert (stub.id, stub.used) == (1, 1)


@pytest.mark.parametrize(
    ("times", "after", "expected"),
    [(1, 0, [418, 200, 200, 200]), (2, 1, [200, 418, 418, 200]), (None, 0, [418, 418, 418, 418])],
)
def test_stub_responds_as_often_as_told(mockmail, times, after, expected):
    mockmail.stubs.add("atmail", operation="role.list", status=418, times=times, after=after)
    assert statuses(mockmail, 4) == expected


def test_sequence_is_given_in_turn_and_then_the_vendor_responds(mockmail):
    mockmail.stubs.add("atmail", operation="role.list", responses=[{"status": 500}, {"status": 429, "text": "slow"}])
    assert statuses(mockmail, 4) == [500, 429, 200, 200]


@pytest.mark.parametrize(("times", "expected"), [(3, [500, 429, 429, 200]), (None, [500, 429, 429, 429])])
def test_last_response_of_a_sequence_is_repeated(mockmail, times, expected):
    mockmail.stubs.add("atmail", operation="role.list", responses=[{"status": 500}, {"status": 429}], times=times)
    assert statuses(mockmail, 4) == expected


def test_stub_for_some_parameters_leaves_other_calls_to_the_vendor(mockmail):
    mockmail.stubs.add("atmail", operation="domain.create", where={"domainName": "*.stub"}, text="stubbed")

    stubbed, real = (
        send_request(f"{mockmail.url}/atmail", "POST", CREATE, form={"domainName": name}, headers=AUTH)
        for name in ("a.stub", "a.example")
    )

    assert (stubbed.text, real.headers["Content-Type"]) == ("stubbed", "text/xml")


def test_stub_for_one_caller_needs_authentication(mockmail):
    mockmail.stubs.add("atmail", operation="role.list", caller="admin", status=418)
    assert (roles(mockmail).status, roles(mockmail, headers={}).status) == (418, 401)


def test_path_that_no_vendor_has_is_served(mockmail):
    mockmail.stubs.add(method="get", path="/v9/things/{id}", json={"thing": 1}, where={"id": "a*"})

    found = send_request(mockmail.url, "GET", "/v9/things/abc?x=1")
    below_a_vendor = send_request(f"{mockmail.url}/rackspace", "GET", "/v9/things/abc")
    others = [
        send_request(mockmail.url, method, path).status
        for method, path in (("GET", "/v9/things/b"), ("POST", "/v9/things/a"), ("GET", "/v9/things/a/b"))
    ]

    assert (found.status, found.json, found.headers.get("Server")) == (200, {"thing": 1}, None)
    assert below_a_vendor.headers["Server"] == "Microsoft-IIS/7.0"
    assert 200 not in others
    assert len(mockmail.requests.unmatched()) == 3


def test_path_of_one_vendor_and_all_below_it_is_served(mockmail):
    mockmail.stubs.add("rackspace", path="/v9/{rest*}", text="ours")
    assert send_request(f"{mockmail.url}/rackspace", "DELETE", "/v9/a/b/c").text == "ours"
    assert send_request(f"{mockmail.url}/rackspace", "DELETE", "/v9").text == "ours"
    assert send_request(mockmail.url, "GET", "/v9/a").status == 404


def test_stubbed_path_may_be_one_that_a_vendor_serves(mockmail):
    mockmail.stubs.add(path=ROLES, status=418, times=1)
    assert statuses(mockmail, 2) == [418, 200]


def test_head_of_a_stubbed_get_has_no_body(mockmail):
    mockmail.stubs.add(method="GET", path="/v9", text="12345")
    answer = send_request(mockmail.url, "HEAD", "/v9")
    assert (answer.status, answer.headers["Content-Length"], answer.body) == (200, "5", b"")


def test_faults_and_limits_apply_to_stubbed_operations(mockmail):
    mockmail.stubs.add("atmail", operation="role.list", text="stub")
    mockmail.faults.add("atmail", operation="role.list", status=503)
    mockmail.faults.add("atmail", operation="role.list", error="forbidden", when="after")
    assert statuses(mockmail, 3) == [503, 403, 200]
    mockmail.faults.limit("atmail", 0)
    assert mockmail.requests[1].stub is not None


def test_stubs_are_listed_removed_and_cleared(mockmail):
    first, second, third = (mockmail.stubs.add(path=f"/v{n}", text="x") for n in (7, 8, 9))
    mockmail.stubs.remove(first)
    mockmail.stubs.remove(second.id)
    assert [stub.id for stub in mockmail.stubs] == [third.id]
    assert [stub.path for stub in mockmail.stubs.unused()] == ["/v9"]
    mockmail.stubs.clear()
    assert list(mockmail.stubs) == []


def test_stubs_belong_to_a_sandbox_and_end_with_its_reset(mockmail):
    mine = mockmail.sandbox("mine")
    mine.stubs.add("atmail", operation="role.list", status=418)
    assert (roles(mockmail).status, roles(mine).status) == (200, 418)
    mine.faults.clear()
    assert roles(mine).status == 418
    mine.reset()
    assert roles(mine).status == 200


def test_stubs_over_http(mockmail):
    url = f"{mockmail.url}/_mockmail"
    given = {"vendor": "atmail", "operation": "role.list", "responses": [{"status": 503}, {"json": {"a": 1}}]}

    added = send_request(url, "POST", "/stubs", json=given)

    assert (added.status, added.json["id"], added.json["times"]) == (201, 1, 2)
    assert statuses(mockmail, 3) == [503, 200, 200]
    [listed] = send_request(url, "GET", "/stubs").json["stubs"]
    assert listed == added.json | {"used": 2}
    assert listed["responses"] == [
        {"status": 503, "headers": {}, "bytes": 0},
        {"status": 200, "headers": {"Content-Type": "application/json; charset=utf-8"}, "bytes": 8},
    ]
    assert send_request(url, "DELETE", "/stubs/1").json == {"removed": 1}
    assert send_request(url, "DELETE", "/stubs/1").status == 404
    assert send_request(url, "POST", "/stubs", json={"path": "/v9", "times": None}).json["times"] is None
    assert send_request(url, "DELETE", "/stubs").json == {"removed": 1}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "give vendor and operation, or path (and method): the requests that the stub responds to"),
        ({"vendor": "atmail"}, "give vendor and operation, or path"),
        ({"operation": "role.list"}, "vendor is missing: the vendor that has the operation"),
        ({"vendor": "atmail", "operation": "role.list", "path": "/a"}, "give vendor and operation, or path"),
        ({"vendor": "atmail", "operation": "rolelist"}, "atmail has no operation 'rolelist'"),
        ({"vendor": "nobody", "path": "/a"}, "there is no vendor 'nobody'"),
        ({"vendor": "atmail", "operation": "role.list", "method": "GET"}, "method is for a stub with a path"),
        ({"path": "a"}, "path must be a path such as /v9/things/{id}, without a query, not 'a'"),
        ({"path": "/a?b=c"}, "path must be a path such as /v9/things/{id}, without a query, not '/a?b=c'"),
        ({"path": "/"}, "path must be a path such as "),
        ({"path": "/_mockmail/x"}, "path must not begin with /_mockmail or /~, as '/_mockmail/x' does"),
        ({"path": "/~mine/x"}, "path must not begin with /_mockmail or /~"),
        ({"path": "/{all*}/x"}, "path: only the last segment may be {name*}"),
        ({"path": "/a", "caller": "x"}, "caller is for a stub with an operation"),
        ({"path": "/a", "text": "a", "json": 1}, "json and text: a response has one body; choose one"),
        ({"path": "/a", "text": "a", "status": 204}, "text: a response with status 204 has no body"),
        ({"path": "/a", "status": 100}, "status must be an integer >= 200, not 100"),
        ({"path": "/a", "base64": "?"}, "base64 must be base64, not '?'"),
        ({"path": "/a", "headers": {"Content-Length": "1"}}, "headers: the server sets Content-Length itself"),
        ({"path": "/a", "text": "a", "responses": [{}]}, "give responses, or one response (status, headers, "),
        ({"path": "/a", "responses": [{}, {"base64": "?"}]}, "responses[1]: base64 must be base64"),
        ({"path": "/a", "responses": [{"status": "a"}]}, "responses[0].status must be an integer, not 'a'"),
        ({"path": "/a", "times": 0}, "times must be an integer >= 1, not 0"),
        ({"path": "/a", "statuss": 1}, "'statuss' is unknown; expected "),
    ],
)
def test_stub_that_no_request_could_get_is_refused_in_python_and_over_http(mockmail, given, expected):
    answer = send_request(mockmail.url, "POST", "/_mockmail/stubs", json=given)
    assert (answer.status, answer.json["error"][: len(expected)]) == (400, expected)
    if "statuss" not in given:
        with pytest.raises((InvalidValue, UnknownName)) as refused:
            mockmail.stubs.add(**given)
        assert str(refused.value) == answer.json["error"]
    assert list(mockmail.stubs) == []


@pytest.mark.parametrize("kind", ["faults", "stubs", "limits", "smtp/faults"])
def test_number_of_rules_is_bounded(mockmail, kind):
    mockmail.server.sandboxes.get()  # as a client's first request does
    given = {
        "faults": {"vendor": "atmail", "status": 503},
        "stubs": {"path": "/v9"},
        "limits": {"vendor": "atmail", "calls": 1},
        "smtp/faults": {"stage": "rcpt", "code": 451},
    }[kind]
    world = mockmail.server.sandboxes.get()
    rules = {"faults": world.faults, "stubs": world.stubs, "limits": world.limits, "smtp/faults": world.smtp_faults}
    rules[kind]._most = 2

    answers = [send_request(mockmail.url, "POST", f"/_mockmail/{kind}", json=given) for _ in range(3)]

    assert [answer.status for answer in answers] == [201, 201, 503]
    assert answers[2].json["error"] == "there are 2 rules of this kind, the most that max_rules allows: remove some"


def test_bytes_of_stubs_are_bounded(mockmail):
    megabyte = "x" * (1 << 20)
    stubs = [mockmail.stubs.add(path="/v9", text=megabyte) for _ in range(15)]
    with pytest.raises(LimitReached, match="max_stub_bytes"):
        mockmail.stubs.add(path="/v9", text=megabyte)
    mockmail.stubs.remove(stubs[0])
    mockmail.stubs.add(path="/v9", text=megabyte)
