"""The settings of a `Server`, which the command line and `MockMail` make of what users give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mockmail.control.guard import Guard
from mockmail.core.bounds import EventLimits, HttpLimits, SmtpLimits, StartTls, WorldSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """The settings of a server. Port 0 picks a free port.

    smtp_sandboxes: the ports of more SMTP servers, by the sandbox that their clients use without AUTH.
    https_port, smtps_port: the ports that are in TLS from the first byte; None for none.
    smtp_starttls: `offered`, `required` or `off`.
    tls_handshake_seconds: that a TLS handshake may take.
    tls_cert, tls_key: the user's certificate and key for the ports; without them, a certificate of the server's own CA.
    proxy_hosts: for the forward proxy, more host names and the vendors that answer for them.
    data_dir: the folder for state and mail; None keeps them in memory only.
    webhooks: URLs that get the events of the default sandbox, from the start.
    relay_allow: real SMTP servers, `host:port`, that vendors may send mail to; none by default.
    """

    host: str = "127.0.0.1"
    http_port: int = 0
    smtp_port: int = 0
    smtp_sandboxes: Mapping[str, int] = field(default_factory=dict)
    https_port: int | None = None
    smtps_port: int | None = None
    smtp_starttls: str = StartTls.OFF
    tls_cert: Path | None = None
    tls_key: Path | None = None
    tls_handshake_seconds: float = 10.0
    proxy_hosts: Mapping[str, str] = field(default_factory=dict)
    max_sandboxes: int = 1000
    data_dir: Path | None = None
    reject_unknown_recipients: bool = False
    webhooks: Sequence[str] = ()
    relay_allow: frozenset[str] = frozenset()
    world: WorldSettings = field(default_factory=WorldSettings)
    http: HttpLimits = field(default_factory=HttpLimits)
    smtp: SmtpLimits = field(default_factory=SmtpLimits)
    events: EventLimits = field(default_factory=EventLimits)
    guard: Guard = field(default_factory=Guard)

    @property
    def uses_tls(self) -> bool:
        """Return whether a port is in TLS, STARTTLS is offered, or there is a certificate to check."""
        given = (self.https_port, self.smtps_port, self.tls_cert, self.tls_key)
        return StartTls.of(self.smtp_starttls) is not StartTls.OFF or any(value is not None for value in given)
