"""The control API: every route, and helpful errors."""

from __future__ import annotations

import re
import smtplib
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urlsplit

import pytest
from http_client import send_request

from mockmail import MockMail, __version__
from mockmail.control.api import all_routes
from mockmail.wire.json_text import MAX_VALUES

pytestmark = pytest.mark.mockmail(strict=False)


class Client:
    def __init__(self, url):
        self.url = url

    def call(self, method, path, document=None, headers=None, body=None):
        """Return the status, the headers and the JSON of a response, or its bytes if it is not JSON."""
        response = send_request(self.url, method, path, body, json=document, headers=headers)
        is_json = response.headers.get("Content-Type", "").startswith("application/json") and response.body
        return response.status, response.headers, response.json if is_json else response.body

    def error(self, method, path, document=None, **given):
        status, _, content = self.call(method, path, document, **given)
        assert list(content) == ["error"]
        return status, content["error"]

    def get(self, path):
        status, _, content = self.call("GET", f"/_mockmail/{path}")
        assert status == 200, content
        return content


@pytest.fixture
def api(mockmail):
    return Client(mockmail.url)


def subjects(listed):
    return [message["subject"] for message in listed["messages"]]


class TestMessages:
    """`/_mockmail/messages` and below."""

    def test_list_is_newest_first(self, mockmail, api, send):
        assert api.get("messages") == {"total": 0, "messages": []}
        send(mockmail, "one", "two")
        listed = api.get("messages")
        first = mockmail.inbox[0]
        assert subjects(listed) == ["two", "one"]
        assert listed["total"] == 2
        assert listed["messages"][1] == {
            "id": first.id,
            "received_at": first.received_at.isoformat(),
            "from": "shop@example.com",
            "to": [],
            "subject": "one",
            "size": len(first.raw),
            "is_read": False,
            "tags": [],
            "has_attachment": False,
            "envelope": {"sender": "shop@example.com", "recipients": ["jane@example.com"]},
            "sent_by": {"client": "smtp"},
        }

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("to=joe@example.com", ["joe"]),
            ("from=shop", ["joe", "two", "one"]),
            ("subject=TWO", ["two"]),
            ("text=hello%20one", ["one"]),
            ("query=" + quote('to:jane@example.com -"hello two"'), ["one"]),
            ("query=subject:two&to=joe@example.com", []),
            ("limit=1", ["joe"]),
            ("limit=0", []),
            ("limit=1000", ["joe", "two", "one"]),
            ("to=", ["joe", "two", "one"]),
        ],
    )
    def test_list_shows_only_matching_messages(self, mockmail, api, send, query, found):
        send(mockmail, "one", "two")
        send(mockmail, "joe", to="joe@example.com")
        assert subjects(api.get(f"messages?{query}")) == found

    def test_total_counts_every_match(self, mockmail, api, send):
        send(mockmail, "one", "two", "three")
        assert api.get("messages?limit=0") == {"total": 3, "messages": []}

    def test_after_lists_only_later_messages(self, mockmail, api, send):
        send(mockmail, "one", "two", "three")
        assert subjects(api.get(f"messages?after={mockmail.inbox[0].id}")) == ["three", "two"]
        assert api.error("GET", "/_mockmail/messages?after=nonsense") == (400, "after: there is no message 'nonsense'")

    @pytest.mark.parametrize("limit", ["-1", "1001", "x", "", "1.5", "--5", "9" * 5000, "0x1"])
    def test_limit_out_of_bounds_is_refused(self, api, limit):
        status, error = api.error("GET", f"/_mockmail/messages?limit={limit}")
        assert status == 400
        assert error.startswith(("limit must be an integer", "limit must be a smaller number"))
        assert error.endswith(f", not {limit!r:.80}")

    def test_query_with_too_many_terms_is_refused(self, api):
        assert api.error("GET", "/_mockmail/messages?query=" + "a+" * 101) == (
            400,
            "query, character 201, at 'a ': a query has at most 100 terms",
        )

    def test_message_shows_bodies_and_envelope(self, mockmail, api, send):
        send(mockmail, "one")
        message = mockmail.inbox[0]
        shown = api.get(f"messages/{message.id}")
        assert shown["subject"] == "one"
        assert shown["text"] == "Hello one\n"
        assert shown["envelope"]["transcript"][-1] == "S: 354 End data with <CR><LF>.<CR><LF>"
        assert ["Subject", "one"] in shown["headers"]
        assert (shown["html"], shown["links"], shown["attachments"], shown["deliveries"]) == ("", [], [], [])

    def test_raw_message_is_downloaded_and_not_run(self, mockmail, api, send):
        send(mockmail, "<script>")
        message = mockmail.inbox[0]
        status, headers, body = api.call("GET", f"/_mockmail/messages/{message.id}/raw")
        assert (status, body) == (200, message.raw)
        assert headers["Content-Type"] == "message/rfc822"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Disposition"] == f'attachment; filename="{message.id}.eml"'
        assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert headers["Cache-Control"] == "no-store"

    def test_messages_are_removed_one_by_one_and_all_at_once(self, mockmail, api, send):
        send(mockmail, "one", "two", "three")
        first = mockmail.inbox[0].id
        assert api.call("DELETE", f"/_mockmail/messages/{first}")[0] == 204
        assert [message.subject for message in mockmail.inbox] == ["two", "three"]
        assert api.error("DELETE", f"/_mockmail/messages/{first}") == (
            404,
            f"there is no message {first!r} in the sandbox 'default'",
        )
        assert api.call("DELETE", "/_mockmail/messages")[2] == {"removed": 2}
        assert len(mockmail.inbox) == 0

    @pytest.mark.parametrize("path", ["messages/nonsense", "messages/nonsense/raw", "messages/%00", "messages/%ff/raw"])
    def test_unknown_message_is_404(self, api, path):
        status, error = api.error("GET", f"/_mockmail/{path}")
        assert status == 404
        assert error.startswith("there is no message ")


