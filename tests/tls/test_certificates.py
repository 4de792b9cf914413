"""The certificate authority of a server, and the user's own certificate."""

from __future__ import annotations

import os
import socket
import ssl
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import trustme

from mockmail.core.errors import DataFolderError, InvalidValue, NotRunning
from mockmail.inprocess.mockmail import MockMail
from mockmail.server.server_settings import ServerSettings
from mockmail.tls import certificates
from mockmail.tls.certificates import Certificates, InvalidCertificate


def test_host_has_one_certificate():
    ours = Certificates()

    assert ours.server("mail.example.com") is ours.server("MAIL.example.com")
    assert ours.server("mail.example.com") is not ours.server("other.example.com")


def test_certificates_are_kept_in_bounded_number(monkeypatch):
    monkeypatch.setattr(certificates, "KEPT", 3)
    ours = Certificates()

    kept = [ours.server(f"host{number}.example.com") for number in range(5)]

    assert len({id(context) for context in kept}) == 5
    assert ours.server("host4.example.com") is kept[4]
    assert len(ours._contexts) <= 3


def test_contexts_of_ports_are_kept_in_bounded_number(monkeypatch):
    monkeypatch.setattr(certificates, "KEPT", 3)
    ours = Certificates()

    for number in range(5):
        ours.port(f"127.0.0.{number}")

    assert len(ours._ports) <= 3


def test_no_context_of_a_server_allows_renegotiation(tmp_path):
    trustme.CA().issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "both.pem"))
    ours, own = Certificates(), Certificates(own=(tmp_path / "both.pem", tmp_path / "both.pem"))

    contexts = [ours.server("mail.example.com"), ours.port("127.0.0.1"), own.port("127.0.0.1")]

    assert [bool(context.options & ssl.OP_NO_RENEGOTIATION) for context in contexts] == [True, True, True]


def test_authority_in_memory_is_another_one_each_time():
    assert Certificates().ca_pem != Certificates().ca_pem


def test_authority_in_a_folder_survives_and_is_readable_by_its_owner_only(tmp_path):
    first = Certificates(tmp_path).ca_pem

    again = Certificates(tmp_path)

    assert again.ca_pem == first
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {
        "ca.pem": 0o600,
        "ca-key.pem": 0o600,
    }
    context = ssl.create_default_context(cadata=first.decode())
    assert handshake(again.server("mail.example.com"), context, "mail.example.com") == "mail.example.com"


def test_half_an_authority_is_made_anew(tmp_path):
    (tmp_path / "ca-key.pem").write_bytes(b"half")

    ours = Certificates(tmp_path)

    assert ours.ca_pem == (tmp_path / "ca.pem").read_bytes()
    assert Certificates(tmp_path).ca_pem == ours.ca_pem


@pytest.mark.parametrize("name", ["ca.pem", "ca-key.pem"])
@pytest.mark.parametrize("content", [b"", b"-----BEGIN CERTIFICATE-----\n", None])
def test_damaged_authority_is_reported(tmp_path, name, content):
    Certificates(tmp_path).ca_pem  # noqa: B018  # it makes the files
    (tmp_path / name).unlink() if content is None else (tmp_path / name).write_bytes(content)
    if (name, content) == ("ca.pem", None):
        return  # the case before

    with pytest.raises(DataFolderError, match=r"the certificate authority cannot be read .* or remove both"):
        Certificates(tmp_path).ca_pem  # noqa: B018


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_folder_without_write_permission_is_reported(tmp_path):
    tmp_path.chmod(0o500)

    with pytest.raises(DataFolderError, match="cannot be written"):
        Certificates(tmp_path).ca_pem  # noqa: B018


def test_authority_survives_a_restart_of_the_server(tmp_path):
    settings = ServerSettings(data_dir=tmp_path)

    with MockMail(settings=settings) as mm:
        first, file = mm.ssl_context.get_ca_certs(), Path(mm.ca_file)
    with MockMail(settings=settings) as mm:
        again = mm.ssl_context.get_ca_certs()

    assert first == again
    assert file == tmp_path / "ca.pem"
    assert file.exists()


