"""`mockmail serve` with ports in TLS, and `mockmail env --proxy`."""

from __future__ import annotations

import json
import os
import select
import smtplib
import socket
import ssl
import subprocess
import sys

import pytest
import requests
from tls.conftest import clean_environment

from mockmail import cli

MOCKMAIL = (sys.executable, "-m", "mockmail")


@pytest.fixture
def served(tmp_path):
    """Start `mockmail serve` on free ports, and return its process and its ready file's content."""
    processes = []

    def start(*arguments):
        ready = tmp_path / f"ready{len(processes)}.json"
        command = [*MOCKMAIL, "serve", "--http-port", "0", "--smtp-port", "0", "--ready-file", str(ready), *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=clean_environment())
        processes.append(process)
        while not ready.exists():
            assert process.poll() is None
            select.select([], [], [], 0.01)
        return process, json.loads(ready.read_text())

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def command(*arguments, env=None):
    done = subprocess.run(
        [*MOCKMAIL, *(str(argument) for argument in arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=clean_environment() | (env or {}),
    )
    return done.returncode, done.stdout, done.stderr


def test_ports_in_tls_are_served_and_told(served, tmp_path):
    process, facts = served("--https-port", "0", "--smtps-port", "0", "--smtp-starttls", "required")
    (tmp_path / "ca.pem").write_bytes(requests.get(f"{facts['http']}/_mockmail/ca.pem", timeout=20).content)
    context = ssl.create_default_context(cafile=tmp_path / "ca.pem")

    assert requests.get(f"{facts['https']}/_mockmail/health", verify=tmp_path / "ca.pem", timeout=20).ok
    for name, client in (("smtp", smtplib.SMTP), ("smtps", smtplib.SMTP_SSL)):
        host, port = facts[name].split(":")
        with client(host, int(port), timeout=20, **({"context": context} if name == "smtps" else {})) as smtp:
            if name == "smtp":
                smtp.starttls(context=context)
            smtp.sendmail("a@example.com", "b@example.com", "Subject: hi")

    process.terminate()
    out, _ = process.communicate(timeout=30)
    trust = f"(trust {facts['http']}/_mockmail/ca.pem)"
    assert process.returncode == 0
    assert [line.split(None, 1) for line in out.splitlines() if line.startswith(("  https", "  smtps"))] == [
        ["https", f"{facts['https']} {trust}"],
        ["smtps", f"{facts['smtps']} {trust}"],
    ]


def test_authority_of_a_data_folder_survives_a_restart(served, tmp_path):
    given = []
    for _ in range(2):
        process, facts = served("--https-port", "0", "--data-dir", str(tmp_path / "data"))
        given.append(requests.get(f"{facts['http']}/_mockmail/ca.pem", timeout=20).content)
        assert requests.get(facts["https"], verify=tmp_path / "data" / "ca.pem", timeout=20).ok
        process.terminate()
        process.communicate(timeout=30)

    assert given[0] == given[1] == (tmp_path / "data" / "ca.pem").read_bytes()


def test_env_with_proxy_leads_curl_to_the_vendor(served, curl, tmp_path):
    _, facts = served("--vendors", "rackspace", "--quiet")
    file = tmp_path / "cache" / "ca.pem"
    status, exports, error = command("env", "rackspace", "--proxy", "--url", facts["http"], "--ca-file", file)
    assert (status, error) == (0, "")
    assert f"export HTTPS_PROXY={facts['http']}\n" in exports

    script = f'{exports}\ncurl --silent --show-error --write-out "%{{http_code}}" "$RACKSPACE_URL/customers/1/domains"'
    done = subprocess.run(
        ["sh", "-ec", script], capture_output=True, text=True, timeout=60, check=True, env=clean_environment()
    )

    assert done.stdout.endswith("403")
    assert file.read_bytes() == requests.get(f"{facts['http']}/_mockmail/ca.pem", timeout=20).content


def test_env_keeps_the_ca_in_the_cache_of_the_user(served, tmp_path):
    _, facts = served("--vendors", "postmark", "--quiet", "--control-token", "s3cret")

    status, exports, _ = command(
        "env", "postmark", "--proxy", "--sandbox", "mine", "--url", facts["http"], "--control-token", "s3cret",
        env={"XDG_CACHE_HOME": str(tmp_path)},
    )  # fmt: skip

    file = tmp_path / "mockmail" / f"{facts['http'].removeprefix('http://').replace(':', '-')}.pem"
    assert status == 0
    assert f"export SSL_CERT_FILE={file}\n" in exports
    assert f"export HTTPS_PROXY='http://~mine:x@{facts['http'].removeprefix('http://')}'" in exports
    assert "export POSTMARK_API_URL=https://api.postmarkapp.com\n" in exports
    assert file.read_bytes().startswith(b"-----BEGIN CERTIFICATE-----")


def test_env_of_a_vendor_without_a_host_names_the_setting(served, tmp_path):
    _, facts = served("--vendors", "adaxes", "--quiet", "--proxy-hosts", "ad.example.com=adaxes")
    common = ("env", "adaxes", "--proxy", "--url", facts["http"], "--ca-file", tmp_path / "ca.pem")

    advice = "set proxy_hosts to HOST=adaxes, with the host that the application calls"
    assert command(*common) == (2, "", f"mockmail: adaxes has no host of its own: {advice}\n")
    status, exports, _ = command(*common, "--proxy-hosts", "ad.example.com=adaxes")
    assert (status, exports.splitlines()[0]) == (0, "export ADAXES_BASE_URL=https://ad.example.com/restApi")


def test_env_with_proxy_needs_a_running_server(tmp_path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        status, out, error = command("env", "rackspace", "--proxy", "--url", url, "--ca-file", tmp_path / "ca.pem")

    assert (status, out) == (2, "")
    assert error.startswith(f"mockmail: the CA of {url} cannot be fetched (")
    assert error.endswith("start the server first: `mockmail serve`\n")
    assert list(tmp_path.iterdir()) == []


def test_env_with_proxy_reports_what_it_cannot_do(served, tmp_path):
    _, facts = served("--vendors", "rackspace", "--quiet", "--control-token", "s3cret")
    common = ("env", "rackspace", "--proxy", "--url", facts["http"])

    assert command(*common, "--ca-file", tmp_path / "ca.pem")[2].startswith(
        f"mockmail: {facts['http']} does not give its CA (status 401): "
    )
    assert command(*common, "--control-token", "s3cret", "--ca-file", tmp_path)[2] == (
        f"mockmail: {tmp_path}: cannot be written (Is a directory); name another file with --ca-file\n"
    )
    assert command("env", "rackspace", "--proxy", "--url", "https://x")[2] == (
        "mockmail: --proxy needs the URL of the HTTP port, such as http://mockmail:8025, not 'https://x'\n"
    )


@pytest.mark.parametrize(
    ("flags", "error"),
    [
        (["--smtp-starttls", "on"], "smtp_starttls must be offered, required, off, not 'on' (flag)"),
        (["--https-port", "65536"], "https_port must be from 0 to 65535, not 65536 (flag)"),
        (["--smtps-port", "-1"], "smtps_port must be from 0 to 65535, not -1 (flag)"),
        (["--tls-key", "key.pem"], "tls_key needs the certificate that it belongs to: set tls_cert too (flag)"),
        (["--proxy-hosts", "example.com"], "proxy_hosts must be HOST=VENDOR, not 'example.com' (flag)"),
        (["--proxy-hosts", "a b=atmail"], "proxy_hosts must be HOST=VENDOR, not 'a b=atmail' (flag)"),
        (["--tls-handshake-seconds", "0"], "tls_handshake_seconds must be more than 0 seconds, not 0.0 (flag)"),
    ],
)
def test_invalid_setting_is_refused(monkeypatch, capsys, flags, error):
    monkeypatch.setenv("MOCKMAIL_VENDORS", "atmail")

    assert cli.main(["config", *flags]) == 2
    assert capsys.readouterr().err == f"mockmail: {error}\n"


@pytest.mark.parametrize(
    ("flags", "error"),
    [
        (["--https-port", "4025", "--smtps-port", "4025"], "https_port and smtps_port must differ, but both are 4025"),
        (["--http-port", "4025", "--https-port", "4025"], "http_port and https_port must differ, but both are 4025"),
        (["--proxy-hosts", "a.example=nobody"], "there is no vendor 'nobody'; there are atmail"),
        (["--tls-cert", "/none/cert.pem"], "tls_cert and tls_key: /none/cert.pem or /none/cert.pem cannot be read"),
    ],
)  # fmt: skip
def test_server_that_cannot_start_says_why(flags, error):
    given = ["--http-port", "0", "--smtp-port", "0", *flags]
    status, _, said = command("serve", *given, env={"MOCKMAIL_VENDORS": "atmail"})

    assert (status, said.count("\n")) == (2, 1)
    assert said.startswith(f"mockmail: {error}")


def test_port_that_is_taken_names_its_flag():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        status, _, said = command(
            "serve", "--http-port", "0", "--smtp-port", "0", "--https-port", port, env={"MOCKMAIL_VENDORS": "atmail"}
        )

    assert status == 2
    assert said.endswith(f"port {port} (HTTPS): another program uses it; choose another port with --https-port\n")


def test_optional_ports_are_empty_in_the_list_of_settings(monkeypatch, capsys):
    monkeypatch.setenv("MOCKMAIL_VENDORS", "atmail")
    monkeypatch.setenv("MOCKMAIL_SMTPS_PORT", "")

    assert cli.main(["config", "--https-port", "8443"]) == 0

    shown = capsys.readouterr().out
    assert "\nhttps_port = 8443  # flag: " in shown
    assert "\n# smtps_port =   # MOCKMAIL_SMTPS_PORT: " in shown
    assert os.environ["MOCKMAIL_SMTPS_PORT"] == ""
