"""Old messages are removed when the clock of their sandbox is moved, and on a timer."""

from __future__ import annotations

import smtplib
from contextlib import contextmanager

import pytest

from mockmail import MockMail
from mockmail.core.bounds import MailLimits, WorldSettings
from mockmail.server import pruning
from mockmail.server.server_settings import ServerSettings
from mockmail.server.settings import SettingError, load, seconds_of


@contextmanager
def server(**limits):
    with MockMail(settings=ServerSettings(world=WorldSettings(mail=MailLimits(**limits)))) as mm:
        yield mm


def deliver(mm):
    with smtplib.SMTP(mm.smtp_host, mm.smtp_port, timeout=20) as smtp:
        smtp.sendmail("shop@example.com", "jane@example.com", "Subject: a\r\n\r\n")


def wait_until_empty(mm):
    # A look is made on the server's loop soon after the clock was moved.
    return any(not len(mm.inbox) for _ in range(10_000))


def test_moved_clock_removes_old_messages():
    with server(age=3600) as mm:
        deliver(mm)
        mm.clock.advance(3500)
        assert len(mm.inbox) == 1

        mm.clock.advance(200)

        assert wait_until_empty(mm)


def test_timer_removes_old_messages(monkeypatch):
    monkeypatch.setattr(pruning, "EVERY", 0.01)
    with server(age=0.02) as mm:
        deliver(mm)

        assert wait_until_empty(mm)


def test_server_without_an_age_keeps_messages():
    with server() as mm:
        deliver(mm)
        mm.clock.advance(100 * 86400)

        assert len(mm.inbox) == 1


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("15m", 900), ("36500d", 36500 * 86400), ("1w", 7 * 86400)])
def test_duration_is_read(text, seconds):
    assert seconds_of(text) == seconds
    assert load({"max_age": text}, {}).settings.max_age == text


@pytest.mark.parametrize("text", ["0s", "36501d", "7", "7 d", "-1s", "1y"])
def test_max_age_that_is_no_duration_is_refused(text):
    with pytest.raises(SettingError, match=r"max_age must be a duration from 1s to 36500d .*\(MOCKMAIL_MAX_AGE\)"):
        load({}, {"MOCKMAIL_MAX_AGE": text})
