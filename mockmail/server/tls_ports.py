"""TLS for the ports of a server: its certificates, and the protocols of its connections."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mockmail.core.bounds import StartTls
from mockmail.core.errors import InvalidValue
from mockmail.smtp.protocol import PortTls
from mockmail.tls.certificates import Certificates
from mockmail.tls.connection import NewConnection, TlsConnections, local_address

if TYPE_CHECKING:
    from mockmail.http.protocol import HttpServer
    from mockmail.server.server_settings import ServerSettings
    from mockmail.smtp.sink import Sink


def certificates_of(settings: ServerSettings) -> Certificates:
    """Return the certificate authority of a server, which keeps the user's own certificate too."""
    own = (settings.tls_cert, settings.tls_key or settings.tls_cert) if settings.tls_cert is not None else None
    return Certificates(settings.data_dir, own)


def check_certificates(settings: ServerSettings, certificates: Certificates) -> None:
    """Read the files, so that a wrong one is an error of the start.

    Raise InvalidCertificate, InvalidValue, DataFolderError.
    """
    if settings.tls_key is not None and settings.tls_cert is None:
        raise InvalidValue("tls_key needs the certificate that it belongs to: set tls_cert too")
    certificates.port(settings.host)
    if settings.data_dir is not None:
        certificates.ca_pem  # noqa: B018  # the access reads it


def https_factory(
    connections: TlsConnections, certificates: Certificates, http: HttpServer
) -> Callable[[], NewConnection]:
    """Return the factory of the protocols for connections to the HTTPS port."""

    def begin(transport: Any) -> None:
        connections.begin(transport, http(), certificates.port(local_address(transport)), http)

    return lambda: NewConnection(begin)


def smtps_factory(
    connections: TlsConnections, certificates: Certificates, sink: Callable[[], Sink]
) -> Callable[[], NewConnection]:
    """Return the factory of the protocols for connections to the SMTP port in TLS. sink: returns the server's."""

    def begin(transport: Any) -> None:
        context = certificates.port(local_address(transport))
        connections.begin(transport, sink().accept(in_tls=True), context, sink().limiter)

    return lambda: NewConnection(begin)


def starttls_of(settings: ServerSettings, certificates: Certificates) -> PortTls:
    """Return STARTTLS for the SMTP ports."""
    is_required = StartTls.of(settings.smtp_starttls) is StartTls.REQUIRED
    return PortTls(certificates.port, is_required=is_required, handshake_seconds=settings.tls_handshake_seconds)
