"""`/_mockmail/requests`: the request journal over HTTP."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from base64 import b64encode
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

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
        path={"id": "1"}, vendors=atmail_only, world=SimpleNamespace(journal=journal), sandbox="default"
    )

    response, turns = await turns_during(show_request.handler(request))

    assert response.content.request.body == "[" * 200_000
    assert turns > 1
