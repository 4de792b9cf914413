"""The control API: every route, and a helpful answer for what is wrong."""

from __future__ import annotations

import smtplib
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from http_client import open_socket

from mockmail import MockMail, __version__
from mockmail.control.guard import Guard

pytestmark = pytest.mark.mockmail(strict=False)


def subjects(listed):
    return [message["subject"] for message in listed["messages"]]


class TestMessages:
    """`/_mockmail/messages` and below."""

    def test_a_list_is_newest_first(self, mockmail, control, send):
        assert control.get("messages") == {"total": 0, "messages": []}
        send(mockmail, "one", "two")
        listed = control.get("messages")
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
    def test_what_is_listed(self, mockmail, control, send, query, found):
        send(mockmail, "one", "two")
        send(mockmail, "joe", to="joe@example.com")
        assert subjects(control.get(f"messages?{query}")) == found

    def test_the_total_is_of_all_that_fit(self, mockmail, control, send):
        send(mockmail, "one", "two", "three")
        assert control.get("messages?limit=0") == {"total": 3, "messages": []}

    def test_after_a_message(self, mockmail, control, send):
        send(mockmail, "one", "two", "three")
        assert subjects(control.get(f"messages?after={mockmail.inbox[0].id}")) == ["three", "two"]
        assert control.error("GET", "/_mockmail/messages?after=nonsense") == (
            400,
            "after: there is no message 'nonsense'",
        )

    @pytest.mark.parametrize("limit", ["-1", "1001", "x", "", "1.5", "--5", "9" * 5000, "0x1", "1e3"])
    def test_a_limit_out_of_bounds(self, control, limit):
        status, error = control.error("GET", f"/_mockmail/messages?limit={limit}")
        assert (status, error) == (400, f"limit must be a whole number from 0 to 1000, not {limit[:40]!r}")

    def test_a_query_of_more_terms_than_anybody_writes(self, control):
        assert control.error("GET", "/_mockmail/messages?query=" + "a+" * 101) == (
            400,
            "a query has at most 100 terms, not 101",
        )

    def test_one_message(self, mockmail, control, send):
        send(mockmail, "one")
        message = mockmail.inbox[0]
        shown = control.get(f"messages/{message.id}")
        assert shown["subject"] == "one"
        assert shown["text"] == "Hello one\r\n"
        assert shown["envelope"]["transcript"][-1] == "S: 354 End data with <CR><LF>.<CR><LF>"
        assert ["Subject", "one"] in shown["headers"]
        assert (shown["html"], shown["links"], shown["attachments"], shown["deliveries"]) == ("", [], [], [])

    def test_the_raw_bytes_are_for_saving_not_for_running(self, mockmail, control, send):
        send(mockmail, "<script>")
        message = mockmail.inbox[0]
        status, headers, body = control.ask("GET", f"/_mockmail/messages/{message.id}/raw")
        assert (status, body) == (200, message.raw)
        assert headers["Content-Type"] == "message/rfc822"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Disposition"] == f'attachment; filename="{message.id}.eml"'
        assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert headers["Cache-Control"] == "no-store"

    def test_removing_one_and_all(self, mockmail, control, send):
        send(mockmail, "one", "two", "three")
        first = mockmail.inbox[0].id
        assert control.ask("DELETE", f"/_mockmail/messages/{first}")[0] == 204
        assert [one.subject for one in mockmail.inbox] == ["two", "three"]
        assert control.error("DELETE", f"/_mockmail/messages/{first}") == (
            404,
            f"there is no message {first!r} in the sandbox 'default'",
        )
        assert control.ask("DELETE", "/_mockmail/messages")[2] == {"removed": 2}
        assert len(mockmail.inbox) == 0

    @pytest.mark.parametrize("path", ["messages/nonsense", "messages/nonsense/raw", "messages/%00", "messages/%ff/raw"])
    def test_a_message_that_is_not_there(self, control, path):
        status, error = control.error("GET", f"/_mockmail/{path}")
        assert status == 404
        assert error.startswith("there is no message ")


def test_a_message_without_a_sender_in_its_headers_is_from_its_envelopes(mockmail, control):
    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port) as client:
        client.sendmail("bob@example.com", "jane@example.com", "Subject: hi\r\n\r\n")
    assert [one["from"] for one in control.get("messages")["messages"]] == ["bob@example.com"]


