"""The HTTP client of webhooks: it sends to this machine, and to servers that a setting allows."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

from aiohttp import AddrInfoType, ClientSession, ClientTimeout, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from mockmail._version import __version__
from mockmail.core.errors import InvalidValue
from mockmail.core.senders.webhook_queue import is_webhook_url
from mockmail.server.settings import host_and_port

RETRY_SECONDS = (0.2, 1.0)
"""The seconds before each further attempt to send a request; after the last attempt it is given up."""

ATTEMPT_SECONDS = 5.0
"""The seconds that an attempt may take."""

RECEIVED_AT_ONCE = 8 << 10
"""The bytes of a response that wait to be read. More than a head needs would hold the event loop: aiohttp reads all."""

NO_URL = "url must be an http or https URL, not {!r}"

_DEFAULT_PORTS = {"http": 80, "https": 443}


def new_session() -> ClientSession:
    """Return a client that makes one request at a time. Call it on an event loop."""
    headers = {"Content-Type": "application/json", "User-Agent": f"mockmail/{__version__}"}
    connector = TCPConnector(resolver=_Resolver(), limit=1, socket_factory=_small_socket)
    timeout = ClientTimeout(total=ATTEMPT_SECONDS)
    return ClientSession(connector=connector, timeout=timeout, headers=headers, auto_decompress=False)


def check_url(url: str, allowed: frozenset[str], own_ports: Sequence[int]) -> None:
    """Raise InvalidValue for a URL that webhooks may not send to.

    allowed: `host:port` of servers on other machines. own_ports: the ports of this server.
    """
    if not is_webhook_url(url):
        raise InvalidValue(NO_URL.format(url[:80]))
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _DEFAULT_PORTS[parts.scheme]
    if parts.username is not None:
        raise InvalidValue("url must have no user name and no password: put a token into the path")
    if _is_localhost(host) or _is_loopback(host):
        if port in own_ports:
            raise InvalidValue(
                f"url must not be of mockmail itself, which listens on port {port}: the events never end"
            )
    elif host_and_port(host, port) not in allowed:
        raise InvalidValue(
            f"url must be on this machine (127.0.0.1, [::1], localhost), not {host[:80]!r}: the setting webhook_allow"
            f" permits {host_and_port(host, port)[:90]}"
        )


def _is_localhost(host: str) -> bool:
    return host.rstrip(".") == "localhost" or host.rstrip(".").endswith(".localhost")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Resolver(AbstractResolver):
    """Resolves `localhost` to this machine, without the system's resolver, and the names that a setting allows."""

    def __init__(self) -> None:
        self._others = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if not _is_localhost(host):
            return await self._others.resolve(host, port, family)
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST)
            for address, kind in (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6))
        ]

    async def close(self) -> None:
        await self._others.close()


def _small_socket(address: AddrInfoType) -> socket.socket:
    made = socket.socket(*address[:3])
    made.setblocking(False)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED_AT_ONCE)
    return made