def test_file_of_an_authority_in_memory_is_removed_at_the_end():
    mm = MockMail()
    with mm:
        file = Path(mm.ca_file)
        assert file.read_bytes().startswith(b"-----BEGIN CERTIFICATE-----")
        assert b"PRIVATE KEY" not in file.read_bytes()
        assert mm.ca_file == str(file)

    assert not file.exists()
    for name in ("ca_file", "ssl_context", "https_url", "smtps_port"):
        with pytest.raises(NotRunning, match="MockMail is not running"):
            getattr(mm, name)


def test_ports_in_tls_are_none_without_settings(mockmail):
    assert (mockmail.https_url, mockmail.smtps_port) == (None, None)


UNUSED = """
import smtplib, sys, urllib.request
from mockmail import MockMail
with MockMail() as mm:
    urllib.request.urlopen(mm.url + "/_mockmail/health").read()
    with smtplib.SMTP(mm.smtp_host, mm.smtp_port) as smtp:
        smtp.login("jane", "x")
        smtp.sendmail("a@example.com", "b@example.com", "Subject: hi")
    assert len(mm.inbox) == 1
print(sorted(name for name in sys.modules if name in ("trustme", "cryptography", "mockmail.tls.certificates")))
"""


def test_server_without_tls_imports_nothing_for_it():
    done = subprocess.run([sys.executable, "-c", UNUSED], capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout == "[]\n"


def test_own_certificate_is_used_by_the_ports(serve, tmp_path):
    authority = trustme.CA()
    certificate, key = own_certificate(authority, tmp_path, "shop.example")
    context = ssl.create_default_context(cadata=authority.cert_pem.bytes().decode())

    mm = serve(tls_cert=certificate, tls_key=key)

    assert peer_name(mm, context, "shop.example") == "shop.example"
    with pytest.raises(ssl.SSLCertVerificationError):
        peer_name(mm, context, "other.example")


def test_key_may_be_in_the_file_of_the_certificate(serve, tmp_path):
    authority = trustme.CA()
    certificate, key = own_certificate(authority, tmp_path, "shop.example")
    certificate.write_bytes(key.read_bytes() + certificate.read_bytes())

    mm = serve(tls_cert=certificate)

    assert peer_name(mm, ssl.create_default_context(cadata=authority.cert_pem.bytes().decode()), "shop.example")


def test_certificate_that_cannot_be_used_is_an_error_of_the_start(tmp_path):
    certificate, key = own_certificate(trustme.CA(), tmp_path, "shop.example")
    other, _ = own_certificate(trustme.CA(), tmp_path / "other", "shop.example")
    for tls_cert, tls_key, why in (
        (tmp_path / "none.pem", key, "cannot be read (No such file or directory)"),
        (key, key, "are not a certificate and its key"),
        (other, key, "are not a certificate and its key"),
    ):
        mm = MockMail(settings=ServerSettings(tls_cert=tls_cert, tls_key=tls_key))
        with pytest.raises(InvalidCertificate) as refused, mm:
            pass
        assert why in str(refused.value)
    assert certificate.exists()


def test_key_without_its_certificate_is_refused(tmp_path):
    mm = MockMail(settings=ServerSettings(tls_key=tmp_path / "key.pem"))

    with pytest.raises(InvalidValue, match="tls_key needs the certificate that it belongs to: set tls_cert too"), mm:
        pass


def test_damaged_authority_is_an_error_of_the_start(tmp_path):
    (tmp_path / "ca.pem").write_bytes(b"damaged")
    mm = MockMail(settings=ServerSettings(data_dir=tmp_path, https_port=0))

    with pytest.raises(DataFolderError, match="the certificate authority cannot be read"), mm:
        pass


def own_certificate(authority, folder, *names):
    folder.mkdir(exist_ok=True)
    issued = authority.issue_cert(*names)
    issued.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    return folder / "cert.pem", folder / "key.pem"


def peer_name(mm, context, name):
    """Return the name in the certificate that the HTTPS port shows to a client that asks for a name."""
    host, port = mm.https_url.removeprefix("https://").split(":")
    with (
        socket.create_connection((host, int(port)), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname=name) as connection,
    ):
        return dict(connection.getpeercert()["subjectAltName"])["DNS"]


def handshake(server, client, name):
    """Return the name in the certificate after a handshake in memory."""
    sent, received = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(received, sent, server_hostname=name)
    theirs = server.wrap_bio(sent, received, server_side=True)
    for _ in range(4):
        for side in (ours, theirs):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return dict(ours.getpeercert()["subjectAltName"])["DNS"]
