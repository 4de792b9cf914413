"""The compatible APIs stand behind the guard of the control API: no page of another site reads or changes anything."""

from __future__ import annotations

import pytest

from mockmail import MockMail
from mockmail.control.guard import Guard
from mockmail.server.server import ServerSettings

READS = [
    "/api/v1/messages",
    "/api/v1/search?query=a",
    "/api/v1/message/latest",
    "/api/v1/message/latest/raw",
    "/api/v1/info",
    "/api/v1/events",
    "/api/v2/messages",
    "/api/v2/search?kind=to&query=a",
    "/api/v2/websocket",
    "/api/events",
    "/view/latest.html",
    "/~mine/api/v1/messages",
]
CHANGES = [
    ("POST", "/api/v1/send"),
    ("PUT", "/api/v1/messages"),
    ("DELETE", "/api/v1/messages"),
    ("DELETE", "/api/v1/search?query=welcome"),
    ("PUT", "/api/v1/tags"),
    ("PUT", "/api/v1/chaos"),
    ("DELETE", "/api/v2/jim"),
]
FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Host": "evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
]
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize("path", READS)
def test_foreign_pages_read_nothing(ask, deliver, path, headers):
    deliver(html="<b>secret</b>")

    answer = ask("GET", path, headers=headers | UPGRADE)

    assert (answer.status, b"secret" in answer.body) == (403, False)
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert ask("GET", "/api/v1/messages").json["unread"] == 1


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize(("method", "path"), CHANGES)
def test_foreign_pages_change_nothing(ask, deliver, method, path, headers):
    deliver()

    assert ask(method, path, headers=headers).status == 403
    assert ask("GET", "/api/v1/messages").json["total"] == 1


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain", None])
@pytest.mark.parametrize(("method", "path"), CHANGES)
def test_body_that_a_form_can_send_is_refused_and_changes_nothing(ask, deliver, method, path, kind):
    deliver()

    assert ask(method, path, b'{"IDs": []}', headers={"Content-Type": kind}).status == 415
    assert ask("GET", "/api/v1/messages").json["total"] == 1


def test_token_is_wanted_by_all_but_the_probes():
    with MockMail(settings=ServerSettings(guard=Guard(token="secret"))) as mm:
        from http_client import basic, send_request

        def status(path, value=None):
            return send_request(mm.url, "GET", path, headers={"Authorization": value}).status

        assert {status(path) for path in READS} == {401}
        assert {status("/api/v1/info", value) for value in ("Bearer x", basic("a", "x"), "Basic !", "Basic")} == {401}
        assert status("/api/v1/info", "Bearer secret") == status("/api/v1/info", basic("any", "secret")) == 200
        assert status("/livez") == status("/readyz") == 200
