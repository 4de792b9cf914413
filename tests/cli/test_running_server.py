"""The verbs that use a running server: `messages`, `requests`, `reset` and `tail`."""

from __future__ import annotations

import json
import select
import smtplib
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from http_client import send_request

from mockmail import MockMail, cli
from mockmail.control.guard import Guard
from mockmail.server.server_settings import ServerSettings

pytestmark = pytest.mark.mockmail(strict=False)


@pytest.fixture
def run(mockmail, capsys):
    """Run a verb on the running server; return its status, its output lines and its error output."""

    def run_verb(verb, *arguments, url=mockmail.url):
        status = cli.main([verb, *arguments, "--url", url])
        out, err = capsys.readouterr()
        return status, out.splitlines(), err

    return run_verb


def send(mockmail, subject, user=None):
    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port, "client.test", timeout=20) as smtp:
        if user is not None:
            smtp.login(user, "x")
        smtp.sendmail("bob@example.com", ["jane@example.com"], f"Subject: {subject}\n\nHello\x1b[31m\n")


def test_messages_are_listed_newest_last(mockmail, run):
    for subject in ("First", "=?utf-8?q?=1B[31mred?=", "Third"):
        send(mockmail, subject)

    status, lines, _ = run("messages")
    assert status == 0
    assert [line.partition("  bob@example.com -> jane@example.com: ")[2] for line in lines] == [
        "'First'", "'\ufffd[31mred'", "'Third'",
    ]  # fmt: skip
    assert [line.rpartition(" ")[2] for line in run("messages", "subject:third")[1]] == ["'Third'"]
    assert run("messages", "--limit", "1")[1][1] == "the newest 1 of 3 messages; --limit shows more"
    assert json.loads("\n".join(run("messages", "--json")[1]))["total"] == 3
    shown = run("messages", "--id", lines[0].split()[1])[1]
    assert shown == [lines[0], "", "Hello\ufffd[31m"]


def test_line_of_a_message_has_from_where_the_envelope_has_another_sender(mockmail, run):
    mail = "Subject: a\nFrom: The Shop <shop@example.com>\n\nHello\n"
    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port, "client.test", timeout=20) as smtp:
        for sender in ("bounce@vendor.test", "", "SHOP@example.com"):
            smtp.sendmail(sender, ["jane@example.com"], mail)

    assert [line.split("  ")[2] for line in run("messages")[1]] == [
        "The Shop <shop@example.com> (envelope bounce@vendor.test) -> jane@example.com: 'a'",
        "The Shop <shop@example.com> (envelope <>) -> jane@example.com: 'a'",
        "SHOP@example.com -> jane@example.com: 'a'",
    ]


def test_line_of_a_message_names_its_recipients_after_a_long_sender(mockmail, run):
    bounce = f"bounce+{'0123456789' * 15}@vendor.test"
    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port, "client.test", timeout=20) as smtp:
        smtp.sendmail(bounce, ["jane@example.com"], f"Subject: a\nFrom: {'The Shop ' * 9}<shop@example.com>\n\nHello\n")

    [line] = run("messages")[1]

    assert line.endswith(" -> jane@example.com: 'a'")


def test_smtp_port_is_that_of_the_running_server(mockmail, run):
    assert run("env", "smtp")[1] == ["export SMTP_HOST=127.0.0.1", f"export SMTP_PORT={mockmail.smtp_port}"]
    assert run("env", "smtp", "--sandbox", "mine")[1][1:3] == [
        f"export SMTP_PORT={mockmail.smtp_port}",
        "export SMTP_USERNAME='~mine'",
    ]
    assert run("env", "smtp", "--smtp-port", "0")[1][1] == f"export SMTP_PORT={mockmail.smtp_port}"
    assert run("env", "smtp", "--smtp-port", "2025")[1][1] == "export SMTP_PORT=2025"


def test_smtp_port_of_a_sandbox_is_that_of_the_running_server(run):
    with MockMail(settings=ServerSettings(smtp_sandboxes={"mine": 0})) as mm:
        port = mm.server.smtp_sandboxes["mine"].rpartition(":")[2]

        assert run("env", "smtp", "--sandbox", "mine", url=mm.url)[1] == [
            "export SMTP_HOST=127.0.0.1",
            f"export SMTP_PORT={port}",
        ]


def test_assumed_smtp_port_is_told(run):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    status, lines, err = run("env", "smtp", url=f"http://127.0.0.1:{port}")

    assert (status, lines[1]) == (0, "export SMTP_PORT=1025")
    assert "no mockmail answers at" in err
    assert err.endswith("; the SMTP port is assumed to be 1025, see --smtp-port\n")


def test_requests_are_listed_newest_last(mockmail, run):
    send_request(mockmail.url, "GET", "/spacedog/1/login")
    send_request(mockmail.url, "GET", "/admin/index.php/api/users/rolelst")

    lines = run("requests")[1]
    assert "403 GET /spacedog/1/login  spacedog " in lines[0]
    assert "no such operation" in lines[1]
    assert lines[2].startswith("    nearest: atmail role.list ")
    assert len(run("requests", "--vendor", "spacedog", "--status", "403")[1]) == 1
    assert run("requests", "--unmatched")[1] == lines[1:]
    assert run("requests", "--limit", "1")[1][-1] == "the newest 1 of 2 requests; --limit shows more"
    assert json.loads("\n".join(run("requests", "--json")[1]))["total"] == 2


