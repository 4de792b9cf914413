"""`/_mockmail/metrics`, as Prometheus reads it."""

from __future__ import annotations

import smtplib

import pytest
from http_client import send_request
from prometheus_client.parser import text_string_to_metric_families

from mockmail import MockMail, __version__
from mockmail.control.guard import Guard
from mockmail.server.server_settings import ServerSettings

pytestmark = pytest.mark.mockmail(strict=False)


def read(mockmail):
    """Return the values by name and labels, in order of the labels' names."""
    response = send_request(mockmail.url, "GET", "/_mockmail/metrics")
    assert response.status == 200
    families = text_string_to_metric_families(response.body.decode())
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


def send(mockmail, user=None):
    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port, "client.test", timeout=20) as smtp:
        if user is not None:
            smtp.login(user, "x")
        smtp.sendmail("bob@example.com", ["jane@example.com"], "Subject: Hello\n\n")


def test_metrics_count_requests_messages_and_faults_of_all_sandboxes(mockmail):
    mockmail.faults.add("spacedog", status=503)
    send(mockmail)
    send_request(mockmail.url, "GET", "/spacedog/1/login")
    send_request(mockmail.url, "GET", "/spacedog/1/login")

    first = read(mockmail)
    send(mockmail, user="~mine")
    send_request(mockmail.url, "GET", "/~mine/spacedog/1/login")
    send_request(mockmail.url, "GET", "/~mine/spacedog/1/nonsense/path")
    second = read(mockmail)

    logins = ("mockmail_requests_total", "session.login")
    assert [first[*logins, status, "spacedog"] for status in ("503", "403")] == [1, 1]
    assert second[*logins, "403", "spacedog"] == 2
    assert second["mockmail_requests_total", "", "404", "spacedog"] == 1
    assert second["mockmail_request_seconds_count", "spacedog"] == 4
    assert second["mockmail_faults_met_total", "spacedog"] == 1
    assert [found["mockmail_messages_total",] for found in (first, second)] == [1, 2]
    assert [found["mockmail_sandboxes",] for found in (first, second)] == [1, 2]
    assert second["mockmail_info", __version__] == 1


def test_counters_survive_a_reset_and_a_removed_sandbox(mockmail):
    send(mockmail)
    send(mockmail, user="~mine")
    read(mockmail)

    mockmail.reset()
    send_request(mockmail.url, "DELETE", "/_mockmail/sandboxes/mine")
    found = read(mockmail)

    assert found["mockmail_messages_total",] == 2
    assert (found["mockmail_messages_stored",], found["mockmail_sandboxes",]) == (0, 1)


def test_two_servers_count_apart(mockmail):
    send(mockmail)
    with MockMail() as other:
        assert read(other)["mockmail_messages_total",] == 0
    assert read(mockmail)["mockmail_messages_total",] == 1


def test_nothing_is_counted_before_the_first_request_for_metrics(mockmail):
    send(mockmail)

    assert "_metrics" not in vars(mockmail.server.control)
    read(mockmail)
    assert "_metrics" in vars(mockmail.server.control)


def test_metrics_need_the_token():
    with MockMail(settings=ServerSettings(guard=Guard(token="s3cret"))) as mm:
        assert send_request(mm.url, "GET", "/_mockmail/metrics").status == 401
