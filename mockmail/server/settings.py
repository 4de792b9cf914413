"""Every setting of a server: one table for the command line, the environment, the settings file and the docs."""

from __future__ import annotations

import dataclasses
import math
import os
import re
import tomllib
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mockmail.core.bounds import StartTls
from mockmail.core.errors import InvalidValue, MockMailError
from mockmail.core.sandboxes import NAME as SANDBOX
from mockmail.server import mailpit_variables

PREFIX = "MOCKMAIL_"
MAX_PORT = 65535
LOG_FORMATS = ("text", "json")

MOST_SECONDS = 36_500 * 86_400
"""The most seconds of a duration."""

_DURATION = re.compile(r"(\d{1,10})([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}

PORTS = ("http_port", "smtp_port", "https_port", "smtps_port")


class SettingError(MockMailError):
    """A setting is invalid: the message says which one, where it came from, and what was expected."""


def setting(default: Any, help_: str, value: str = "", *, many: bool = False) -> Any:
    """Return a dataclass field with a default, a help text and a name for the value."""
    metadata = {"help": help_, "value": value}
    return (
        field(default_factory=lambda: default, metadata=metadata) if many else field(default=default, metadata=metadata)
    )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of `mockmail serve`. Each can be a flag, an environment variable or a key of the settings file."""

    host: str = setting("127.0.0.1", "the address to listen on", "ADDRESS")
    http_port: int = setting(8025, "the HTTP port; 0 picks a free port", "PORT")
    smtp_port: int = setting(1025, "the SMTP port; 0 picks a free port", "PORT")
    smtp_sandboxes: tuple[str, ...] = setting(
        (), "SMTP ports whose clients use a sandbox without AUTH; port 0 picks a free port", "NAME=PORT", many=True
    )
    https_port: int | None = setting(None, "the HTTPS port; 0 picks a free port (off by default)", "PORT")
    smtps_port: int | None = setting(None, "the SMTP port in TLS; 0 picks a free port (off by default)", "PORT")
    smtp_starttls: str = setting("off", "STARTTLS on the SMTP port: offered, required or off", "WHEN")
    tls_cert: str = setting("", "your certificate for the ports in TLS, and its chain (PEM)", "FILE")
    tls_key: str = setting("", "the key of your certificate, without a password (PEM)", "FILE")
    proxy_hosts: tuple[str, ...] = setting(
        (), "more hosts that the forward proxy answers as a vendor", "HOST=VENDOR", many=True
    )
    vendors: tuple[str, ...] = setting((), "serve only these vendors (all by default)", "NAME", many=True)
    vendors_dir: tuple[str, ...] = setting((), "folders with more vendor packages", "FOLDER", many=True)
    data_dir: str = setting("", "the folder that keeps state and mail; empty keeps them in memory only", "FOLDER")
    seed: tuple[str, ...] = setting(
        (), "seed documents (JSON or YAML) to add to the vendors' default state", "FILE", many=True
    )
    init_dir: str = setting("", "a folder of more seed documents (*.json, *.yaml), in order of their names", "FOLDER")
    reload: bool = setting(False, "read the seed documents again when a file changes")
    id_seed: str = setting("0", "the seed of ids and tokens; the same seed gives the same ids", "TEXT")
    ready_file: str = setting("", "a file to write once every port listens", "FILE")
    control_token: str = setting("", "the token that the control API requires: Authorization: Bearer TOKEN", "TOKEN")
    allowed_hosts: tuple[str, ...] = setting(
        (), "host names with a dot that the control API accepts", "NAME", many=True
    )
    relay_allow: tuple[str, ...] = setting(
        (), "real SMTP servers that vendors may send mail to", "HOST:PORT", many=True
    )
    webhook: tuple[str, ...] = setting(
        (), "URLs that get the events of the default sandbox by POST, from the start", "URL", many=True
    )
    webhook_allow: tuple[str, ...] = setting(
        (), "servers on other machines that webhooks may send events to", "HOST:PORT", many=True
    )
    reject_unknown_recipients: bool = setting(
        False, "respond 550 to a recipient that does not exist in a hosted domain"
    )
    max_request_bytes: int = setting(50 << 20, "maximum bytes of an HTTP request body")
    max_open_request_bytes: int = setting(256 << 20, "maximum bytes of all HTTP request bodies in progress")
    max_request_line: int = setting(8190, "maximum bytes of an HTTP request line")
    max_header_bytes: int = setting(16384, "maximum bytes of one HTTP header")
    max_message_bytes: int = setting(50 << 20, "maximum bytes of a message by SMTP")
    max_open_message_bytes: int = setting(256 << 20, "maximum bytes of all SMTP messages in progress")
    max_line_bytes: int = setting(64 << 10, "maximum bytes of a line of a message by SMTP")
    max_recipients: int = setting(1000, "maximum recipients of a message")
    max_connections: int = setting(
        1000, "maximum open connections, for HTTP and for SMTP each, if so many files may be open"
    )
    max_messages: int = setting(100_000, "maximum messages of a sandbox")
    max_age: str = setting("", "remove messages that are older, such as 7d or 12h; empty keeps them", "DURATION")
    remove_oldest: bool = setting(False, "at max_messages, remove the oldest message instead of refusing the new one")
    max_mail_bytes: int = setting(2 << 30, "maximum bytes of all messages of a sandbox, with envelopes and transcripts")
    max_parts: int = setting(1000, "maximum MIME parts of a message that are read")
    max_journal: int = setting(1000, "maximum requests that the journal of a sandbox keeps")
    max_journal_body: int = setting(65536, "maximum bytes of a body that the journal keeps")
    max_journal_bytes: int = setting(128 << 20, "maximum bytes of the journals of all sandboxes")
    max_rules: int = setting(1000, "maximum faults of a sandbox, and limits, stubs and SMTP faults")
    max_stub_bytes: int = setting(16 << 20, "maximum bytes of the responses of all stubs of a sandbox")
    max_event_bytes: int = setting(4 << 20, "maximum bytes of the events that are kept for readers")
    max_webhooks: int = setting(20, "maximum webhooks of all sandboxes")
    max_sandboxes: int = setting(
        1000, "maximum sandboxes besides the default one; one without state or mail makes room"
    )
    http_idle: float = setting(75.0, "seconds until an idle HTTP connection is closed", "SECONDS")
    http_body_seconds: float = setting(60.0, "seconds until an HTTP request body must have arrived", "SECONDS")
    smtp_idle: float = setting(300.0, "seconds until an idle SMTP connection is closed", "SECONDS")
    smtp_data_seconds: float = setting(600.0, "seconds until a message by SMTP must have arrived", "SECONDS")
    tls_handshake_seconds: float = setting(10.0, "seconds that a TLS handshake may take", "SECONDS")
    log_format: str = setting("text", "the format of the log: text, or json for one object a line", "FORMAT")
    quiet: bool = setting(False, "log only errors")


@dataclass(frozen=True)
class Loaded:
    """The settings of a run.

    origins: where each setting came from. options: each vendor's options in the settings file. file: its path.
    notes: a sentence for each of Mailpit's variables (`MP_*`) that has another effect here.
    """

    settings: Settings
    origins: Mapping[str, str]
    options: Mapping[str, Mapping[str, Any]]
    file: Path | None = None
    notes: tuple[str, ...] = ()


def load(flags: Mapping[str, Any], environment: Mapping[str, str] | None = None, file: Path | None = None) -> Loaded:
    """Return the settings from flags, environment, file and defaults, in this order. Raise SettingError.

    In the environment, Mailpit's variables (`MP_*`) come after our own.
    """
    given = os.environ if environment is None else environment
    path = file or (Path(given[f"{PREFIX}CONFIG"]) if given.get(f"{PREFIX}CONFIG") else None)
    from_file, options = _read(path) if path is not None else ({}, {})
    mailpit = mailpit_variables.read(given)
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for spec in fields():
        flag, variable = flags.get(spec.name), f"{PREFIX}{spec.name.upper()}"
        if flag is not None:
            values[spec.name], origins[spec.name] = _from_flag(spec, flag), "flag"
        elif variable in given:
            values[spec.name], origins[spec.name] = (from_text(spec, given[variable], variable), variable)
        elif spec.name in mailpit.settings:
            text, variable = mailpit.settings[spec.name]
            values[spec.name], origins[spec.name] = from_text(spec, text, variable), variable
        elif spec.name in from_file:
            values[spec.name], origins[spec.name] = (_from_file(spec, from_file[spec.name], str(path)), str(path))
        else:
            origins[spec.name] = "default"
    _check_environment(given)
    settings = Settings(**values)
    _check_bounds(settings, origins)
    return Loaded(settings, origins, options, path, mailpit.notes)


def from_values(values: Mapping[str, Any], known: Iterable[str]) -> Settings:
    """Return the settings with these values, and free ports by default; `known` are the names that may be given.

    Raise SettingError, which names the setting, the expected value and the given one.
    """
    from mockmail.core.errors import InvalidValue
    from mockmail.core.validation import convert  # `serve` does not need it

    for name in values:
        if name not in known:
            raise SettingError(f"{name!r} is not a setting; {_similar(name, known)}")
    pairs = {spec.name for spec in fields() if "=" in spec.metadata["value"]}
    texts = {name: _pairs(value) if name in pairs else value for name, value in values.items()}
    try:
        settings = convert({"http_port": 0, "smtp_port": 0, **texts}, Settings)
    except InvalidValue as error:
        raise SettingError(str(error)) from error
    _check_bounds(settings, dict.fromkeys([spec.name for spec in fields()], "given in Python"))
    return settings


def _pairs(value: Any) -> Any:
    return [f"{name}={value}" for name, value in value.items()] if isinstance(value, Mapping) else value


def fields() -> tuple[dataclasses.Field[Any], ...]:
    """Return every setting, in order."""
    return dataclasses.fields(Settings)


def kind_of(spec: dataclasses.Field[Any]) -> Any:
    """Return a setting's type; `tuple` for a list of strings, `int` also for a number that may be missing."""
    hint = typing.get_type_hints(Settings)[spec.name]
    if isinstance(hint, types.UnionType):
        return int
    return tuple if isinstance(hint, types.GenericAlias) else hint


def from_text(spec: dataclasses.Field[Any], text: str, where: str) -> Any:
    """Return a setting's value from text; commas separate the items of a list. Raise SettingError."""
    kind = kind_of(spec)
    if not text and spec.default is None:
        return None
    try:
        if kind is bool:
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[text.lower()]
        if kind is tuple:
            return tuple(part.strip() for part in text.split(",") if part.strip())
        return kind(text)
    except (KeyError, ValueError):
        wanted = {bool: "true or false", int: "a whole number", float: "a number"}[kind]
        raise SettingError(f"{where}: {spec.name} must be {wanted}, not {text!r}") from None


def _from_flag(spec: dataclasses.Field[Any], value: Any) -> Any:
    if not isinstance(value, list):
        return value
    if spec.metadata["value"] in ("FILE", "FOLDER", "URL"):  # these may contain a comma
        return tuple(value)
    return tuple(name for text in value for name in from_text(spec, text, "flag"))


def _from_file(spec: dataclasses.Field[Any], value: Any, where: str) -> Any:
    if isinstance(value, list | dict) and not (isinstance(value, list) and kind_of(spec) is tuple):
        raise SettingError(f"{where}: {spec.name} must be a single value, not {value!r:.80}")
    if isinstance(value, list):
        return tuple(str(part) for part in value)
    return from_text(spec, str(value).lower() if isinstance(value, bool) else str(value), where)


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        document = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise SettingError(f"{path}: cannot be read ({error.strerror}); name a TOML file") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"{path}: is not valid TOML: {error}") from error
    options = document.pop("options", {})
    _check_tables(options, str(path))
    known = [spec.name for spec in fields()]
    for name in document:
        if name not in known:
            raise SettingError(f"{path}: {name!r} is not a setting; {_similar(name, known)}")
    return document, options


