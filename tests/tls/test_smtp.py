"""SMTP in TLS: STARTTLS by setting, the port in TLS, and how clients log in."""

from __future__ import annotations

import hmac
import smtplib
import socket
import ssl
import struct
import time
from base64 import b64decode, b64encode
from contextlib import closing, suppress
from email.message import EmailMessage

import pytest
from tls.connections import until

from mockmail.core.bounds import SmtpLimits
from mockmail.core.errors import InvalidValue
from mockmail.inprocess.mockmail import MockMail
from mockmail.server.server_settings import ServerSettings

WHEN_OFFERED = pytest.mark.mockmail(smtp_starttls="offered")
WHEN_REQUIRED = pytest.mark.mockmail(smtp_starttls="required")


def message(subject):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "shop@example.com", "jane@example.com", subject
    mail.set_content("Hello")
    return mail


def connect(mm):
    return smtplib.SMTP(mm.smtp_host, mm.smtp_port, "client.test", timeout=20)


def test_message_by_starttls_has_the_facts_of_its_connection(mm):
    with connect(mm) as smtp:
        smtp.starttls(context=mm.ssl_context)
        smtp.login("jane", "secret")
        smtp.send_message(message("Welcome"))

    envelope = mm.inbox[0].envelope
    assert envelope.tls.startswith("TLSv1.3 TLS_")
    assert envelope.auth_user == "jane"
    assert "S: 250-STARTTLS" in envelope.transcript
    assert "C: STARTTLS" in envelope.transcript
    assert envelope.peer.startswith("127.0.0.1:")


def test_message_by_the_port_in_tls_has_the_facts_of_its_connection(mm):
    context = mm.ssl_context
    context.maximum_version = ssl.TLSVersion.TLSv1_2

    with smtplib.SMTP_SSL(mm.smtp_host, mm.smtps_port, "client.test", timeout=20, context=context) as smtp:
        assert "starttls" not in smtp.esmtp_features
        smtp.send_message(message("Welcome"))
        assert "starttls" not in smtp.esmtp_features
        assert smtp.docmd("STARTTLS")[0] == 454

    assert mm.inbox[0].envelope.tls.startswith("TLSv1.2 ECDHE-")
    assert mm.inbox[0].envelope.peer.startswith("127.0.0.1:")


def test_large_message_arrives_whole_in_tls(mm):
    raw = b"Subject: large\r\n\r\n" + b"".join(b".%d %s\r\n" % (number, b"x" * 90) for number in range(20_000))

    with smtplib.SMTP_SSL(mm.smtp_host, mm.smtps_port, "client.test", timeout=60, context=mm.ssl_context) as smtp:
        smtp.sendmail("a@example.com", "b@example.com", raw)

    assert mm.inbox[0].raw == raw


def test_starttls_is_off_by_default(mockmail):
    with connect(mockmail) as smtp:
        smtp.ehlo()
        assert not smtp.has_extn("starttls")
        assert smtp.docmd("STARTTLS") == (454, b"4.7.0 TLS not available")
        smtp.send_message(message("Plain"))

    assert mockmail.inbox[0].envelope.tls == ""


@WHEN_OFFERED
def test_mail_without_tls_is_accepted_where_starttls_is_offered(mockmail):
    with connect(mockmail) as smtp:
        smtp.ehlo()
        assert smtp.has_extn("starttls")
        smtp.send_message(message("Plain"))

    assert mockmail.inbox[0].envelope.tls == ""


@WHEN_REQUIRED
def test_mail_and_login_without_tls_are_refused_where_starttls_is_required(mockmail):
    with connect(mockmail) as smtp:
        smtp.ehlo()
        assert smtp.docmd("AUTH", f"PLAIN {b64encode(b'_jane_x').decode()}")[0] == 530
        with pytest.raises(smtplib.SMTPSenderRefused, match="530"):
            smtp.send_message(message("Plain"))
        smtp.starttls(context=mockmail.ssl_context)
        smtp.login("jane", "x")
        smtp.send_message(message("In TLS"))

    assert [mail.subject for mail in mockmail.inbox] == ["In TLS"]


