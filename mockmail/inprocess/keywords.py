"""The keywords of `MockMail`, of the pytest marker and of the fixture `mockmail_settings`: a server's settings."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from mockmail.core.errors import is_mistake
from mockmail.server.server_settings import ServerSettings
from mockmail.server.settings import SettingError, fields, from_values

if TYPE_CHECKING:
    from mockmail.core.bounds import WorldSettings
    from mockmail.core.registry import Registry
    from mockmail.core.seeds import SeedDocument

__tracebackhide__ = is_mistake

Seed = str | os.PathLike[str] | Mapping[str, Any]
"""A seed document: its file, or the document itself."""

OF_THE_COMMAND = frozenset({"log_format", "quiet", "ready_file", "reload"})
"""The settings that only the command `mockmail serve` has."""

OF_A_SANDBOX = ("seed", "options", "id_seed")
"""The keywords that can differ between the sandboxes of a server."""


class ServerKeywords(TypedDict, total=False):
    """The settings of `mockmail serve`, with free ports by default.

    seed: a seed document or several; each is a file or the document itself. options: of vendors, `{vendor: {...}}`.
    vendors: the names of the vendors to serve, or a registry; all by default.
    """

    host: str
    http_port: int
    smtp_port: int
    smtp_sandboxes: Mapping[str, int] | Sequence[str]
    https_port: int | None
    smtps_port: int | None
    smtp_starttls: str
    tls_cert: str | os.PathLike[str]
    tls_key: str | os.PathLike[str]
    proxy_hosts: Mapping[str, str] | Sequence[str]
    vendors: Registry | Sequence[str] | None
    vendors_dir: Sequence[str | os.PathLike[str]]
    data_dir: str | os.PathLike[str]
    seed: Seed | Sequence[Seed] | None
    options: Mapping[str, Mapping[str, Any]]
    init_dir: str | os.PathLike[str]
    id_seed: str
    control_token: str
    allowed_hosts: Sequence[str]
    relay_allow: Sequence[str]
    webhook: Sequence[str]
    webhook_allow: Sequence[str]
    reject_unknown_recipients: bool
    max_request_bytes: int
    max_open_request_bytes: int
    max_request_line: int
    max_header_bytes: int
    max_message_bytes: int
    max_open_message_bytes: int
    max_line_bytes: int
    max_recipients: int
    max_connections: int
    max_messages: int
    max_age: str
    remove_oldest: bool
    max_mail_bytes: int
    max_parts: int
    max_journal: int
    max_journal_body: int
    max_journal_bytes: int
    max_rules: int
    max_stub_bytes: int
    max_event_bytes: int
    max_webhooks: int
    max_sandboxes: int
    http_idle: float
    http_body_seconds: float
    smtp_idle: float
    smtp_data_seconds: float
    tls_handshake_seconds: float


def vendors_from(keywords: Mapping[str, Any]) -> Registry:
    """Return the vendors to serve: those of `vendors`, else of the variable MOCKMAIL_VENDORS, else all.

    Raise SettingError, VendorNotUsable.
    """
    from mockmail.server.discovery import discover, wanted_vendors

    given = _checked(keywords) if keywords else None
    folders = [Path(folder) for folder in given.vendors_dir] if given is not None else []
    return discover(folders, (given.vendors if given is not None else ()) or wanted_vendors())


def settings_from(keywords: Mapping[str, Any], vendors: Registry) -> ServerSettings:
    """Return a server's settings. Raise SettingError, SeedError."""
    if not keywords:
        return ServerSettings()
    from mockmail.server.process import server_settings
    from mockmail.server.settings import Loaded

    given = dict(keywords)
    seeds = seeds_of(given.pop("seed", None), vendors)
    options = given.pop("options", {})
    settings = server_settings(Loaded(_checked(given), {}, options), vendors)
    return dataclasses.replace(
        settings, world=dataclasses.replace(settings.world, seeds=[*settings.world.seeds, *seeds])
    )


def world_settings_from(keywords: Mapping[str, Any], base: WorldSettings, vendors: Registry) -> WorldSettings:
    """Return a sandbox's settings: its own `seed`, `options` and `id_seed` replace those in `base`.

    Raise SettingError, SeedError.
    """
    for name in keywords:
        if name not in OF_A_SANDBOX:
            raise SettingError(
                f"the marker of a test with a shared server takes strict, {', '.join(OF_A_SANDBOX)}, not {name!r};"
                " the fixture `mockmail_settings` sets it for the server"
            )
    changes: dict[str, Any] = {}
    if "seed" in keywords:
        changes["seeds"] = seeds_of(keywords["seed"], vendors)
    if "options" in keywords:
        from mockmail.server.discovery import vendor_options

        changes["options"] = {**base.options, **vendor_options(vendors, keywords["options"])}
    if "id_seed" in keywords:
        changes["id_seed"] = _checked({"id_seed": keywords["id_seed"]}).id_seed
    return dataclasses.replace(base, **changes)


def seeds_of(given: Seed | Sequence[Seed] | None, vendors: Registry) -> list[SeedDocument]:
    """Return the seed documents. Raise SeedError, also for an unknown vendor; records are checked when it is used."""
    from mockmail.core.seeds import SeedDocument, seeded_vendors

    seeds = [
        SeedDocument.from_document(source, "seed") if isinstance(source, Mapping) else SeedDocument.read(Path(source))
        for source in sources_of(given)
    ]
    seeded_vendors(seeds, vendors)
    return seeds


def sources_of(given: Seed | Sequence[Seed] | None) -> Sequence[Seed]:
    """Return one seed or several as a sequence."""
    if given is None:
        return ()
    return (given,) if isinstance(given, str | os.PathLike | Mapping) else given


def known_names() -> list[str]:
    """Return the names of all keywords."""
    return ["seed", "options", *(spec.name for spec in fields() if spec.name not in {"seed", *OF_THE_COMMAND})]


def _checked(keywords: Mapping[str, Any]) -> Any:
    from mockmail.core.registry import Registry

    values = {name: _plain(value) for name, value in keywords.items() if name not in ("seed", "options")}
    if values.get("vendors") is None or isinstance(values["vendors"], Registry):
        values.pop("vendors", None)
    return from_values(values, known_names())


def _plain(value: Any) -> Any:
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