class TestWaiting:
    """`POST /_mockmail/messages/wait`."""

    def test_what_is_there(self, mockmail, control, send):
        send(mockmail, "one")
        status, _, content = control.ask("POST", "/_mockmail/messages/wait", {"subject": "one"})
        assert (status, content["total"], content["messages"][0]["text"]) == (200, 1, "Hello one\r\n")

    def test_what_comes(self, mockmail, control, send, watch):
        watched = watch(mockmail)
        body = {"to": "jane@example.com", "count": 2, "timeout": 30}
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(control.ask, "POST", "/_mockmail/messages/wait", body)
            assert watched.waits.wait(20)
            send(mockmail, "one", "two")
            status, _, content = waiting.result(20)
        assert (status, subjects(content)) == (200, ["one", "two"])
        assert watched.mail._observers == []

    def test_in_a_sandbox_that_is_deleted_meanwhile(self, mockmail, control, watch):
        watched = watch(mockmail, "mine")
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(control.error, "POST", "/~mine/_mockmail/messages/wait", {"timeout": 30})
            assert watched.waits.wait(20)
            assert control.ask("DELETE", "/_mockmail/sandboxes/mine")[0] == 204
            status, error = waiting.result(20)
        assert (status, error) == (410, "the sandbox was deleted, or its server stopped, while its mail was waited for")

    def test_when_the_server_stops(self, watch, control):
        with MockMail() as mm, ThreadPoolExecutor(1) as pool:
            watched = watch(mm)
            waiting = pool.submit(type(control)(mm.url).error, "POST", "/_mockmail/messages/wait", {"timeout": 300})
            assert watched.waits.wait(20)
            mm._thread.run(mm.server.stop())
            status, error = waiting.result(20)
        assert (status, error) == (410, "the sandbox was deleted, or its server stopped, while its mail was waited for")

    def test_what_does_not_come(self, mockmail, control, send):
        send(mockmail, "other")
        status, error = control.error("POST", "/_mockmail/messages/wait", {"subject": "x", "timeout": 0})
        assert status == 408
        assert error == (
            "waited 0 s in vain for a message with subject='x'. The last 1 of 1 that came:\n"
            "  from 'shop@example.com' to jane@example.com: 'other'"
        )

    @pytest.mark.parametrize(
        ("body", "complaint"),
        [
            (
                {"nonsense": 1},
                "'nonsense' is unknown; this call takes query, to, from, subject, text, after, count, timeout",
            ),
            ({"to": 1}, "to must be of type string, not 1"),
            ({"count": "1"}, "count must be of type integer, not '1'"),
            ({"count": True}, "count must be of type integer, not True"),
            ({"count": 0}, "count must be from 1 to 1000 and timeout from 0 to 600, not 0 and 5.0"),
            ({"count": 1001}, "count must be from 1 to 1000 and timeout from 0 to 600, not 1001 and 5.0"),
            ({"count": 10**30}, f"count must be from 1 to 1000 and timeout from 0 to 600, not {10**30} and 5.0"),
            ({"timeout": -1}, "count must be from 1 to 1000 and timeout from 0 to 600, not 1 and -1"),
            ({"timeout": 601}, "count must be from 1 to 1000 and timeout from 0 to 600, not 1 and 601"),
            ({"timeout": float("nan")}, "the body is not JSON: NaN is no number of JSON"),
            ({"timeout": None}, "count must be from 1 to 1000 and timeout from 0 to 600, not 1 and None"),
            ({"after": "x"}, "after: there is no message 'x'"),
            ([], "the body must be a JSON object, not list"),
        ],
    )
    def test_a_body_that_does_not_fit(self, control, body, complaint):
        assert control.error("POST", "/_mockmail/messages/wait", body) == (400, complaint)

    @pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000, b"nonsense"])
    def test_a_body_that_is_no_json(self, control, body):
        headers = {"Content-Type": "application/json"}
        status, error = control.error("POST", "/_mockmail/messages/wait", body=body, headers=headers)
        assert status == 400
        assert error.startswith("the body is not JSON: ")

    def test_any_text_may_be_waited_for(self, control):
        for value in ("\ud800", "\0", "x" * 100_000, '"'):
            body = {"to": value, "subject": value, "query": value, "timeout": 0}
            assert control.ask("POST", "/_mockmail/messages/wait", body)[0] == 408

    def test_a_client_that_goes_away_is_not_waited_for(self, mockmail, watch):
        watched = watch(mockmail)
        body = b'{"timeout": 600}'
        with open_socket(mockmail.url) as client:
            client.sendall(
                b"POST /_mockmail/messages/wait HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
            )
            assert watched.waits.wait(20)
        assert watched.ended.wait(20)
        assert watched.mail._observers == []


