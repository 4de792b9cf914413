"""Certificates for TLS with ourselves, made when TLS is first asked for and kept in memory only."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import trustme


KEPT = 100
"""How many certificates are kept; who asks for more hosts in turn waits for new ones."""


class Certificates:
    """A certificate authority of one server's own, and a certificate for any host name."""

    def __init__(self) -> None:
        self._authority: trustme.CA | None = None
        self._contexts: dict[str, ssl.SSLContext] = {}

    def server(self, host: str) -> ssl.SSLContext:
        """What a server that answers as `host` shows."""
        name = _certifiable(host)
        if name not in self._contexts:
            if len(self._contexts) >= KEPT:
                self._contexts.clear()
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self._issuer().issue_cert(name).configure_cert(context)
            self._contexts[name] = context
        return self._contexts[name]

    def client(self) -> ssl.SSLContext:
        """What trusts those servers, and only those."""
        context = ssl.create_default_context()
        self._issuer().configure_trust(context)
        context.check_hostname = False  # the server is our own, whatever name was asked for
        return context

    def _issuer(self) -> trustme.CA:
        if self._authority is None:
            import trustme

            self._authority = trustme.CA()
        return self._authority


def _certifiable(host: str) -> str:
    """A host name that a certificate can hold: a setting may be any text."""
    plain = host.strip("[]").lower()
    # What stands behind `xn--` may be no name at all, and nobody looks at whose certificate it is.
    ordinary = (
        plain.isascii()
        and "xn--" not in plain
        and all(part and part.replace("-", "").isalnum() for part in plain.split("."))
    )
    return plain if ordinary and len(plain) <= 64 else "mail.invalid"  # noqa: PLR2004  # X.509's bound for a name
