"""`mockmail import` and `mockmail export` with a running server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import zipfile

import pytest

from mockmail import MockMail, cli
from mockmail.cli import import_
from mockmail.core.bounds import MailLimits, WorldSettings
from mockmail.core.mail.importing import BATCH_MESSAGES
from mockmail.server.server_settings import ServerSettings

ENTRY = b"From s@x Sat Jan 31 12:00:00 2026\nSubject: %d\nTo: t@x\n\n>From here\n\n"


def write_mbox(path, count):
    path.write_bytes(b"".join(ENTRY % number for number in range(count)))
    return str(path)


@pytest.fixture
def run(mockmail, capsys):
    """Run a verb on the running server; return its status, its output and its error output."""

    def run_verb(verb, *arguments, url=mockmail.url):
        status = cli.main([verb, *map(str, arguments), "--url", url])
        out, err = capsys.readouterr()
        return status, out, err

    return run_verb


def test_files_are_imported_with_envelope_and_marks(mockmail, run, tmp_path):
    mbox = write_mbox(tmp_path / "a.mbox", 2)
    (tmp_path / "mail" / "cur").mkdir(parents=True)
    (tmp_path / "mail" / "cur" / "1:2,S").write_bytes(b"Subject: seen\nX-Tags: red\nReturn-Path: <r@x>\n\n")

    assert run("import", mbox, tmp_path / "mail") == (0, "3 messages imported\n", "")

    first, _, seen = mockmail.inbox
    assert first.raw == b"Subject: 0\nTo: t@x\n\nFrom here\n"
    assert (first.envelope.sender, first.envelope.recipients) == ("s@x", ("t@x",))
    assert (seen.is_read, seen.tags, seen.envelope.sender) == (True, ("red",), "r@x")


def test_progress_is_shown(run, tmp_path, monkeypatch):
    monkeypatch.setattr(import_, "SHOWN_EACH", 2 * BATCH_MESSAGES)

    _, out, err = run("import", write_mbox(tmp_path / "a", 5 * BATCH_MESSAGES))

    assert (out, err) == ("500 messages imported\n", "200 messages\n400 messages\n")


def test_refused_import_says_how_many_messages_are_stored(run, tmp_path):
    with MockMail(settings=ServerSettings(world=WorldSettings(mail=MailLimits(messages=150)))) as mm:
        status, _, err = run("import", write_mbox(tmp_path / "a", 300), url=mm.url)

        assert (status, len(mm.inbox)) == (2, 100)
        assert "max_messages" in err
        assert err.endswith("100 messages are imported\n")


def test_wrong_file_is_named(run, tmp_path):
    status, _, err = run("import", tmp_path / "missing")

    assert (status, "missing: cannot be read (No such file or directory)" in err) == (2, True)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 1), (signal.SIGKILL, -signal.SIGKILL)])
def test_stopped_import_leaves_whole_messages(mockmail, tmp_path, number, status):
    fifo = tmp_path / "endless"
    os.mkfifo(fifo)
    command = [sys.executable, "-m", "mockmail", "import", "--format", "mbox", str(fifo), "--url", mockmail.url]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process,
        fifo.open("wb") as file,
    ):
        file.write(b"".join(ENTRY % each for each in range(2 * BATCH_MESSAGES + 50)))
        file.flush()
        mockmail.inbox.wait_for_count(2 * BATCH_MESSAGES, timeout=60)
        process.send_signal(number)
        _, err = process.communicate(timeout=60)

    assert process.returncode == status, err
    assert len(mockmail.inbox) == 2 * BATCH_MESSAGES
    assert all(message.raw.endswith(b"\n\nFrom here\n") for message in mockmail.inbox)
    assert number == signal.SIGKILL or err == "interrupted: 200 messages are imported\n"


def test_messages_are_exported_and_the_file_appears_when_it_is_complete(run, tmp_path):
    run("import", write_mbox(tmp_path / "a.mbox", 3))

    assert run("export", tmp_path / "b.zip", "subject:1") == (0, "", "")
    assert run("export", tmp_path / "b.mbox") == (0, "", "")
    status, _, err = run("export", tmp_path / "c.mbox", "foo:x")

    assert (status, "there is no field 'foo'" in err) == (2, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mbox", "b.mbox", "b.zip"]
    assert zipfile.ZipFile(tmp_path / "b.zip").namelist() == ["0001/0001.eml", "0001/messages.jsonl"]
    bodies = [(tmp_path / name).read_bytes().split(b"\n", 1)[1] for name in ("a.mbox", "b.mbox")]
    assert bodies[0].count(b"Subject") == bodies[1].count(b"Subject") == 3


def test_export_is_written_to_the_output(mockmail, tmp_path, capfdbinary):
    mockmail.inbox.import_from(write_mbox(tmp_path / "a.mbox", 1))

    assert cli.main(["export", "-", "--url", mockmail.url]) == 0

    assert b"Subject: 0\nTo: t@x\n\n>From here\n\n" in capfdbinary.readouterr().out