class TestSandboxes:
    """By path or header; each has mail of its own."""

    def test_a_sandbox_has_mail_of_its_own(self, mockmail, control, send):
        send(mockmail, "one")
        assert control.ask("GET", "/~other/_mockmail/messages")[2]["total"] == 0
        assert control.ask("GET", "/_mockmail/messages", headers={"X-Mockmail-Sandbox": "other"})[2]["total"] == 0
        assert (
            control.ask("GET", "/~default/_mockmail/messages", headers={"X-Mockmail-Sandbox": "other"})[2]["total"] == 1
        )

    @pytest.mark.parametrize(
        "path", ["/~/_mockmail/messages", "/~a%20b/_mockmail/messages", "/~..%2f/_mockmail/messages"]
    )
    def test_a_name_that_none_can_have(self, control, path):
        status, error = control.error("GET", path)
        assert status == 400
        assert error.startswith("a sandbox cannot be named ")

    @pytest.mark.mockmail(strict=False, max_sandboxes=1)
    def test_too_many(self, control):
        assert control.ask("GET", "/~a/_mockmail/messages")[0] == 200
        assert control.error("GET", "/~b/_mockmail/messages") == (
            503,
            "there are 1 sandboxes, the most that max_sandboxes allows",
        )
        assert control.ask("GET", "/_mockmail/messages")[0] == 200


class TestTheApiItself:
    """Health, the description, and what is not served."""

    def test_health(self, mockmail, control):
        health = control.get("health")
        assert (health["status"], health["version"]) == ("ok", __version__)
        assert health["smtp"] == f"{mockmail.smtp_host}:{mockmail.smtp_port}"
        assert health["vendors"]["atmail"] == {"operations": 20}

    def test_health_before_it_is_ready(self, mockmail, control):
        facts = dict(mockmail.server._facts)
        mockmail.server._facts.clear()
        try:
            status, headers, health = control.ask("GET", "/_mockmail/health")
        finally:
            mockmail.server._facts.update(facts)
        assert (status, headers["Retry-After"], health["status"]) == (503, "1", "starting or stopping")

    def test_the_document_describes_what_is_served(self, mockmail, control):
        document = control.get("openapi.json")
        assert document["openapi"] == "3.1.0"
        assert document["info"]["version"] == __version__
        described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
        served = {(route.method, f"/_mockmail/{route.path}") for route in mockmail.server.control.routes}
        assert described == served
        assert ("POST", "/_mockmail/messages/wait") in described
        operations = [one for methods in document["paths"].values() for one in methods.values()]
        assert len({one["operationId"] for one in operations}) == len(operations)
        for operation in operations:
            assert operation["summary"]
            for code, one in operation["responses"].items():
                reference = one.get("$ref", "").rpartition("/")[2]
                told = document["components"]["responses"][reference] if reference else one
                assert code.isdigit()
                assert told["description"]
            assert all(one["schema"]["type"] and one["in"] in ("path", "query") for one in operation["parameters"])

    def test_refusals_are_described_where_they_can_come(self, control):
        document = control.get("openapi.json")
        wait, health = (
            document["paths"][f"/_mockmail/{path}"][method]["responses"]
            for path, method in (("messages/wait", "post"), ("health", "get"))
        )
        assert wait["401"] == {"$ref": "#/components/responses/refused401"}
        assert {"400", "401", "403", "415", "503"} <= wait.keys()
        assert "415" not in health
        assert health["503"] == {"description": "Not yet, or no more."}
        refused = document["components"]["responses"]["refused401"]["content"]["application/json"]["schema"]
        assert refused["required"] == ["error"]
        assert document["security"] == [{}, {"token": []}]

    def test_names_in_paths_are_described(self, control):
        for path, methods in control.get("openapi.json")["paths"].items():
            names = {part[1:-1] for part in path.split("/") if part.startswith("{")}
            for operation in methods.values():
                in_path = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
                assert in_path == names

    def test_the_root_leads_to_it(self, control):
        status, headers, _ = control.ask("GET", "/")
        assert (status, headers["Location"][:11]) == (302, "/_mockmail/")

    @pytest.mark.parametrize(
        ("method", "path", "status", "words"),
        [
            ("GET", "mesages", 404, "there is no such path; perhaps /_mockmail/messages"),
            ("GET", "messages/a/b/c", 404, "there is no such path; perhaps "),
            ("GET", "x" * 5000, 404, "there is no such path; perhaps "),
            ("PUT", "messages", 405, "this path takes GET, DELETE, not PUT"),
            ("POST", "messages", 405, "this path takes GET, DELETE, not POST"),
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
                "'vendor' is unknown; this call takes no query: give vendor in a JSON body",
            ),
            ("DELETE", "requests/unmatched", 405, "this path takes GET, not DELETE"),
        ],
    )
    def test_what_is_not_served(self, control, method, path, status, words):
        found, error = control.error(method, f"/_mockmail/{path}")
        assert found == status
        assert error.startswith(words)

    def test_a_path_that_is_near_is_named_once(self, control):
        _, error = control.error("GET", "/_mockmail/mesages")
        named = error.partition("perhaps ")[2].split(", ")
        assert named[0] == "/_mockmail/messages"
        assert len(named) == len(set(named)) > 1

    def test_a_wrong_method_tells_the_right_ones(self, control):
        assert control.ask("PUT", "/_mockmail/messages")[1]["Allow"] == "GET, DELETE"

    def test_head_has_no_body(self, control):
        status, headers, body = control.ask("HEAD", "/_mockmail/health")
        assert (status, body) == (200, b"")
        assert int(headers["Content-Length"]) > 0

    def test_nothing_of_it_is_in_the_journal(self, mockmail, control):
        control.get("health")
        assert len(mockmail.requests) == 0


