"""`/_mockmail/requests`: the request journal over HTTP."""

from __future__ import annotations

import asyncio
import json
import threading
import urllib.error
import urllib.request
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from http_client import open_socket

from mockmail.control.request_criteria import RequestDirection
from mockmail.control.requests import show_request
from mockmail.core.journal import Exchange, Journal

pytestmark = pytest.mark.mockmail(strict=False)

ADMIN = {"Authorization": "Basic " + b64encode(b"admin:changeme").decode()}
NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
ACCOUNTS = "/admin/index.php/api/accounts"


def send(url, method="GET", headers=ADMIN, body=None):
    request = urllib.request.Request(url, data=body, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


@pytest.fixture
def api(mockmail):
    def get(path, method="GET"):
        return json.loads(send(f"{mockmail.url}/_mockmail/{path}", method, headers={})[1])

    return get


def test_request_is_shown_with_secrets_masked(mockmail, api):
    send(mockmail.url + f"{ACCOUNTS}/create/", "POST", body=b"username=joe%40yourdomain.com&password=s3cret")
    [listed] = api("requests")["requests"]
    shown = api(f"requests/{listed['id']}")
    assert {name: listed[name] for name in ("vendor", "operation", "method", "path", "status", "nearest")} == {
        "vendor": "atmail",
        "operation": "account.create",
        "method": "POST",
        "path": f"{ACCOUNTS}/create/",
        "status": 200,
        "nearest": [],
    }
    assert "caller" in shown
    assert shown["request"]["body"] == "username=joe%40yourdomain.com&password=***"
    assert (shown["request"]["cut"], shown["response"]["cut"]) == (False, False)
    assert ["Authorization", "***"] in shown["request"]["headers"]
    assert "<username>joe@yourdomain.com</username><password>***</password>" in shown["response"]["body"]


def test_password_in_the_path_is_masked(mockmail, api):
    send(mockmail.url + f"{ACCOUNTS}/create/username/joe@yourdomain.com/password/s3cret")
    [listed] = api("requests")["requests"]
    assert listed["path"] == f"{ACCOUNTS}/create/username/joe@yourdomain.com/password/***"
    assert "s3cret" not in json.dumps(api(f"requests/{listed['id']}"))


def test_truncated_body_is_marked_as_cut(mockmail, api):
    send(mockmail.url + f"{ACCOUNTS}/create/", "POST", body=b"username=" + b"x" * 70_000)
    shown = api("requests/1")["request"]
    assert (len(shown["body"]), shown["cut"]) == (65536, True)


def test_requests_are_filtered(mockmail, api):
    send(mockmail.url + f"{ACCOUNTS}/list/")
    send(mockmail.url + f"{ACCOUNTS}/list/", headers={})
    send(mockmail.url + "/1/backend", headers={})

    def found(query):
        return [request["path"] for request in api(f"requests?{query}")["requests"]]

    assert found("operation=account.list") == [f"{ACCOUNTS}/list/"] * 2
    assert found("vendor=atmail&status=401") == [f"{ACCOUNTS}/list/"]
    assert found("path=backend&method=get") == ["/1/backend"]
    assert found("method=POST") == []
    assert (api("requests?limit=1")["total"], found("limit=1")) == (3, ["/1/backend"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("vendor=rackspce", "there is no vendor 'rackspce'; there are "),
        ("operation=account.creat", "there is no operation 'account.creat'; did you mean account.create, "),
        ("vendor=spacedog&operation=account.create", "there is no operation 'account.create'; "),
        ("operation=x", "there is no operation 'x'; `mockmail operations` lists them"),
    ],
)
def test_unknown_name_in_a_filter_is_refused(api, query, expected):
    assert api(f"requests?{query}")["error"].startswith(expected)


def test_unmatched_request_shows_the_nearest_operation(mockmail, api):
    status, _ = send(mockmail.url + "/v1/customers/me/domians", headers={})
    [listed] = api("requests/unmatched")["requests"]
    assert (status, listed["operation"]) == (404, None)
    assert listed["nearest"][0] == (
        "rackspace domain.index (GET /v1/customers/{account}/domains): 'domians' should be 'domains'"
    )


def test_sandbox_has_its_own_requests(mockmail, api):
    send(mockmail.url + f"/~one{ACCOUNTS}/list/")
    assert api("requests") == {"total": 0, "requests": []}
    [listed] = json.loads(send(mockmail.url + "/~one/_mockmail/requests", headers={})[1])["requests"]
    assert listed["path"] == f"/~one{ACCOUNTS}/list/"


def test_requests_are_removed(mockmail, api):
    send(mockmail.url + f"{ACCOUNTS}/list/")
    assert api("requests", "DELETE") == {"removed": 1}
    assert api("requests")["total"] == 0
    assert api("requests/1") == {"error": "there is no request '1' in the journal of the sandbox 'default'"}


@pytest.mark.parametrize("number", ["0", "-1", "x", "%C2%B2", "9" * 5000])
def test_unknown_request_is_404(mockmail, number):
    status, body = send(mockmail.url + f"/_mockmail/requests/{number}", headers={})
    assert status == 404
    assert b"there is no request" in body


def post(mm, path, **body):
    headers = {"Content-Type": "application/json"}
    status, content = send(f"{mm.url}/_mockmail/{path}", "POST", headers, json.dumps(body).encode())
    return status, json.loads(content) if content else None


class TestWaiting:
    def test_wait_returns_requests_with_their_fields(self, mockmail):
        send(mockmail.url + f"{ACCOUNTS}/list/")
        send(mockmail.url + f"{ACCOUNTS}/list/")

        status, content = post(mockmail, "requests/wait", operation="account.list", count=2, timeout=0)

        assert status == 200
        assert [request["id"] for request in content["requests"]] == [1, 2]
        assert content["requests"][0]["state"] == "complete"

    def test_wait_ends_as_soon_as_the_request_has_a_response(self, mockmail):
        journal = mockmail.server.sandboxes.get().journal
        watched, observe = threading.Event(), journal.observe
        journal.observe = lambda *given: (observe(*given), watched.set())[0]
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(post, mockmail, "requests/wait", where={"username": "joe"}, timeout=30)
            assert watched.wait(20)
            send(mockmail.url + f"{ACCOUNTS}/create/", "POST", body=b"username=joe&password=s3cret")
            status, content = waiting.result(20)
        assert (status, content["total"]) == (200, 1)
        assert journal._observers == []

    def test_timeout_is_408_or_204_as_the_client_chooses(self, mockmail):
        assert post(mockmail, "requests/wait", timeout=0) == (
            408,
            {"error": "no request matched any operation within 0 s. No request arrived."},
        )
        assert post(mockmail, "requests/wait", timeout=0, timeout_status=204) == (204, None)
        assert post(mockmail, "messages/wait", timeout=0, timeout_status=204) == (204, None)
        assert post(mockmail, "messages/wait", timeout=0, timeout_status=408)[0] == 408
        assert post(mockmail, "requests/wait", timeout_status=500) == (
            400,
            {
                "error": "timeout_status must be 408, or 204 for clients that retry 408 by themselves, such as"
                " `curl --retry`, not 500"
            },
        )

    def test_wait_ends_when_the_sandbox_is_removed(self, mockmail):
        journal = mockmail.server.sandboxes.get("mine").journal
        watched, observe = threading.Event(), journal.observe
        journal.observe = lambda *given: (observe(*given), watched.set())[0]
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(post, mockmail.sandbox("mine"), "requests/wait", timeout=30)
            assert watched.wait(20)
            send(mockmail.url + "/_mockmail/sandboxes/mine", "DELETE", {})
            status, content = waiting.result(20)
        assert (status, content) == (410, {"error": "the sandbox was deleted, or the server stopped, during the wait"})


class TestVerifying:
    def test_met_expectation_counts_the_requests(self, mockmail):
        send(mockmail.url + f"{ACCOUNTS}/list/")

        assert post(mockmail, "requests/verify", operation="account.list") == (200, {"total": 1})
        assert post(mockmail, "requests/verify", vendor="spacedog", count=0) == (200, {"total": 0})

    def test_unmet_expectation_shows_what_came_instead(self, mockmail):
        send(mockmail.url + f"{ACCOUNTS}/create/", "POST", body=b"username=joe&password=s3cret")

        status, content = post(mockmail, "requests/verify", operation="account.create", where={"password": "other"})

        assert status == 409
        assert content["error"].startswith("no request matched account.create where=['password']. The last 1 of 1")
        assert "password is '***', not ***" in content["error"]
        assert "s3cret" not in content["error"]

    def test_order_has_a_bound(self, mockmail):
        names = ["account.list"] * 100
        assert post(mockmail, "requests/verify", order=names)[0] == 409
        status, content = post(mockmail, "requests/verify", order=[*names, "account.list"])
        assert (status, content["error"].partition(", not")[0]) == (400, "order must be an array of length <= 100")

    def test_deeply_nested_parameters_do_not_match_and_do_not_fail(self, mockmail, api):
        def nested(levels):
            return '{"a":' * levels + "1" + "}" * levels

        headers = {"Content-Type": "application/json"}
        for levels in (100, 101, 900):
            send(mockmail.url + "/1/nothing", "POST", headers, nested(levels).encode())
        found = [len(api(f"requests/{number}")["params"]) for number in (1, 2, 3)]
        where = json.loads(nested(400))

        assert found == [1, 0, 0]
        assert post(mockmail, "requests/verify", where=where, count=0) == (200, {"total": 0})

    def test_numbers_that_json_does_not_have_are_shown_as_text(self, mockmail, api):
        send(mockmail.url + "/1/nothing", "POST", {"Content-Type": "application/json"}, b'{"a": NaN}')
        assert api("requests/1")["params"] == {"a": "NaN"}

    def test_unknown_operation_in_the_order_is_refused(self, mockmail):
        status, content = post(mockmail, "requests/verify", order=["account.list", "account.lst"])
        assert (status, content["error"].partition(";")[0]) == (400, "there is no operation 'account.lst'")


def test_parameters_are_shown_with_secrets_masked(mockmail, api):
    send(
        mockmail.url + f"{ACCOUNTS}/create/username/joe/password/p4th?token=qu3ry", "POST", body=b"password=s3cret&a=1"
    )

    shown = api("requests/1")

    assert shown["params"] == {"username": "joe", "password": "***", "token": "***", "a": "1"}


def test_refusal_is_shown_and_repeats_no_secret(mockmail, api):
    send(mockmail.url + f"{ACCOUNTS}/list/", headers={"Authorization": "Basic " + b64encode(b"admin:wr0ng").decode()})

    [listed] = api("requests")["requests"]

    assert (listed["status"], listed["refusal"]) == (401, "the password of the admin user 'admin' differs")


def test_request_in_progress_is_listed_only_if_asked_for(mockmail, api):
    head = f"POST {ACCOUNTS}/list/ HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"
    with open_socket(mockmail.url) as connection:
        connection.sendall(head.encode())
        while not (listed := api("requests?state=in_progress")["requests"]):
            pass
        assert (listed[0]["state"], listed[0]["status"], api("requests")["total"]) == ("in_progress", None, 0)
        assert api(f"requests/{listed[0]['id']}")["response"]["body"] == ""
        connection.sendall(b"a=bc")
        assert connection.recv(1)


async def turns_during(call: Any) -> tuple[Any, int]:
    """Return the result of a call, and how often another task ran meanwhile."""
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.ensure_future(take_turns())
    response = await call
    other.cancel()
    return response, turns


async def test_large_body_is_masked_while_other_tasks_run(atmail_only):
    journal = Journal()
    journal.add(Exchange(id=1, at=NOON, method="GET", path="/", request_body=b"[" * 200_000))
    request: Any = SimpleNamespace(
        path={"id": "1"},
        query=RequestDirection(),
        vendors=atmail_only,
        world=SimpleNamespace(journal=journal),
        sandbox="default",
    )

    response, turns = await turns_during(show_request.handler(request))

    assert response.content.request.body == "[" * 200_000
    assert turns > 1


class TestHar:
    def test_export_has_every_member_that_har_requires(self, mockmail):
        send(mockmail.url + f"{ACCOUNTS}/create/?x=1&token=qu3ry", "POST", body=b"username=joe&password=s3cret")
        send(mockmail.url + f"{ACCOUNTS}/list/")

        status, content = send(f"{mockmail.url}/_mockmail/requests.har", headers={})
        log = json.loads(content)["log"]

        assert (status, log["version"], log["creator"]["name"], len(log["entries"])) == (200, "1.2", "mockmail", 2)
        entry = log["entries"][0]
        assert {"startedDateTime", "time", "request", "response", "cache", "timings"} <= set(entry)
        assert datetime.fromisoformat(entry["startedDateTime"]).tzinfo is not None
        common = {"httpVersion", "cookies", "headers", "headersSize", "bodySize"}
        assert {"method", "url", "queryString", *common} <= set(entry["request"])
        assert {"status", "statusText", "content", "redirectURL", *common} <= set(entry["response"])
        assert entry["request"]["url"] == f"{mockmail.url}{ACCOUNTS}/create/?x=1&token=***"
        assert entry["request"]["queryString"] == [{"name": "x", "value": "1"}, {"name": "token", "value": "***"}]
        assert entry["request"]["postData"]["text"] == "username=joe&password=***"
        assert entry["response"]["content"]["mimeType"].startswith("text/xml")
        assert entry["_mockmail"]["operation"] == "account.create"
        assert "postData" not in log["entries"][1]["request"]
        assert b"s3cret" not in content
        assert b"qu3ry" not in content

    def test_export_is_filtered_and_the_same_in_python(self, mockmail):
        send(mockmail.url + f"{ACCOUNTS}/list/")
        send(mockmail.url + "/1/backend", headers={})

        _, content = send(f"{mockmail.url}/_mockmail/requests.har?vendor=atmail", headers={})

        assert json.loads(content) == mockmail.requests.har(vendor="atmail")
        assert len(json.loads(content)["log"]["entries"]) == 1
        assert mockmail.requests.har(status=999)["log"]["entries"] == []

    def test_head_of_an_export_has_no_body(self, mockmail):
        assert send(f"{mockmail.url}/_mockmail/requests.har", "HEAD", headers={}) == (200, b"")
