"""A client of a vendor takes one base URL, and every place shows the same one."""

from __future__ import annotations

import io
import smtplib

import pytest
from logs import logger_to

from mockmail import MockMail, cli
from mockmail.server.console import Console
from mockmail.server.server_settings import ServerSettings


@pytest.mark.parametrize(
    ("vendor", "path"),
    [
        ("adaxes", "/adaxes/restApi"),
        ("atmail", "/atmail/admin/index.php/api"),
        ("brevo", "/brevo/v3"),
        ("mailgun", "/mailgun"),
        ("onlyoffice", "/onlyoffice"),
        ("postmark", "/postmark"),
        ("rackspace", "/rackspace/v1"),
        ("resend", "/resend"),
        ("sendgrid", "/sendgrid"),
        ("ses", "/ses"),
        ("spacedog", "/spacedog"),
    ],
)
def test_python_env_and_log_show_the_same_base_url(mockmail, capsys, vendor, path):
    log = io.StringIO()

    handle = mockmail.vendor(vendor)
    Console(logger_to(log)).hello(mockmail.server)
    cli.main(["env", vendor, "--url", mockmail.url])

    assert handle.url == mockmail.url + path
    assert f"  {vendor:11} {handle.url}\n" in log.getvalue()
    assert capsys.readouterr().out.splitlines()[0].endswith(f"={handle.url}")
    assert handle.url in handle.environment.values()


def test_base_url_of_a_sandbox_has_its_prefix(mockmail):
    assert mockmail.sandbox("mine").rackspace.url == f"{mockmail.url}/~mine/rackspace/v1"


def test_sandbox_with_a_port_of_its_own_shows_it():
    with MockMail(settings=ServerSettings(smtp_sandboxes={"mine": 0})) as mm:
        ports = mm.smtp_port, mm.sandbox("mine").smtp_port, mm.sandbox("other").smtp_port

        assert mm.server.smtp_sandboxes == {"mine": f"127.0.0.1:{ports[1]}"}
        assert ports[0] == ports[2] != ports[1]


def test_sandbox_of_an_smtp_port_is_kept_after_starttls():
    with MockMail(settings=ServerSettings(smtp_sandboxes={"mine": 0}, smtp_starttls="required")) as mm:
        mine = mm.sandbox("mine")
        with smtplib.SMTP("127.0.0.1", mine.smtp_port, timeout=20) as client:
            client.starttls(context=mm.ssl_context)
            client.sendmail("a@example.com", ["b@example.com"], "Subject: Hello\r\n\r\n")
        assert (len(mine.inbox), len(mm.inbox)) == (1, 0)


def test_proxy_is_refused_for_smtp(capsys):
    assert cli.main(["env", "smtp", "--proxy"]) == 2
    assert "--proxy leads a vendor's HTTP client to the server" in capsys.readouterr().err


def test_log_shows_the_ports_in_tls():
    log = io.StringIO()
    with MockMail(settings=ServerSettings(https_port=0)) as mm:
        Console(logger_to(log)).hello(mm.server)
        assert f"  https       {mm.server.https_url} (trust {mm.url}/_mockmail/ca.pem)\n" in log.getvalue()
