"""swaks, which people try SMTP servers with, against the sink."""

from __future__ import annotations

import shutil
import subprocess

import pytest

pytestmark = pytest.mark.skipif(shutil.which("swaks") is None, reason="swaks is not installed")


def swaks(mm, *arguments):
    command = ["swaks", "--server", mm.smtp_host, "--port", str(mm.smtp_port), "--from", "bob@example.com"]
    done = subprocess.run(
        [*command, "--to", "jane@example.com", *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout


def test_mail_with_a_login_and_an_attachment_arrives(mockmail, tmp_path):
    report = tmp_path / "report.txt"
    report.write_text("42\n")

    status, said = swaks(
        mockmail, "--auth", "PLAIN", "--auth-user", "bob", "--auth-password", "secret",
        "--header", "Subject: Report", "--body", "See what is attached.", "--attach", f"@{report}",
    )  # fmt: skip

    message = mockmail.inbox.wait_for(to="jane@example.com", subject="Report")
    assert (status, "Ok: queued as" in said) == (0, True)
    assert message.envelope.auth_user == "bob"
    assert message.text.strip() == "See what is attached."
    assert [(attachment.filename, attachment.content) for attachment in message.attachments] == [
        ("report.txt", b"42\n")
    ]


def test_refused_recipient_is_told(mockmail):
    mockmail.smtp.refused_recipients = ["jane@*"]

    status, said = swaks(mockmail)

    assert status == 24  # swaks's own for "no recipient was accepted"
    assert "550 5.1.1 <jane@example.com>: Recipient address rejected" in said
    assert len(mockmail.inbox) == 0


def test_lines_that_begin_with_dots_arrive_as_they_are(mockmail):
    for number in range(3):
        assert swaks(mockmail, "--header", f"Subject: {number}", "--body", ".hidden\n..\nend")[0] == 0

    assert [message.subject for message in mockmail.inbox] == ["0", "1", "2"]
    assert mockmail.inbox[0].text.rstrip().splitlines() == [".hidden", "..", "end"]
