"""`mockmail serve` as a process: what it tells, how it stops, and what it says when it cannot start."""

from __future__ import annotations

import base64
import http.client
import io
import json
import os
import re
import select
import signal
import smtplib
import socket
import stat
import subprocess
import sys
from contextlib import closing

import pytest
from http_client import send_request
from logs import logger_to

from mockmail import MockMail, __version__
from mockmail.control.guard import Guard
from mockmail.server.console import Console
from mockmail.server.discovery import discover
from mockmail.server.ready_file import ReadyFile
from mockmail.server.server import Server
from mockmail.server.server_settings import ServerSettings

ADMIN = {"Authorization": "Basic " + base64.b64encode(b"admin:changeme").decode()}


def clean_environment(**more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOCKMAIL_")}
    return kept | {"MOCKMAIL_VENDORS": "atmail", "PYTHONUNBUFFERED": "1"} | more


def mockmail(*arguments, **environment):
    """A command that ends by itself."""
    return subprocess.run(
        [sys.executable, "-m", "mockmail", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=clean_environment(**environment),
    )


class Served:
    """A server that runs; its output can be read line by line."""

    def __init__(self, folder, *arguments, **environment):
        self.ready = folder / "ready.json"
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "mockmail",
                "serve",
                "--http-port",
                "0",
                "--smtp-port",
                "0",
                "--ready-file",
                str(self.ready),
                *arguments,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=clean_environment(**environment),
        )
        self.banner = "" if "--quiet" in arguments else self.line()
        while not self.ready.exists():
            assert self.process.poll() is None
            select.select([], [], [], 0.01)
        self.facts = json.loads(self.ready.read_text())

    def line(self):
        """Return the next line of the log, without its time and level."""
        return re.sub(r"^[\d:.]+ [A-Z]+ +", "", self.process.stdout.readline().rstrip("\n"))

    def line_with(self, words):
        """Return the next line that contains some words."""
        while words not in (line := self.line()):
            assert line or self.process.poll() is None, f"ended without {words!r}"
        return line

    def get(self, path, **headers):
        response = send_request(self.facts["http"], "GET", path, headers=ADMIN | headers)
        return response.status, response.body

    def send(self, subject, sender="bob@example.com", recipients=("jane@example.com",)):
        host, port = self.facts["smtp"].split(":")
        with smtplib.SMTP(host, int(port), "client.test", timeout=20) as smtp:
            smtp.sendmail(sender, list(recipients), f"Subject: {subject}\n\n")

    def stop(self, number=signal.SIGTERM):
        """Return the exit status and both outputs."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


@pytest.fixture
def serve(tmp_path):
    started = []

    def start(*arguments, **environment):
        started.append(Served(tmp_path, *arguments, **environment))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_server_runs_until_a_stop_signal(serve, tmp_path, number):
    server = serve()
    assert server.facts == {
        "http": server.facts["http"],
        "https": None,
        "smtp": server.facts["smtp"],
        "smtps": None,
        "smtp_host": "127.0.0.1",
        "smtp_port": int(server.facts["smtp"].rpartition(":")[2]),
        "smtp_sandboxes": {},
        "pid": server.process.pid,
        "version": __version__,
    }
    assert re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d*", server.facts["http"])
    assert server.banner == (
        f"mockmail {__version__} is accessible via {server.facts['http']} (SMTP {server.facts['smtp']})"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["ready.json"]
    assert server.get("/atmail/admin/index.php/api/users/rolelist")[0] == 200
    status, out, err = server.stop(number)
    assert (status, err) == (0, "")
    assert out.endswith("mockmail stopped\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "left", ["", '{"http": "http://127.0.0.1:1", "smtp": "127.0.0.1:2", "pid": 1, "version": "0"}']
)
def test_ready_file_of_a_killed_server_is_replaced(tmp_path, left):
    path = tmp_path / "ready.json"
    path.write_text(left)
    with MockMail() as mm:
        ReadyFile(path).write(mm.server)
    assert json.loads(path.read_text())["pid"] == os.getpid()


def test_webhook_of_a_flag_is_told_of_mail(serve):
    with socket.create_server(("127.0.0.1", 0)) as application:
        application.settimeout(30)
        server = serve("--webhook", f"http://127.0.0.1:{application.getsockname()[1]}/hook")
        server.send("Hello")
        bodies = []
        while not any(body["kind"] == "message" for body in bodies):
            connection, _ = application.accept()
            with connection, connection.makefile("rwb") as stream:
                head = [stream.readline()]
                while head[-1] not in (b"\r\n", b""):
                    head.append(stream.readline())
                [size] = [line.partition(b":")[2] for line in head if line.lower().startswith(b"content-length:")]
                bodies.append(json.loads(stream.read(int(size))))
                stream.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        assert bodies[-1]["data"]["subject"] == "Hello"
        assert server.stop()[0] == 0


def test_application_that_cannot_authenticate_uses_the_port_of_its_sandbox(serve):
    server = serve("--smtp-sandboxes", "mine=0", "--smtp-sandboxes", "yours=0")
    host, port = server.facts["smtp_sandboxes"]["mine"].split(":")
    with smtplib.SMTP(host, int(port), "client.test", timeout=20) as smtp:
        smtp.sendmail("a@example.com", ["b@example.com"], "Subject: Mine\n\n")
    with smtplib.SMTP(host, int(port), "client.test", timeout=20) as smtp:
        smtp.login("~other", "x")
        smtp.sendmail("a@example.com", ["b@example.com"], "Subject: Other\n\n")
    assert server.line_with("smtp ") == f"  smtp        {host}:{port} for the sandbox mine"
    found = {
        name: json.loads(server.get(f"/~{name}/_mockmail/messages")[1])["total"] for name in ("mine", "other", "yours")
    }
    assert found == {"mine": 1, "other": 1, "yours": 0}
    assert json.loads(server.get("/_mockmail/messages")[1])["total"] == 0


def test_port_of_a_sandbox_in_use_is_refused(taken_port):
    done = mockmail("serve", "--http-port", "0", "--smtp-port", "0", "--smtp-sandboxes", f"mine={taken_port}")
    assert_refused(done, f"port {taken_port} (SMTP of mine): another program uses it", "--smtp-sandboxes")


def test_ready_file_of_another_server_is_not_removed(serve, tmp_path):
    server = serve()
    server.ready.write_text(json.dumps(server.facts | {"pid": 1}))
    assert server.stop()[0] == 0
    assert json.loads(server.ready.read_text())["pid"] == 1


def test_console_shows_addresses_requests_and_messages(serve):
    server = serve()
    url = server.facts["http"]
    assert server.line() == f"  atmail      {url}/atmail/admin/index.php/api"
    assert server.line() == "              username admin, password changeme"
    assert server.line() == f"  messages    {url}/_mockmail/messages"
    server.get("/admin/index.php/api/users/rolelist")
    assert re.fullmatch(
        r"200 GET /admin/index\.php/api/users/rolelist  atmail role\.list  \d+\.\d ms", server.line_with("rolelist")
    )
    server.get("/~mine/admin/index.php/api/users/rolelst")
    assert re.fullmatch(
        r"~mine 400 GET /~mine/admin/index\.php/api/users/rolelst  atmail no such operation  \d+\.\d ms",
        server.line_with("rolelst"),
    )
    assert re.fullmatch(r"    nearest: atmail role\.list .*: 'rolelst' should be 'rolelist'", server.line())
    server.send("Welcome")
    assert re.fullmatch(
        r"mail bob@example\.com -> jane@example\.com: 'Welcome' \(\d+ bytes, by smtp\)", server.line_with("mail bob")
    )
    server.send("Sale\nFrom: shop@example.com")
    line = server.line_with("Sale")
    assert line.startswith("mail shop@example.com (envelope bob@example.com) -> jane@example.com: 'Sale' (")
    server.send("Many", recipients=[f"n{number}@example.com" for number in range(5)])
    assert "-> n0@example.com, n1@example.com, n2@example.com ...: 'Many'" in server.line_with("mail bob")


def test_console_replaces_control_characters(serve):
    server = serve()
    server.send("=?utf-8?q?=1B[31mred=1B[0m_=07_=E2=80=AEevil_=C2=9B?=")
    line = server.line_with("mail bob")
    assert line.isprintable()
    assert "\ufffd[31mred\ufffd[0m" in line
    server.get("/admin/%1b%5b31m%07")
    line = server.line_with("no such operation")
    assert line.isprintable()


def test_quiet_server_prints_nothing(serve):
    server = serve("--quiet")
    server.get("/admin/index.php/api/users/rolelist")
    server.get("/no/such/operation")
    server.send("Welcome")
    assert server.stop() == (0, "", "")


def test_server_whose_log_nobody_reads_responds_and_stops(serve):
    server = serve()
    with closing(http.client.HTTPConnection(server.facts["http"].removeprefix("http://"), timeout=20)) as connection:
        for _ in range(1200):
            connection.request("GET", "/admin/index.php/api/users/rolelist", headers=ADMIN)
            connection.getresponse().read()
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(30) == 0
    assert len(server.process.stdout.read()) < 1200 * 80


def test_json_log_has_one_object_a_line(serve):
    server = serve("--log-format", "json")
    server.get("/~mine/admin/index.php/api/users/rolelist")
    server.get("/no/such/path")
    server.send("Welcome")
    lines = [json.loads(line) for line in (server.banner, *server.stop()[1].splitlines())]
    started, call, unmatched, mail, stopped = lines
    assert {started[name] for name in ("http", "smtp")} == {server.facts["http"], server.facts["smtp"]}
    assert started["vendors"] == {"atmail": f"{server.facts['http']}/atmail/admin/index.php/api"}
    assert (call["level"], call["sandbox"], call["operation"], call["status"]) == ("info", "mine", "role.list", 200)
    assert (unmatched["level"], unmatched["operation"]) == ("warning", None)
    assert (mail["subject"], mail["to"]) == ("Welcome", ["jane@example.com"])
    assert stopped["message"] == "mockmail stopped"


def test_console_shows_data_folder_and_seeds(serve, tmp_path):
    init = tmp_path / "init"
    init.mkdir()
    (init / "20-marked.json").write_bytes(b'\xef\xbb\xbf{"vendors": {}}')
    (init / "10-first.json").write_text('{"format": 1, "vendors": {}}')
    (init / "._10-first.json").write_bytes(b"what a desktop leaves beside a file")
    (init / "README.md").write_text("no seed")
    server = serve("--init-dir", str(init), "--data-dir", str(tmp_path / "data"))
    server.line_with("messages ")
    assert [server.line() for _ in range(3)] == [
        f"  data        {tmp_path / 'data'}",
        f"  seed        {init / '10-first.json'}",
        f"  seed        {init / '20-marked.json'}",
    ]


def test_console_notes_a_seed_that_has_no_effect(serve, tmp_path):
    seed = tmp_path / "seed.json"
    seed.write_text('{"vendors": {"atmail": {"domains": [{"domainId": 9, "domainName": "new.example"}]}}}')
    data = ("--data-dir", str(tmp_path / "data"))
    first = serve(*data)
    first.get("/admin/index.php/api/users/rolelist")
    first.stop()
    second = serve(*data, "--seed", str(seed))
    second.line_with("seed ")
    assert second.line() == (
        "seeds are ignored for atmail: the data folder has their state; reset it to apply the seeds"
    )
    assert b"new.example" not in second.get("/_mockmail/state?vendor=atmail")[1]


def test_changed_seed_is_reloaded_and_an_invalid_one_is_reported(serve, tmp_path):
    def seed(number, name):
        return f"vendors:\n  atmail:\n    domains:\n      - {{domainId: {number}, domainName: {name}}}\n"

    init = tmp_path / "init"
    init.mkdir()
    (init / "a.yaml").write_text(seed(8, "first.example"))
    server = serve("--init-dir", str(init), "--reload")
    state = "/_mockmail/state?vendor=atmail"
    assert b"first.example" in server.get(state)[1]
    server.get(f"/~mine{state}")

    (init / "a.yaml").write_text(seed("x", "broken.example"))
    assert server.line_with("not reloaded").startswith(
        f"the seeds are not reloaded: {init / 'a.yaml'}: vendors.atmail.domains[0].domainId: expected an integer"
    )
    assert b"first.example" in server.get(state)[1]
    (init / "a.yaml").write_text(seed(8, "second.example"))
    (init / "b.yaml").write_text(seed(9, "third.example"))
    while b"third.example" not in server.get(state)[1]:
        server.line_with("the seeds are reloaded")
    assert b"first.example" not in server.get(state)[1]
    assert b"third.example" in server.get(f"/~mine{state}")[1]
    assert b"third.example" in server.get(f"/~new{state}")[1]
    assert server.stop()[0] == 0


def test_server_stops_cleanly_on_sighup(serve, tmp_path):
    server = serve()
    assert server.stop(signal.SIGHUP)[0] == 0
    assert list(tmp_path.iterdir()) == []


def test_settings_apply_to_the_server(serve, tmp_path):
    seed = tmp_path / "seed" / "seed.json"
    seed.parent.mkdir()
    seed.write_text('{"format": 1, "vendors": {"atmail": {"domains": [{"domainId": 9, "domainName": "new.example"}]}}}')
    config = seed.parent / "mockmail.toml"
    config.write_text(f'seed = ["{seed}"]\ncontrol_token = "s3cret"\n[options.atmail]\nfailed_status = 418\n')
    server = serve("--config", str(config), MOCKMAIL_MAX_MESSAGES="1")
    assert b"new.example" in server.get("/admin/index.php/api/domain/check?domainName=new.example")[1]
    assert server.get("/admin/index.php/api/accounts/view?accountId=999")[0] == 418
    assert server.get("/_mockmail/health")[0] == 401
    assert server.get("/_mockmail/health", Authorization="Bearer s3cret")[0] == 200
    server.send("one")
    with pytest.raises(smtplib.SMTPDataError, match="max_messages"):
        server.send("two")
    locked = mockmail("healthcheck", "--http-port", server.facts["http"].rpartition(":")[2])
    assert locked.returncode == 1
    assert locked.stdout.endswith(" needs a token; give it with --control-token or MOCKMAIL_CONTROL_TOKEN\n")
    known = mockmail("healthcheck", "--http-port", server.facts["http"].rpartition(":")[2], "--control-token", "s3cret")
    assert (known.returncode, known.stdout) == (0, "")


def test_first_lines_fit_a_terminal_without_breaking_credentials(serve):
    server = serve(MOCKMAIL_VENDORS="adaxes")
    lines = [server.line() for _ in range(3)]
    assert lines == [
        f"  adaxes      {server.facts['http']}/adaxes/restApi",
        "              token YOUR-SECURITY-TOKEN, username administrator@example.com",
        "              password Secret123!",
    ]
    assert max(map(len, [server.banner, *lines])) <= 80


@pytest.mark.parametrize("token", ["", "s3cret"])
def test_console_notes_that_other_machines_can_reach_the_server(token):
    said = io.StringIO()
    settings = ServerSettings(guard=Guard(token=token))
    server = Server(discover(only=["atmail"]), settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Server, "_address", lambda _, which: ("0.0.0.0", 8025 if which == "HTTP" else 1025))
        Console(logger_to(said)).hello(server)
    lines = [re.sub(r"^[\d:.]+ [A-Z]+ +", "", line) for line in said.getvalue().splitlines()]
    assert lines[0] == f"mockmail {__version__} is accessible via http://127.0.0.1:8025 (SMTP 127.0.0.1:1025)"
    assert lines[4] == "the server listens on 0.0.0.0; other machines can reach it"
    control = "anyone who reaches it can use the control API; set --control-token to require a token"
    assert lines[5:] == ([] if token else [control])


def has_ipv6():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_ipv6_address_is_printed_as_a_url(serve):
    server = serve(MOCKMAIL_HOST="::1")
    assert re.fullmatch(r"\[::1\]:\d+", server.facts["smtp"])
    assert server.get("/admin/index.php/api/users/rolelist")[0] == 200
    known = mockmail("healthcheck", "--http-port", server.facts["http"].rpartition(":")[2], "--host", "::")
    assert (known.returncode, known.stdout) == (0, "")


@pytest.fixture
def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


def assert_refused(done, *words):
    """One line that says what to do, and status 2."""
    assert done.returncode == 2, done.stdout
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("mockmail: ")
    assert done.stderr.count("\n") == 1
    for word in words:
        assert word in done.stderr


class TestStartErrors:
    """An error is one line, with status 2."""

    @pytest.mark.parametrize("which", ["--http-port", "--smtp-port"])
    def test_port_in_use_is_refused(self, taken_port, which):
        ports = {"--http-port": "0", "--smtp-port": "0", which: str(taken_port)}
        done = mockmail("serve", *[word for pair in ports.items() for word in pair])
        assert_refused(done, f"127.0.0.1 port {taken_port} ({which[2:6].upper()}): another program uses it", which)
        assert done.stdout == ""

    def test_unreadable_seed_is_refused(self, tmp_path):
        assert_refused(mockmail("serve", "--seed", str(tmp_path / "no.json")), "no.json: cannot be read (No such file")

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            ("{", "is not JSON"),
            ("[]", 'expected {"format": 1, "vendors": {...}}'),
            ('{"format": 9, "vendors": {}}', "is of format 9, and this mockmail"),
            ('{"vendors": {"nobody": {}}}', "vendors.nobody: there is no such vendor; there are atmail"),
            ('{"vendors": {"atmail": {"x": []}}}', "vendors.atmail.x: no such table; atmail has accounts, aliases"),
            ('{"vendors": {"atmail": {"domains": [{"domainId": "1"}]}}}',
             "vendors.atmail.domains[0].domainId: expected an integer, got '1'"),
            ('{"vendors": {"atmail": {}, "atmail": {}}}', "is not JSON (an object has the name 'atmail' twice)"),
            ('{"vendors": {}, "vendorz": {}}', "vendorz: no such part; there are format, "),
            ('{"vendors": {}, "mail": [1]}', "mail: a seed has no mail; restore a snapshot with PUT /_mockmail/state"),
            ("[" * 100_000, "is not JSON ("),
            ('{"vendors": {"atmail": {"domains": [{"domainId": 1}]}}}',
             "vendors.atmail.domains[0].domainName: is required and missing"),
        ],
    )  # fmt: skip
    def test_invalid_seed_is_refused(self, tmp_path, content, words):
        (tmp_path / "seed.json").write_text(content)
        done = mockmail("serve", "--http-port", "0", "--smtp-port", "0", "--seed", str(tmp_path / "seed.json"))
        assert_refused(done, "seed.json", words)

    @pytest.mark.parametrize(
        ("environment", "words"),
        [
            ({"MOCKMAIL_NONSENSE": "1"}, ["MOCKMAIL_NONSENSE is not a setting; `mockmail serve --help` lists them"]),
            ({"MOCKMAIL_HTTP_PORT": "x"}, ["MOCKMAIL_HTTP_PORT: http_port must be a whole number, not 'x'"]),
            ({"MOCKMAIL_HTTP_PORT": "65536"}, ["http_port must be from 0 to 65535, not 65536 (MOCKMAIL_HTTP_PORT)"]),
            ({"MOCKMAIL_MAX_MESSAGES": "0"}, ["max_messages must be 1 or more, not 0 (MOCKMAIL_MAX_MESSAGES)"]),
            ({"MOCKMAIL_LOG_FORMAT": "xml"}, ["log_format must be text or json, not 'xml' (MOCKMAIL_LOG_FORMAT)"]),
            ({"MOCKMAIL_QUIET": "perhaps"}, ["MOCKMAIL_QUIET: quiet must be true or false, not 'perhaps'"]),
            ({"MOCKMAIL_VENDORS": "nobody"}, ["there is no vendor 'nobody'; there are ", "atmail"]),
            ({"MOCKMAIL_CONFIG": "/nowhere.toml"}, ["/nowhere.toml: cannot be read (No such file or directory)"]),
            ({"MOCKMAIL_HOST": "203.0.113.1"}, ["this machine has no such address; choose one with --host"]),
            ({"MOCKMAIL_HOST": "not an address"}, ["choose an address of this machine with --host"]),
            ({"MOCKMAIL_HOST": ""}, ["host must be an address, such as 127.0.0.1 or 0.0.0.0", "(MOCKMAIL_HOST)"]),
            ({"MOCKMAIL_HTTP_PORT": "4025", "MOCKMAIL_SMTP_PORT": "4025"}, ["must differ, but both are 4025"]),
            ({"MOCKMAIL_HTTP_IDLE": "nan"}, ["http_idle must be more than 0 seconds, not nan (MOCKMAIL_HTTP_IDLE)"]),
            ({"MOCKMAIL_HTTP_BODY_SECONDS": "0"}, ["http_body_seconds must be more than 0 seconds, not 0.0"]),
            (
                {"MOCKMAIL_MAX_OPEN_REQUEST_BYTES": "1000"},
                ["max_open_request_bytes must be at least max_request_bytes (52428800), not 1000"],
            ),
            (
                {"MOCKMAIL_MAX_OPEN_MESSAGE_BYTES": "1000"},
                ["max_open_message_bytes must be at least max_message_bytes (52428800), not 1000"],
            ),
            ({"MOCKMAIL_SMTP_IDLE": "0"}, ["smtp_idle must be more than 0 seconds, not 0.0"]),
            ({"MOCKMAIL_ALLOWED_HOSTS": "a.example:80"}, ["allowed_hosts must be names such as", "'a.example:80'"]),
            ({"MOCKMAIL_SMTP_SANDBOXES": "mine"}, ["smtp_sandboxes must be NAME=PORT, such as mine=1026, not 'mine'"]),
            ({"MOCKMAIL_SMTP_SANDBOXES": "a b=1"}, ["smtp_sandboxes must be NAME=PORT", "'a b=1'"]),
            ({"MOCKMAIL_SMTP_SANDBOXES": "a=65536"}, ["smtp_sandboxes must be NAME=PORT", "'a=65536'"]),
            ({"MOCKMAIL_RELAY_ALLOW": "mail.example"}, ["relay_allow must be HOST:PORT, not 'mail.example'"]),
            ({"MOCKMAIL_WEBHOOK_ALLOW": ":80"}, ["webhook_allow must be HOST:PORT, not ':80'"]),
            ({"MOCKMAIL_WEBHOOK": "x"}, ["webhook: url must be an http or https URL, not 'x'"]),
            ({"MOCKMAIL_MAX_WEBHOOKS": "0"}, ["max_webhooks must be 1 or more, not 0"]),
        ],
    )
    def test_invalid_variable_is_refused(self, environment, words):
        given = {"MOCKMAIL_HTTP_PORT": "0", "MOCKMAIL_SMTP_PORT": "0"} | environment
        assert_refused(mockmail("serve", **given), *words)

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            ("nonsense", "is not valid TOML: "),
            ("nonsense = 1", "'nonsense' is not a setting; `mockmail serve --help` lists them"),
            ('max_messages = "x"', "max_messages must be a whole number, not 'x'"),
            ("http-port = 1", "'http-port' is not a setting; did you mean http_port? "),
            ("max_messages = [1]", "max_messages must be a single value, not [1]"),
            ("host = {a = 1}", "host must be a single value, not {'a': 1}"),
            ("[options.nobody]\nx = 1", "options: there is no vendor 'nobody'"),
            ("[options.atmail]\nx = 1", "options.atmail: 'x' is not an option; expected failed_status"),
            ("options = 1", "options must be a table of options, not 1"),
            ("[options]\natmail = 1", "options.atmail must be a table of options, not 1"),
        ],
    )
    def test_invalid_settings_file_is_refused(self, tmp_path, content, words):
        (tmp_path / "mockmail.toml").write_text(content)
        done = mockmail("serve", "--http-port", "0", "--smtp-port", "0", "--config", str(tmp_path / "mockmail.toml"))
        assert_refused(done, words)

    @pytest.mark.parametrize(("name", "why"), [("no/ready.json", "No such file"), ("folder", "Is a directory")])
    def test_unwritable_ready_file_is_refused(self, tmp_path, name, why):
        (tmp_path / "folder").mkdir()
        done = mockmail("serve", "--http-port", "0", "--smtp-port", "0", "--ready-file", str(tmp_path / name))
        assert_refused(
            done, f"ready_file: {tmp_path / name} cannot be written ({why}", "name a file in a writable folder"
        )
        assert done.stdout == ""
        assert [path.name for path in tmp_path.iterdir()] == ["folder"]

    def test_ready_file_does_not_replace_another_file(self, tmp_path):
        theirs = tmp_path / "notes.txt"
        theirs.write_text("mine")
        done = mockmail("serve", "--http-port", "0", "--smtp-port", "0", "--ready-file", str(theirs))
        assert_refused(done, f"ready_file: {theirs} exists and is not a ready file; name another file")
        assert theirs.read_text() == "mine"

    def test_ready_file_does_not_replace_a_device(self, tmp_path):
        os.mkfifo(tmp_path / "pipe")
        done = mockmail("serve", "--http-port", "0", "--smtp-port", "0", "--ready-file", str(tmp_path / "pipe"))
        assert_refused(done, "exists and is not a ready file; name another file")
        assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)

    def test_data_folder_that_is_a_file_is_refused(self, tmp_path):
        (tmp_path / "file").touch()
        done = mockmail("serve", "--http-port", "0", "--smtp-port", "0", "--data-dir", str(tmp_path / "file"))
        assert_refused(
            done,
            "file: cannot be used as a data folder (Not a directory); name a folder that the user",
            str(os.geteuid()),
        )

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ([], ["VERB", "see `mockmail --help`"]),
            (["nonsense"], ["there is no verb 'nonsense'; there are serve, env, messages", "see `mockmail --help`"]),
            (["sever"], ["there is no verb 'sever'; did you mean serve? See `mockmail --help`"]),
            (["serve", "--htp-port=1"], ["unrecognized arguments: --htp-port=1; did you mean --http-port? See "]),
            (["completion", "tcsh"], ["invalid choice: 'tcsh'", "bash", "see `mockmail completion --help`"]),
            (["serve", "--nonsense"], ["unrecognized arguments: --nonsense; see `mockmail serve --help`"]),
            (["serve", "--http-port", "x"], ["--http-port: invalid int value: 'x'; see `mockmail serve --help`"]),
            (["env"], ["VENDOR", "see `mockmail env --help`"]),
            (["healthcheck", "--wait", "nan"], ["--wait must be 0 or more seconds, not nan"]),
        ],
    )
    def test_invalid_command_line_is_refused(self, arguments, words):
        assert_refused(mockmail(*arguments), *words)
