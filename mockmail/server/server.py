"""A server: the ports for HTTP and SMTP, plain and in TLS, and the Worlds behind them."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockmail.control.api import ControlApi
from mockmail.core.bounds import StartTls
from mockmail.core.errors import DataFolderError, MockMailError, NotRunning, Problem, StorageFull
from mockmail.core.registry import Registry
from mockmail.core.sandboxes import DEFAULT, Sandboxes
from mockmail.http.dispatcher import Dispatcher
from mockmail.http.protocol import HttpServer
from mockmail.server.idle_indexing import IdleIndexing
from mockmail.server.pruning import start_pruning
from mockmail.server.server_settings import ServerSettings
from mockmail.server.settings import host_and_port, reachable_host
from mockmail.server.turns import Turns
from mockmail.server.vendor_jobs import VendorJobs

if TYPE_CHECKING:
    from mockmail.compat.api import CompatibleApi
    from mockmail.core.bounds import WorldSettings
    from mockmail.core.journal import JournalBytes
    from mockmail.core.state.data_folder import DataFolder
    from mockmail.core.state.shared_files import SharedFiles
    from mockmail.core.world import World
    from mockmail.http.proxy import Answer, Proxy
    from mockmail.server.events import Events
    from mockmail.server.webhooks import Webhooks
    from mockmail.smtp.sink import Sink
    from mockmail.smtp.submission import Submission
    from mockmail.tls.certificates import Certificates
    from mockmail.tls.connection import TlsConnections

GRACE = 0.7
"""The seconds that a request in progress has to end when the server stops, and again to end after it is cancelled."""

HTTP, HTTPS, SMTP, SMTPS = "HTTP", "HTTPS", "SMTP", "SMTPS"
"""The names of the ports; see also `_smtp_of`."""


class CannotListen(OSError):
    """The server cannot listen on a port; `filename` names it."""


class Server:
    """A mockmail server. It belongs to the event loop that starts it. Raise UnknownName for a vendor in `proxy_hosts`.

    watch: called with each new World.
    sandbox_settings: the settings of sandboxes that differ from the others, by name; set before their first use.
    """

    def __init__(
        self, vendors: Registry, settings: ServerSettings | None = None, watch: Callable[[World], None] | None = None
    ) -> None:
        self._watch = watch or (lambda _: None)
        self._data: DataFolder | None = None
        self._files: SharedFiles | None = None
        self.settings = settings or ServerSettings()
        self.vendors = vendors
        for vendor in self.settings.proxy_hosts.values():
            vendors.named(vendor)
        self.sandboxes = Sandboxes(self._make_world, self.settings.max_sandboxes, self._forget, self._spare_world)
        self.sandbox_settings: dict[str, WorldSettings] = {}
        self._facts: dict[str, Any] = {}
        self._vendor_jobs = VendorJobs(self.sandboxes, self.settings.events.allow, self._ports)
        self.turns = Turns()
        self.control = ControlApi(
            vendors,
            self.sandboxes,
            self.settings.guard,
            self._facts,
            turns=self.turns,
            events=lambda: self.events,
            webhooks=lambda: self.webhooks,
            ca_pem=lambda: self.certificates.ca_pem,
        )
        self.dispatcher = Dispatcher(
            vendors,
            self.sandboxes,
            self.control.answer,
            lambda send, world, sent_by: self._submission.perform(send, world, sent_by),  # noqa: PLW0108  # made by the first
            self.turns,
            make_proxy=self._make_proxy,
            compatible=lambda: self._compatible.respond,
        )
        self._http: HttpServer | None = None
        self._listeners: dict[str, asyncio.Server] = {}
        self._stop_jobs: list[Callable[[], None]] = []

    def __repr__(self) -> str:
        return f"<Server {self.http_url} smtp {self.smtp_address}>" if self._listeners else "<Server idle>"

    @property
    def http_url(self) -> str:
        """Return `http://host:port`, for clients on this machine. Raise NotRunning."""
        return f"http://{host_and_port(*self._reachable_address(HTTP))}"

    @property
    def https_url(self) -> str | None:
        """Return `https://host:port`, for clients on this machine; None without an HTTPS port. Raise NotRunning."""
        return f"https://{address}" if (address := self._optional_address(HTTPS)) is not None else None

    @property
    def smtp_address(self) -> str:
        """Return `host:port` of the SMTP port, for clients on this machine. Raise NotRunning."""
        return host_and_port(*self._reachable_address(SMTP))

    @property
    def smtps_address(self) -> str | None:
        """Return `host:port` of the SMTP port in TLS, for clients on this machine; None without. Raise NotRunning."""
        return self._optional_address(SMTPS)

    @property
    def tls_addresses(self) -> dict[str, str]:
        """Return the addresses of the ports that are in TLS: `https`, a URL, and `smtps`. Raise NotRunning."""
        found = {"https": self.https_url, "smtps": self.smtps_address}
        return {name: address for name, address in found.items() if address is not None}

    @property
    def smtp_host(self) -> str:
        """Return the host of the SMTP port, for clients on this machine. Raise NotRunning."""
        return self._reachable_address(SMTP)[0]

    @property
    def smtp_port(self) -> int:
        """Return the number of the SMTP port. Raise NotRunning."""
        return self._address(SMTP)[1]

    @property
    def smtp_sandboxes(self) -> dict[str, str]:
        """Return `host:port` of each sandbox that has an SMTP port of its own, by name. Raise NotRunning."""
        found = {name: self._optional_address(_smtp_of(name)) for name in self.settings.smtp_sandboxes}
        return {name: address for name, address in found.items() if address is not None}

    def smtp_port_of(self, sandbox: str) -> int:
        """Return the number of the SMTP port of a sandbox; of the common one, if it has none of its own.

        Raise NotRunning.
        """
        return self._address(_smtp_of(sandbox) if sandbox in self.settings.smtp_sandboxes else SMTP)[1]

    @property
    def listens_on(self) -> str:
        """Return the address that the server listens on. Raise NotRunning."""
        return self._address(HTTP)[0]

    @property
    def is_exposed(self) -> bool:
        """Return whether other machines can reach the server."""
        return not ipaddress.ip_address(self.listens_on).is_loopback

    def check_seeds(self) -> None:
        """Raise SeedError if a seed document does not fit a vendor."""
        if self.settings.world.seeds:
            from mockmail.core.seeds import check_seeds

            check_seeds(self._spare_world())

    async def start(self) -> None:
        """Listen on the ports.

        Raise CannotListen if one of them is not available, DataFolderError if the data folder cannot be used, and
        InvalidCertificate, InvalidValue or LimitReached if a certificate or a webhook cannot be used. The server then
        listens on no port.
        """
        settings = self.settings
        self._http = HttpServer(self.dispatcher.respond, self.dispatcher.refuse, settings.http)
        try:
            self._open_data()
            await self._listen(HTTP, self._http, settings.http_port)
            await self._listen(SMTP, self._accept_smtp, settings.smtp_port)
            for name, port in settings.smtp_sandboxes.items():
                await self._listen(_smtp_of(name), partial(self._accept_smtp, name), port)
            if settings.uses_tls:
                await self._listen_in_tls()
            if settings.webhooks:
                self.webhooks.add_from_settings(settings.webhooks)
        except (OSError, MockMailError):
            await self.stop()
            raise
        pruning = start_pruning(self.sandboxes, settings.world.mail.age)
        self._stop_jobs = [pruning, IdleIndexing(self.sandboxes, self.turns).stop]
        self._facts |= {"smtp": self.smtp_address, **self.tls_addresses}
        if settings.smtp_sandboxes:
            self._facts["smtp_sandboxes"] = self.smtp_sandboxes
        if self._data is not None:
            self._data.write_owner(f"mockmail at {self.http_url} (process {os.getpid()})")

    async def stop(self) -> None:
        """Let requests in progress end, drop the rest, and close the ports and the Worlds."""
        await self._stop_listening()
        self._facts.clear()
        while self._stop_jobs:
            self._stop_jobs.pop()()
        self.control.end_waits()
        if "webhooks" in self.__dict__:
            await self.webhooks.close()
            del self.webhooks
        if "events" in self.__dict__:
            self.events.close()
        self.dispatcher.stop()
        if "_sink" in self.__dict__:
            self._sink.disconnect_all()
        if self._http is not None and self._http.connections:
            self._http.pre_shutdown()
            await self._http.shutdown(GRACE)
        if "tls_connections" in self.__dict__:
            self.tls_connections.abort_all()
        if "certificates" in self.__dict__:
            self.certificates.close()
        await self._vendor_jobs.close()
        self._listeners.clear()
        self.sandboxes.close()
        if self._data is not None:
            self._data.close()
            self._data = None

    async def _listen(self, name: str, factory: Callable[[], asyncio.BaseProtocol], port: int) -> None:
        host = self.settings.host
        try:
            listener = await asyncio.get_running_loop().create_server(factory, host, port, backlog=1024)
        except OSError as error:
            # asyncio gives no number for an address that this machine does not have.
            number = error.errno or errno.EADDRNOTAVAIL
            raise CannotListen(number, error.strerror, f"{host} port {port} ({name})") from error
        self._listeners[name] = listener

    async def _stop_listening(self) -> None:
        loop = asyncio.get_running_loop()
        for listener in self._listeners.values():
            for listening in listener.sockets:
                loop.remove_reader(listening)  # accept no more; a loop that accepts in another way ignores it
        # asyncio accepts a connection in three iterations of the loop: it takes the socket, makes the transport, and
        # calls `connection_made`. It never closes the socket if the listener is closed before the second one.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        for listener in self._listeners.values():
            listener.close()

    async def _listen_in_tls(self) -> None:
        from mockmail.server.tls_ports import check_certificates, https_factory, smtps_factory

        settings, certificates, connections = self.settings, self.certificates, self.tls_connections
        check_certificates(settings, certificates)
        if self._http is not None and settings.https_port is not None:
            await self._listen(HTTPS, https_factory(connections, certificates, self._http), settings.https_port)
        if settings.smtps_port is not None:
            await self._listen(SMTPS, smtps_factory(connections, certificates, lambda: self._sink), settings.smtps_port)

    def _open_data(self) -> None:
        if self.settings.data_dir is not None and self._data is None:
            from mockmail.core.state.data_folder import DataFolder
            from mockmail.core.state.database_file import ROOM_ADVICE, rename_advice
            from mockmail.core.state.shared_files import SharedFiles

            data = self._data = DataFolder(self.settings.data_dir)
            self._files = SharedFiles(release_reserve=data.release_reserve, fill_reserve=data.fill_reserve)
            for name, path in self._data.sandboxes().items():
                try:
                    self.sandboxes.open(name)
                except Problem as error:
                    raise DataFolderError(f"{path}: {error.detail}; {rename_advice(path)}") from error
                except StorageFull as error:
                    raise DataFolderError(f"{path}: {error}; {ROOM_ADVICE}") from error

    def _make_world(self, name: str) -> World:
        world = self._spare_world(name, None if self._data is None else self._data.path_of(name))
        self._vendor_jobs.serve(world)
        self._watch(world)
        return world

    def _spare_world(self, name: str = DEFAULT, path: Path | None = None) -> World:
        from mockmail.core.world import World

        settings = self.sandbox_settings.get(name, self.settings.world)
        shared: dict[str, Any] = {"path": path, "journal_bytes": self._journal_bytes, "files": self._files}
        return World(self.vendors, settings, name=name, **shared)

    def _accept_smtp(self, sandbox: str = DEFAULT) -> asyncio.BaseProtocol:
        protocol = self._sink.accept()
        protocol.sandbox = sandbox
        return protocol

    # What follows is imported by the first request, SMTP connection or send, so that the server starts fast.

    @cached_property
    def events(self) -> Events:
        """Return the events of the sandboxes."""
        from mockmail.server.events import Events

        return Events(self.sandboxes, self.settings.events.size)

    @cached_property
    def webhooks(self) -> Webhooks:
        """Return the webhooks."""
        from mockmail.server.webhooks import Webhooks

        return Webhooks(self.events, self.sandboxes, self.settings.events, self._ports())

    def _ports(self) -> list[int]:
        return [listener.sockets[0].getsockname()[1] for listener in self._listeners.values()]

    @cached_property
    def _compatible(self) -> CompatibleApi:
        from mockmail.compat.api import CompatibleApi

        return CompatibleApi(self.sandboxes, self.settings.guard, self.turns, lambda: self.events)

    @cached_property
    def _journal_bytes(self) -> JournalBytes:
        from mockmail.core.journal import JournalBytes

        return JournalBytes(self.settings.world.journal_bytes)

    @cached_property
    def _sink(self) -> Sink:
        from mockmail.smtp.sink import Sink

        settings, port_tls = self.settings, None
        if StartTls.of(settings.smtp_starttls) is not StartTls.OFF:
            from mockmail.server.tls_ports import starttls_of

            port_tls = starttls_of(settings, self.certificates)
        return Sink(
            self.sandboxes,
            settings.smtp,
            reject_unknown=settings.reject_unknown_recipients,
            port_tls=port_tls,
            http_url=lambda: self.http_url if self._listeners else "",
        )

    @cached_property
    def _submission(self) -> Submission:
        from mockmail.smtp.submission import Submission

        return Submission(self._sink, self.certificates, self.settings.relay_allow)

    @cached_property
    def certificates(self) -> Certificates:
        """Return the server's certificate authority, with the TLS contexts of its ports."""
        from mockmail.server.tls_ports import certificates_of

        return certificates_of(self.settings)

    @cached_property
    def tls_connections(self) -> TlsConnections:
        """Return the open connections in TLS."""
        from mockmail.tls.connection import TlsConnections

        return TlsConnections(self.settings.tls_handshake_seconds)

    def _make_proxy(self, answer: Answer) -> Proxy:
        from mockmail.http.proxy import Proxy

        return Proxy(
            self.vendors,
            self.sandboxes,
            answer,
            allows_host=self.settings.guard.allows_host,
            hosts=self.settings.proxy_hosts,
            certificates=self.certificates,
            connections=self.tls_connections,
        )

    def _forget(self, world: World) -> None:
        self.sandbox_settings.pop(world.name, None)
        if self._data is not None and world.database.exists:
            self._data.remove(world.name)
        elif self._data is not None:
            self._data.forget(world.name)

    def _reachable_address(self, name: str) -> tuple[str, int]:
        host, port = self._address(name)
        return reachable_host(host), port

    def _optional_address(self, name: str) -> str | None:
        self._address(HTTP)
        return host_and_port(*self._reachable_address(name)) if name in self._listeners else None

    def _address(self, name: str) -> tuple[str, int]:
        if name not in self._listeners:
            raise NotRunning("MockMail is not running; use it inside `with`.")
        host, port = self._listeners[name].sockets[0].getsockname()[:2]
        return host, port


def _smtp_of(sandbox: str) -> str:
    return f"{SMTP} of {sandbox}"
