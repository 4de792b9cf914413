"""Many sandboxes at once, each with its own faults, stubs and mail; and faults while the server stops."""

from __future__ import annotations

import smtplib
from concurrent.futures import ThreadPoolExecutor

import pytest
from http_client import basic, open_socket, send_request

from mockmail import MockMail

SANDBOXES = 200
PATH = "/admin/index.php/api/users/rolelist"
AUTH = {"Authorization": basic("admin", "changeme")}


@pytest.mark.mockmail(strict=False)
def test_200_sandboxes_have_faults_stubs_and_mail_of_their_own(mockmail):
    def use(number):
        url = f"{mockmail.url}/~s{number}"
        add = {"vendor": "atmail", "operation": "role.list", "where": {"n": str(number)}}
        send_request(url, "POST", "/_mockmail/faults", json=add | {"status": 503, "message": f"fault {number}"})
        send_request(url, "POST", "/_mockmail/stubs", json=add | {"text": f"stub {number}"})
        send_request(
            url, "POST", "/_mockmail/smtp/faults", json={"stage": "rcpt", "code": 450, "text": f"try {number}"}
        )
        seen = [send_request(url, "GET", f"{PATH}?n={number}", headers=AUTH).text for _ in range(2)]
        with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port, timeout=60) as client:
            client.login(f"~s{number}", "x")
            client.mail("a@example.com")
            refused = client.rcpt("b@example.com")
            client.rset()
            client.sendmail("a@example.com", ["b@example.com"], f"Subject: mail {number}\n\nHello\n")
        mail = send_request(url, "GET", "/_mockmail/messages").json["messages"]
        return f"fault {number}" in seen[0], seen[1], refused, [message["subject"] for message in mail]

    with ThreadPoolExecutor(16) as threads:
        seen = list(threads.map(use, range(SANDBOXES)))

    assert seen == [
        (True, f"stub {number}", (450, f"4.0.0 try {number}".encode()), [f"mail {number}"])
        for number in range(SANDBOXES)
    ]


@pytest.mark.parametrize(("kind", "throttle"), [("timeout", None), ("dribble", 1)])
def test_client_of_a_fault_without_end_is_disconnected_when_the_server_stops(kind, throttle):
    with MockMail() as mm:
        mm.faults.add("atmail", transport=kind, throttle=throttle)
        connection = open_socket(mm.url)
        connection.sendall(f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        while not list(mm.requests):
            pass
    with connection:
        received = b""
        while block := connection.recv(65536):
            received += block
    assert len(received) < 10
