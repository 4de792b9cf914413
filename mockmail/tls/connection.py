"""Connections in TLS: the handshake is limited in time, and counts as an open connection."""

from __future__ import annotations

import asyncio
import ssl
from asyncio.sslproto import SSLProtocol
from collections.abc import Callable
from typing import Any, Protocol


class Limiter(Protocol):
    """Counts open connections."""

    def enter(self, protocol: Any, /) -> bool:
        """Add a connection and return whether it is within the limit."""

    def leave(self, protocol: Any, /) -> None:
        """Remove a connection."""


class TlsConnections:
    """The open TLS connections of a server.

    seconds: that a handshake may take, and the end of a connection.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._open: set[TlsConnection] = set()

    def begin(self, transport: Any, protocol: asyncio.Protocol, context: ssl.SSLContext, limiter: Limiter) -> None:
        """Begin a handshake on a connection, which belongs to `protocol` afterwards. Abort it above the limit."""
        if not limiter.enter(protocol):
            limiter.leave(protocol)
            transport.abort()
            return
        connection = TlsConnection(protocol, context, self._seconds, lambda: self._end(connection, protocol, limiter))
        self._open.add(connection)
        transport.set_protocol(connection)
        connection.connection_made(transport)

    def abort_all(self) -> None:
        """Abort every connection."""
        for connection in tuple(self._open):
            connection.abort()

    def _end(self, connection: TlsConnection, protocol: asyncio.Protocol, limiter: Limiter) -> None:
        self._open.discard(connection)
        limiter.leave(protocol)


class TlsConnection(SSLProtocol):
    """One connection in TLS.

    This is asyncio's own class, because `loop.start_tls` is too late on uvloop: a new connection that waits for it may
    receive data before.
    """

    def __init__(
        self, protocol: asyncio.Protocol, context: ssl.SSLContext, seconds: float, on_end: Callable[[], None]
    ) -> None:
        super().__init__(
            asyncio.get_running_loop(),
            protocol,
            context,
            None,  # type: ignore[arg-type]  # asyncio itself passes None where nobody waits for the handshake
            server_side=True,
            ssl_handshake_timeout=seconds,  # type: ignore[arg-type]  # a float is a number of seconds too
            ssl_shutdown_timeout=seconds,
        )
        self._on_end = on_end

    def connection_lost(self, exc: BaseException | None) -> None:
        """Remove the connection from the open ones."""
        self._on_end()
        super().connection_lost(exc)

    def abort(self) -> None:
        """Abort the connection."""
        transport: Any = self._transport
        if transport is not None:
            transport.abort()


class NewConnection(asyncio.Protocol):
    """A new connection of a port in TLS. begin: called with its transport, to give it another protocol."""

    def __init__(self, begin: Callable[[Any], None]) -> None:
        self._begin = begin

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the handshake."""
        self._begin(transport)


def local_address(transport: asyncio.BaseTransport) -> str:
    """Return the address of this machine that a client has connected to; empty if there is none."""
    name = transport.get_extra_info("sockname")
    return name[0] if isinstance(name, tuple) else ""


def tls_facts(transport: asyncio.BaseTransport | None) -> str:
    """Return the protocol and cipher of a connection, such as `TLSv1.3 TLS_AES_256_GCM_SHA384`; empty without TLS."""
    cipher = (transport.get_extra_info("cipher") if transport is not None else None) or ()
    return " ".join(str(part) for part in cipher[1::-1])
