"""Mail that attacks the server: nothing is fetched, no attachment runs, and no name in a message becomes a path."""

from __future__ import annotations

import smtplib
import socket

import pytest
from http_client import send_request

from mockmail import MockMail
from mockmail.control.api import all_routes

NAMES = ["../../x", "/etc/passwd", "..\\..\\x", "C:\\x", "a\0b", "x" * 4096, ".", "..", "mail.sqlite", "~/.profile"]
"""Names of files and Content-IDs that lead elsewhere."""

HTML = """<base href="{url}/"><link rel="stylesheet" href="{url}/a.css"><style>@import url({url}/b.css);
p {{ background: url({url}/c) }}</style><img src="{url}/d.png" srcset="{url}/e.png 2x"><script src="{url}/f"></script>
<p>See <a href="{url}/g">this</a></p><iframe src="{url}/h"></iframe><img src="cid:x">
<meta http-equiv="refresh" content="0;{url}">"""


def send(mm, html="<p>Hello</p>", parts=(), headers=""):
    bodies = (f"Content-Type: text/html\r\n\r\n{html}", *parts)
    raw = (
        f"From: x@evil.example\r\nTo: jane@example.com\r\nSubject: Hostile\r\n{headers}"
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        + "".join(f"--b\r\n{body}\r\n" for body in bodies)
        + "--b--\r\n"
    )
    with smtplib.SMTP(mm.smtp_host, mm.smtp_port, "client.test", timeout=20) as smtp:
        smtp.sendmail("x@evil.example", "jane@example.com", raw)
    return mm.inbox[-1]


@pytest.fixture
def listener():
    """A server that nobody may connect to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.mark.mockmail(strict=False)
def test_nothing_is_fetched_or_changed_when_a_message_is_read(mockmail, monkeypatch, listener):
    looked_up = set()
    look_up = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest: looked_up.add(host) or look_up(host, *rest))
    url = "http://{}:{}".format(*listener.getsockname())
    unsubscribe = f"List-Unsubscribe: <{url}/leave>, <http://evil.example/>\r\nX-Image-Url: {url}/face\r\n"
    partial = f'Content-Type: message/external-body; access-type=URL; URL="{url}/body"\r\n\r\n'
    message = send(mockmail, HTML.format(url=url) + HTML.format(url="http://evil.example"), [partial], unsubscribe)
    before = mockmail.snapshot()
    own = [route.path for route in all_routes() if route.method == "GET" and route.path.startswith("messages/{id}")]
    paths = [f"/_mockmail/{path.format(id=message.id, number=1)}" for path in own]
    paths += [f"/view/{message.id}.html", f"/api/v1/message/{message.id}/headers", f"/api/v2/messages?id={message.id}"]
    paths += [
        f"/api/v1/message/{message.id}/{check}" for check in ("html-check", "link-check", "sa-check", "part/2/thumb")
    ]

    statuses = {path: send_request(mockmail.url, "GET", path).status for path in paths}

    assert {path for path, status in statuses.items() if status != 200} == set(paths[-4:])
    assert message.links[0] == f"{url}/g"
    with pytest.raises(BlockingIOError):
        listener.accept()
    assert looked_up == {"127.0.0.1"}  # those of this test
    assert mockmail.snapshot() == before


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "text/javascript"])
def test_attachment_that_a_browser_would_run_is_a_download(mockmail, kind):
    message = send(mockmail, parts=[f"Content-Type: {kind}\r\n\r\n<script>alert(1)</script>"])

    headers = send_request(mockmail.url, "GET", f"/_mockmail/messages/{message.id}/parts/2").headers

    assert headers["Content-Disposition"] == "attachment"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_no_name_in_a_message_becomes_a_path(tmp_path):
    folder, saved = tmp_path / "data", tmp_path / "saved"
    saved.mkdir()
    parts = [
        f'Content-Type: text/csv; name="{name}"\r\nContent-ID: <{name}>\r\n'
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\nhi'
        for name in NAMES
    ]
    with MockMail(data_dir=folder) as mm:
        send(mm)
        files = sorted(file.name for file in folder.rglob("*"))

        message = send(mm, parts=parts, headers="Message-ID: <../../x>\r\n")
        got = [
            send_request(mm.url, "GET", f"/_mockmail/messages/{message.id}/parts/{number}").headers[
                "Content-Disposition"
            ]
            for number in range(2, len(NAMES) + 2)
        ]
        path = message.save(saved)

        assert sorted(file.name for file in folder.rglob("*")) == files
    assert len(message.attachments) == len(NAMES)
    assert set(got) == {"attachment"}
    assert sorted(tmp_path.iterdir()) == [folder, saved]
    assert list(saved.iterdir()) == [path] == [saved / f"message-{message.cursor}.eml"]
