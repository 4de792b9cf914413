"""The HTTP port, byte by byte: connections, bodies, limits, and bytes that are not HTTP."""

from __future__ import annotations

import gc
import gzip
import socket
from typing import Any

import pytest
from http_client import send_request
from memory import kept

from mockmail.core.faults import Fault

pytestmark = pytest.mark.mockmail(strict=False)

FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
CREATE = "/admin/index.php/api/domain/create"


def domains(mockmail):
    return [domain["domainName"] for domain in mockmail.atmail.state()["domains"]]


class TestConnections:
    """Keep-alive, pipelining and the end of a connection."""

    def test_connection_serves_several_requests(self, wire, request_of):
        answers = [wire.ask(request_of()) for _ in range(3)]
        assert [answer.status for answer in answers] == [200, 200, 200]
        assert answers[0].body == answers[2].body
        assert b"<rolelist>" in answers[0].body
        assert "connection" not in answers[0].headers

    def test_pipelined_requests_are_answered_in_order(self, mockmail, wire, request_of):
        bodies = [b"domainName=d%d.example" % number for number in range(20)]
        wire.send(b"".join(request_of("POST", CREATE, headers=FORM, body=body) for body in bodies))
        answers = [wire.answer() for _ in bodies]
        assert {answer.status for answer in answers} == {200}
        assert domains(mockmail) == ["yourdomain.com", *[f"d{number}.example" for number in range(20)]]

    def test_connection_close_of_the_client_is_obeyed(self, wire, request_of):
        answer = wire.ask(request_of(headers=b"Connection: close\r\n"))
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        assert wire.is_closed()

    def test_http_1_0_connection_closes_after_a_response(self, wire, request_of):
        answer = wire.ask(request_of(version="1.0"))
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        assert wire.is_closed()

    def test_http_1_0_connection_with_keep_alive_stays_open(self, wire, request_of):
        asked = request_of(version="1.0", headers=b"Connection: keep-alive\r\n")
        assert wire.ask(asked).headers["connection"] == "keep-alive"
        assert wire.ask(asked).status == 200

    def test_head_has_the_headers_of_get_and_no_body(self, wire, request_of):
        got = wire.ask(request_of())
        head = wire.ask(request_of("HEAD"), head=True)
        assert (head.status, head.headers["content-length"]) == (200, str(len(got.body)))
        assert wire.ask(request_of()).body == got.body

    def test_disconnected_client_does_not_affect_others(self, mockmail, wire_to, request_of):
        for payload in (
            b"GE",
            b"GET / HTTP/1.1\r\nHo",
            request_of("POST", CREATE, headers=FORM, body=b"domainName=x.y")[:-3],
        ):
            gone = wire_to(mockmail)
            gone.send(payload)
            gone.close()
        asked = wire_to(mockmail)
        assert asked.ask(request_of()).status == 200
        assert domains(mockmail) == ["yourdomain.com"]
        assert mockmail.requests.crashes() == []

    def test_client_that_does_not_read_its_response_does_not_affect_others(self, mockmail, wire_to, request_of):
        for _ in range(5):
            gone = wire_to(mockmail)
            gone.send(request_of() * 10)
            gone.close()
        assert wire_to(mockmail).ask(request_of()).status == 200
        assert mockmail.requests.crashes() == []

    @pytest.mark.mockmail(strict=False, max_connections=2)
    def test_connection_over_the_limit_gets_503(self, mockmail, wire_to, request_of):
        first, second = wire_to(mockmail), wire_to(mockmail)
        assert [connection.ask(request_of()).status for connection in (first, second)] == [200, 200]
        third = wire_to(mockmail).answer()
        assert (third.status, third.body) == (503, b"too many connections: see max_connections, try later")
        assert second.ask(request_of(headers=b"Connection: close\r\n")).status == 200
        assert second.is_closed()
        assert wire_to(mockmail).ask(request_of()).status == 200

    @pytest.mark.mockmail(strict=False, max_connections=1)
    def test_refused_connection_logs_no_error(self, mockmail, wire, wire_to, request_of, caplog):
        assert wire.ask(request_of()).status == 200
        for _ in range(3):
            away = wire_to(mockmail)
            assert (away.answer().status, away.is_closed()) == (503, True)
        assert wire.ask(request_of()).status == 200
        gc.collect()  # asyncio logs the error of a failed task when the task is collected
        assert [record for record in caplog.records if record.name == "asyncio"] == []

    @pytest.mark.mockmail(strict=False, http_idle=0.02)
    def test_idle_connection_is_closed(self, wire, request_of):
        assert wire.ask(request_of()).status == 200
        assert wire.is_closed()


