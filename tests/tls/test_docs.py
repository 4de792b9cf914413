"""docs/tls.md: its blocks work as they are printed."""

from __future__ import annotations

import json
import re
import select
import subprocess
import sys
from pathlib import Path

import pytest

from mockmail.inprocess.mockmail import MockMail
from mockmail.server.discovery import discover
from mockmail.server.server_settings import ServerSettings
from mockmail.server.settings import fields

TEXT = (Path(__file__).parents[2] / "docs" / "tls.md").read_text("utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture
def mm():
    """A server with the settings of the page."""
    with MockMail(settings=ServerSettings(https_port=0, smtps_port=0, smtp_starttls="required")) as started:
        yield started


def replaced(text, mm):
    """Return a block with the ports of this server."""
    ports = {8025: mm.url.rpartition(":")[2], 8443: mm.https_url.rpartition(":")[2], 1025: mm.smtp_port}
    for port, own in (ports | {1465: mm.smtps_port}).items():
        text = re.sub(rf"\b{port}\b", str(own), text)
    return text


def test_settings_of_the_page_exist():
    named = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`[^|]*) \|", TEXT, re.MULTILINE))))

    assert named == {name for name in (spec.name for spec in fields()) if re.search("https|smtps|tls|proxy", name)}


def test_hosts_of_the_page_are_those_of_the_vendors():
    [listed] = re.findall(r"only for the vendors' hosts: (.*?)\.\s", TEXT, re.DOTALL)
    hosts = {host for vendor in discover() for host in vendor.hosts}

    assert set(re.findall(r"`([^`]+)`", listed)) == hosts - {"test.spacedog.io"}  # `*.spacedog.io` covers it


def test_server_of_the_page_starts(tmp_path):
    [command] = [block for block in blocks("sh") if block.startswith("mockmail serve")]
    flags = re.sub(r"\b\d{4}\b", "0", command).split()[1:]
    ready = tmp_path / "ready.json"
    more = ["--http-port", "0", "--smtp-port", "0", "--quiet", "--ready-file", str(ready)]
    process = subprocess.Popen([sys.executable, "-m", "mockmail", *flags, *more], stdout=subprocess.DEVNULL)
    try:
        while not ready.exists():
            assert process.poll() is None
            select.select([], [], [], 0.01)
        assert {"https", "smtps"} <= json.loads(ready.read_text()).keys()
    finally:
        process.kill()
        process.wait(30)


def test_shell_commands_work_in_order(mm, curl, run, swaks_with_tls, tmp_path):
    (tmp_path / "mail.eml").write_text("Subject: Welcome\r\n\r\nHello\r\n")
    for block in blocks("sh"):
        if block.startswith("curl") or (block.startswith("swaks") and swaks_with_tls):
            run("sh", "-ec", replaced(block, mm).replace("curl ", "curl --silent "), cwd=tmp_path)

    assert {message.envelope.tls[:4] for message in mm.inbox} == {"TLSv"}
    assert len(mm.inbox) == (3 if swaks_with_tls else 1)


def test_variables_lead_the_curl_of_the_page_to_the_vendor(curl, run, tmp_path):
    [block] = [block for block in blocks("sh") if "--proxy" in block]
    with MockMail() as mm:
        script = block.replace("mockmail env", f"{sys.executable} -m mockmail env").replace(
            "--proxy", f"--proxy --url {mm.url}"
        )
        said = run("sh", "-ec", script, env={"XDG_CACHE_HOME": str(tmp_path)})

        assert "Authentication failed." in said
        assert [exchange.operation for exchange in mm.requests] == ["domain.index"]


def test_tests_of_the_page_pass(pytester, curl):
    in_pytest, _, in_proxy = blocks("python")
    pytester.makepyfile(f"import os\nimport pytest\n\n{in_pytest}\n{in_proxy}")

    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=2)


@pytest.mark.parametrize("port_in_tls", [False, True])
def test_django_sends_with_the_settings_of_the_page(mm, python, port_in_tls):
    pytest.importorskip("django", reason="Django is not installed")
    _, settings, _ = blocks("python")
    if port_in_tls:
        settings = settings.replace("1025", "1465").replace("EMAIL_USE_TLS", "EMAIL_USE_SSL")

    python(
        f"{replaced(settings, mm)}\nfrom django.conf import settings\n"
        "settings.configure(**{name: value for name, value in globals().items() if name.startswith('EMAIL_')})\n"
        "from django.core.mail import send_mail\n"
        "send_mail('Welcome', 'Hello', 'shop@example.com', ['jane@example.com'])\n",
        env={"SSL_CERT_FILE": mm.ca_file},
    )

    assert mm.inbox.wait_for(subject="Welcome").envelope.tls.startswith("TLSv1")


@pytest.mark.parametrize("port_in_tls", [False, True])
def test_nodemailer_sends_with_the_script_of_the_page(mm, node, port_in_tls):
    [script] = blocks("js")
    if port_in_tls:
        script = script.replace("1025", "1465").replace("requireTLS", "secure")

    node(replaced(script, mm), env={"NODE_EXTRA_CA_CERTS": mm.ca_file})

    assert mm.inbox.wait_for(subject="Welcome").envelope.auth_user == "jane"