def test_message_without_from_header_shows_the_envelope_sender(mockmail, api):
    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port) as client:
        client.sendmail("bob@example.com", "jane@example.com", "Subject: hi\r\n\r\n")
    assert [message["from"] for message in api.get("messages")["messages"]] == ["bob@example.com"]


class TestWaiting:
    """`POST /_mockmail/messages/wait`."""

    def test_wait_returns_existing_messages_at_once(self, mockmail, api, send):
        send(mockmail, "one")
        status, _, content = api.call("POST", "/_mockmail/messages/wait", {"subject": "one"})
        assert (status, content["total"], content["messages"][0]["text"]) == (200, 1, "Hello one\n")

    def test_wait_returns_messages_that_arrive_later(self, mockmail, api, send, watch):
        watched = watch(mockmail)
        body = {"to": "jane@example.com", "count": 2, "timeout": 30}
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(api.call, "POST", "/_mockmail/messages/wait", body)
            assert watched.waits.wait(20)
            send(mockmail, "one", "two")
            status, _, content = waiting.result(20)
        assert (status, subjects(content)) == (200, ["one", "two"])
        assert watched.mail._observers == []

    def test_wait_ends_when_the_sandbox_is_deleted(self, mockmail, api, watch):
        watched = watch(mockmail, "mine")
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(api.error, "POST", "/~mine/_mockmail/messages/wait", {"timeout": 30})
            assert watched.waits.wait(20)
            assert api.call("DELETE", "/_mockmail/sandboxes/mine")[0] == 204
            status, error = waiting.result(20)
        assert (status, error) == (410, "the sandbox was deleted, or the server stopped, during the wait")

    def test_wait_ends_when_the_server_stops(self, watch):
        with MockMail() as mm, ThreadPoolExecutor(1) as pool:
            watched = watch(mm)
            waiting = pool.submit(Client(mm.url).error, "POST", "/_mockmail/messages/wait", {"timeout": 300})
            assert watched.waits.wait(20)
            mm._thread.run(mm.server.stop())
            status, error = waiting.result(20)
        assert (status, error) == (410, "the sandbox was deleted, or the server stopped, during the wait")

    def test_wait_that_times_out_lists_the_other_messages(self, mockmail, api, send):
        send(mockmail, "other")
        status, error = api.error("POST", "/_mockmail/messages/wait", {"subject": "x", "timeout": 0})
        assert status == 408
        assert error == (
            "no message matched subject='x' within 0 s. The last 1 of 1 messages:\n"
            "  from 'shop@example.com' to jane@example.com: 'other'"
        )

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            (
                {"nonsense": 1},
                "'nonsense' is unknown; expected query, to, from, subject, text, after, count, timeout, timeout_status",
            ),
            ({"to": 1}, "to must be a string or null, not 1"),
            ({"count": "1"}, "count must be an integer, not '1'"),
            ({"count": True}, "count must be an integer, not True"),
            ({"count": 0}, "count must be an integer >= 1, not 0"),
            ({"count": 1001}, "count must be an integer <= 1000, not 1001"),
            ({"count": 10**30}, f"count must be an integer <= 1000, not {10**30}"),
            ({"timeout": -1}, "timeout must be a number >= 0.0, not -1"),
            ({"timeout": 601}, "timeout must be a number <= 600.0, not 601"),
            ({"timeout": float("nan")}, "the body is not JSON: NaN is not a JSON number"),
            ({"after": "x"}, "after: there is no message 'x'"),
            ([], "the body must be a JSON object, not list"),
        ],
    )
    def test_invalid_body_is_refused(self, api, body, expected):
        assert api.error("POST", "/_mockmail/messages/wait", body) == (400, expected)

    @pytest.mark.parametrize("body", [b"{", b"\n", b"\xff", b"[" * 100_000, b"nonsense"])
    def test_body_that_is_not_json_is_refused(self, api, body):
        headers = {"Content-Type": "application/json"}
        status, error = api.error("POST", "/_mockmail/messages/wait", body=body, headers=headers)
        assert status == 400
        assert error.startswith("the body is not JSON: ")

    def test_body_of_too_many_values_is_refused(self, api):
        body = b'{"to": [' + b"[]," * MAX_VALUES + b"[]]}"
        headers = {"Content-Type": "application/json"}

        refused = api.error("POST", "/_mockmail/messages/wait", body=body, headers=headers)

        assert refused == (413, f"the body has more than {MAX_VALUES} JSON values; send fewer in one request")

    def test_any_text_is_accepted_as_a_criterion(self, api):
        for value in ("\ud800", "\0", "x" * 100_000, '"'):
            body = {"to": value, "subject": value, "timeout": 0}
            assert api.call("POST", "/_mockmail/messages/wait", body)[0] == 408
            body = {"query": value, "text": value, "timeout": 0}
            assert api.call("POST", "/_mockmail/messages/wait", body)[0] == 400

    @pytest.mark.parametrize(
        ("query", "error"),
        [
            (
                "to:jane sbject:x",
                "query, character 9, at 'sbject:x': there is no field 'sbject'; did you mean subject:?",
            ),
            ("(hello", "query, character 1, at '(hello': this bracket is not closed; "),
            ("a OR", "query, character 5, at its end: a term is missing here; "),
        ],
    )
    def test_broken_query_is_refused_with_its_place(self, api, query, error):
        status, listed = api.error("GET", f"/_mockmail/messages?query={quote(query)}")
        waited = api.error("POST", "/_mockmail/messages/wait", {"query": query, "timeout": 0})

        assert (status, listed[: len(error)]) == (400, error)
        assert waited == (status, listed)

    def test_wait_ends_when_the_client_disconnects(self, mockmail, watch):
        watched = watch(mockmail)
        body = b'{"timeout": 600}'
        with socket.create_connection(urlsplit(mockmail.url).netloc.split(":"), timeout=20) as client:
            client.sendall(
                b"POST /_mockmail/messages/wait HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
            )
            assert watched.waits.wait(20)
        assert watched.ended.wait(20)
        assert watched.mail._observers == []