def test_requests_to_webhooks_are_listed(mockmail, run):
    headers = {"X-Postmark-Server-Token": mockmail.postmark.credentials["server_token"]}
    hook = {"Url": "http://app.example.com/hook", "Triggers": {"Delivery": {"Enabled": True}}}
    message = {"From": "a@example.com", "To": "b@example.org", "TextBody": "x"}
    for path, document in (("/webhooks", hook), ("/email", message)):
        send_request(mockmail.url, "POST", path, json=document, headers=headers)
    mockmail.requests.wait_for(direction="outgoing")

    assert "failed POST /hook  postmark webhook " in run("requests", "--outgoing")[1][0]
    assert len(run("requests")[1]) == 2


def test_reset_removes_mail_in_one_sandbox(mockmail, run):
    send(mockmail, "Kept")
    send(mockmail, "Removed", user="~mine")

    assert run("reset", "--vendor", "atmail", "--sandbox", "mine") == (0, ["reset atmail in the sandbox mine"], "")
    assert len(mockmail.sandbox("mine").inbox) == 1
    assert run("reset", "--sandbox", "mine") == (0, ["reset everything in the sandbox mine"], "")
    assert (len(mockmail.sandbox("mine").inbox), len(mockmail.inbox)) == (0, 1)


@pytest.fixture
def tail(mockmail):
    """Start `mockmail tail` in a process of its own, and return it when it follows the server."""
    started = []

    def start(*arguments):
        process = subprocess.Popen(
            [sys.executable, "-m", "mockmail", "tail", "--url", mockmail.url, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        while not mockmail.server.events.is_recording:
            assert process.poll() is None
            select.select([], [], [], 0.01)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_tail_prints_messages_and_requests_as_they_arrive_and_survives_a_reset(mockmail, tail):
    send(mockmail, "Before")
    following = tail("--count", "4")

    send(mockmail, "First")
    send_request(mockmail.url, "GET", "/spacedog/1/login")
    send_request(mockmail.url, "GET", "/admin/index.php/api/users/rolelst")
    lines = [following.stdout.readline() for _ in range(4)]
    mockmail.reset()
    send(mockmail, "Second")
    rest, _ = following.communicate(timeout=60)

    assert following.returncode == 0
    assert lines[0].endswith(": 'First'\n")
    assert "  403 GET /spacedog/1/login  spacedog " in lines[1]
    assert "no such operation" in lines[2]
    assert lines[3].startswith("    nearest: atmail role.list ")
    assert rest.endswith(": 'Second'\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["subject:second"], ": 'Second'\n"),
        (["--only", "messages"], ": 'First'\n"),
        (["--only", "requests"], "/1/login"),
    ],
)
def test_tail_prints_only_the_chosen_ones(mockmail, tail, arguments, words):
    following = tail(*arguments, "--count", "1")

    send(mockmail, "First")
    send_request(mockmail.url, "GET", "/spacedog/1/login")
    send(mockmail, "Second")

    out, _ = following.communicate(timeout=60)
    assert len(out.splitlines()) == 1
    assert words in out


def test_tail_ends_with_an_error_when_the_server_stops(tail, mockmail):
    following = tail()

    mockmail._bridge.call(lambda _: mockmail.server.events.close())  # as the server does when it stops

    out, err = following.communicate(timeout=60)
    assert (following.returncode, out) == (2, "")
    assert err == f"mockmail: the server at {mockmail.url} stopped\n"


def test_tail_refuses_a_query_for_requests(run, capsys):
    with pytest.raises(SystemExit) as ended:
        run("tail", "hello", "--only", "requests")
    assert ended.value.code == 2
    assert "a QUERY searches messages; leave it out" in capsys.readouterr().err


def test_refusal_of_the_server_is_one_line(run):
    assert run("requests", "--vendor", "nobody")[::2][0] == 2
    assert run("requests", "--vendor", "nobody")[2].startswith("mockmail: there is no vendor 'nobody'; there are ")
    assert run("messages", "--id", "../x")[2].startswith("mockmail: there is no ")
    assert run("messages", "--sandbox", "a b")[2].startswith("mockmail: a sandbox cannot be named 'a b'")


def test_server_with_a_token_needs_it(run, monkeypatch):
    with MockMail(settings=ServerSettings(guard=Guard(token="s3cret"))) as mm:
        assert run("messages", url=mm.url) == (
            2,
            [],
            f"mockmail: {mm.url} needs a token; give it with --control-token or MOCKMAIL_CONTROL_TOKEN\n",
        )
        monkeypatch.setenv("MOCKMAIL_CONTROL_TOKEN", "s3cret")
        assert run("messages", url=mm.url) == (0, [], "")


def test_server_that_does_not_run_is_reported(run):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    status, lines, err = run("messages", url=url)
    assert (status, lines) == (2, [])
    assert err.startswith(f"mockmail: no mockmail answers at {url} (")
    assert err.endswith("); start it with `mockmail serve`, or give its URL with --url\n")


def test_other_server_is_reported(run):
    class Other(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>")

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Other) as other:
        threading.Thread(target=other.handle_request, daemon=True).start()
        url = f"http://127.0.0.1:{other.server_port}"
        assert run("messages", url=url)[2] == (
            f"mockmail: the server at {url} is not mockmail: it does not respond with JSON\n"
        )


def test_proxy_of_the_environment_is_not_used(run, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert run("messages")[0] == 0