def _check_tables(options: Any, where: str) -> None:
    tables = {"options": options}
    if isinstance(options, dict):
        tables |= {f"options.{vendor}": values for vendor, values in options.items()}
    for name, value in tables.items():
        if not isinstance(value, dict):
            raise SettingError(f"{where}: {name} must be a table of options, not {value!r:.80}")


def _check_environment(given: Mapping[str, str]) -> None:
    known = {f"{PREFIX}{spec.name.upper()}" for spec in fields()} | {f"{PREFIX}CONFIG"}
    for name in given:
        if name.startswith(PREFIX) and name not in known and not _is_service_link(name, given[name]):
            raise SettingError(f"{name} is not a setting; {_similar(name, known)}")


def _similar(name: str, known: Iterable[str]) -> str:
    from mockmail.core.suggestions import did_you_mean  # only a typo needs it

    bare = {setting_name.removeprefix(PREFIX).lower(): setting_name for setting_name in known}
    spelled = name.removeprefix(PREFIX).lower().replace("-", "_")
    return f"{did_you_mean(spelled, bare, most=1, cutoff=0.75)} `mockmail serve --help` lists them".lstrip()


def _is_service_link(name: str, value: str) -> bool:
    # Kubernetes and Docker links set these for a service called `mockmail`.
    word = name.removeprefix(PREFIX)
    starts = {"PORT": ("tcp://", "udp://"), "NAME": ("/",)}
    return word.startswith(("PORT_", "SERVICE_", "ENV_")) or value.startswith(starts.get(word, ()))