class TestSandboxes:
    """Chosen by path or header; each has its own mail."""

    def test_sandbox_has_its_own_mail(self, mockmail, api, send):
        send(mockmail, "one")
        assert api.call("GET", "/~other/_mockmail/messages")[2]["total"] == 0
        assert api.call("GET", "/_mockmail/messages", headers={"X-Mockmail-Sandbox": "other"})[2]["total"] == 0
        assert api.call("GET", "/~default/_mockmail/messages", headers={"X-Mockmail-Sandbox": "other"})[2]["total"] == 1

    def test_empty_header_selects_the_default_sandbox(self, mockmail, api, send):
        send(mockmail, "one")
        assert api.call("GET", "/_mockmail/messages", headers={"X-Mockmail-Sandbox": ""})[2]["total"] == 1

    def test_default_sandbox_is_always_listed(self, mockmail, api):
        unused = {"name": "default", "messages": 0, "requests": 0}
        api.call("GET", "/~other/_mockmail/messages")

        assert api.get("sandboxes") == {"sandboxes": [unused, unused | {"name": "other"}]}
        assert api.error("DELETE", "/_mockmail/sandboxes/x") == (
            404,
            "there is no sandbox 'x'; there are default, other",
        )
        assert api.call("DELETE", "/_mockmail/sandboxes/default")[0] == 204

    @pytest.mark.parametrize(
        "path", ["/~/_mockmail/messages", "/~a%20b/_mockmail/messages", "/~..%2f/_mockmail/messages"]
    )
    def test_invalid_sandbox_name_is_refused(self, api, path):
        status, error = api.error("GET", path)
        assert status == 400
        assert error.startswith("a sandbox cannot be named ")

    @pytest.mark.mockmail(strict=False, max_sandboxes=1)
    def test_one_sandbox_too_many_is_refused(self, api):
        assert api.call("PATCH", "/~a/_mockmail/state", {"vendors": {"atmail": {}}})[0] == 204
        assert api.call("POST", "/~a/_mockmail/clock/freeze", {})[0] == 200
        assert api.error("GET", "/~b/_mockmail/messages") == (
            503,
            "there are 1 sandboxes with state or mail, the most that max_sandboxes allows",
        )
        assert api.call("GET", "/_mockmail/messages")[0] == 200


