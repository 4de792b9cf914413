"""The how-to pages work: each Python block is a test that passes, each command succeeds."""

from __future__ import annotations

import json
import re
import shutil
import smtplib
import subprocess
import sys
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest
from http_client import send_request

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("requests.md", "events.md", "search.md", "inbox.md", "messages.md", "senders.md")
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


def blocks(page, language):
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)


def commands(page):
    return "".join(blocks(page, "sh")).replace("\\\n", "").splitlines()


@pytest.mark.parametrize("page", PAGES)
def test_python_blocks_are_tests_that_pass(page, pytester):
    sources = blocks(page, "python")
    pytester.makepyfile(**{f"test_{number}": source for number, source in enumerate(sources)})

    done = pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:cacheprovider")

    done.assert_outcomes(passed=len(re.findall(r"^def test_", "".join(sources), re.MULTILINE)))


def run(command, url, folder):
    command = command.replace("http://127.0.0.1:8025", url).replace("curl ", "curl --silent --show-error ", 1)
    done = subprocess.run(["sh", "-ec", command], capture_output=True, text=True, timeout=30, check=True, cwd=folder)
    return done.stdout


@needs_curl
def test_commands_for_requests_succeed_in_order(mockmail, tmp_path):
    said = [run(command, mockmail.url, tmp_path) for command in commands("requests.md")]

    _, verified, waited, not_yet, exported = said
    assert json.loads(verified) == {"total": 1}
    assert json.loads(waited)["requests"][0]["operation"] == "account.create"
    assert (not_yet, exported) == ("", "")
    assert len(json.loads((tmp_path / "requests.har").read_text())["log"]["entries"]) == 1


@needs_curl
def test_commands_for_searches_succeed(mockmail, tmp_path, send):
    send(mockmail, "Your order 77")

    listed, waited = [json.loads(run(command, mockmail.url, tmp_path)) for command in commands("search.md")]

    assert [message["subject"] for message in listed["messages"]] == ["Your order 77"]
    assert [message["subject"] for message in waited["messages"]] == ["Your order 77"]


@needs_curl
def test_commands_for_the_inbox_succeed_in_order(mockmail, tmp_path):
    (tmp_path / "Maildir" / "new").mkdir(parents=True)
    (tmp_path / "folder-of-eml").mkdir()
    (tmp_path / "folder-of-eml" / "a.eml").write_bytes(b"Subject: Order 1\n\n")
    (tmp_path / "old.mbox").write_bytes(b"From x\nTo: jane@example.com\n\n\n")
    with zipfile.ZipFile(tmp_path / "mail.zip", "w"):
        pass
    mark, tags, *others = commands("inbox.md")

    said = [
        run(f"{sys.executable} -m {command} --url {mockmail.url}" if command.startswith("mockmail") else command,
            mockmail.url, tmp_path)
        for command in (*others, mark, tags)
    ]  # fmt: skip

    assert (said[0], json.loads(said[1])) == ("2 messages imported\n", {"imported": 1})
    assert (tmp_path / "orders.mbox").read_bytes().endswith(b"\nSubject: Order 1\n\n\n")
    assert (tmp_path / "inbox.mbox").read_bytes().count(b"To: jane") == 2
    assert [json.loads(text) for text in said[-2:]] == [{"changed": 1}, {"tags": {"order": 1}}]


@needs_curl
def test_commands_for_a_message_succeed(mockmail, tmp_path):
    mail = EmailMessage()
    mail["To"] = "jane@example.com"
    mail.set_content("See https://shop.example/7")
    mail.add_alternative("<p>See it.</p>", subtype="html")
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="terms.pdf")
    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port, "client.test", timeout=20) as smtp:
        smtp.send_message(mail, "shop@example.com")
    message = mockmail.inbox.wait_for(to="jane")

    said = [run(line.replace("/ID", f"/{message.id}"), mockmail.url, tmp_path) for line in commands("messages.md")]

    listed, shown, links, parts = map(json.loads, said[:-1])
    assert listed["messages"][0]["id"] == shown["id"] == message.id
    assert [link["url"] for link in links["links"]] == ["https://shop.example/7"]
    assert [part["filename"] for part in parts["parts"]] == [None, None, "terms.pdf"]
    assert (tmp_path / "terms.pdf").read_bytes() == b"%PDF"


def test_messages_md_lists_attributes_and_checks_that_exist():
    from mockmail.core.mail import checks
    from mockmail.core.mail.message import Message

    attributes, found = (DOCS / "messages.md").read_text("utf-8").split("| check | finds |")
    names = re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`.*?) \|", attributes, re.MULTILINE)))
    named = re.findall(r"`([\w-]+)`", " ".join(re.findall(r"^\| (`.*?) \|", found, re.MULTILINE)))

    assert {"links", "raw"} <= set(names)
    assert [name for name in names if not hasattr(Message, name) and name not in Message.__dataclass_fields__] == []
    assert "bare-lf" in named
    assert [name for name in named if f'"{name}"' not in Path(checks.__file__).read_text("utf-8")] == []


@needs_curl
def test_commands_for_webhooks_succeed_in_order(mockmail, tmp_path):
    added, listed, removed = [run(command, mockmail.url, tmp_path) for command in commands("events.md")[1:]]

    assert json.loads(listed)["webhooks"] == [json.loads(added)]
    assert removed == ""


@needs_curl
def test_commands_for_senders_succeed(mockmail, tmp_path):
    added, sent, listed = [json.loads(run(command, mockmail.url, tmp_path)) for command in commands("senders.md")]

    assert (added["kind"], sent["ErrorCode"], listed["total"]) == ("bounced", 0, 0)
    assert len(mockmail.inbox) == 0


@needs_curl
def test_stream_looks_as_it_is_printed(mockmail, send):
    command = commands("events.md")[0].replace("http://127.0.0.1:8025", mockmail.url)
    with subprocess.Popen(["sh", "-c", f"exec {command}"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as curl:
        assert curl.stdout.readline() == b"retry: 1000\n"
        send(mockmail, "Welcome")
        said = []
        while not said or not said[-1].startswith("data: "):
            said.append(curl.stdout.readline().decode().rstrip("\n"))
        curl.terminate()
    printed = blocks("events.md", "text")[0].splitlines()
    assert [line.partition(":")[0] for line in said[-3:]] == [line.partition(":")[0] for line in printed]
    sent, shown = json.loads(said[-1][6:]), json.loads(printed[-1][6:])
    assert list(sent) == list(shown)
    assert sent["data"]["subject"] == shown["data"]["subject"]


def test_events_md_lists_every_kind_and_every_setting(mockmail):
    from mockmail.server.events import KINDS

    text = (DOCS / "events.md").read_text("utf-8")

    assert tuple(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == KINDS
    assert send_request(mockmail.url, "GET", "/_mockmail/events?kind=x").status == 400
    assert {"--max-event-bytes", "--max-webhooks", "--webhook-allow"} <= set(re.findall(r"--[\w-]+", text))


def test_requests_md_lists_attributes_that_exist():
    from mockmail.core.journal import Exchange

    names = re.findall(r"^\| `(\w+)(?:\(\))?` \|", (DOCS / "requests.md").read_text("utf-8"), re.MULTILINE)

    assert "refusal" in names
    assert [name for name in names if not hasattr(Exchange, name)] == []