def _check_bounds(settings: Settings, origins: Mapping[str, str]) -> None:
    for name in PORTS:
        if (port := getattr(settings, name)) is not None:
            _check(name, port, 0, 65535, origins)
    if not settings.host:
        raise SettingError(f"host must be an address, such as 127.0.0.1 or 0.0.0.0, not empty ({origins['host']})")
    for spec in fields():
        if spec.name.startswith("max_") and kind_of(spec) is int:
            _check(spec.name, getattr(settings, spec.name), 1, None, origins)
        if spec.metadata["value"] == "SECONDS" and not 0 < (seconds := getattr(settings, spec.name)) < math.inf:
            raise SettingError(f"{spec.name} must be more than 0 seconds, not {seconds} ({origins[spec.name]})")
    for all_, each in (
        ("max_open_request_bytes", "max_request_bytes"),
        ("max_open_message_bytes", "max_message_bytes"),
    ):
        most, least = getattr(settings, all_), getattr(settings, each)
        if most < least:
            raise SettingError(f"{all_} must be at least {each} ({least}), not {most} ({origins[all_]})")
    _check_texts(settings, origins)


def _check_texts(settings: Settings, origins: Mapping[str, str]) -> None:
    if settings.log_format not in LOG_FORMATS:
        wanted = " or ".join(LOG_FORMATS)
        raise SettingError(f"log_format must be {wanted}, not {settings.log_format!r} ({origins['log_format']})")
    if settings.control_token and not re.fullmatch(r"[!-~]+", settings.control_token):
        where = origins["control_token"]
        raise SettingError(f"control_token must be printable ASCII characters without spaces ({where})")
    for name in settings.allowed_hosts:
        if not re.fullmatch(r"[A-Za-z0-9._-]+", name):
            where = origins["allowed_hosts"]
            raise SettingError(
                f"allowed_hosts must be names such as mail.example.com, without a port, not {name!r} ({where})"
            )
    _check_pairs(settings, origins)
    try:
        seconds_of(settings.max_age or "1s")
    except ValueError:
        wanted = "a duration from 1s to 36500d (90s, 15m, 12h, 7d, 1w), or empty"
        raise SettingError(f"max_age must be {wanted}, not {settings.max_age!r} ({origins['max_age']})") from None
    try:
        StartTls.of(settings.smtp_starttls)
    except InvalidValue as error:
        raise SettingError(f"{error} ({origins['smtp_starttls']})") from error
    if settings.tls_key and not settings.tls_cert:
        raise SettingError(f"tls_key needs the certificate that it belongs to: set tls_cert too ({origins['tls_key']})")


