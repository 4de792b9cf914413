"""When a fault acts, which calls it is for, and the vendors' own errors that it can show."""

from __future__ import annotations

import json
import re

import pytest
from http_client import basic, send_request

from mockmail.core.faults import TransportFault
from mockmail.core.vendor import Vendor
from mockmail.server.discovery import discover, wanted_vendors

pytestmark = pytest.mark.mockmail(strict=False)

VENDORS = list(discover(only=wanted_vendors()))
AUTH = {"Authorization": basic("admin", "changeme")}
CREATE = "/admin/index.php/api/domain/create"


def create(mockmail, name, **given):
    return send_request(f"{mockmail.url}/atmail", "POST", CREATE, form={"domainName": name}, headers=AUTH, **given)


def domains(mockmail):
    return [domain["domainName"] for domain in mockmail.atmail.state()["domains"]]


class TestWhen:
    """Before the handler, the state is unchanged; after it, the state has changed and the response is lost."""

    def test_error_after_the_handler_keeps_what_the_handler_wrote(self, mockmail):
        mockmail.faults.add("atmail", operation="domain.create", status=503, message="lost", when="after")

        answer = create(mockmail, "new.example")

        assert (answer.status, b"<message>lost</message>" in answer.body) == (503, True)
        assert domains(mockmail) == ["yourdomain.com", "new.example"]
        assert mockmail.requests[0].status == 503

    def test_error_before_the_handler_keeps_the_state(self, mockmail):
        mockmail.faults.add("atmail", operation="domain.create", status=503)
        assert create(mockmail, "new.example").status == 503
        assert domains(mockmail) == ["yourdomain.com"]

    @pytest.mark.parametrize(("when", "expected"), [("before", 1), ("after", 2), (None, 2)])
    @pytest.mark.parametrize("transport", ["reset", "empty", "garbage"])
    def test_connection_fails_before_or_after_the_handler(self, mockmail, transport, when, expected):
        mockmail.faults.add("atmail", operation="domain.create", transport=transport, when=when)
        with pytest.raises((OSError, EOFError, Exception)):
            create(mockmail, "new.example")
        assert len(domains(mockmail)) == expected
        assert mockmail.requests[0].status == (0 if when == "before" else 200)

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_delay_before_or_after_the_handler_gives_the_same_response(self, mockmail, when):
        mockmail.faults.add("atmail", operation="domain.create", delay=0.01, when=when)
        assert create(mockmail, "new.example").status == 200
        assert mockmail.requests[0].seconds >= 0.01

    def test_error_and_truncated_transport_together_cut_the_error(self, mockmail):
        mockmail.faults.add("atmail", status=503, transport="truncated", headers={"Retry-After": "5"})
        with pytest.raises(Exception, match="IncompleteRead"):
            create(mockmail, "new.example")
        assert domains(mockmail) == ["yourdomain.com"]

    def test_timeout_answers_nothing_and_ends_with_the_client(self, mockmail):
        mockmail.faults.add("atmail", operation="domain.create", transport="timeout")
        with pytest.raises(TimeoutError):
            create(mockmail, "new.example", timeout=0.3)
        assert domains(mockmail) == ["yourdomain.com", "new.example"]
        assert mockmail.requests[0].fault == "atmail domain.create: timeout, used 1 of 1 times"


