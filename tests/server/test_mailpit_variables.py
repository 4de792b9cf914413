"""Mailpit's variables: a compose file for Mailpit starts mockmail."""

from __future__ import annotations

import re
import smtplib
import subprocess
import sys

import pytest

from mockmail.server.settings import SettingError, load


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({"MP_UI_BIND_ADDR": "0.0.0.0:9000"}, {"host": "0.0.0.0", "http_port": 9000}),
        ({"MP_SMTP_BIND_ADDR": "[::1]:2500"}, {"host": "::1", "smtp_port": 2500}),
        ({"MP_UI_BIND_ADDR": ":9000"}, {"host": "0.0.0.0", "http_port": 9000}),
        ({"MP_MAX_MESSAGES": "500"}, {"max_messages": 500, "remove_oldest": True}),
        ({"MP_MAX_MESSAGES": "0"}, {"max_messages": 100_000, "remove_oldest": False}),
        ({"MP_MAX_AGE": "3d"}, {"max_age": "3d"}),
        ({"MP_MAX_MESSAGE_SIZE": "20"}, {"max_message_bytes": 20 << 20}),
        ({"MP_SMTP_MAX_RECIPIENTS": "7"}, {"max_recipients": 7}),
        ({"MP_QUIET": "true"}, {"quiet": True}),
        ({"MP_DATABASE": "/data/mailpit.db"}, {"data_dir": "/data/mailpit.db.mockmail"}),
        ({"MP_UI_BIND_ADDR": "0.0.0.0:9000", "MOCKMAIL_HTTP_PORT": "1"}, {"host": "0.0.0.0", "http_port": 1}),
    ],
)
def test_variable_sets_what_it_stands_for(variables, wanted):
    loaded = load({}, variables)

    assert {name: getattr(loaded.settings, name) for name in wanted} == wanted
    origins = {loaded.origins[name] for name in wanted}
    assert origins - {"default"} <= set(variables)


@pytest.mark.parametrize(
    ("variables", "notes"),
    [
        (
            {"MP_VERBOSE": "1", "MP_SMTP_AUTH_ACCEPT_ANY": "1", "MP_ENABLE_CHAOS": "true", "MP_SMTP_REQUIRE_TLS": "0"},
            [],
        ),
        ({"MP_WEBROOT": "/mail"}, ["MP_WEBROOT has no effect: mockmail has no such setting"]),
        ({"MP_DATABASE": "http://rqlite:4001"}, ["MP_DATABASE has no effect: mockmail has no such setting"]),
        (
            {"MP_SMTP_AUTH": "jane:secret"},
            ["MP_SMTP_AUTH: AUTH accepts any name and password; PUT /_mockmail/smtp sets accounts"],
        ),
        (
            {"MP_UI_BIND_ADDR": "127.0.0.1:1", "MP_SMTP_BIND_ADDR": "0.0.0.0:2"},
            ["MP_UI_BIND_ADDR and MP_SMTP_BIND_ADDR name two hosts: both ports listen on that of MP_UI_BIND_ADDR"],
        ),
    ],
)
def test_variable_with_another_effect_than_in_mailpit_has_one_note(variables, notes):
    assert list(load({}, variables).notes) == notes


def test_no_note_shows_a_value():
    assert "secret" not in "".join(load({}, {"MP_SMTP_AUTH": "jane:secret", "MP_UI_AUTH": "a:secret"}).notes)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"MP_UI_BIND_ADDR": "0.0.0.0:http"}, "MP_UI_BIND_ADDR: http_port must be a whole number, not 'http'"),
        ({"MP_MAX_MESSAGES": "many"}, "MP_MAX_MESSAGES: max_messages must be a whole number, not 'many'"),
        ({"MP_SMTP_BIND_ADDR": "0.0.0.0:99999"}, "smtp_port must be from 0 to 65535, not 99999 (MP_SMTP_BIND_ADDR)"),
    ],
)
def test_invalid_value_is_refused_under_the_name_of_its_variable(variables, said):
    with pytest.raises(SettingError) as caught:
        load({}, variables)

    assert str(caught.value) == said


def test_server_starts_as_testcontainers_starts_mailpit():
    # The variables, the log line and the login of its Mailpit module.
    environment = {
        "MP_SMTP_AUTH_ACCEPT_ANY": "1",
        "MP_SMTP_REQUIRE_TLS": "0",
        "MP_SMTP_TLS_CERT": "/cert.pem",
        "MP_SMTP_TLS_KEY": "/key.pem",
        "MP_SMTP_BIND_ADDR": "127.0.0.1:0",
        "MP_UI_BIND_ADDR": "127.0.0.1:0",
        "MOCKMAIL_VENDORS": "atmail",
    }
    command = [sys.executable, "-m", "mockmail", "serve"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as served:
        line = served.stdout.readline()
        assert re.search(".*accessible via.*", line)
        port = int(re.search(r"SMTP 127\.0\.0\.1:(\d+)", line)[1])
        with smtplib.SMTP("127.0.0.1", port, "client.test", timeout=20) as smtp:
            code, _ = smtp.login("any", "auth")
        served.terminate()
        _, notes = served.communicate(timeout=20)

    assert code == 235
    assert notes.splitlines() == [
        "mockmail: MP_SMTP_TLS_CERT: tls_cert and smtp_starttls do this",
        "mockmail: MP_SMTP_TLS_KEY: tls_key does this",
    ]