class TestBodies:
    """Encodings and limits of bodies."""

    def test_expect_100_continue_is_answered(self, mockmail, wire, request_of):
        asked = request_of("POST", CREATE, headers=FORM + b"Expect: 100-continue\r\n", body=b"domainName=a.example")
        wire.send(asked[: -len(b"domainName=a.example")])
        assert wire.stream.readline() == b"HTTP/1.1 100 Continue\r\n"
        assert wire.stream.readline() == b"\r\n"
        assert wire.ask(b"domainName=a.example").status == 200
        assert domains(mockmail) == ["yourdomain.com", "a.example"]

    def test_chunked_body_is_read(self, mockmail, wire, request_of):
        wire.send(request_of("POST", CREATE, headers=FORM + b"Transfer-Encoding: chunked\r\n"))
        wire.send(b"b\r\ndomainName=\r\n")
        wire.send(b"9;x=y\r\nb.example\r\n0\r\nTrailer: x\r\n\r\n")
        assert wire.answer().status == 200
        assert domains(mockmail) == ["yourdomain.com", "b.example"]
        assert wire.ask(request_of()).status == 200

    def test_broken_chunk_gets_400(self, wire, request_of):
        wire.send(request_of("POST", CREATE, headers=FORM + b"Transfer-Encoding: chunked\r\n") + b"zz\r\nx\r\n")
        answer = wire.answer()
        assert (answer.status, answer.headers["content-type"]) == (400, "text/xml")

    def test_chunk_that_is_broken_after_the_head_gets_400_and_a_reason_in_the_journal(self, mockmail, wire, request_of):
        head = request_of("POST", CREATE, headers=FORM + b"Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n")
        assert b"100 Continue" in wire.ask(head).line.encode()  # the request is being handled

        answer = wire.ask(b"zz\r\n")

        assert (answer.status, answer.headers["content-type"]) == (400, "text/xml")
        assert b"<message>the request's body is broken</message>" in answer.body
        assert mockmail.requests[0].refusal == "the request's body is broken: Invalid character in chunk size"
        assert wire.is_closed()

    @pytest.mark.parametrize("encoding", [b"gzip", b"deflate", b"br", b"zstd", b"nonsense"])
    def test_body_with_a_content_encoding_is_read_as_sent(self, mockmail, wire, request_of, encoding):
        headers = FORM + b"Content-Encoding: " + encoding + b"\r\n"

        answer = wire.ask(request_of("POST", CREATE, headers=headers, body=b"domainName=c.example"))

        assert answer.status == 200
        assert domains(mockmail) == ["yourdomain.com", "c.example"]

    def test_compressed_body_is_not_unpacked(self, mockmail, wire, request_of):
        body = gzip.compress(b"domainName=c.example" + b"&x=y" * 1_000_000)

        answer = wire.ask(request_of("POST", CREATE, headers=FORM + b"Content-Encoding: gzip\r\n", body=body))

        assert (answer.headers["content-type"], b"gzip" in answer.body) == ("text/xml", False)
        assert mockmail.requests[0].request_body == body
        assert domains(mockmail) == ["yourdomain.com"]

    @pytest.mark.mockmail(strict=False, max_request_bytes=1000)
    def test_body_at_the_limit_is_accepted(self, mockmail, wire, request_of):
        body = b"domainName=d.example&x=".ljust(1000, b"x")
        assert wire.ask(request_of("POST", CREATE, headers=FORM, body=body)).status == 200
        assert domains(mockmail) == ["yourdomain.com", "d.example"]
        assert (
            wire.ask(
                request_of("POST", CREATE, headers=FORM + b"Transfer-Encoding: chunked\r\n")
                + b"3e8\r\n"
                + body.replace(b"d.ex", b"e.ex")
                + b"\r\n0\r\n\r\n"
            ).status
            == 200
        )
        assert domains(mockmail)[-1] == "e.example"

    @pytest.mark.mockmail(strict=False, max_request_bytes=1000)
    @pytest.mark.parametrize("size", [1001, 1 << 20])
    def test_body_over_the_limit_gets_the_vendors_413(self, mockmail, wire, wire_to, request_of, size):
        wire.send(request_of("POST", CREATE, headers=FORM, body=b"domainName=d.example&x=".ljust(size, b"x")))
        answer = wire.answer()
        assert (answer.status, answer.headers["content-type"]) == (413, "text/xml")
        assert b"<message>the request is larger than max_request_bytes allows</message>" in answer.body
        assert domains(mockmail) == ["yourdomain.com"]
        assert mockmail.requests[0].status == 413
        assert wire_to(mockmail).ask(request_of()).status == 200

    @pytest.mark.mockmail(strict=False, max_request_bytes=1000)
    def test_chunked_body_over_the_limit_gets_413(self, wire, request_of):
        wire.send(request_of("POST", CREATE, headers=FORM + b"Transfer-Encoding: chunked\r\n"))
        wire.send(b"3e9\r\n" + b"x" * 1001 + b"\r\n0\r\n\r\n")
        assert wire.answer().status == 413

    @pytest.mark.mockmail(strict=False, max_request_bytes=1000)
    @pytest.mark.parametrize("expect", [b"", b"Expect: 100-continue\r\n"])
    def test_content_length_over_the_limit_is_refused_before_the_body(self, wire, request_of, expect):
        answer = wire.ask(request_of("POST", CREATE, headers=FORM + expect + b"Content-Length: 99999999999\r\n"))
        assert (answer.status, answer.headers["content-type"]) == (413, "text/xml")

    @pytest.mark.mockmail(strict=False, max_request_bytes=1 << 20)
    def test_bodies_over_the_limit_free_their_memory(self, mockmail, wire_to, request_of):
        body = b"\0" * (2 << 20)
        chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
        asked = request_of("POST", CREATE, headers=FORM + b"Transfer-Encoding: chunked\r\n") + chunks
        assert wire_to(mockmail).ask(request_of()).status == 200
        with kept() as fewer_than:
            for _ in range(6):
                refused = wire_to(mockmail)
                assert refused.ask(asked).status == 413
                refused.close()
            assert wire_to(mockmail).ask(request_of()).status == 200
            assert fewer_than(2 << 20)

    def test_incomplete_bodies_free_their_memory(self, mockmail, wire_to, request_of):
        half = request_of("POST", CREATE, headers=FORM + b"Content-Length: 9999999\r\n") + b"x" * (2 << 20)
        assert wire_to(mockmail).ask(request_of()).status == 200
        with kept() as fewer_than:
            for _ in range(6):
                gone = wire_to(mockmail)
                gone.send(half)
                gone.close()
            assert wire_to(mockmail).ask(request_of()).status == 200
            assert fewer_than(2 << 20)