def _check_pairs(settings: Settings, origins: Mapping[str, str]) -> None:
    for pair in settings.smtp_sandboxes:
        name, _, port = pair.rpartition("=")
        if not SANDBOX.fullmatch(name) or not port.isdecimal() or int(port[:6]) > MAX_PORT:
            raise SettingError(
                f"smtp_sandboxes must be NAME=PORT, such as mine=1026, not {pair!r} ({origins['smtp_sandboxes']})"
            )
    for pair in settings.proxy_hosts:
        host, _, vendor = pair.rpartition("=")
        if not re.fullmatch(r"[A-Za-z0-9._-]+", host) or not vendor:
            raise SettingError(f"proxy_hosts must be HOST=VENDOR, not {pair!r} ({origins['proxy_hosts']})")
    for name in ("relay_allow", "webhook_allow"):
        for server in getattr(settings, name):
            host, _, port = server.rpartition(":")
            if not host or not port.isdecimal():
                raise SettingError(f"{name} must be HOST:PORT, not {server!r} ({origins[name]})")


def _check(name: str, value: int, low: int, high: int | None, origins: Mapping[str, str]) -> None:
    if value < low or (high is not None and value > high):
        wanted = f"from {low} to {high}" if high is not None else f"{low} or more"
        raise SettingError(f"{name} must be {wanted}, not {value} ({origins[name]})")


def seconds_of(duration: str) -> int:
    """Return the seconds of a duration such as `7d`. Raise ValueError for another text, 0, and over 100 years."""
    found = _DURATION.fullmatch(duration)
    seconds = int(found[1]) * _SECONDS[found[2]] if found else 0
    if not 0 < seconds <= MOST_SECONDS:
        raise ValueError(duration)
    return seconds


def host_and_port(host: str, port: int) -> str:
    """Return `host:port` as it is written in a URL."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def reachable_host(host: str) -> str:
    """Return the address at which clients on this machine reach a server that listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # no socket listens here