@WHEN_OFFERED
def test_second_starttls_is_refused(mockmail):
    with connect(mockmail) as smtp:
        smtp.starttls(context=mockmail.ssl_context)
        assert smtp.docmd("STARTTLS") == (503, b"5.5.1 TLS has begun already")
        smtp.send_message(message("In TLS"))

    assert len(mockmail.inbox) == 1


@WHEN_OFFERED
def test_commands_that_a_client_sent_before_tls_are_not_run_in_tls(mockmail):
    with closing(socket.create_connection((mockmail.smtp_host, mockmail.smtp_port), timeout=20)) as plain:
        plain.recv(1024)
        plain.sendall(b"EHLO client.test\r\n")
        while b"250 HELP" not in plain.recv(4096):
            pass
        plain.sendall(b"STARTTLS\r\nMAIL FROM:<evil@example.com>\r\n")
        assert plain.recv(1024).startswith(b"220")
        with mockmail.ssl_context.wrap_socket(plain, server_hostname="localhost") as connection:
            connection.sendall(b"RCPT TO:<jane@example.com>\r\n")
            assert connection.recv(1024).startswith(b"503")


def test_unknown_choice_for_starttls_is_refused():
    mm = MockMail(settings=ServerSettings(smtp_starttls="sometimes"))
    with pytest.raises(InvalidValue, match="smtp_starttls must be offered, required, off, not 'sometimes'"), mm:
        pass


class TestLogins:
    """PLAIN, LOGIN and CRAM-MD5."""

    @pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5"])
    def test_any_name_and_password_are_accepted_without_accounts(self, mockmail, mechanism):
        with connect(mockmail) as smtp:
            assert login(smtp, mechanism, "jane", "hunter2")[0] == 235
            smtp.send_message(message("Hello"))

        envelope = mockmail.inbox[0].envelope
        assert envelope.auth_user == "jane"
        assert not any("hunter2" in line for line in envelope.transcript)

    @pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5"])
    def test_accounts_are_checked(self, mockmail, mechanism):
        mockmail.smtp.accounts = {"jane": "right", "zoë": "pässword"}

        with connect(mockmail) as smtp:
            for user, password in (("jane", "wrong"), ("bob", "right"), ("jane", "")):
                with pytest.raises(smtplib.SMTPAuthenticationError, match="535"):
                    login(smtp, mechanism, user, password)
            assert login(smtp, mechanism, "jane", "right")[0] == 235

    @pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5"])
    def test_user_with_a_tilde_selects_a_sandbox(self, mockmail, mechanism):
        with connect(mockmail) as smtp:
            login(smtp, mechanism, "~mine", "x")
            smtp.send_message(message("Hello"))

        assert (len(mockmail.inbox), len(mockmail.sandbox("mine").inbox)) == (0, 1)

    def test_digest_of_an_earlier_challenge_is_refused(self, mockmail):
        mockmail.smtp.accounts = {"jane": "right"}
        with connect(mockmail) as smtp:
            smtp.ehlo()
            old = digest("jane", "right", challenge(smtp))
            smtp.docmd("*")
            assert challenge(smtp) != ""
            assert smtp.docmd(old)[0] == 535
            assert smtp.docmd(digest("jane", "right", challenge(smtp)))[0] == 235

    @pytest.mark.parametrize("answer", ["", "!", b64encode(b"jane").decode(), b64encode(b"\xff \xff").decode()])
    def test_broken_digest_is_refused_and_the_connection_stays_in_step(self, mockmail, answer):
        mockmail.smtp.accounts = {"jane": "right"}
        with connect(mockmail) as smtp:
            smtp.ehlo()
            challenge(smtp)
            assert smtp.docmd(answer)[0] in (501, 535)
            assert smtp.docmd("AUTH CRAM-MD5 " + b64encode(b"jane x").decode())[0] == 501
            assert login(smtp, "CRAM-MD5", "jane", "right")[0] == 235


def login(smtp, mechanism, user, password):
    smtp.ehlo()
    smtp.user, smtp.password = user, password
    method = {"PLAIN": smtp.auth_plain, "LOGIN": smtp.auth_login, "CRAM-MD5": smtp.auth_cram_md5}[mechanism]
    return smtp.auth(mechanism, method, initial_response_ok=mechanism == "PLAIN")


def challenge(smtp):
    code, text = smtp.docmd("AUTH CRAM-MD5")
    assert code == 334
    return b64decode(text)


