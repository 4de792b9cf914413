"""The HTTPS port: vendors and control API, as clients see them, and its bounds."""

from __future__ import annotations

import json
import re
import shutil
import socket
import ssl
import subprocess
from contextlib import closing, suppress

import httpx
import pytest
import requests
from tls.connections import finish, until

from mockmail.core.bounds import HttpLimits

ROLES = "/admin/index.php/api/users/rolelist"
ADMIN = ("admin", "changeme")


def session_with(ca_file):
    session = requests.Session()
    session.trust_env, session.verify = False, ca_file  # a CA of the environment would win
    return session


def connect(mm):
    host, port = mm.https_url.removeprefix("https://").split(":")
    return socket.create_connection((host, int(port)), timeout=20)


def test_vendor_and_control_api_answer_in_tls(mm):
    with session_with(mm.ca_file) as session:
        vendor = session.get(f"{mm.https_url}/atmail{ROLES}", auth=ADMIN, timeout=20)
        health = session.get(f"{mm.https_url}/_mockmail/health", timeout=20).json()

    assert (vendor.status_code, vendor.headers["Server"]) == (200, "Apache")
    assert health["https"] == mm.https_url
    assert health["smtps"] == f"127.0.0.1:{mm.smtps_port}"


def test_journal_has_scheme_and_tls_of_each_request(mm):
    with session_with(mm.ca_file) as session:
        session.get(f"{mm.https_url}/atmail{ROLES}", auth=ADMIN, timeout=20)
        session.get(f"{mm.url}/atmail{ROLES}", auth=ADMIN, timeout=20)
        shown = [session.get(f"{mm.url}/_mockmail/requests/{number}", timeout=20).json() for number in (1, 2)]

    assert [exchange.scheme for exchange in mm.requests] == ["https", "http"]
    assert [(row["scheme"], row["tls"][:7]) for row in shown] == [("https", "TLSv1.3"), ("http", "")]
    assert mm.requests[0].peer == "127.0.0.1"


def test_client_with_the_context_of_the_server_is_served(mm):
    with httpx.Client(verify=mm.ssl_context) as client:
        assert client.get(f"{mm.https_url}/_mockmail/health", timeout=20).status_code == 200


def test_ca_is_served_and_trusted_by_curl(mm, curl, tmp_path):
    curl("--fail", "--output", tmp_path / "ca.pem", f"{mm.url}/_mockmail/ca.pem")

    said = curl("--fail", "--cacert", tmp_path / "ca.pem", f"{mm.https_url}/_mockmail/health")

    assert json.loads(said)["status"] == "ok"
    head = requests.get(f"{mm.url}/_mockmail/ca.pem", timeout=20)
    assert head.headers["Content-Type"] == "application/x-pem-file"
    assert b"PRIVATE" not in head.content


def test_ca_is_guarded_like_every_call_of_the_control_api(mm):
    assert requests.get(f"{mm.url}/_mockmail/ca.pem", headers={"Host": "evil.example"}, timeout=20).status_code == 403


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "mail.shop.example", "mockmail"])
def test_certificate_has_the_name_that_the_client_asks_for(mm, name):
    with closing(connect(mm)) as plain, mm.ssl_context.wrap_socket(plain, server_hostname=name) as connection:
        names = [value for _, value in connection.getpeercert()["subjectAltName"]]

    assert name in names


def test_sandbox_has_its_own_address_in_tls(mm):
    mine = mm.sandbox("mine")

    assert mine.https_url == f"{mm.https_url}/~mine"
    requests.get(f"{mine.https_url}/atmail{ROLES}", auth=ADMIN, verify=mm.ca_file, timeout=20)
    assert [exchange.scheme for exchange in mine.requests] == ["https"]


def test_large_request_and_response_arrive_whole(mm):
    text = "0123456789 " * 300_000
    mail = {"From": "shop@example.com", "To": "jane@example.com", "Subject": "Large", "TextBody": text}
    token = {"X-Postmark-Server-Token": mm.postmark.credentials["server_token"]}
    with session_with(mm.ca_file) as session:
        sent = session.post(f"{mm.https_url}/postmark/email", json=mail, headers=token, timeout=20)
        found = session.get(f"{mm.https_url}/_mockmail/messages/{mm.inbox[0].id}", timeout=20).json()

    assert sent.status_code == 200, sent.text
    assert found["text"].split() == text.split()