class TestGuard:
    """No page of another site, whatever a browser is made to send."""

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
    def test_who_is_kept_out(self, control, headers):
        status, error = control.error("GET", "/_mockmail/health", headers=headers)
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
    def test_who_comes_in(self, control, headers):
        assert control.ask("GET", "/_mockmail/health", headers=headers)[0] == 200

    @pytest.mark.mockmail(strict=False, guard=Guard(hosts=("Mail.Example.com",)))
    def test_a_name_that_is_allowed_comes_in(self, control):
        assert control.ask("GET", "/_mockmail/health", headers={"Host": "mail.example.com:80"})[0] == 200
        assert control.ask("GET", "/_mockmail/health", headers={"Host": "other.example.com"})[0] == 403

    @pytest.mark.parametrize(
        "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "Text/Plain;x"]
    )
    @pytest.mark.parametrize("call", ["POST messages/wait", "DELETE messages"])
    def test_a_form_changes_nothing(self, mockmail, control, send, call, kind):
        send(mockmail, "one")
        method, path = call.split()
        status, error = control.error(method, f"/_mockmail/{path}", headers={"Content-Type": kind}, body=b"{}")
        assert (status, error) == (415, "send JSON (Content-Type: application/json), or no body: forms are not taken")
        assert len(mockmail.inbox) == 1

    def test_no_answer_invites_other_sites(self, control):
        _, headers, _ = control.ask("GET", "/_mockmail/messages")
        assert [name for name in headers if name.lower().startswith("access-control")] == []

    @pytest.mark.mockmail(strict=False, guard=Guard(token="s3cret"))
    @pytest.mark.parametrize(
        "given", [None, "Bearer", "Bearer wrong", "Basic s3cret", "s3cret", "Bearer s3cret2", "Bearer \xff"]
    )
    def test_a_token_is_asked_for(self, control, given):
        headers = {"Authorization": given} if given else {}
        status, answered, content = control.ask("GET", "/_mockmail/messages", headers=headers)
        assert (status, answered["WWW-Authenticate"]) == (401, "Bearer")
        assert content == {"error": "the control API takes a token: Authorization: Bearer TOKEN"}

    @pytest.mark.mockmail(strict=False, guard=Guard(token="s3cret"))
    def test_the_token_opens_it(self, control):
        assert control.ask("GET", "/_mockmail/messages", headers={"Authorization": "bearer s3cret"})[0] == 200