class TestConditions:
    """A fault for some calls only."""

    @pytest.mark.parametrize(
        "sent",
        [
            {"form": {"DOMAINNAME": "bad.example"}},
            {"path": "?domainName=bad.example"},
            {"path": "/domainName/bad.example"},
        ],
    )
    def test_parameter_is_found_wherever_it_is_sent(self, mockmail, sent):
        mockmail.faults.add("atmail", operation="domain.*", status=503, where={"domainName": "bad.*"}, times=None)
        path = CREATE + sent.pop("path", "")

        bad = send_request(f"{mockmail.url}/atmail", "POST", path, headers=AUTH, **sent)
        good = create(mockmail, "good.example")

        assert (bad.status, good.status) == (503, 200)

    def test_parameter_of_a_json_body_is_found_at_any_depth(self, mockmail):
        mockmail.faults.add("postmark", status=503, where={"Name": "Campaign", "Value": "spring*"}, times=None)

        def status(value):
            body = {"To": "a@example.com", "Headers": [{"Name": "Campaign", "Value": value}]}
            return send_request(mockmail.postmark.url, "POST", "/email", json=body).status

        assert (status("spring-1"), status("autumn"), status(7)) == (503, 401, 401)

    def test_value_of_the_path_is_a_parameter(self, mockmail):
        mockmail.faults.add("rackspace", operation="mailbox.show", status=503, where={"name": "jane*"}, times=None)
        mailboxes = "/v1/customers/me/domains/example.com/ex/mailboxes"

        jane = send_request(f"{mockmail.url}/rackspace", "GET", f"{mailboxes}/jane.doe")
        joe = send_request(f"{mockmail.url}/rackspace", "GET", f"{mailboxes}/joe")

        assert (jane.status, joe.status) == (503, 403)

    def test_every_condition_must_match(self, mockmail):
        mockmail.faults.add("atmail", status=503, where={"domainName": "*", "other": "*"}, times=None)
        assert create(mockmail, "a.example").status == 200

    def test_caller_is_compared_after_authentication(self, mockmail):
        mockmail.faults.add("atmail", operation="role.list", status=503, caller="nobody*", times=None)
        fault = mockmail.faults.add("atmail", operation="role.list", status=504, caller="adm*", times=None)
        path = "/admin/index.php/api/users/rolelist"

        known = send_request(f"{mockmail.url}/atmail", "GET", path, headers=AUTH).status
        unknown = send_request(f"{mockmail.url}/atmail", "GET", path).status

        assert (known, unknown) == (504, 401)
        assert mockmail.requests[0].caller == "admin"
        assert fault.used == 1

    def test_body_that_cannot_be_read_meets_no_condition(self, mockmail):
        mockmail.faults.add("postmark", status=503, where={"To": "*"}, times=None)
        statuses = [
            send_request(mockmail.postmark.url, "POST", "/email", body, headers={"Content-Type": kind}).status
            for body, kind in (
                ("{", "application/json"),
                ("[" * 5000, "application/json"),
                ('{"To": NaN}', "application/json"),
                ("--x", "multipart/form-data; boundary=y"),
                ("a&" * 20_000, "application/x-www-form-urlencoded"),
            )
        ]
        assert 503 not in statuses

    def test_fault_is_only_in_the_sandbox_where_it_was_added(self, mockmail):
        mockmail.sandbox("mine").faults.add("atmail", status=503)
        assert create(mockmail, "a.example").status == 200
        assert create(mockmail.sandbox("mine"), "a.example").status == 503


class TestChance:
    """Probabilities and random delays are drawn from the sandbox's seed."""

    def statuses(self, mm):
        mm.faults.add("atmail", status=503, probability=0.5, times=None)
        return [create(mm, f"d{number}.example").status for number in range(30)]

    def test_same_seed_fails_the_same_calls(self, mockmail):
        first = self.statuses(mockmail)
        mockmail.reset()
        assert self.statuses(mockmail) == first
        assert 3 < first.count(503) < 27

    def test_faults_do_not_change_the_ids_of_vendors(self, mockmail):
        path, body = "/1/login", basic("test", "hi test")
        first = send_request(mockmail.spacedog.url, "GET", path, headers={"Authorization": body}).json
        mockmail.reset()
        mockmail.faults.add("spacedog", status=503, probability=0.0001, times=None)
        again = send_request(mockmail.spacedog.url, "GET", path, headers={"Authorization": body}).json
        assert again["accessToken"] == first["accessToken"]

    @pytest.mark.parametrize(
        "delay",
        [
            {"distribution": "uniform", "low": 0.01, "high": 0.02},
            {"distribution": "lognormal", "median": 0.01, "sigma": 0.1},
        ],
    )
    def test_random_delay_holds_the_response_back(self, mockmail, delay):
        mockmail.faults.add("atmail", delay=delay)
        assert create(mockmail, "a.example").status == 200
        assert mockmail.requests[0].seconds >= 0.005


def test_one_fault_can_be_removed(mockmail):
    first = mockmail.faults.add("atmail", status=503)
    second = mockmail.faults.add("atmail", status=504)
    assert (first.id, second.id) == (1, 2)
    mockmail.faults.remove(first)
    mockmail.faults.remove(99)
    assert [fault.id for fault in mockmail.faults] == [2]
    assert create(mockmail, "a.example").status == 504
    mockmail.faults.remove(2)
    assert mockmail.faults.add("atmail", status=500).id == 3