def digest(user, password, text):
    return b64encode(f"{user} {hmac.new(password.encode(), text, 'md5').hexdigest()}".encode()).decode()


class TestHandshakes:
    """Handshakes that fail, or do not end."""

    def test_silent_client_is_disconnected(self, serve):
        mm = serve(tls_handshake_seconds=0.2)
        with closing(socket.create_connection((mm.smtp_host, mm.smtps_port), timeout=20)) as silent:
            assert silent.recv(1) == b""
        with closing(socket.create_connection((mm.smtp_host, mm.smtp_port), timeout=20)) as silent:
            begin_starttls(silent)
            assert silent.recv(1) == b""

    @pytest.mark.parametrize("is_reset", [False, True])
    def test_client_whose_handshake_does_not_end_is_no_open_connection(self, serve, is_reset):
        mm = serve(tls_handshake_seconds=60 if is_reset else 0.2)
        with closing(socket.create_connection((mm.smtp_host, mm.smtp_port), timeout=20)) as silent:
            begin_starttls(silent)
            if is_reset:
                silent.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                assert silent.recv(1) == b""

        deadline = time.monotonic() + 20
        while mm.server._sink.limiter._open and time.monotonic() < deadline:
            time.sleep(0.01)
        assert mm.server._sink.limiter._open == set()

    def test_client_that_does_not_trust_the_server_does_not_affect_others(self, mm, caplog):
        with connect(mm) as smtp, pytest.raises(ssl.SSLCertVerificationError):
            smtp.starttls(context=ssl.create_default_context())
        with pytest.raises(ssl.SSLCertVerificationError):
            smtplib.SMTP_SSL(mm.smtp_host, mm.smtps_port, timeout=20, context=ssl.create_default_context())
        with suppress(OSError), closing(socket.create_connection((mm.smtp_host, mm.smtp_port), timeout=20)) as plain:
            begin_starttls(plain)
            plain.sendall(b"this is no handshake\r\n" * 10)
            while plain.recv(1024):
                pass

        with connect(mm) as smtp:
            smtp.starttls(context=mm.ssl_context)
            smtp.send_message(message("Still there"))

        assert len(mm.inbox) == 1
        assert [record.getMessage() for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == []

    def test_handshakes_count_as_connections(self, serve):
        mm = serve(smtp=SmtpLimits(connections=2))
        waiting = [socket.create_connection((mm.smtp_host, mm.smtps_port), timeout=20) for _ in range(2)]
        until(lambda: len(mm.server.tls_connections._open) == 2)

        with closing(socket.create_connection((mm.smtp_host, mm.smtp_port), timeout=20)) as over:
            assert over.recv(1024) == b"421 4.3.2 too many connections: see max_connections, try later\r\n"
        with closing(socket.create_connection((mm.smtp_host, mm.smtps_port), timeout=20)) as over, suppress(OSError):
            assert over.recv(1024) == b""
        for connection in waiting:
            connection.close()
        until(lambda: not mm.server.tls_connections._open)
        first, second = connect(mm), smtplib.SMTP_SSL(mm.smtp_host, mm.smtps_port, context=mm.ssl_context, timeout=20)
        for smtp in (first, second):
            assert smtp.noop()[0] == 250
            smtp.close()

    def test_stop_disconnects_clients_in_tls_and_in_handshakes(self, serve):
        mm = serve()
        waiting = socket.create_connection((mm.smtp_host, mm.smtps_port), timeout=20)
        half = socket.create_connection((mm.smtp_host, mm.smtp_port), timeout=20)
        begin_starttls(half)
        ready = smtplib.SMTP_SSL(mm.smtp_host, mm.smtps_port, context=mm.ssl_context, timeout=20)
        secured = connect(mm)
        secured.starttls(context=mm.ssl_context)

        mm.__exit__(None, None, None)

        for connection in (waiting, half):
            with closing(connection), suppress(ConnectionResetError):
                assert connection.recv(1) == b""
        for smtp in (ready, secured):
            with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
                smtp.noop()
            smtp.close()


def begin_starttls(connection):
    """Send STARTTLS, and return after its reply."""
    connection.recv(1024)
    connection.sendall(b"EHLO client.test\r\n")
    while b"250 HELP" not in connection.recv(4096):
        pass
    connection.sendall(b"STARTTLS\r\n")
    assert connection.recv(1024).startswith(b"220")


class TestClients:
    """What people send mail with."""

    DJANGO = """
import sys
from django.conf import settings
host, port, tls, ssl = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "tls", sys.argv[3] == "ssl"
settings.configure(EMAIL_HOST=host, EMAIL_PORT=port, EMAIL_USE_TLS=tls, EMAIL_USE_SSL=ssl,
    EMAIL_HOST_USER="jane", EMAIL_HOST_PASSWORD="secret", EMAIL_TIMEOUT=20)
from django.core.mail import send_mail
send_mail("Welcome", "Hello", "shop@example.com", ["jane@example.com"])
"""

    @pytest.mark.parametrize("how", ["tls", "ssl"])
    def test_django_sends_in_tls(self, mm, run, how):
        pytest.importorskip("django", reason="Django is not installed")
        import sys

        port = mm.smtp_port if how == "tls" else mm.smtps_port
        # Django trusts what OpenSSL trusts.
        run(sys.executable, "-c", self.DJANGO, "localhost", port, how, env={"SSL_CERT_FILE": mm.ca_file})

        received = mm.inbox.wait_for(subject="Welcome")
        assert received.envelope.auth_user == "jane"
        assert received.envelope.tls.startswith("TLSv1.")

    NODEMAILER = """
import { createTransport } from "nodemailer";
const [port, secure, authMethod] = process.argv.slice(-3);
const auth = { user: "jane", pass: "secret" };
const transport = createTransport({
  host: "localhost", port: Number(port), secure: secure === "true", requireTLS: secure !== "true", auth, authMethod,
});
await transport.sendMail({ from: "shop@example.com", to: "jane@example.com", subject: "Welcome", text: "Hello" });
transport.close();
"""

    @pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5"])
    @pytest.mark.parametrize("secure", [False, True])
    def test_nodemailer_sends_in_tls(self, mockmail_in_tls, node, secure, mechanism):
        mm = mockmail_in_tls
        mm.smtp.accounts = {"jane": "secret"}

        script = self.NODEMAILER.replace("process.argv.slice(-3)", repr([
            str(mm.smtps_port if secure else mm.smtp_port), str(secure).lower(), mechanism,
        ]))  # fmt: skip
        node(script, env={"NODE_EXTRA_CA_CERTS": mm.ca_file})

        received = mm.inbox.wait_for(subject="Welcome")
        assert (received.envelope.auth_user, received.envelope.tls[:5]) == ("jane", "TLSv1")

    @pytest.mark.parametrize("flag", ["--tls", "--tls-on-connect"])
    def test_swaks_sends_in_tls(self, mockmail_in_tls, run, swaks_with_tls, flag):
        if not swaks_with_tls:
            pytest.skip("swaks is not installed, or not the Net::SSLeay of Perl that it needs for TLS")
        mm = mockmail_in_tls

        run(
            "swaks", "--server", "localhost", "--port", mm.smtp_port if flag == "--tls" else mm.smtps_port, flag,
            "--tls-verify", "--tls-ca-path", mm.ca_file, "--from", "shop@example.com",
            "--to", "jane@example.com", "--auth", "CRAM-MD5", "--auth-user", "jane", "--auth-password", "secret",
        )  # fmt: skip

        assert mm.inbox.wait_for(to="jane@example.com").envelope.tls.startswith("TLSv1")

    @pytest.mark.parametrize("scheme", ["smtp", "smtps"])
    def test_curl_sends_in_tls(self, mockmail_in_tls, curl, tmp_path, scheme):
        mm = mockmail_in_tls
        (tmp_path / "mail").write_text("Subject: Welcome\r\n\r\nHello\r\n")
        port = mm.smtp_port if scheme == "smtp" else mm.smtps_port

        curl(
            "--ssl-reqd", "--cacert", mm.ca_file, "--mail-from", "shop@example.com", "--mail-rcpt", "jane@example.com",
            "--user", "jane:secret", "--upload-file", tmp_path / "mail", f"{scheme}://localhost:{port}",
        )  # fmt: skip

        assert mm.inbox.wait_for(subject="Welcome").envelope.tls.startswith("TLSv1")