class TestTheApiItself:
    """Health, the OpenAPI document, and unknown paths."""

    def test_health_of_a_ready_server(self, mockmail, api):
        health = api.get("health")
        assert (health["status"], health["version"]) == ("ok", __version__)
        assert health["smtp"] == f"{mockmail.smtp_host}:{mockmail.smtp_port}"
        assert health["vendors"]["atmail"] == {"title": "atmail mail server"}

    def test_health_before_the_server_is_ready(self, mockmail, api):
        facts = dict(mockmail.server._facts)
        mockmail.server._facts.clear()
        try:
            status, headers, health = api.call("GET", "/_mockmail/health")
        finally:
            mockmail.server._facts.update(facts)
        assert (status, headers["Retry-After"], health["status"]) == (503, "1", "starting or stopping")

    def test_openapi_describes_every_route(self, mockmail, api):
        document = api.get("openapi.json")
        assert document["openapi"] == "3.1.0"
        assert document["info"]["version"] == __version__
        described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
        served = {(route.method, f"/_mockmail/{route.path}") for route in all_routes()}
        assert described == served
        assert ("POST", "/_mockmail/messages/wait") in described
        operations = [operation for methods in document["paths"].values() for operation in methods.values()]
        assert len({operation["operationId"] for operation in operations}) == len(operations)
        for operation in operations:
            assert operation["summary"]
            for code, response in operation["responses"].items():
                reference = response.get("$ref", "").rpartition("/")[2]
                described = document["components"]["responses"][reference] if reference else response
                assert code.isdigit()
                assert described["description"]
            *own, sandbox = operation["parameters"]
            assert sandbox == {"$ref": "#/components/parameters/sandbox"}
            for parameter in own:
                assert parameter["schema"]["type"]
                assert parameter["in"] in ("path", "query")

    def test_openapi_describes_bodies_from_their_types(self, api):
        document = api.get("openapi.json")

        wait = document["paths"]["/_mockmail/messages/wait"]["post"]["requestBody"]["content"]["application/json"]
        listing = document["paths"]["/_mockmail/messages"]["get"]["parameters"]

        assert wait["schema"] == {"$ref": "#/components/schemas/WaitBody"}
        described = document["components"]["schemas"]["WaitBody"]
        assert described["additionalProperties"] is False
        assert described["properties"]["count"] == {
            "description": "how many messages to wait for; default: 1",
            "type": "integer",
            "minimum": 1,
            "maximum": 1000,
        }
        assert listing[0]["schema"] == {"type": "string"}
        [limit] = [parameter for parameter in listing if parameter.get("name") == "limit"]
        assert limit["schema"] == {"type": "integer", "minimum": 0, "maximum": 1000, "default": 50}

    def test_openapi_describes_errors_where_they_can_occur(self, api):
        document = api.get("openapi.json")
        wait, health = (
            document["paths"][f"/_mockmail/{path}"][method]["responses"]
            for path, method in (("messages/wait", "post"), ("health", "get"))
        )
        assert wait["401"] == {"$ref": "#/components/responses/refused401"}
        assert {"400", "401", "403", "408", "413", "415", "503"} <= wait.keys()
        assert not {"408", "413", "415"} & health.keys()
        of_health = {"application/json": {"schema": {"$ref": "#/components/schemas/Health"}}}
        assert health["503"] == {"description": "It is starting or stopping.", "content": of_health}
        refused = document["components"]["responses"]["refused401"]["content"]["application/json"]
        assert refused["schema"] == {"$ref": "#/components/schemas/Refusal"}
        assert document["components"]["schemas"]["Refusal"]["required"] == ["error"]
        assert document["security"] == [{}, {"token": []}]

    def test_openapi_describes_names_in_paths(self, api):
        for path, methods in api.get("openapi.json")["paths"].items():
            names = set(re.findall(r"{(\w+)}", path))
            for operation in methods.values():
                in_path = {known["name"] for known in operation["parameters"] if known.get("in") == "path"}
                assert in_path == names

    def test_root_redirects_to_the_control_api(self, api):
        status, headers, _ = api.call("GET", "/")
        assert (status, headers["Location"]) == (302, "_mockmail/")

    @pytest.mark.parametrize(
        ("method", "path", "status", "words"),
        [
            ("GET", "mesages", 404, "there is no such path; did you mean /_mockmail/messages"),
            ("GET", "messages/a/b/c", 404, "there is no such path; did you mean "),
            ("GET", "x" * 5000, 404, "there is no such path; there are /_mockmail/messages, "),
            ("PUT", "messages", 405, "this path takes GET, DELETE, PATCH, not PUT"),
            ("POST", "messages", 405, "this path takes GET, DELETE, PATCH, not POST"),
            (
                "GET",
                "messages?nonsense=1",
                400,
                "'nonsense' is unknown; this call takes query, to, from, subject, text",
            ),
            ("GET", "health?x=1", 400, "'x' is unknown; this call takes no query"),
            (
                "POST",
                "reset?vendor=atmail",
                400,
                "'vendor' is unknown; this call takes no query: send vendor in a JSON body",
            ),
            ("DELETE", "requests/unmatched", 405, "this path takes GET, not DELETE"),
        ],
    )
    def test_unknown_path_method_or_query_is_refused(self, api, method, path, status, words):
        found, error = api.error(method, f"/_mockmail/{path}")
        assert found == status
        assert error.startswith(words)

    def test_similar_paths_are_suggested_once_each(self, api):
        _, error = api.error("GET", "/_mockmail/mesages")
        named = error.partition("did you mean ")[2].rstrip("?").split(", ")
        assert named[0] == "/_mockmail/messages"
        assert len(named) == len(set(named)) > 1

    def test_wrong_method_gets_an_allow_header(self, api):
        assert api.call("PUT", "/_mockmail/messages")[1]["Allow"] == "GET, DELETE, PATCH"

    def test_head_response_has_no_body(self, api):
        status, headers, body = api.call("HEAD", "/_mockmail/health")
        assert (status, body) == (200, b"")
        assert int(headers["Content-Length"]) > 0

    def test_control_calls_are_not_in_the_journal(self, mockmail, api):
        api.get("health")
        assert len(mockmail.requests) == 0