class TestHeads:
    """Request lines and headers, at their limits and over them."""

    @pytest.mark.mockmail(strict=False, max_request_line=300, max_header_bytes=300)
    def test_request_line_over_the_limit_is_refused(self, mockmail, wire_to, request_of):
        path = "/admin/index.php/api/users/rolelist?x="
        assert wire_to(mockmail).ask(request_of(path=path.ljust(200, "x"))).status == 200
        long = wire_to(mockmail)
        answer = long.ask(request_of(path=path.ljust(301, "x")))
        assert (answer.status, answer.headers["content-type"], answer.headers["connection"]) == (
            431,
            "text/xml",
            "close",
        )
        assert long.is_closed()

    @pytest.mark.mockmail(strict=False, max_request_line=300, max_header_bytes=300)
    def test_header_over_the_limit_is_refused(self, mockmail, wire_to, request_of):
        assert wire_to(mockmail).ask(request_of(headers=b"X: " + b"x" * 290 + b"\r\n")).status == 200
        long = wire_to(mockmail)
        answer = long.ask(request_of(headers=b"X: " + b"x" * 400 + b"\r\n"))
        assert (answer.status, answer.headers["content-type"]) == (431, "text/xml")
        assert b"is longer than max_request_line or max_header_bytes allows" in answer.body
        assert long.is_closed()

    def test_endless_headers_are_refused(self, mockmail, wire_to, request_of):
        answer = wire_to(mockmail).ask(request_of(headers=b"".join(b"X-%d: y\r\n" % number for number in range(2000))))
        assert answer.status in (400, 431)
        assert answer.headers["content-type"] == "text/xml"
        assert wire_to(mockmail).ask(request_of()).status == 200

    @pytest.mark.parametrize(
        "payload",
        [
            b"GET /admin/index.php/api/users/rolelist NONSENSE\r\n\r\n",
            b"GET /admin/index.php/api/users/rolelist HTTP/9.9\r\n\r\n",
            b"G\x00T /admin/index.php/api/x HTTP/1.1\r\n\r\n",
            b"GET /admin/index.php/api/x HTTP/1.1\r\nNo colon here\r\n\r\n",
            b"GET /admin/index.php/api/x HTTP/1.1\r\nBad\x01Name: x\r\n\r\n",
            b"POST /admin/index.php/api/x HTTP/1.1\r\nContent-Length: x\r\n\r\n",
            b"POST /admin/index.php/api/x HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
            b"POST /admin/index.php/api/x HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
            b"POST /admin/index.php/api/x HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ],
        ids=repr,
    )
    def test_bytes_that_are_not_http_get_the_vendors_error(self, mockmail, wire, payload):
        answer = wire.ask(payload)
        assert (answer.status, answer.headers["content-type"]) == (400, "text/xml")
        assert b"<message>the request is not valid HTTP</message>" in answer.body
        assert answer.headers["connection"] == "close"
        assert wire.is_closed()
        [exchange] = mockmail.requests
        assert exchange.status == 400
        assert exchange.nearest[0].startswith("not HTTP: ")

    @pytest.mark.parametrize(
        ("headers", "words"),
        [
            (b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding can't be present with"),
            (b"Content-Length: x\r\n", "Content-Length"),
        ],
    )
    @pytest.mark.parametrize(
        "path", ["/admin/index.php/api/x", "/1/mail", "/restApi/api/auth", "/v1/customers", "/email", "/api/2.0/keys"]
    )
    def test_parsers_words_are_in_the_journal_and_not_in_the_vendors_error(self, mockmail, wire, path, headers, words):
        answer = wire.ask(b"POST %s HTTP/1.1\r\nHost: x\r\n%s\r\n0\r\n\r\n" % (path.encode(), headers))

        assert answer.status == 400
        assert words.encode() not in answer.body + repr(answer.headers).encode()
        assert words in mockmail.requests[0].nearest[0]

    def test_bytes_that_are_not_http_are_in_the_journal_of_the_sandbox(self, mockmail, wire_to):
        for name in ("other", "-none"):
            broken = f"GET /~{name}/admin/index.php/api/x HTTP/1.1\r\nNo colon here\r\n\r\n"
            assert wire_to(mockmail).ask(broken.encode()).status == 400
        assert [exchange.path for exchange in mockmail.sandbox("other").requests] == ["/~other/admin/index.php/api/x"]
        assert [exchange.path for exchange in mockmail.requests] == ["/~-none/admin/index.php/api/x"]

    def test_bytes_without_a_path_get_400(self, mockmail, wire):
        answer = wire.ask(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
        assert (answer.status, answer.headers["connection"]) == (400, "close")
        assert wire.is_closed()
        assert [exchange.status for exchange in mockmail.requests] == [400]

    def test_server_header_is_the_vendors(self, wire, request_of):
        assert wire.ask(request_of()).headers["server"] == "Apache"

    @pytest.mark.parametrize("inside", ["%0d%0aX-Evil: 1", "%0aX-Evil: 1", "%0dX-Evil: 1"])
    def test_no_header_can_be_injected_into_a_response(self, mockmail, wire, request_of, inside):
        headers = {"Retry-After": inside.replace("%0d", "\r").replace("%0a", "\n")}
        # `faults.add` would not take it.
        mockmail.server.sandboxes.get().faults.add(Fault(vendor="atmail", status=429, headers=headers))
        answer = wire.ask(request_of())
        assert answer.status == 429
        assert "x-evil" not in answer.headers
        assert answer.headers["retry-after"].endswith("X-Evil: 1")
        assert wire.ask(request_of()).status == 200

    def test_request_headers_are_not_repeated_in_the_response(self, wire, request_of):
        answer = wire.ask(request_of(path="/nobody/serves/this%0d%0aX-Evil:%201", headers=b"X-Own: secret\r\n"))
        assert "x-evil" not in answer.headers
        assert "x-own" not in answer.headers
        assert wire.ask(request_of()).status == 200


class TestMethods:
    """Unserved methods and unusual targets."""

    @pytest.mark.parametrize("method", ["PATCH", "OPTIONS", "TRACE", "PROPFIND"])
    def test_unserved_method_gets_405(self, mockmail, wire, request_of, method):
        answer = wire.ask(request_of(method))
        assert (answer.status, answer.headers["allow"]) == (405, "DELETE, GET, POST, PUT")
        assert answer.headers["content-type"] == "text/xml"
        assert wire.ask(request_of()).status == 200

    def test_preflight_is_answered_by_the_vendor_of_the_path(self, mockmail):
        headers = {"Host": "localhost", "Origin": "http://a.example", "Access-Control-Request-Method": "POST"}
        paths = {
            "/1/mail": "spacedog",
            "/v1/customers/me/domains": "rackspace",
            "/admin/index.php/api/users/list": "atmail",
            "/api/2.0/smtpsettings/smtp": "onlyoffice",
            "/restApi/api/directoryObjects": "adaxes",
            "/v3/example.com/messages": "mailgun",
            "/email": "postmark",
            "/emails": "resend",
            "/v2/email/outbound-emails": "ses",
        }

        for path in paths:
            send_request(mockmail.url, "OPTIONS", path, headers=headers)

        assert {exchange.path: exchange.vendor for exchange in mockmail.requests} == paths

    def test_target_with_the_host_of_the_server_is_served(self, mockmail, wire, request_of):
        assert wire.ask(request_of(path=f"{mockmail.url}/admin/index.php/api/users/rolelist")).status == 200

    def test_asterisk_target_is_answered(self, wire, request_of):
        answer = wire.ask(request_of("OPTIONS", "*"))
        assert answer.status in (404, 405)


class TestEnds:
    """Clients that close their sending side and still read."""

    @pytest.fixture
    def half_closed(self, wire) -> Any:
        def ask(payload: bytes) -> Any:
            wire.send(payload)
            wire.socket.shutdown(socket.SHUT_WR)
            return wire

        return ask

    def test_request_of_a_half_closed_connection_is_answered(self, half_closed, request_of):
        wire = half_closed(request_of())

        assert wire.answer().status == 200
        assert wire.is_closed()

    def test_several_requests_of_a_half_closed_connection_are_answered_in_order(self, half_closed, request_of):
        wire = half_closed(request_of() + request_of(path="/nobody/serves/this") + request_of())

        answers = [wire.answer() for _ in range(3)]

        assert [answer.status for answer in answers] == [200, 404, 200]
        assert wire.is_closed()

    def test_control_call_of_a_half_closed_connection_is_answered(self, half_closed):
        wire = half_closed(b"GET /_mockmail/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")

        assert wire.answer().status == 200
        assert wire.is_closed()

    def test_bytes_that_are_not_http_are_answered_on_a_half_closed_connection(self, half_closed):
        wire = half_closed(b"GET /\x00 HTTP/1.1\r\n\r\n")

        assert wire.answer().status == 400
        assert wire.is_closed()

    @pytest.mark.parametrize("part", [40, -3], ids=["head", "body"])
    def test_half_a_request_gets_no_response(self, half_closed, request_of, part):
        wire = half_closed(request_of("POST", body=b"groupName=x")[:part])

        assert wire.is_closed()

    def test_empty_half_closed_connection_gets_no_response(self, half_closed):
        assert half_closed(b"").is_closed()

    def test_next_connection_after_half_a_request_is_served(self, half_closed, wire_to, mockmail, request_of):
        half_closed(request_of()).answer()

        assert wire_to(mockmail).ask(request_of()).status == 200
