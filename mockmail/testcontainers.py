"""mockmail in a container, for tests that use Testcontainers: `pip install mockmail[testcontainers]`."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, Self

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

from mockmail._version import __version__
from mockmail.cli.control_client import PATIENCE, ControlClient
from mockmail.core.seeds import SeedDocument
from mockmail.core.vendor import Vendor
from mockmail.server.discovery import discover

__all__ = ["MockMailContainer"]

HTTP_PORT, SMTP_PORT = 8025, 1025
STARTUP_SECONDS, POLL_SECONDS = 60, 0.1


class MockMailContainer(DockerContainer):
    """A container that serves mockmail, ready for requests when its `with` block begins.

    image: by default that of this version, without a registry. State and mail are kept in memory.
    control_token: the token that the control API requires.
    """

    def __init__(self, image: str = f"mockmail:{__version__}", *, control_token: str = "", **options: Any) -> None:
        super().__init__(image, **options)
        self._control_token = control_token
        self.with_exposed_ports(HTTP_PORT, SMTP_PORT)
        self.with_env("MOCKMAIL_DATA_DIR", "")
        healthy = HttpWaitStrategy(HTTP_PORT, "/_mockmail/health").with_poll_interval(POLL_SECONDS)
        healthy.with_startup_timeout(STARTUP_SECONDS)
        if control_token:
            self.with_env("MOCKMAIL_CONTROL_TOKEN", control_token)
            healthy.with_header("Authorization", f"Bearer {control_token}")
        self.waiting_for(healthy)

    def with_seeds(self, folder: str | PathLike[str]) -> Self:
        """Add the seed documents of a folder to the vendors' state. Raise SeedError if one cannot be read."""
        for document in sorted(Path(folder).iterdir()):
            if document.suffix in (".json", ".yaml", ".yml"):
                SeedDocument.read(document)
        return self.with_volume_mapping(Path(folder).resolve(), "/init", "ro")

    @property
    def url(self) -> str:
        """The base URL of the server, as this machine reaches it."""
        return f"http://{self.get_container_host_ip()}:{self.get_exposed_port(HTTP_PORT)}"

    @property
    def smtp_host(self) -> str:
        """The host of the mail sink."""
        return self.get_container_host_ip()

    @property
    def smtp_port(self) -> int:
        """The port of the mail sink, as this machine reaches it."""
        return self.get_exposed_port(SMTP_PORT)

    @property
    def control(self) -> ControlClient:
        """A client of the server's control API."""
        return ControlClient(self.url, self._control_token)

    def client_url(self, vendor: str) -> str:
        """Return the base URL that a client of a vendor takes. Raise VendorNotUsable."""
        return _vendor(vendor).client_url(self.url)

    def environment(self, vendor: str) -> Mapping[str, str]:
        """Return the variables that `mockmail env` prints for a client of a vendor. Raise VendorNotUsable."""
        return _vendor(vendor).environment_at(f"{self.url}/{vendor}")

    def wait_for(self, *, timeout: float = 10, **criteria: Any) -> dict[str, Any]:
        """Return the first message that matches, as the control API shows it. Raise CallFailed if none arrives."""
        control = ControlClient(self.url, self._control_token, patience=timeout + PATIENCE)
        found: dict[str, Any] = control.post("messages/wait", timeout=timeout, **criteria)["messages"][0]
        return found

    def reset(self) -> None:
        """Bring the state back to its start and remove messages, requests, faults and stubs."""
        self.control.post("reset")


def _vendor(name: str) -> Vendor:
    return discover(only=[name]).named(name)