class TestGuard:
    """Pages of other sites cannot use the control API."""

    @pytest.mark.parametrize(
        "headers",
        [
            {"Host": "evil.example.com"},
            {"Host": "127.0.0.1.evil.example"},
            {"Host": "host.docker.internal.evil.example"},
            {"Host": "localhost.evil.example:8025"},
            {"Host": ""},
            {"Host": "[::1"},
            {"Origin": "http://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://["},
            {"Origin": "http://localhost:1"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ],
        ids=repr,
    )
    def test_foreign_host_or_origin_is_refused(self, api, headers):
        status, error = api.error("GET", "/_mockmail/health", headers=headers)
        assert status == 403
        assert "control API" in error

    @pytest.mark.parametrize(
        "headers",
        [
            {"Host": "localhost"},
            {"Host": "localhost:8025"},
            {"Host": "mockmail:8025"},
            {"Host": "app.localhost"},
            {"Host": "host.docker.internal:8025"},
            {"Host": "127.0.0.1"},
            {"Host": "[::1]:80"},
            {"Host": "192.168.1.5"},
            {"Host": "LOCALHOST."},
            {"Host": "localhost:1", "Origin": "http://localhost:1"},
            {"Sec-Fetch-Site": "same-origin"},
            {"Sec-Fetch-Site": "none"},
        ],
        ids=repr,
    )
    def test_local_host_or_origin_is_accepted(self, api, headers):
        assert api.call("GET", "/_mockmail/health", headers=headers)[0] == 200

    @pytest.mark.mockmail(strict=False, allowed_hosts=("Mail.Example.com",))
    def test_allowed_host_is_accepted(self, api):
        assert api.call("GET", "/_mockmail/health", headers={"Host": "mail.example.com:80"})[0] == 200
        assert api.call("GET", "/_mockmail/health", headers={"Host": "other.example.com"})[0] == 403

    @pytest.mark.parametrize(
        "kind",
        [
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "text/plain",
            "Text/Plain;x",
            "application/xml",
            "application/jsonp",
            "",
            None,
        ],
    )
    @pytest.mark.parametrize("call", ["POST messages/wait", "DELETE messages"])
    def test_body_that_is_not_called_json_is_refused_and_changes_nothing(self, mockmail, api, send, call, kind):
        send(mockmail, "one")
        method, path = call.split()

        status, error = api.error(method, f"/_mockmail/{path}", headers={"Content-Type": kind}, body=b"{}")

        assert status == 415
        assert error.startswith("send JSON with Content-Type: application/json, or no body; not a body with")
        assert len(mockmail.inbox) == 1

    @pytest.mark.parametrize("kind", ["application/json", "Application/JSON ; charset=utf-8"])
    def test_body_that_is_called_json_is_accepted(self, mockmail, api, send, kind):
        send(mockmail, "one")

        status, _, _ = api.call("POST", "/_mockmail/messages/wait", headers={"Content-Type": kind}, body=b"{}")

        assert status == 200

    def test_call_without_a_body_needs_no_content_type(self, mockmail, api, send):
        send(mockmail, "one")

        assert api.call("DELETE", "/_mockmail/messages")[0] == 200
        assert len(mockmail.inbox) == 0

    @pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "identity, gzip"])
    def test_encoded_body_is_refused(self, api, encoding):
        headers = {"Content-Type": "application/json", "Content-Encoding": encoding}

        status, error = api.error("POST", "/_mockmail/reset", headers=headers, body=b"{}")

        assert status == 415
        assert error == f"send the body without a Content-Encoding, not as {encoding!r}"

    def test_body_with_the_encoding_identity_is_accepted(self, api):
        headers = {"Content-Type": "application/json", "Content-Encoding": "Identity"}

        assert api.call("POST", "/_mockmail/reset", headers=headers, body=b"{}")[0] == 204

    @pytest.mark.parametrize("path", ["messages", "health", "openapi.json", "nowhere"])
    def test_browsers_do_not_guess_the_type_of_a_response(self, api, path):
        _, headers, _ = api.call("GET", f"/_mockmail/{path}")
        assert headers["X-Content-Type-Options"] == "nosniff"

    def test_responses_have_no_cors_headers(self, api):
        _, headers, _ = api.call("GET", "/_mockmail/messages")
        assert [name for name in headers if name.lower().startswith("access-control")] == []

    @pytest.mark.mockmail(strict=False, control_token="s3cret")
    @pytest.mark.parametrize(
        "given", [None, "Bearer", "Bearer wrong", "Basic s3cret", "s3cret", "Bearer s3cret2", "Bearer \xff"]
    )
    def test_wrong_token_is_refused(self, api, given):
        headers = {"Authorization": given} if given else {}
        status, answered, content = api.call("GET", "/_mockmail/messages", headers=headers)
        assert (status, answered["WWW-Authenticate"]) == (401, "Bearer")
        assert content == {"error": "the control API needs a token: Authorization: Bearer TOKEN"}

    @pytest.mark.mockmail(strict=False, control_token="s3cret")
    def test_right_token_is_accepted(self, api):
        assert api.call("GET", "/_mockmail/messages", headers={"Authorization": "bearer s3cret"})[0] == 200
