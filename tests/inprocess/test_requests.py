"""`MockMail.requests`."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from http_client import basic, open_socket, send_request

from mockmail import MockMail, WaitTimeout
from mockmail.core.errors import UnknownName, UnmetExpectation

ADMIN = {"Authorization": basic("admin", "changeme")}
API = "/admin/index.php/api"
TEST = {"Authorization": basic("test", "hi test"), "Host": "test.spacedog.io"}


def create(mm, **fields):
    return send_request(f"{mm.url}/atmail", "POST", f"{API}/accounts/create/", form=fields, headers=ADMIN)


def list_roles(mm):
    return send_request(f"{mm.url}/atmail", "GET", f"{API}/users/rolelist", headers=ADMIN)


@pytest.fixture
def pool():
    with ThreadPoolExecutor(4) as threads:
        yield threads


def test_requests_are_found_by_every_filter(mockmail):
    assert send_request(mockmail.spacedog.url, "GET", "/1/login").status == 403

    [found] = mockmail.requests.find(vendor="spacedog", method="GET", path="login", status=403)
    assert mockmail.requests.find(operation="session.login") == [found]
    assert mockmail.requests.find(vendor="atmail") == []
    assert mockmail.requests.find(after=found) == []


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({"vendor": "rackspaec"}, "there is no vendor 'rackspaec'; there are "),
        ({"operation": "mail.sned"}, "there is no operation 'mail.sned'; did you mean mail.send, "),
        ({"vendor": "atmail", "operation": "mail.send"}, "there is no operation 'mail.send'; "),
    ],
)
@pytest.mark.parametrize("verb", ["find", "wait_for", "verify"])
def test_unknown_name_is_refused_instead_of_matching_nothing(mockmail, verb, asked, complaint):
    with pytest.raises(UnknownName) as caught:
        getattr(mockmail.requests, verb)(**asked)
    assert str(caught.value).startswith(complaint)


class TestContent:
    def test_form_fields_and_params_are_read(self, mockmail):
        create(mockmail, username="joe@yourdomain.com", password="s3cret")

        [request] = mockmail.requests.find(operation="account.create")

        assert request.form["username"] == "joe@yourdomain.com"
        assert request.params["password"] == "s3cret"
        assert request.caller == "admin"

    def test_pairs_in_the_path_are_params(self, mockmail):
        send_request(
            f"{mockmail.url}/atmail", "GET", f"{API}/accounts/view/username/joe%40a.example?x=1&x=2", headers=ADMIN
        )

        params = mockmail.requests[0].params

        assert (params["username"], params["x"]) == ("joe@a.example", ["1", "2"])

    def test_json_body_and_path_values_are_read(self, mockmail):
        send_request(mockmail.spacedog.url, "PUT", "/1/settings/shop", json={"a": {"b": [1]}}, headers=TEST)

        request = mockmail.requests[0]

        assert request.json() == {"a": {"b": [1]}}
        assert (request.params["id"], request.params["a"]) == ("shop", {"b": [1]})

    def test_xml_body_is_read_without_a_document_type_definition(self, mockmail):
        headers = {"Content-Type": "text/xml"}
        body = "<box xmlns='urn:x'><name>jane</name><size><unit>MB</unit></size><to>a</to><to>b</to></box>"
        send_request(f"{mockmail.url}/rackspace", "POST", "/v1/x", body, headers=headers)
        send_request(
            f"{mockmail.url}/rackspace", "POST", "/v1/x", f"<!DOCTYPE box [<!ENTITY e 'x'>]>{body}", headers=headers
        )

        plain, with_definition = mockmail.requests.unmatched()

        assert plain.xml.findtext("{urn:x}name") == "jane"
        assert plain.params == {"name": "jane", "size": {"unit": "MB"}, "to": ["a", "b"]}
        assert with_definition.params == {}
        with pytest.raises(ValueError, match="XML with a document type definition is not read"):
            _ = with_definition.xml
        mockmail.requests.clear()

    def test_multipart_form_is_read(self, mockmail):
        body = '--B\r\nContent-Disposition: form-data; name="to"\r\n\r\njane@example.com\r\n--B--\r\n'
        headers = TEST | {"Content-Type": "multipart/form-data; boundary=B"}
        send_request(mockmail.spacedog.url, "POST", "/1/mail", body, headers=headers)

        assert mockmail.requests[0].form["to"] == "jane@example.com"
        assert mockmail.requests[0].params["to"] == "jane@example.com"

    @pytest.mark.mockmail(strict=False)
    def test_form_is_read_up_to_a_bound(self, mockmail):
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        for number in (10_000, 10_001):
            send_request(mockmail.spacedog.url, "POST", "/1/nothing", "a&" * (number - 1) + "b=1", headers=headers)

        assert ["b" in request.form for request in mockmail.requests] == [True, False]
        assert ["b" in request.params for request in mockmail.requests] == [True, False]

    @pytest.mark.mockmail(strict=False)
    def test_body_that_cannot_be_read_has_no_params(self, mockmail):
        headers = {"Content-Type": "application/json"}
        send_request(mockmail.spacedog.url, "POST", "/1/nothing?x=1", '{"a": ', headers=headers)

        assert mockmail.requests[0].params == {"x": "1"}
        with pytest.raises(ValueError, match="Expecting value"):
            mockmail.requests[0].json()


class TestInProgress:
    def test_request_is_in_progress_until_its_response(self, mockmail):
        path = f"{urlsplit(mockmail.url).path}/atmail{API}/accounts/create/"
        head = (
            f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {ADMIN['Authorization']}\r\nContent-Length: 4\r\n\r\n"
        )
        with open_socket(mockmail.url) as connection:
            connection.sendall(head.encode())
            while not (found := mockmail.requests.find(state="in_progress")):
                pass
            assert (found[0].state, found[0].path, mockmail.requests.find()) == ("in_progress", path, [])
            connection.sendall(b"a=bc")
            assert connection.recv(1)
        assert mockmail.requests.find(state="in_progress") == []
        assert mockmail.requests[0].state == "complete"

    @pytest.mark.mockmail(strict=False)
    def test_request_of_a_disconnected_client_is_no_longer_in_progress(self, mockmail):
        with open_socket(mockmail.url) as connection:
            connection.sendall(b"POST /1/mail HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n")
            while not mockmail.requests.find(state="in_progress"):
                pass
        while mockmail.requests.find(state="in_progress"):
            pass


class TestWaiting:
    def test_earlier_request_is_returned_at_once(self, mockmail):
        list_roles(mockmail)
        assert mockmail.requests.wait_for(operation="role.list", timeout=0).status == 200

    def test_later_requests_are_returned(self, mockmail, pool):
        journal = mockmail.server.sandboxes.get().journal
        watched, observe = threading.Event(), journal.observe
        journal.observe = lambda *given: (observe(*given), watched.set())[0]
        waiting = pool.submit(mockmail.requests.wait_for_count, 2, where={"username": "joe@yourdomain.com"}, timeout=30)
        assert watched.wait(20)

        create(mockmail, username="jane@yourdomain.com", password="s3cret")
        for _ in range(2):
            create(mockmail, username="joe@yourdomain.com", password="s3cret")

        assert [request.id for request in waiting.result(20)] == [2, 3]
        assert journal._observers == []

    async def test_coroutine_waits_without_blocking_the_loop(self):
        async with MockMail() as mm:
            with pytest.raises(WaitTimeout):
                await mm.requests.wait_for_async(vendor="atmail", timeout=0)

    def test_timeout_lists_the_requests_that_arrived_with_secrets_masked(self, mockmail):
        create(mockmail, username="joe@yourdomain.com", password="s3cret")

        with pytest.raises(WaitTimeout) as caught:
            mockmail.requests.wait_for(operation="account.create", where={"password": "other", "nobody": 1}, timeout=0)

        assert str(caught.value) == (
            "no request matched account.create where=['password', 'nobody'] within 0 s. The last 1 of 1 requests:\n"
            "  #1 POST /atmail/admin/index.php/api/accounts/create/ -> 200 (atmail account.create)\n"
            "      password is '***', not ***\n"
            "      nobody is missing; there are username, password"
        )

    def test_function_that_fails_is_reported_to_the_caller(self, mockmail, pool):
        list_roles(mockmail)
        with pytest.raises(KeyError):
            mockmail.requests.wait_for(where=lambda request: request.params["x"], timeout=30)

    def test_timeout_without_a_request_says_that_none_arrived(self, mockmail):
        with pytest.raises(WaitTimeout, match=r"^no request matched any operation within 0 s. No request arrived.$"):
            mockmail.requests.wait_for(timeout=0)


class TestVerifying:
    def test_matching_requests_are_returned(self, mockmail):
        create(mockmail, username="joe@yourdomain.com", password="s3cret")
        list_roles(mockmail)

        [made] = mockmail.requests.verify(operation="account.create", where={"username": "joe@yourdomain.com"}, count=1)
        assert made.operation == "account.create"
        assert len(mockmail.requests.verify(vendor="atmail", order=["account.create", "role.list"])) == 2
        assert mockmail.requests.verify(vendor="spacedog", count=0) == []
        assert mockmail.requests.verify(where=lambda request: request.method == "GET") == mockmail.requests[1:]

    def test_missing_request_lists_the_requests_that_arrived(self, mockmail):
        create(mockmail, username="jane@yourdomain.com", password="s3cret")

        with pytest.raises(AssertionError) as caught:
            mockmail.requests.verify(vendor="atmail", operation="account.create", where={"username": "joe"}, count=1)

        assert str(caught.value) == (
            "0 requests matched atmail account.create where=['username'], not 1. The last 1 of 1 requests:\n"
            "  #1 POST /atmail/admin/index.php/api/accounts/create/ -> 200 (atmail account.create)\n"
            "      username is 'jane@yourdomain.com', not 'joe'"
        )

    def test_wrong_count_lists_the_requests_that_matched(self, mockmail):
        list_roles(mockmail)
        list_roles(mockmail)

        with pytest.raises(UnmetExpectation, match=r"2 requests matched role.list, not 1. The last 2 of 2 requests:\n"):
            mockmail.requests.verify(operation="role.list", count=1)

    def test_wrong_order_is_explained(self, mockmail):
        list_roles(mockmail)
        create(mockmail, username="joe@yourdomain.com", password="s3cret")

        with pytest.raises(UnmetExpectation) as caught:
            mockmail.requests.verify(order=["account.create", "role.list"])

        assert str(caught.value).startswith(
            "role.list was not called after account.create in the order account.create, role.list. The last 2 of 2"
        )

    @pytest.mark.parametrize(
        ("wanted", "matches"),
        [
            ({"n": 5}, True),
            ({"n": "5"}, False),
            ({"n": True}, False),
            ({"flag": True}, True),
            ({"flag": 1}, False),
            ({"user": {"name": "jane"}}, True),
            ({"user": {"name": "joe"}}, False),
            ({"tags": "b"}, True),
            ({"tags": ["a", "b"]}, True),
            ({"tags": ["a"]}, False),
            ({"q": 7}, True),
            ({"other": None}, False),
        ],
    )
    def test_values_are_compared_by_their_meaning(self, mockmail, wanted, matches):
        body = {"n": 5, "flag": True, "user": {"name": "jane", "age": 7}, "tags": ["a", "b"]}
        send_request(mockmail.spacedog.url, "PUT", "/1/settings/shop?q=7", json=body, headers=TEST)

        assert bool(mockmail.requests.find(where=wanted)) is matches


class TestBrowserNoise:
    @pytest.mark.parametrize(
        "path",
        ["/favicon.ico", "/robots.txt", "/apple-touch-icon-precomposed.png", "/.well-known/appspecific/com.x.json"],
    )
    def test_request_that_a_browser_sends_by_itself_is_not_unmatched(self, mockmail, path):
        assert send_request(mockmail.url, "GET", path).status == 404

        [request] = mockmail.requests
        assert (request.path, request.unmatched, list(request.nearest)) == (path, False, [])

    @pytest.mark.mockmail(strict=False)
    @pytest.mark.parametrize(("method", "path"), [("POST", "/favicon.ico"), ("GET", "/atmail/favicon.ico")])
    def test_other_requests_for_such_a_path_are_unmatched(self, mockmail, method, path):
        send_request(mockmail.url, method, path)

        assert len(mockmail.requests.unmatched()) == 1


class TestRefusals:
    def refusal(self, mm):
        return mm.requests[-1].refusal

    def test_refused_rackspace_signature_is_explained_without_the_secret(self, mockmail):
        keys = mockmail.rackspace.credentials
        user_key = next(value for name, value in keys.items() if "user" in name.lower())
        secret = next(value for name, value in keys.items() if "secret" in name.lower())
        signature = {"X-Api-Signature": f"{user_key}:20260131120000:bm90aGluZw=="}
        path = "/v1/customers/12345678"

        send_request(f"{mockmail.url}/rackspace", "GET", path, headers={"User-Agent": "shop", **signature})
        assert self.refusal(mockmail) == (
            "the signature differs: the timestamp used was 20260131120000, the User-Agent 'shop',"
            f" the string signed was '{user_key}shop20260131120000' and then the secret key"
        )
        assert secret not in self.refusal(mockmail)
        send_request(f"{mockmail.url}/rackspace", "GET", path)
        assert self.refusal(mockmail) == "there is no header X-Api-Signature"
        send_request(f"{mockmail.url}/rackspace", "GET", path, headers={"X-Api-Signature": "a:b"})
        assert self.refusal(mockmail).startswith("X-Api-Signature must be KEY:TIMESTAMP:SIGNATURE")

    def test_other_refusals_are_explained(self, mockmail):
        send_request(
            f"{mockmail.url}/atmail", "GET", f"{API}/users/rolelist", headers={"Authorization": basic("admin", "x")}
        )
        assert self.refusal(mockmail) == "the password of the admin user 'admin' differs"
        send_request(mockmail.postmark.url, "POST", "/email", json={})
        assert self.refusal(mockmail) == "there is no header X-Postmark-Server-Token"
        send_request(
            f"{mockmail.url}/adaxes", "GET", "/restApi/api/directoryObjects", headers={"Adm-Authorization": "x"}
        )
        assert self.refusal(mockmail) == "there is no such token: Adm-Authorization has one that was never issued"
        send_request(
            mockmail.onlyoffice.url, "GET", "/api/2.0/smtpsettings/smtp", headers={"Authorization": "Bearer x"}
        )
        assert self.refusal(mockmail) == "there is no session with this token"

    def test_expired_token_is_explained(self, mockmail):
        mockmail.clock.freeze()
        start = mockmail.clock.now()
        login = send_request(mockmail.spacedog.url, "GET", "/1/login", headers=TEST)
        token = json.loads(login.body)["accessToken"]
        mockmail.clock.advance(365 * 86400)

        headers = {"Authorization": f"Bearer {token}", "Host": "test.spacedog.io"}
        assert send_request(mockmail.spacedog.url, "GET", "/1/credentials/me", headers=headers).status == 401

        assert self.refusal(mockmail).startswith(f"the access token of 'test' expired at {start.year}-")
        assert self.refusal(mockmail).endswith(f"; now is {mockmail.clock.now().isoformat()}")

    def test_failed_login_is_explained(self, mockmail):
        send_request(
            f"{mockmail.url}/adaxes",
            "POST",
            "/restApi/api/authSessions/create",
            json={"username": "x", "password": "y"},
        )
        assert self.refusal(mockmail) == "there is no account 'x'"
        login = {"userName": "nobody@example.com", "password": "y"}
        send_request(mockmail.onlyoffice.url, "POST", "/api/2.0/authentication", json=login)
        assert self.refusal(mockmail) == "no active user 'nobody@example.com' has this password"

    def test_long_refusal_is_cut(self, mockmail):
        send_request(
            f"{mockmail.url}/atmail", "GET", f"{API}/users/rolelist", headers={"Authorization": basic("x" * 969, "x")}
        )
        assert self.refusal(mockmail) == f"there is no admin user '{'x' * 969}'"[:1000]
        send_request(
            f"{mockmail.url}/atmail", "GET", f"{API}/users/rolelist", headers={"Authorization": basic("x" * 2000, "x")}
        )
        assert len(self.refusal(mockmail)) == 1000

    def test_refusal_of_a_rule_and_of_a_handler_are_noted(self, mockmail):
        create(mockmail, username="joe")
        assert self.refusal(mockmail)
        list_roles(mockmail)
        assert self.refusal(mockmail) is None
