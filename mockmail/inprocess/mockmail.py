"""`MockMail`: a mockmail server in a test's own process."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from mockmail.core.clock import Clock
from mockmail.core.names import vendor_named
from mockmail.core.registry import Registry
from mockmail.core.sandboxes import DEFAULT
from mockmail.core.smtp_behaviour import SmtpBehaviour
from mockmail.inprocess.bridge import LoopBridge
from mockmail.inprocess.handles import Faults, Requests, VendorHandle
from mockmail.inprocess.inbox import Inbox
from mockmail.server.discovery import discover, wanted_vendors
from mockmail.server.loop_thread import LoopThread
from mockmail.server.server import Server, ServerSettings


class MockMail:
    """A mockmail server on free ports, and all that a test wants of it.

    `with MockMail() as mm` runs it on a thread of its own, `async with MockMail() as mm` on the running loop.

    url: the server's base URL. smtp_host, smtp_port: the sink. inbox, requests, faults: see there.
    `mm.NAME`, for each vendor: its `url` and `credentials`.
    """

    def __init__(
        self,
        *,
        settings: ServerSettings | None = None,
        vendors: Registry | None = None,
        thread: LoopThread | None = None,
        sandbox: str = DEFAULT,
    ) -> None:
        self._vendors = vendors or discover(only=wanted_vendors())
        self._server = Server(self._vendors, settings)
        self._thread = thread
        self._own_thread = thread is None
        self._sandbox = sandbox
        self._bind(thread)

    def __repr__(self) -> str:
        return f"<MockMail {self._server!r}>"

    def __enter__(self) -> Self:
        if self._thread is None:
            self._thread = LoopThread()
        self._bind(self._thread)
        self._thread.run(self._server.start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread is not None:
            self._thread.run(self._server.stop())
            if self._own_thread:
                self._thread.close()
                self._thread = None

    async def __aenter__(self) -> Self:
        self._bind(None)
        await self._server.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._server.stop()

    def __getattr__(self, name: str) -> VendorHandle:
        if name.startswith("_") or self._vendors.get(name) is None:
            raise AttributeError(f"MockMail has no {name!r}; its vendors are {', '.join(self._vendors.vendors)}")
        return self.vendor(name)

    @property
    def url(self) -> str:
        """`http://host:port`, with the sandbox's prefix if it is not the default one."""
        return self._server.http_url + ("" if self._sandbox == DEFAULT else f"/~{self._sandbox}")

    @property
    def smtp_host(self) -> str:
        """The address of the SMTP port."""
        return self._server.smtp_host

    @property
    def smtp_port(self) -> int:
        """The number of the SMTP port."""
        return self._server.smtp_port

    @property
    def server(self) -> Server:
        """The server itself."""
        return self._server

    @property
    def clock(self) -> Clock:
        """The sandbox's time: `freeze`, `set`, `advance`, `resume`."""
        return self._bridge.call(lambda world: world.clock)

    @property
    def smtp(self) -> SmtpBehaviour:
        """How the SMTP server treats clients, and vendors that send through a relay: set its attributes."""
        return self._bridge.call(lambda world: world.smtp)

    def vendor(self, name: str) -> VendorHandle:
        """A vendor by name. Raises UnknownName."""
        return VendorHandle(vendor_named(self._vendors, name), self.url, self._bridge)

    def sandbox(self, name: str) -> MockMail:
        """The same server, seen through another sandbox."""
        other = MockMail.__new__(MockMail)
        other.__dict__ |= self.__dict__ | {"_sandbox": name}
        other._bind(self._thread)  # noqa: SLF001  # it is one of us
        return other

    def reset(self, vendor: str | None = None) -> None:
        """Back to the seeded state: no mail, no requests, no faults; or one vendor's state alone."""
        one = vendor_named(self._vendors, vendor) if vendor is not None else None
        self._bridge.call(lambda world: world.reset(one))

    def snapshot(self) -> dict[str, Any]:
        """The whole state as one JSON document, for `restore`."""
        return self._bridge.call(lambda world: world.snapshot())

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take the state of a snapshot. Raises SeedError, and changes nothing, where it does not fit."""
        self._bridge.call(lambda world: world.restore(state))

    def _bind(self, thread: LoopThread | None) -> None:
        self._bridge = LoopBridge(thread, lambda: self._server.sandboxes.get(self._sandbox))
        self.inbox = Inbox(self._bridge)
        self.requests = Requests(self._bridge, self._vendors)
        self.faults = Faults(self._bridge, self._vendors)
