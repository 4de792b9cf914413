"""The certificate authority of a server, made when it is first needed, and the TLS contexts with its certificates."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mockmail.core.errors import DataFolderError, MockMailError

if TYPE_CHECKING:
    import trustme

KEPT = 100
"""The number of TLS contexts that are kept; beyond it, all are made anew."""

CERTIFICATE, KEY = "ca.pem", "ca-key.pem"
"""The files of the authority in the data folder."""

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
"""The names of a port's certificate for a client that connects to an address, and so names no host."""


class InvalidCertificate(MockMailError):
    """The user's certificate or key cannot be used: the message says which file, and why."""


class Certificates:
    """The certificate authority of a server, which issues a certificate for any host name.

    folder: where the authority is kept; None keeps it in memory only.
    own: the files of the user's certificate and its key, which the server's ports use instead of an issued one.
    """

    def __init__(self, folder: Path | None = None, own: tuple[Path, Path] | None = None) -> None:
        self._folder = folder
        self._own = own
        self._authority: trustme.CA | None = None
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._ports: dict[str, ssl.SSLContext] = {}
        self._file: Path | None = None

    @property
    def ca_pem(self) -> bytes:
        """Return the certificate of the authority, as PEM. Raise DataFolderError."""
        return self._issuer().cert_pem.bytes()

    def ca_file(self) -> Path:
        """Return the path of a file with the certificate of the authority. Raise DataFolderError.

        It is in the data folder; without one, it is a temporary file that `close` removes.
        """
        pem = self.ca_pem
        if self._folder is not None:
            return self._folder / CERTIFICATE
        if self._file is None:
            import tempfile

            number, name = tempfile.mkstemp(prefix="mockmail-", suffix=".pem")
            with os.fdopen(number, "wb") as file:
                file.write(pem)
            self._file = Path(name)
        return self._file

    def close(self) -> None:
        """Remove the temporary file."""
        if self._file is not None:
            with suppress(OSError):
                self._file.unlink()
            self._file = None

    def server(self, host: str) -> ssl.SSLContext:
        """Return the TLS context of a server with a certificate for this host. Raise DataFolderError."""
        name = _certifiable(host)
        return _kept(self._contexts, name, lambda: self._issued(name))

    def port(self, address: str) -> ssl.SSLContext:
        """Return the TLS context of the server's ports on an address of this machine. Raise InvalidCertificate.

        The certificate is the user's own, or one for the name that the client asks for, issued in the handshake.
        """
        if self._own is not None:
            certificate, key = self._own
            return _kept(self._ports, "", lambda: _loaded(certificate, key))
        return _kept(self._ports, address, lambda: self._issued_in_handshake(address.partition("%")[0]))

    def client(self, *, check_hostname: bool = True) -> ssl.SSLContext:
        """Return the TLS context of a client that trusts only these certificates. Raise DataFolderError."""
        context = ssl.create_default_context(cadata=self.ca_pem.decode("ascii"))
        context.check_hostname = check_hostname
        return context

    def _issued(self, *names: str) -> ssl.SSLContext:
        context = _new_context()
        self._issuer().issue_cert(*names, organization_name="mockmail").configure_cert(context)
        return context

    def _issued_in_handshake(self, address: str) -> ssl.SSLContext:
        names = dict.fromkeys((*LOCAL_NAMES, address))

        def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
            unnamed = f"[{address}]"  # no host has brackets
            connection.context = (
                self.server(name) if name else _kept(self._contexts, unnamed, lambda: self._issued(*names))
            )

        context = _new_context()
        context.sni_callback = choose
        return context

    def _issuer(self) -> trustme.CA:
        if self._authority is None:
            import trustme

            self._authority = self._read() or self._keep(trustme.CA(organization_name="mockmail"))
        return self._authority

    def _read(self) -> trustme.CA | None:
        import trustme

        if self._folder is None or not (self._folder / CERTIFICATE).exists():
            return None
        try:
            certificate, key = ((self._folder / name).read_bytes() for name in (CERTIFICATE, KEY))
            return trustme.CA.from_pem(certificate, key)
        except (OSError, ValueError, TypeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is damaged"
            raise DataFolderError(
                f"{self._folder}: the certificate authority cannot be read ({why}); restore {CERTIFICATE} and {KEY},"
                " or remove both to get a new authority"
            ) from error

    def _keep(self, authority: trustme.CA) -> trustme.CA:
        if self._folder is not None:
            # The certificate last: without it, the next start makes a new authority.
            for name, pem in ((KEY, authority.private_key_pem), (CERTIFICATE, authority.cert_pem)):
                _write(self._folder / name, pem.bytes())
        return authority


def _kept(contexts: dict[str, ssl.SSLContext], name: str, make: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    found = contexts.get(name)
    if found is None:
        found = make()
        if len(contexts) >= KEPT:
            contexts.clear()
        contexts[name] = found
    return found


def _new_context() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    # Each renegotiation costs a server much more than a client. OpenSSL 3 refuses it anyway, earlier ones do not.
    context.options |= ssl.OP_NO_RENEGOTIATION
    return context


def _loaded(certificate: Path, key: Path) -> ssl.SSLContext:
    context = _new_context()
    try:
        context.load_cert_chain(certificate, key, password="")  # else OpenSSL asks for one on the terminal
    except ssl.SSLError as error:
        raise InvalidCertificate(
            f"tls_cert and tls_key: {certificate} and {key} are not a certificate and its key without a password"
            f" ({error.reason or error}); name two files in PEM format"
        ) from error
    except OSError as error:
        raise InvalidCertificate(
            f"tls_cert and tls_key: {certificate} or {key} cannot be read ({error.strerror}); name two PEM files"
        ) from error
    return context


def _write(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.draft")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise DataFolderError(
            f"{path}: cannot be written ({error.strerror}); make room, or choose another folder"
        ) from error


def _certifiable(host: str) -> str:
    plain = host.strip("[]").lower()
    # A setting may be any text, also an invalid name after `xn--`. The client does not check the name.
    ordinary = (
        plain.isascii()
        and "xn--" not in plain
        and all(part and part.replace("-", "").isalnum() for part in plain.split("."))
    )
    return plain if ordinary and len(plain) <= 64 else "mail.invalid"  # noqa: PLR2004  # X.509's limit for a name
