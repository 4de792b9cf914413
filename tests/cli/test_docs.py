"""docs/desk.md: its commands succeed, and its tables and samples match the server."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import smtplib
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from http_client import send_request

from mockmail import MockMail
from mockmail.core.seeds import SeedDocument
from mockmail.server.console import Console
from mockmail.server.log import JsonFormatter
from mockmail.server.ready_file import ReadyFile

TEXT = (Path(__file__).parents[2] / "docs" / "desk.md").read_text("utf-8")

pytestmark = pytest.mark.mockmail(strict=False)


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def section(heading):
    return TEXT.partition(f"## {heading}\n")[2].partition("\n## ")[0]


@pytest.fixture
def shell(mockmail, tmp_path):
    """Run a block as a user would, on the running server; return what it prints."""
    folder = tmp_path / "bin"
    folder.mkdir()
    command = folder / "mockmail"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mockmail "$@"\n')
    command.chmod(0o755)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MOCKMAIL_")},
        "PATH": f"{folder}:{os.environ['PATH']}",
        "MOCKMAIL_HTTP_PORT": mockmail.url.rpartition(":")[2],
    }

    def run(script):
        script = script.replace("http://127.0.0.1:8025", mockmail.url)
        done = subprocess.run(
            ["sh", "-ec", script],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=tmp_path,
            env=environment,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_verbs_show_the_running_server(mockmail, shell):
    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port, "client.test", timeout=20) as smtp:
        smtp.sendmail("a@example.com", ["b@example.com"], "Subject: Welcome\n\n")
    send_request(mockmail.url, "GET", "/1/mail/nonsense")
    send_request(mockmail.url, "GET", "/spacedog/1/login")
    [script] = [block for block in blocks("sh") if "mockmail messages" in block]

    lines = shell(script).splitlines()

    assert lines[0].endswith("a@example.com -> b@example.com: 'Welcome'")
    assert "403 GET /spacedog/1/login  spacedog session.login" in lines[1]
    assert "404 GET /1/mail/nonsense" in lines[2]
    assert lines[-1] == "reset everything in the sandbox mine"


def test_env_is_evaluated_by_a_shell(mockmail, shell):
    [script] = [block for block in blocks("sh") if "mockmail env" in block]

    assert shell(script) == f"{mockmail.rackspace.url} 127.0.0.1 ~mine\n"


def test_config_is_read_again(shell):
    [script] = [block for block in blocks("sh") if "mockmail config" in block]

    assert shell(script).startswith("smtp_port = 2025  # mockmail.toml: ")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_metrics_are_those_of_the_table(shell):
    [script] = [block for block in blocks("sh") if "metrics" in block]
    listed = set(re.findall(r"^\| `(mockmail_\w+)`", section("Metrics"), re.MULTILINE))

    shown = shell(script)

    assert {re.sub(r"_total$", "", name) for name in listed} == {
        re.sub(r"_(total|created|info)$", "", name) + ("_info" if name.endswith("_info") else "")
        for name in re.findall(r"^# TYPE (\w+) ", shown, re.MULTILINE)
    }


def test_ready_file_has_the_fields_of_the_table(tmp_path):
    listed = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", section("The ready file"), re.MULTILINE)))

    with MockMail() as mm:
        ReadyFile(tmp_path / "ready.json").write(mm.server)

    assert list(json.loads((tmp_path / "ready.json").read_text())) == listed


def test_python_example_starts_and_stops_a_server(tmp_path):
    [script] = blocks("python")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MOCKMAIL_")}

    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=tmp_path,
        env=environment,
    )

    assert re.fullmatch(r"http://127\.0\.0\.1:\d+ 127\.0\.0\.1 \d+\n", done.stdout)
    assert list(tmp_path.iterdir()) == []


def test_yaml_seed_fits(tmp_path):
    file = tmp_path / "seed.yaml"
    file.write_text(blocks("yaml")[0])
    seed = SeedDocument.read(file)

    with MockMail() as mm:
        mm.rackspace.seed(**seed.vendors["rackspace"])
        names = [domain["name"] for domain in mm.rackspace.state()["domains"]]

    assert {"my.example", "other.example"} <= set(names)


def test_prometheus_configuration_names_the_path():
    [job] = yaml.safe_load(blocks("yaml")[1])["scrape_configs"]

    assert job["metrics_path"] == "/_mockmail/metrics"


def test_json_line_of_the_log_has_the_fields_that_are_shown(tmp_path):
    shown = json.loads(blocks("json")[0])
    lines = []
    with MockMail() as mm:
        Console(logging_to(lines)).watch(mm.server.sandboxes.get())
        with smtplib.SMTP(mm.smtp_host, mm.smtp_port, "client.test", timeout=20) as smtp:
            smtp.sendmail("me@example.com", ["account1@yourdomain.com"], "Subject: Hello\r\n\r\nHi!")

    document = json.loads(lines[0])
    assert list(document) == list(shown)
    varying = ("time", "message_id", "message", "size")
    assert {name: document[name] for name in document if name not in varying} == {
        **{name: shown[name] for name in shown if name not in varying},
        "logger": document["logger"],
    }


def logging_to(lines):
    class Kept(logging.Handler):
        def emit(self, record):
            lines.append(JsonFormatter().format(record))

    log = logging.Logger("mockmail.server")  # noqa: LOG001  # no other test sees it
    log.addHandler(Kept())
    return log


def test_python_names_of_smtp_sandboxes_exist():
    with MockMail(smtp_sandboxes={"mine": 0}) as mm:
        assert mm.sandbox("mine").smtp_port != mm.smtp_port
