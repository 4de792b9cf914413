"""Certificates of the sink, issued when TLS is first used and kept in memory only."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import trustme


KEPT = 100
"""The number of certificates that are kept; beyond it, all are issued anew."""


class Certificates:
    """The certificate authority of a server, which issues a certificate for any host name."""

    def __init__(self) -> None:
        self._authority: trustme.CA | None = None
        self._contexts: dict[str, ssl.SSLContext] = {}

    def server(self, host: str) -> ssl.SSLContext:
        """Return the TLS context of a server with a certificate for this host."""
        name = _certifiable(host)
        if name not in self._contexts:
            if len(self._contexts) >= KEPT:
                self._contexts.clear()
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self._issuer().issue_cert(name).configure_cert(context)
            self._contexts[name] = context
        return self._contexts[name]

    def client(self) -> ssl.SSLContext:
        """Return the TLS context of a client that trusts only these certificates."""
        context = ssl.create_default_context()
        self._issuer().configure_trust(context)
        context.check_hostname = False  # the server is the sink, whatever its name
        return context

    def _issuer(self) -> trustme.CA:
        if self._authority is None:
            import trustme

            self._authority = trustme.CA()
        return self._authority


def _certifiable(host: str) -> str:
    plain = host.strip("[]").lower()
    # A setting may be any text, also an invalid name after `xn--`. The client does not check the name.
    ordinary = (
        plain.isascii()
        and "xn--" not in plain
        and all(part and part.replace("-", "").isalnum() for part in plain.split("."))
    )
    return plain if ordinary and len(plain) <= 64 else "mail.invalid"  # noqa: PLR2004  # X.509's limit for a name
