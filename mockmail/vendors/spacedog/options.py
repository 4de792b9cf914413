"""The options of SpaceDog, which differ between its versions and installations."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The defaults are the version that the documentation page describes (commit b1ffb7be), as run in production."""

    base_domain: str = field(
        default="spacedog.io",
        metadata={"help": "the API's domain: a request to NAME.DOMAIN is for the backend NAME"},
    )
    default_backend: str = field(
        default="test",
        metadata={"help": "the backend of requests to any other host; the vendor itself uses `api`"},
    )
    root_backend: str = field(
        default="api", metadata={"help": "the root backend, to which superdogs belong: `api`, and `apiv0` from 0.42 on"}
    )
    guest_unauthorized: bool = field(
        default=False,
        metadata={"help": "refuse a guest with 401, and send WWW-Authenticate with each 401, as since 2018-05-04"},
    )
    only_superdog_creates_backends: bool = field(default=True, metadata={"help": "let only superdogs create backends"})
    mail_domain: str = field(
        default="api.spacedog.io", metadata={"help": "the domain of the platform's own Mailgun account"}
    )
    mailgun_takes_any_key: bool = field(
        default=False, metadata={"help": "let Mailgun accept keys and domains that are not in the state"}
    )
    template_steps: int = field(
        default=100_000, metadata={"help": "the most steps that the templates of one mail take"}
    )
    template_characters: int = field(
        default=50_000_000,
        metadata={"help": "the most characters that the templates of one mail produce, intermediate texts included"},
    )
