"""A server: the HTTP port, the SMTP port, and the Worlds behind them."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockmail.control.api import ControlApi
from mockmail.control.guard import Guard
from mockmail.core.bounds import EventLimits, HttpLimits, SmtpLimits, WorldSettings
from mockmail.core.errors import DataFolderError, MockMailError, NotRunning, Problem, SeedError, StorageFull
from mockmail.core.registry import Registry
from mockmail.core.sandboxes import DEFAULT, Sandboxes
from mockmail.http.dispatcher import Dispatcher
from mockmail.http.protocol import HttpServer
from mockmail.server.settings import host_and_port, reachable_host

if TYPE_CHECKING:
    from mockmail.core.journal import JournalBytes
    from mockmail.core.mail.message import SentBy
    from mockmail.core.mail.outgoing import Outcome, Send
    from mockmail.core.state.data_folder import DataFolder
    from mockmail.core.state.shared_files import SharedFiles
    from mockmail.core.world import World
    from mockmail.server.events import Events
    from mockmail.server.webhooks import Webhooks
    from mockmail.smtp.sink import Sink
    from mockmail.smtp.submission import Submission

GRACE = 0.7
"""The seconds that a request in progress has to end when the server stops, and again to end after it is cancelled."""


class CannotListen(OSError):
    """The server cannot listen on a port; `filename` names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """The settings of a server. Port 0 picks a free port.

    data_dir: the folder for state and mail; None keeps them in memory only.
    relay_allow: real SMTP servers, `host:port`, that vendors may send mail to; none by default.
    """

    host: str = "127.0.0.1"
    http_port: int = 0
    smtp_port: int = 0
    max_sandboxes: int = 1000
    data_dir: Path | None = None
    reject_unknown_recipients: bool = False
    relay_allow: frozenset[str] = frozenset()
    world: WorldSettings = field(default_factory=WorldSettings)
    http: HttpLimits = field(default_factory=HttpLimits)
    smtp: SmtpLimits = field(default_factory=SmtpLimits)
    events: EventLimits = field(default_factory=EventLimits)
    guard: Guard = field(default_factory=Guard)


