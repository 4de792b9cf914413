"""Webhooks: events sent by POST."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest
from http_client import send_request
from webhook_receiver import Receiver

from mockmail import MockMail
from mockmail.core.bounds import EventLimits
from mockmail.core.errors import InvalidValue, LimitReached, NotRunning
from mockmail.server import webhook_client
from mockmail.server import webhooks as webhooks_module
from mockmail.server.server_settings import ServerSettings

pytestmark = pytest.mark.mockmail(strict=False)


@pytest.fixture
def receiver(monkeypatch):
    monkeypatch.setattr(webhooks_module, "RETRY_SECONDS", (0.001, 0.001))
    receiver = Receiver()
    yield receiver
    receiver.close()


def control(mm, method, path, json=None):
    return send_request(mm.url, method, f"/_mockmail/{path}", json=json)


def test_events_are_sent_to_the_url(mockmail, receiver, send):
    added = control(mockmail, "POST", "webhooks", {"url": f"{receiver.url}/hook", "kinds": ["message"]})
    assert (added.status, added.json["id"], added.json["delivered"]) == (201, 1, 0)

    mockmail.clock.freeze()
    send(mockmail, "Welcome")

    path, headers, event = receiver.next()
    assert (path, headers["Content-Type"]) == ("/hook", "application/json")
    assert (event["kind"], event["sandbox"], event["data"]["subject"]) == ("message", "default", "Welcome")
    assert headers["User-Agent"].startswith("mockmail/")


@pytest.mark.parametrize("host", ["localhost", "app.localhost"])
def test_localhost_is_this_machine(mockmail, receiver, host):
    mockmail.webhooks.add(f"http://{host}:{receiver.port}/", "clock")
    mockmail.clock.freeze()
    assert receiver.next()[2]["data"]["frozen"] is True


def test_failed_attempt_is_repeated_and_then_given_up(mockmail, receiver):
    receiver.statuses = [500, 503, 200, 500, 500, 500]
    hook = mockmail.webhooks.add(receiver.url, "clock")
    for _ in range(3):
        mockmail.clock.advance(1)

    ids = [receiver.next()[2]["id"] for _ in range(7)]

    assert [ids.count(each) for each in dict.fromkeys(ids)] == [3, 3, 1]
    while hook.delivered < 2:
        pass
    assert (hook.delivered, hook.failed, hook.error) == (2, 1, None)
    assert control(mockmail, "GET", "webhooks").json["webhooks"][0]["failed"] == 1


def test_redirect_is_not_followed(mockmail, receiver):
    receiver.statuses = [302, 302, 302]
    hook = mockmail.webhooks.add(f"{receiver.url}/hook", "clock")
    mockmail.clock.freeze()
    while not hook.failed:
        pass
    assert [receiver.next()[0] for _ in range(3)] == ["/hook"] * 3
    assert receiver.received.empty()
    assert hook.error == "the status was 302"


def test_server_that_is_not_there_is_an_error_of_the_webhook(mockmail, receiver):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        hook = mockmail.webhooks.add(f"http://127.0.0.1:{unused.getsockname()[1]}/", "clock")
        mockmail.clock.freeze()
        while not hook.failed:
            pass
    assert hook.error.startswith("ClientConnectorError: ")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://192.0.2.1/x", "url must be on this machine (127.0.0.1, [::1], localhost), not '192.0.2.1': the set"),
        ("http://example.com:8080/", "url must be on this machine"),
        ("http://localhost.example.com/", "url must be on this machine"),
        ("http://0.0.0.0:99/", "url must be on this machine"),
        ("http://[::ffff:192.0.2.1]:99/", "url must be on this machine"),
        ("http://169.254.169.254/latest", "url must be on this machine"),
        ("http://127.0.0.1@example.com/", "url must have no user name and no password"),
        ("http://user:pass@127.0.0.1/", "url must have no user name and no password"),
        ("ftp://127.0.0.1/", "url must be an http or https URL"),
        ("http:///x", "url must be an http or https URL"),
        ("http://127.0.0.1:0/", "url must be an http or https URL"),
        ("http://127.0.0.1:x/", "url must be an http or https URL"),
        ("http://127.0.0.1/\r\nx", "url must be an http or https URL"),
        ("http://127.0.0.1/" + "x" * 2000, "url must be an http or https URL"),
    ],
)  # fmt: skip
def test_url_that_is_not_allowed_is_refused(mockmail, url, words):
    refused = control(mockmail, "POST", "webhooks", {"url": url})
    assert (refused.status, refused.json["error"][: len(words)]) == (400, words)
    assert list(mockmail.webhooks) == []


@pytest.mark.parametrize("port", ["http", "smtp"])
def test_webhook_to_mockmail_itself_is_refused(mockmail, port):
    number = mockmail.url.rpartition(":")[2] if port == "http" else mockmail.smtp_port
    with pytest.raises(InvalidValue, match="url must not be of mockmail itself"):
        mockmail.webhooks.add(f"http://localhost:{number}/")


def test_setting_permits_another_machine_and_no_other_port_of_it():
    with MockMail(settings=ServerSettings(events=EventLimits(allow=frozenset({"192.0.2.1:80"})))) as mm:
        assert mm.webhooks.add("http://192.0.2.1/x").url == "http://192.0.2.1/x"
        with pytest.raises(InvalidValue, match=r"webhook_allow permits 192\.0\.2\.1:81"):
            mm.webhooks.add("http://192.0.2.1:81/x")


def test_webhooks_of_the_settings_get_the_events_of_the_default_sandbox(receiver):
    with MockMail(vendors=["atmail"], webhook=[f"{receiver.url}/a,b", f"{receiver.url}/c"]) as mm:
        mm.sandbox("mine").clock.freeze()
        mm.clock.freeze()
        received = [receiver.next() for _ in range(4)]

        assert {(path, event["kind"], event["sandbox"]) for path, _, event in received} == {
            (path, kind, "default") for path in ("/a,b", "/c") for kind in ("sandbox", "clock")
        }
        assert [hook.url for hook in mm.webhooks] == [f"{receiver.url}/a,b", f"{receiver.url}/c"]


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"webhook": ["http://192.0.2.1/x"]}, InvalidValue, "webhook: url must be on this machine"),
        ({"webhook": ["ftp://127.0.0.1/"]}, InvalidValue, "webhook: url must be an http or https URL"),
        ({"webhook": ["http://127.0.0.1:9/"] * 2, "max_webhooks": 1}, LimitReached, "there are 1 webhooks"),
    ],
)
def test_webhook_of_the_settings_that_cannot_be_used_is_an_error_of_the_start(settings, error, words):
    mm = MockMail(vendors=["atmail"], **settings)

    with pytest.raises(error, match=words), mm:
        pass
    with pytest.raises(NotRunning):
        mm.url  # noqa: B018


def test_number_of_webhooks_is_bounded(receiver):
    with MockMail(settings=ServerSettings(events=EventLimits(webhooks=2))) as mm:
        mm.webhooks.add(receiver.url)
        mm.sandbox("mine").webhooks.add(receiver.url)
        with pytest.raises(LimitReached, match="there are 2 webhooks, the most that max_webhooks allows"):
            mm.webhooks.add(receiver.url)
        assert control(mm, "POST", "webhooks", {"url": receiver.url}).status == 503


def test_webhook_is_removed_alone_and_with_its_sandbox(mockmail, receiver):
    mine = mockmail.sandbox("mine")
    first, second = mockmail.webhooks.add(receiver.url, "clock"), mockmail.webhooks.add(receiver.url, "clock")
    mine.webhooks.add(receiver.url, "clock")

    assert control(mockmail, "DELETE", f"webhooks/{first.id}").status == 204
    assert control(mockmail, "DELETE", f"webhooks/{first.id}").status == 404
    assert control(mine, "DELETE", f"webhooks/{second.id}").status == 404
    assert [hook.id for hook in mockmail.webhooks] == [second.id]
    control(mockmail, "DELETE", "sandboxes/mine")
    assert len(mockmail.server.webhooks._hooks) == 1
    mockmail.webhooks.remove(second)
    mockmail.clock.freeze()
    assert receiver.received.empty()


def test_unknown_kind_is_refused(mockmail, receiver):
    refused = control(mockmail, "POST", "webhooks", {"url": receiver.url, "kinds": ["mail"]})
    assert (refused.status, refused.json["error"].partition(",")[0]) == (400, "kind must be one of message")


def test_receiver_that_never_answers_does_not_hold_the_server(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent, MockMail() as mm:
        mm.webhooks.add(f"http://127.0.0.1:{silent.getsockname()[1]}/")
        mm.clock.freeze()
        connection, _ = silent.accept()
        with connection:
            assert connection.recv(4) == b"POST"
            assert control(mm, "GET", "health").status == 200


def test_response_of_a_receiver_waits_in_a_small_buffer():
    ordinary = socket.socket()
    with (
        closing(ordinary),
        closing(webhook_client._small_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ()))) as small,
    ):
        sizes = [each.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) for each in (ordinary, small)]

    assert sizes[1] == 2 * webhook_client.RECEIVED_AT_ONCE < sizes[0]  # Linux counts its own bytes as well