class TestNamedErrors:
    """The vendors' own errors."""

    def test_named_error_is_the_vendors_own(self, mockmail):
        mockmail.faults.add("rackspace", error="exceededRequestLimits", headers={"X-Reason": "test"})
        mockmail.faults.add("postmark", error="InactiveRecipient", message="Found inactive addresses: jo@example.com.")

        limited = send_request(
            f"{mockmail.url}/rackspace", "GET", "/v1/customers/me/domains", headers={"Accept": "application/json"}
        )
        inactive = send_request(mockmail.postmark.url, "POST", "/email", json={})

        assert (limited.status, limited.headers["x-error-message"]) == (403, "Exceeded request limits")
        assert (limited.headers["X-Reason"], limited.json["unauthorizedFault"]["code"]) == ("test", 403)
        assert inactive.status == 422
        assert inactive.json == {"ErrorCode": 406, "Message": "Found inactive addresses: jo@example.com."}

    @pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
    def test_each_named_error_can_be_shown(self, mockmail, vendor: Vendor):
        operation = vendor.operations[0]
        path = re.sub(r"{\w+\*?}", "x", operation.path)
        assert vendor.named_errors
        for name, named in vendor.named_errors.items():
            mockmail.faults.add(vendor.name, error=name)
            answer = send_request(f"{mockmail.url}/{vendor.name}", operation.methods[0], path)
            assert answer.status in {200, *vendor.fault_statuses}, name
            assert named.message in answer.text.replace("\\/", "/") or not answer.body, name
        assert mockmail.faults.unused() == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"error": "unauthorisedFault"}, "rackspace has no error 'unauthorisedFault'; did you mean unauthorizedFault?"),
        ({"error": "x"}, "rackspace has no error 'x'; there are badRequestFault, validationFault, "),
        ({"error": "appsFault", "status": 500}, "give status or error, not both"),
        ({"status": 429}, "rackspace never responds with status 429 to a failed call; choose one of 400, 403, "),
        ({"status": None, "transport": "reset", "message": "x"}, "message and headers belong to an error"),
        ({"status": None, "transport": "truncated", "when": "before"}, "the transport 'truncated' needs a response"),
        ({"throttle": 10}, "throttle is for the transport 'dribble' only"),
        ({"transport": "dribble", "throttle": 0}, "throttle must be an integer >= 1, not 0"),
        ({"probability": 0}, "probability must be a number > 0.0, not 0"),
        ({"probability": 1.5}, "probability must be a number <= 1.0, not 1.5"),
        ({"when": "later"}, "when must be `before` the handler, which is not called, or `after` it, "),
        ({"where": {"a": 1}}, "every value of where must be a string, not {'a': 1}"),
        ({"where": {str(n): "" for n in range(21)}}, "where must be "),
        (
            {"delay": {"distribution": "uniform", "low": 2, "high": 1}},
            "delay: low must be at most high, not 2.0 and 1.0",
        ),
        ({"delay": {"distribution": "normal"}}, "delay.distribution must be seconds to wait, or an object"),
        ({"delay": {"distribution": "lognormal", "median": 601, "sigma": 1}}, "delay.median must be a number <= 600.0"),
    ],
)
def test_fault_that_cannot_be_shown_is_refused_in_python_and_over_http(mockmail, change, expected):
    given = {"vendor": "rackspace", "status": 500} | change
    if "error" in change and "status" not in change:
        del given["status"]

    answer = send_request(mockmail.url, "POST", "/_mockmail/faults", json=given)
    with pytest.raises(ValueError) as refused:  # noqa: PT011  # the message is compared
        mockmail.faults.add(**given)

    assert (answer.status, answer.json["error"]) == (400, str(refused.value))
    assert answer.json["error"].startswith(expected)


def test_transport_faults_have_the_documented_names():
    assert [kind.value for kind in TransportFault] == [
        "reset", "empty", "garbage", "malformed_chunk", "truncated", "dribble", "timeout",
    ]  # fmt: skip


def test_faults_are_listed_and_removed_over_http(mockmail):
    for status in (503, 504):
        send_request(mockmail.url, "POST", "/_mockmail/faults", json={"vendor": "atmail", "status": status})

    removed = send_request(mockmail.url, "DELETE", "/_mockmail/faults/1")
    again = send_request(mockmail.url, "DELETE", "/_mockmail/faults/1")
    wrong = send_request(mockmail.url, "DELETE", "/_mockmail/faults/x")

    assert (removed.status, removed.json) == (200, {"removed": 1})
    assert (again.status, again.json["error"]) == (404, "there is no fault '1' in the sandbox 'default'; its ids: 2")
    assert wrong.status == 404
    listed = json.loads(send_request(mockmail.url, "GET", "/_mockmail/faults").body)["faults"]
    assert [(fault["id"], fault["status"], fault["when"]) for fault in listed] == [(2, 504, "before")]