class Server:
    """A mockmail server. It belongs to the event loop that starts it.

    watch: called with each new World.
    sandbox_settings: the settings of sandboxes that differ from the others, by name; set before their first use.
    """

    def __init__(
        self, vendors: Registry, settings: ServerSettings | None = None, watch: Callable[[World], None] | None = None
    ) -> None:
        self._watch = watch
        self._data: DataFolder | None = None
        self._files: SharedFiles | None = None
        self.settings = settings or ServerSettings()
        self.vendors = vendors
        self.sandboxes = Sandboxes(self._make_world, self.settings.max_sandboxes, self._forget, self._spare_world)
        self.sandbox_settings: dict[str, WorldSettings] = {}
        self._facts: dict[str, Any] = {}
        self.control = ControlApi(
            vendors,
            self.sandboxes,
            self.settings.guard,
            self._facts,
            events=lambda: self.events,
            webhooks=lambda: self.webhooks,
        )
        self.dispatcher = Dispatcher(vendors, self.sandboxes, self.control.answer, self._perform)
        self._http: HttpServer | None = None
        self._listeners: list[asyncio.Server] = []

    def __repr__(self) -> str:
        return f"<Server {self.http_url} smtp {self.smtp_address}>" if self._listeners else "<Server idle>"

    @property
    def http_url(self) -> str:
        """Return `http://host:port`, for clients on this machine. Raise NotRunning."""
        return f"http://{host_and_port(*self._reachable_address(0))}"

    @property
    def smtp_address(self) -> str:
        """Return `host:port` of the SMTP port, for clients on this machine. Raise NotRunning."""
        return host_and_port(*self._reachable_address(1))

    @property
    def smtp_host(self) -> str:
        """Return the host of the SMTP port, for clients on this machine. Raise NotRunning."""
        return self._reachable_address(1)[0]

    @property
    def smtp_port(self) -> int:
        """Return the number of the SMTP port. Raise NotRunning."""
        return self._address(1)[1]

    @property
    def listens_on(self) -> str:
        """Return the address that the server listens on. Raise NotRunning."""
        return self._address(0)[0]

    @property
    def is_exposed(self) -> bool:
        """Return whether other machines can reach the server."""
        return not ipaddress.ip_address(self.listens_on).is_loopback

    def check_seeds(self) -> None:
        """Raise SeedError if a seed document does not fit a vendor."""
        if not self.settings.world.seeds:
            return
        world = self._spare_world()
        for seed in self.settings.world.seeds:
            for name in seed.vendors:
                vendor = self.vendors.get(name)
                if vendor is None:
                    known = ", ".join(self.vendors.vendors)
                    raise SeedError(f"{seed.source}: vendors.{name}: there is no such vendor; there are {known}")
                world.ensure_seeded(vendor)

    async def start(self) -> None:
        """Listen on both ports.

        Raise CannotListen if one of them is not available, and DataFolderError if the data folder cannot be used; the
        server then listens on neither.
        """
        self._http = HttpServer(self.dispatcher.respond, self.dispatcher.refuse, self.settings.http)
        try:
            self._open_data()
            self._listeners.append(await self._listen(self._http, self.settings.http_port, "HTTP"))
            self._listeners.append(await self._listen(self._connect_smtp, self.settings.smtp_port, "SMTP"))
        except (OSError, MockMailError):
            await self.stop()
            raise
        self._facts["smtp"] = self.smtp_address
        if self._data is not None:
            self._data.write_owner(f"mockmail at {self.http_url} (process {os.getpid()})")

    async def stop(self) -> None:
        """Let requests in progress end, drop the rest, and close the ports and the Worlds."""
        for listener in self._listeners:
            listener.close()
        self._facts.clear()
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
        self._listeners.clear()
        self.sandboxes.close()
        if self._data is not None:
            self._data.close()
            self._data = None

    async def _listen(self, factory: Callable[[], asyncio.BaseProtocol], port: int, what: str) -> asyncio.Server:
        host = self.settings.host
        try:
            return await asyncio.get_running_loop().create_server(factory, host, port, backlog=1024)
        except OSError as error:
            # asyncio gives no number for an address that this machine does not have.
            number = error.errno or errno.EADDRNOTAVAIL
            raise CannotListen(number, error.strerror, f"{host} port {port} ({what})") from error

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
        path = self._data.path_of(name) if self._data is not None else None
        world = self._spare_world(name, path)
        if self._watch is not None:
            self._watch(world)
        return world

    def _spare_world(self, name: str = DEFAULT, path: Path | None = None) -> World:
        from mockmail.core.world import World

        shared: dict[str, Any] = {"journal_bytes": self._journal_bytes, "files": self._files}
        settings = self.sandbox_settings.get(name, self.settings.world)
        return World(self.vendors, settings, name=name, path=path, **shared)

    def _connect_smtp(self) -> asyncio.BaseProtocol:
        return self._sink.connect()

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

        ports = [listener.sockets[0].getsockname()[1] for listener in self._listeners]
        return Webhooks(self.events, self.sandboxes, self.settings.events, ports)

    @cached_property
    def _journal_bytes(self) -> JournalBytes:
        from mockmail.core.journal import JournalBytes

        return JournalBytes(self.settings.world.journal_bytes)

    @cached_property
    def _sink(self) -> Sink:
        from mockmail.smtp.sink import Sink

        return Sink(self.sandboxes, self.settings.smtp, reject_unknown=self.settings.reject_unknown_recipients)

    @cached_property
    def _submission(self) -> Submission:
        from mockmail.smtp.certificates import Certificates
        from mockmail.smtp.submission import Submission

        return Submission(self._sink, Certificates(), self.settings.relay_allow)

    async def _perform(self, send: Send, world: World, sent_by: SentBy) -> Outcome:
        return await self._submission.perform(send, world, sent_by)

    def _forget(self, world: World) -> None:
        self.sandbox_settings.pop(world.name, None)
        if self._data is not None:
            self._data.remove(world.name, has_file=world.database.exists)

    def _reachable_address(self, which: int) -> tuple[str, int]:
        host, port = self._address(which)
        return reachable_host(host), port

    def _address(self, which: int) -> tuple[str, int]:
        if len(self._listeners) <= which:
            raise NotRunning("MockMail is not running; use it inside `with`.")
        host, port = self._listeners[which].sockets[0].getsockname()[:2]
        return host, port
