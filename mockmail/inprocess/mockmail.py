"""`MockMail`: a mockmail server in a test's own process."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from mockmail.core.clock import Clock
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
    """A mockmail server on free ports, with its inbox, requests and faults.

    `with MockMail() as mm` runs it on its own thread, `async with MockMail() as mm` on the running event loop.

    url: the server's base URL. smtp_host, smtp_port: the SMTP server. inbox, requests, faults: see these classes.
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
        """Return `http://host:port`, with the prefix of a sandbox other than the default one. Raise NotRunning."""
        return self._server.http_url + ("" if self._sandbox == DEFAULT else f"/~{self._sandbox}")

    @property
    def smtp_host(self) -> str:
        """Return the host of the SMTP port. Raise NotRunning."""
        return self._server.smtp_host

    @property
    def smtp_port(self) -> int:
        """Return the number of the SMTP port; of the sandbox's own, if it has one. Raise NotRunning."""
        return self._server.smtp_port_of(self._sandbox)

    @property
    def server(self) -> Server:
        """Return the server."""
        return self._server

    @property
    def clock(self) -> Clock:
        """Return the sandbox's clock: `freeze`, `set`, `advance`, `resume`."""
        return self._bridge.call(lambda world: world.clock)

    @property
    def smtp(self) -> SmtpBehaviour:
        """Return the SMTP server's rules for clients and for vendors that use a relay; set its attributes."""
        return self._bridge.call(lambda world: world.smtp)

    def vendor(self, name: str) -> VendorHandle:
        """Return a vendor by name. Raise UnknownName."""
        return VendorHandle(self._vendors.named(name), self.url, self._bridge)

    def sandbox(self, name: str) -> MockMail:
        """Return the same server with another sandbox."""
        other = MockMail.__new__(MockMail)
        other.__dict__ |= self.__dict__ | {"_sandbox": name}
        other._bind(self._thread)  # noqa: SLF001  # the same class
        return other

    def reset(self, vendor: str | None = None) -> None:
        """Reset to the seeded state, without mail, requests and faults; or reset only one vendor. Raise UnknownName."""
        chosen = self._vendors.named(vendor) if vendor is not None else None
        self._bridge.call(lambda world: world.reset(chosen))

    def snapshot(self) -> dict[str, Any]:
        """Return the whole state as one JSON document, for `restore`."""
        return self._bridge.call(lambda world: world.snapshot())

    def restore(self, state: Mapping[str, Any]) -> None:
        """Replace the state by a snapshot's. Raise SeedError, and change nothing, if it is invalid."""
        self._bridge.call(lambda world: world.restore(state))

    def _bind(self, thread: LoopThread | None) -> None:
        self._bridge = LoopBridge(thread, lambda: self._server.sandboxes.get(self._sandbox))
        self.inbox = Inbox(self._bridge)
        self.requests = Requests(self._bridge, self._vendors)
        self.faults = Faults(self._bridge, self._vendors)