def test_pipelined_requests_are_answered_in_order(mm):
    request = f"GET /_mockmail/health?x=1 HTTP/1.1\r\nHost: localhost\r\n\r\nGET {ROLES} HTTP/1.1\r\nHost: x\r\n\r\n"
    with closing(connect(mm)) as plain, mm.ssl_context.wrap_socket(plain, server_hostname="localhost") as connection:
        connection.sendall(request.encode() * 3)
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        received = finish(connection)

    assert re.findall(rb"HTTP/1\.1 (\d+)", received) == [b"400", b"401", b"400", b"401", b"400", b"401", b"302"]


@pytest.mark.parametrize("kind", ["reset", "empty", "garbage", "truncated"])
def test_transport_faults_act_in_tls(mm, kind):
    mm.faults.add("atmail", transport=kind)
    with session_with(mm.ca_file) as session:
        with pytest.raises(requests.RequestException):
            session.get(f"{mm.https_url}/atmail{ROLES}", auth=ADMIN, timeout=20).content  # noqa: B018
        assert session.get(f"{mm.https_url}/atmail{ROLES}", auth=ADMIN, timeout=20).status_code == 200


def test_plain_http_on_the_port_in_tls_is_disconnected(mm):
    with closing(connect(mm)) as plain, suppress(ConnectionResetError):
        plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert finish(plain) == b""

    assert requests.get(f"{mm.https_url}/_mockmail/health", verify=mm.ca_file, timeout=20).status_code == 200


def test_silent_client_is_disconnected(serve):
    mm = serve(tls_handshake_seconds=0.2)

    with closing(connect(mm)) as silent:
        assert silent.recv(1) == b""


def test_client_that_does_not_trust_the_server_does_not_affect_others(mm, caplog):
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(mm.https_url, timeout=20)

    assert requests.get(f"{mm.https_url}/_mockmail/health", verify=mm.ca_file, timeout=20).status_code == 200
    assert [record.getMessage() for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == []


def test_handshakes_count_as_connections(serve):
    mm = serve(http=HttpLimits(connections=2))
    waiting = [connect(mm) for _ in range(2)]
    until(lambda: len(mm.server.tls_connections._open) == 2)

    with closing(connect(mm)) as over, suppress(ConnectionResetError):
        assert over.recv(1) == b""
    assert requests.get(f"{mm.url}/_mockmail/health", timeout=20).status_code == 503
    for connection in waiting:
        connection.close()
    until(lambda: not mm.server.tls_connections._open)

    with requests.Session() as first, requests.Session() as second:
        assert first.get(f"{mm.https_url}/_mockmail/health", verify=mm.ca_file, timeout=20).status_code == 200
        assert second.get(f"{mm.url}/_mockmail/health", timeout=20).status_code == 200
        with closing(connect(mm)) as over, suppress(ConnectionResetError):
            assert over.recv(1) == b""


def test_connections_that_ended_count_no_longer(serve):
    mm = serve(http=HttpLimits(connections=2))
    for _ in range(6):
        assert requests.get(f"{mm.https_url}/_mockmail/health", verify=mm.ca_file, timeout=20).status_code == 200
        until(lambda: not mm.server._http.connections)


def test_client_that_closes_its_side_gets_no_warning_logged(mm, caplog):
    with closing(mm.ssl_context.wrap_socket(connect(mm), server_hostname="localhost")) as connection:
        connection.sendall(f"GET {ROLES} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        with suppress(OSError):
            connection.unwrap().close()

    until(lambda: not mm.server._http.connections)
    assert [record.getMessage() for record in caplog.records if record.name == "asyncio"] == []


def test_stop_disconnects_clients_in_tls_and_in_handshakes(serve):
    mm = serve()
    waiting = connect(mm)
    idle = mm.ssl_context.wrap_socket(connect(mm), server_hostname="localhost")
    idle.sendall(f"GET {ROLES} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert idle.recv(1024).startswith(b"HTTP/1.1 401 ")

    mm.__exit__(None, None, None)

    for connection in (waiting, idle):
        with closing(connection), suppress(ConnectionResetError, ssl.SSLError):
            finish(connection)


def test_client_that_renegotiates_is_refused(mm):
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    command = ["openssl", "s_client", "-tls1_2", "-connect", mm.https_url.removeprefix("https://")]

    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as client:
        said = ""
        while "Verify return code" not in said:
            said = client.stdout.readline()
        client.stdin.write("R\n")  # s_client's command to renegotiate
        client.stdin.flush()
        said = client.stdout.read()

    assert "RENEGOTIATING" in said
    assert "no renegotiation" in said
    with httpx.Client(verify=mm.ssl_context) as other:
        assert other.get(f"{mm.https_url}/_mockmail/health", timeout=20).status_code == 200
