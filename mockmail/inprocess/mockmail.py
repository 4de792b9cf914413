"""`MockMail`: a mockmail server in a test's own process."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack

from mockmail.core.errors import UnmetExpectation, is_mistake
from mockmail.core.registry import Registry
from mockmail.core.sandboxes import DEFAULT
from mockmail.core.vendor import Vendor
from mockmail.inprocess.bridge import LoopBridge, is_on_asyncio
from mockmail.inprocess.handles import VendorHandle, WebhookHandle
from mockmail.inprocess.inbox import Inbox
from mockmail.inprocess.keywords import ServerKeywords, settings_from, vendors_from
from mockmail.inprocess.outcomes import Outcomes
from mockmail.inprocess.requests import Requests
from mockmail.inprocess.rules import Faults, SmtpFaults, Stubs
from mockmail.server.loop_thread import LoopThread
from mockmail.server.server import Server
from mockmail.server.server_settings import ServerSettings
from mockmail.vendors import VendorAttributes

if TYPE_CHECKING:
    import pytest

    from mockmail.inprocess.events import EventStream
    from mockmail.inprocess.world import ClockHandle, SmtpHandle
    from mockmail.tls.certificates import Certificates

__tracebackhide__ = is_mistake


class MockMail(VendorAttributes[VendorHandle]):
    """A mockmail server on free ports, with its inbox, requests and faults.

    `with MockMail() as mm` runs it on its own thread, `async with MockMail() as mm` on the running event loop of
    asyncio (under trio, on its own thread). The keywords are the settings of `mockmail serve`; see `ServerKeywords`.

    `strict=True` raises UnmetExpectation at the end if a request was unmatched, a handler crashed, or a fault or a stub
    was never used.

    url: the server's base URL. smtp_host, smtp_port: the SMTP server. smtp_environment: the variables of its clients.
    inbox: the messages. requests: the vendors' requests with their responses. webhooks: the URLs that get its events.
    faults: errors of a vendor or of the connection. stubs: responses in place of a vendor's own.
    smtp_faults: failures of the SMTP dialogue. outcomes: bounces, complaints and other outcomes of vendors' mail.
    https_url, smtps_port: the ports in TLS, None without them. ca_file, ssl_context: for clients that use them.
    `mm.NAME`, for each vendor: its `url` and `credentials`.
    """

    def __init__(
        self,
        *,
        strict: bool = False,
        settings: ServerSettings | None = None,
        thread: LoopThread | None = None,
        sandbox: str = DEFAULT,
        **keywords: Unpack[ServerKeywords],
    ) -> None:
        given = keywords.get("vendors")
        self._vendors = given if isinstance(given, Registry) else vendors_from(keywords)
        self._server = Server(self._vendors, settings or settings_from(keywords, self._vendors))
        self._strict = strict
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
        try:
            self._thread.run(self._server.start())
        except BaseException:
            self._end_thread()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread is not None:
            failures = self._strict_failures(error)
            self._thread.run(self._server.stop())
            self._end_thread()
            self._raise(failures)

    async def __aenter__(self) -> Self:
        if not is_on_asyncio():
            return self.__enter__()
        self._bind(None)
        await self._server.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not is_on_asyncio():
            return self.__exit__(kind, error, trace)  # blocking: trio would not wait in a cancelled scope
        failures = self._strict_failures(error)
        await self._server.stop()
        return self._raise(failures)

    if not TYPE_CHECKING:  # a type checker knows the vendors by VendorAttributes; `vendor` returns any other

        def __getattr__(self, name: str) -> VendorHandle:
            if name.startswith("_") or self._vendors.get(name) is None:
                raise AttributeError(f"MockMail has no {name!r}; its vendors are {', '.join(self._vendors.vendors)}")
            return self.vendor(name)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._vendors.vendors]

    @property
    def url(self) -> str:
        """Return `http://host:port`, with the prefix of a sandbox other than the default one. Raise NotRunning."""
        return self._server.http_url + self._prefix

    @property
    def smtp_host(self) -> str:
        """Return the host of the SMTP port. Raise NotRunning."""
        return self._server.smtp_host

    @property
    def smtp_port(self) -> int:
        """Return the number of the SMTP port; of the sandbox's own, if it has one. Raise NotRunning."""
        return self._server.smtp_port_of(self._sandbox)

    @property
    def https_url(self) -> str | None:
        """Return `https://host:port`, with the prefix of the sandbox; None without an HTTPS port. Raise NotRunning."""
        url = self._server.https_url
        return None if url is None else url + self._prefix

    @property
    def smtps_port(self) -> int | None:
        """Return the number of the SMTP port in TLS; None without one. Raise NotRunning."""
        address = self._server.smtps_address
        return None if address is None else int(address.rpartition(":")[2])

    @property
    def ca_file(self) -> str:
        """Return the path of a PEM file with the CA that issues the server's certificates. Raise NotRunning.

        The CA is made at the first use, and the file is removed when the server stops, unless it is in a data folder.
        """
        return str(self._bridge.call(lambda _: self._certificates().ca_file()))

    @property
    def ssl_context(self) -> ssl.SSLContext:
        """Return a new TLS context for a client that trusts only the server's certificates. Raise NotRunning."""
        return self._bridge.call(lambda _: self._certificates().client())

    @property
    def sandbox_name(self) -> str:
        """Return the name of the sandbox; mail by SMTP with the AUTH user `~NAME` arrives there."""
        return self._sandbox

    @property
    def smtp_environment(self) -> Mapping[str, str]:
        """Return the variables that `mockmail env smtp` prints: SMTP_HOST, SMTP_PORT and the login of a sandbox.

        Raise NotRunning.
        """
        from mockmail.server.client_environment import smtp_environment

        login = DEFAULT if self._sandbox in self._server.settings.smtp_sandboxes else self._sandbox
        return smtp_environment(self.smtp_host, self.smtp_port, login)

    @property
    def server(self) -> Server:
        """Return the server."""
        return self._server

    @property
    def clock(self) -> ClockHandle:
        """Return the sandbox's clock: `freeze`, `set`, `advance`, `resume`."""
        from mockmail.inprocess.world import ClockHandle

        return ClockHandle(self._bridge)

    @property
    def smtp(self) -> SmtpHandle:
        """Return the SMTP server's rules for clients and for vendors that use a relay; set its attributes."""
        from mockmail.inprocess.world import SmtpHandle

        return SmtpHandle(self._bridge)

    def vendor(self, name: str) -> VendorHandle:
        """Return a vendor by name. Raise UnknownName."""
        return VendorHandle(self._vendors.named(name), self.url, self._bridge, self._proxy_environment)

    def sandbox(self, name: str) -> MockMail:
        """Return the same server with another sandbox."""
        other = MockMail.__new__(MockMail)
        other.__dict__ |= self.__dict__ | {"_sandbox": name}
        other._bind(self._thread)  # noqa: SLF001  # the same class
        return other

    def setenv(self, monkeypatch: pytest.MonkeyPatch, *clients: str) -> None:
        """Set the environment variables of clients during a test, as `mockmail env` prints them.

        clients: names of vendors (`VendorHandle.environment`), and `smtp` (`smtp_environment`). Raise UnknownName.
        """
        for name in clients:
            variables = self.smtp_environment if name == "smtp" else self.vendor(name).environment
            for variable, value in variables.items():
                monkeypatch.setenv(variable, value)

    def reset(self, vendor: str | None = None) -> None:
        """Reset to the seeded state, without mail, requests, faults and stubs; or reset only one vendor.

        Raise UnknownName.
        """
        chosen = self._vendors.named(vendor) if vendor is not None else None
        self._bridge.call(lambda world: world.reset(chosen))

    def snapshot(self) -> dict[str, Any]:
        """Return the whole state as one JSON document, for `restore`."""
        return self._bridge.call(lambda world: world.snapshot())

    def restore(self, state: Mapping[str, Any]) -> None:
        """Replace the state by a snapshot's. Raise SeedError, and change nothing, if it is invalid."""
        self._bridge.call(lambda world: world.restore(state))

    def events(
        self, *kinds: str, after: str | None = None, all_sandboxes: bool = False, timeout: float | None = None
    ) -> EventStream:
        """Return an iterator over the events from now on: `message`, `request`, `fault`, `state`, `clock`, `sandbox`.

        kinds: the kinds to return; none for all. after: the id of an event; return those after it.
        timeout: the seconds to wait for each event, before the iterator raises WaitTimeout. None waits for ever.
        Raise InvalidValue for an unknown kind.
        """
        from mockmail.inprocess.events import EventStream

        sandbox = None if all_sandboxes else self._sandbox
        subscription = self._bridge.call(lambda _: self._server.events.subscribe(kinds, sandbox, after))
        return EventStream(self._bridge, subscription, timeout)

    def failures(self) -> str:
        """Return why a strict test fails, as text: unmatched requests, crashes, unused faults and stubs; else empty."""
        from mockmail.inprocess.strictness import failures_of

        return self._bridge.call(lambda _: failures_of(self))

    def report(self) -> str:
        """Return the last requests, messages and faults as text, with secrets masked."""
        from mockmail.inprocess.report import report_of

        return self._bridge.call(lambda world: report_of(world, self._server.sandboxes))

    @property
    def _prefix(self) -> str:
        return "" if self._sandbox == DEFAULT else f"/~{self._sandbox}"

    def _certificates(self) -> Certificates:
        self._server.http_url  # noqa: B018  # raises NotRunning
        return self._server.certificates

    def _proxy_environment(self, vendor: Vendor) -> Mapping[str, str]:
        from mockmail.server.client_environment import proxy_environment

        return proxy_environment(
            vendor,
            url=self._server.http_url,
            ca_file=Path(self.ca_file),
            hosts=self._server.settings.proxy_hosts,
            sandbox=self._sandbox,
        )

    def _strict_failures(self, error: BaseException | None) -> str:
        return self.failures() if self._strict and error is None else ""

    @staticmethod
    def _raise(failures: str) -> None:
        if failures:
            raise UnmetExpectation(f"{failures}\n(turn this check off with strict=False)")

    def _end_thread(self) -> None:
        if self._own_thread and self._thread is not None:
            self._thread.close()
            self._thread = None

    def _bind(self, thread: LoopThread | None) -> None:
        self._bridge = LoopBridge(thread, lambda: self._server.sandboxes.get(self._sandbox))
        self.inbox = Inbox(self._bridge, self._server.turns)
        self.requests = Requests(self._bridge, self._vendors, self._server.turns)
        self.faults = Faults(self._bridge, self._vendors)
        self.stubs = Stubs(self._bridge, self._vendors)
        self.smtp_faults = SmtpFaults(self._bridge)
        self.outcomes = Outcomes(self._bridge, self._vendors)
        self.webhooks = WebhookHandle(self._bridge, lambda: self._server.webhooks, self._sandbox)
