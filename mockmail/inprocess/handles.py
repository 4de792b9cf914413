"""The vendors and webhooks of a MockMail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mockmail.core.errors import is_mistake
from mockmail.core.vendor import Vendor
from mockmail.inprocess.bridge import LoopBridge

if TYPE_CHECKING:
    from mockmail.server.webhooks import Webhook, Webhooks

__tracebackhide__ = is_mistake


class VendorHandle:
    """One vendor of a MockMail.

    url: the base URL that a client of the vendor takes. credentials: those of the default seed.
    environment: the variables that `mockmail env` prints for a client of this vendor.
    """

    def __init__(
        self,
        vendor: Vendor,
        base_url: str,
        bridge: LoopBridge,
        proxy_environment: Callable[[Vendor], Mapping[str, str]],
    ) -> None:
        self._vendor = vendor
        self._bridge = bridge
        self._proxy_environment = proxy_environment
        self.url = vendor.client_url(base_url)
        self.credentials: Mapping[str, str] = vendor.credentials
        self.environment: Mapping[str, str] = vendor.environment_at(f"{base_url}/{vendor.name}")

    def __repr__(self) -> str:
        return f"<{self._vendor.name} at {self.url}>"

    @property
    def proxy_environment(self) -> Mapping[str, str]:
        """Return the variables that `mockmail env --proxy` prints, for a client of the vendor's real host.

        Raise InvalidValue for a vendor without a host of its own; the setting `proxy_hosts` gives it one.
        """
        return self._proxy_environment(self._vendor)

    def state(self) -> dict[str, Any]:
        """Return the vendor's state: `{table: [records]}`."""
        return self._bridge.call(self._dump)

    def seed(self, **tables: Any) -> None:
        """Add records: `seed(domains=[{...}])`. Raise SeedError, and add nothing, if one is invalid."""
        self._bridge.call(lambda world: world.seed(self._vendor, tables))

    def remove(self, table: str, key: str) -> bool:
        """Remove a record; return False when there is none with this key. Raise UnknownName for an unknown table.

        key: the values of the record's key fields, with slashes between them.
        """

        def remove(world: Any) -> bool:
            world.ensure_seeded(self._vendor)
            return world.store.table(self._vendor, table).remove(key) is not None

        return self._bridge.call(remove)

    def _dump(self, world: Any) -> dict[str, Any]:
        world.ensure_seeded(self._vendor)
        return world.store.dump(self._vendor)  # type: ignore[no-any-return]


class WebhookHandle:
    """The webhooks of a MockMail: URLs that get its events by POST, on this machine or permitted by `webhook_allow`."""

    def __init__(self, bridge: LoopBridge, webhooks: Callable[[], Webhooks], sandbox: str) -> None:
        self._bridge = bridge
        self._webhooks = webhooks
        self._sandbox = sandbox

    def __iter__(self) -> Iterator[Webhook]:
        return iter(self._bridge.call(lambda _: self._webhooks().of(self._sandbox)))

    def add(self, url: str, *kinds: str) -> Webhook:
        """Send events to a URL from now on; without kinds, those of every kind. Raise InvalidValue, LimitReached."""
        from mockmail.control.webhooks import NewWebhook
        from mockmail.core.validation import convert

        new = convert({"url": url, "kinds": kinds}, NewWebhook)
        return self._bridge.call(lambda _: self._webhooks().add(new.url, new.kinds, self._sandbox))

    def remove(self, webhook: Webhook) -> None:
        """Remove a webhook."""
        self._bridge.call(lambda _: self._webhooks().remove(webhook.id, self._sandbox))
