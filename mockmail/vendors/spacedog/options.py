"""The options of SpaceDog, which differ between its versions and installations."""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.core.vendor import option

LONGEST_HOST = 300
"""The most characters of a `Host` header, its port included; a longer one names no backend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The defaults are the version that the documentation page describes (commit b1ffb7be), as run in production."""

    base_domain: str = option("spacedog.io", "the API's domain: a request to NAME.DOMAIN is for the backend NAME")
    default_backend: str = option("test", "the backend of requests to any other host; the vendor itself uses `api`")
    root_backend: str = option("api", "the root backend, to which superdogs belong: `api`, and `apiv0` from 0.42 on")
    guest_unauthorized: bool = option(
        default=False, help="refuse a guest with 401, and send WWW-Authenticate with each 401, as since 2018-05-04"
    )
    only_superdog_creates_backends: bool = option(default=True, help="let only superdogs create backends")
    mail_domain: str = option("api.spacedog.io", "the domain of the platform's own Mailgun account")
    mailgun_takes_any_key: bool = option(
        default=False, help="let Mailgun accept keys and domains that are not in the state"
    )
    template_steps: int = option(100_000, "the most steps that the templates of one mail take")
    template_characters: int = option(
        50_000_000, "the most characters that the templates of one mail produce, intermediate texts included"
    )

    def backend_at(self, host: str) -> str | None:
        """Return the first label of a host under the base domain, or None for any other host."""
        if len(host) > LONGEST_HOST:
            return None
        name = host.partition(":")[0].lower()
        # An installation's own setting may have a port or a leading dot.
        domain = self.base_domain.partition(":")[0].strip(".").lower()
        return name.partition(".")[0] if name.endswith(f".{domain}") else None
