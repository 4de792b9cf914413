"""`/_mockmail/requests`: what was asked and answered, for whoever is not in the same process."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest
from http_client import send_request

pytestmark = pytest.mark.mockmail(strict=False)

ADMIN = {"Authorization": "Basic " + b64encode(b"admin:changeme").decode()}
ACCOUNTS = "/admin/index.php/api/accounts"


def ask(url, method="GET", headers=ADMIN, body=None):
    """Return the status and the body of a response."""
    form = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
    response = send_request(url, method, body=body, headers=form | headers)
    return response.status, response.body


@pytest.fixture
def api(mockmail):
    def get(path, method="GET"):
        return json.loads(ask(f"{mockmail.url}/_mockmail/{path}", method, headers={})[1])

    return get


def test_what_is_told_of_a_request(mockmail, api):
    ask(mockmail.url + f"{ACCOUNTS}/create/", "POST", body=b"username=joe%40yourdomain.com&password=s3cret")
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
    assert shown["request"]["body"] == "username=joe%40yourdomain.com&password=***"
    assert (shown["request"]["cut"], shown["answer"]["cut"]) == (False, False)
    assert ["Authorization", "***"] in shown["request"]["headers"]
    assert "<username>joe@yourdomain.com</username><password>***</password>" in shown["answer"]["body"]


def test_a_password_in_the_path_is_masked(mockmail, api):
    ask(mockmail.url + f"{ACCOUNTS}/create/username/joe@yourdomain.com/password/s3cret")
    [listed] = api("requests")["requests"]
    assert listed["path"] == f"{ACCOUNTS}/create/username/joe@yourdomain.com/password/***"
    assert "s3cret" not in json.dumps(api(f"requests/{listed['id']}"))


def test_a_body_that_the_journal_did_not_keep_whole_says_so(mockmail, api):
    ask(mockmail.url + f"{ACCOUNTS}/create/", "POST", body=b"username=" + b"x" * 70_000)
    shown = api("requests/1")["request"]
    assert (len(shown["body"]), shown["cut"]) == (65536, True)


def test_filters(mockmail, api):
    ask(mockmail.url + f"{ACCOUNTS}/list/")
    ask(mockmail.url + f"{ACCOUNTS}/list/", headers={})
    ask(mockmail.url + "/1/backend", headers={})

    def found(query):
        return [one["path"] for one in api(f"requests?{query}")["requests"]]

    assert found("operation=account.list") == [f"{ACCOUNTS}/list/"] * 2
    assert found("vendor=atmail&status=401") == [f"{ACCOUNTS}/list/"]
    assert found("path=backend&method=get") == ["/1/backend"]
    assert found("method=POST") == []
    assert (api("requests?limit=1")["total"], found("limit=1")) == (3, ["/1/backend"])


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        (
            "vendor=rackspce",
            "there is no vendor 'rackspce'; there are adaxes, atmail, onlyoffice, postmark, rackspace, spacedog",
        ),
        ("operation=account.creat", "there is no operation 'account.creat'; perhaps account.create, "),
        ("vendor=spacedog&operation=account.create", "there is no operation 'account.create'; "),
        ("operation=x", "there is no operation 'x'; `mockmail operations` lists them"),
    ],
)
def test_a_name_that_nobody_has_is_no_filter(api, query, complaint):
    assert api(f"requests?{query}")["error"].startswith(complaint)


def test_a_request_that_nobody_serves_says_what_it_was_near_to_and_why_not(mockmail, api):
    status, _ = ask(mockmail.url + "/v1/customers/me/domians", headers={})
    [listed] = api("requests/unmatched")["requests"]
    assert (status, listed["operation"]) == (404, None)
    assert listed["nearest"][0] == (
        "rackspace domain.index (GET /v1/customers/{account}/domains): 'domians' should be 'domains'"
    )


def test_a_sandbox_has_requests_of_its_own(mockmail, api):
    ask(mockmail.url + f"/~one{ACCOUNTS}/list/")
    assert api("requests") == {"total": 0, "requests": []}
    [listed] = json.loads(ask(mockmail.url + "/~one/_mockmail/requests", headers={})[1])["requests"]
    assert listed["path"] == f"/~one{ACCOUNTS}/list/"


def test_they_are_forgotten(mockmail, api):
    ask(mockmail.url + f"{ACCOUNTS}/list/")
    assert api("requests", "DELETE") == {"removed": 1}
    assert api("requests")["total"] == 0
    assert api("requests/1") == {"error": "there is no request '1' in the journal of the sandbox 'default'"}


@pytest.mark.parametrize("number", ["0", "-1", "x", "%C2%B2", "9" * 5000])
def test_a_number_that_none_has(mockmail, number):
    status, body = ask(mockmail.url + f"/_mockmail/requests/{number}", headers={})
    assert status == 404
    assert b"there is no request" in body
