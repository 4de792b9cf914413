"""Every setting of a server: one table for the command line, the environment, the file and the documentation."""

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

from mockmail.core.errors import MockMailError

PREFIX = "MOCKMAIL_"


class SettingError(MockMailError):
    """A setting that cannot be used: the message says which, where it came from, and what would do."""


def setting(default: Any, help_: str, value: str = "", *, many: bool = False) -> Any:
    """A setting with its default, what it is for, and what its value is called."""
    metadata = {"help": help_, "value": value}
    return (
        field(default_factory=lambda: default, metadata=metadata) if many else field(default=default, metadata=metadata)
    )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What `mockmail serve` is told. Each is a flag, an environment variable, a key of the file, or its default."""

    host: str = setting("127.0.0.1", "the address to listen on", "ADDRESS")
    http_port: int = setting(8025, "the HTTP port; 0 is any free one", "PORT")
    smtp_port: int = setting(1025, "the SMTP port; 0 is any free one", "PORT")
    vendors: tuple[str, ...] = setting((), "only these vendors (all by default)", "NAME", many=True)
    vendors_dir: tuple[str, ...] = setting((), "folders of further vendor packages", "FOLDER", many=True)
    data_dir: str = setting("", "a folder where state and mail survive; empty for memory only", "FOLDER")
    seed: tuple[str, ...] = setting((), "seed documents (JSON) to add to the vendors' own state", "FILE", many=True)
    init_dir: str = setting("", "a folder whose *.json are seed documents too, in order of their names", "FOLDER")
    id_seed: str = setting("0", "what ids and tokens are made from: the same gives the same", "TEXT")
    ready_file: str = setting("", "a file that is there, in one piece, once everything listens", "FILE")
    control_token: str = setting("", "what the control API asks for: Authorization: Bearer TOKEN", "TOKEN")
    allowed_hosts: tuple[str, ...] = setting(
        (), "dotted host names that the control API is served as", "NAME", many=True
    )
    relay_allow: tuple[str, ...] = setting(
        (), "SMTP servers that vendors' mail may really go to", "HOST:PORT", many=True
    )
    reject_unknown_recipients: bool = setting(False, "answer 550 for a recipient that a hosted domain does not have")
    max_request_bytes: int = setting(50 << 20, "bytes of an HTTP request's body")
    max_request_line: int = setting(8190, "bytes of an HTTP request line")
    max_header_bytes: int = setting(16384, "bytes of one HTTP header")
    max_message_bytes: int = setting(50 << 20, "bytes of a message by SMTP")
    max_line_bytes: int = setting(64 << 10, "bytes of a line of a message by SMTP")
    max_recipients: int = setting(1000, "recipients of a message")
    max_connections: int = setting(1000, "connections at once, for HTTP and for SMTP each")
    max_messages: int = setting(100_000, "messages that a sandbox keeps")
    max_mail_bytes: int = setting(2 << 30, "bytes of all messages that a sandbox keeps")
    max_parts: int = setting(1000, "MIME parts of a message that are looked into")
    max_journal: int = setting(1000, "exchanges that a sandbox's journal keeps")
    max_journal_body: int = setting(65536, "bytes of a body that the journal keeps")
    max_sandboxes: int = setting(1000, "sandboxes besides the default one")
    http_idle: float = setting(75.0, "seconds that an HTTP connection may be silent", "SECONDS")
    smtp_idle: float = setting(300.0, "seconds that an SMTP connection may be silent", "SECONDS")
    quiet: bool = setting(False, "no line for each call and each mail")


@dataclass(frozen=True)
class Loaded:
    """The settings of a run and where each came from; options: what the file, if there is one, says of each vendor."""

    settings: Settings
    origins: Mapping[str, str]
    options: Mapping[str, Mapping[str, Any]]
    file: Path | None = None


def load(flags: Mapping[str, Any], environment: Mapping[str, str] | None = None, file: Path | None = None) -> Loaded:
    """The settings of flags, then environment, then file, then defaults. Raises SettingError."""
    given = os.environ if environment is None else environment
    path = file or (Path(given[f"{PREFIX}CONFIG"]) if given.get(f"{PREFIX}CONFIG") else None)
    from_file, options = _read(path) if path is not None else ({}, {})
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for one in fields():
        flag, variable = flags.get(one.name), f"{PREFIX}{one.name.upper()}"
        if flag is not None:
            values[one.name], origins[one.name] = _from_flag(one, flag), "flag"
        elif variable in given:
            values[one.name], origins[one.name] = from_text(one, given[variable], variable), variable
        elif one.name in from_file:
            values[one.name], origins[one.name] = _from_file(one, from_file[one.name], str(path)), str(path)
        else:
            origins[one.name] = "default"
    _check_environment(given)
    settings = Settings(**values)
    _check_bounds(settings, origins)
    return Loaded(settings, origins, options, path)


def fields() -> tuple[dataclasses.Field[Any], ...]:
    """Every setting, in order."""
    return dataclasses.fields(Settings)


def kind_of(one: dataclasses.Field[Any]) -> Any:
    """A setting's type; `tuple` for a list of texts."""
    hint = typing.get_type_hints(Settings)[one.name]
    return tuple if isinstance(hint, types.GenericAlias) else hint


def from_text(one: dataclasses.Field[Any], text: str, where: str) -> Any:
    """A setting's value as a text has it; lists have commas. Raises SettingError."""
    kind = kind_of(one)
    try:
        if kind is bool:
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[text.lower()]
        if kind is tuple:
            return tuple(part.strip() for part in text.split(",") if part.strip())
        return kind(text)
    except (KeyError, ValueError):
        wanted = {bool: "true or false", int: "a whole number", float: "a number"}[kind]
        raise SettingError(f"{where}: {one.name} must be {wanted}, not {text!r}") from None


def _from_flag(one: dataclasses.Field[Any], value: Any) -> Any:
    """A flag's value; names may also stand in one flag, with commas, as in the environment. Paths may have commas."""
    if not isinstance(value, list):
        return value
    if one.metadata["value"] in ("FILE", "FOLDER"):
        return tuple(value)
    return tuple(name for text in value for name in from_text(one, text, "flag"))


def _from_file(one: dataclasses.Field[Any], value: Any, where: str) -> Any:
    if isinstance(value, list | dict) and not (isinstance(value, list) and kind_of(one) is tuple):
        raise SettingError(f"{where}: {one.name} must be a single value, not {value!r:.80}")
    if isinstance(value, list):
        return tuple(str(part) for part in value)
    return from_text(one, str(value).lower() if isinstance(value, bool) else str(value), where)


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        document = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise SettingError(f"{path}: cannot be read ({error.strerror}); name a TOML file") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"{path}: is not TOML: {error}") from error
    options = document.pop("options", {})
    _check_tables(options, str(path))
    known = [one.name for one in fields()]
    for name in document:
        if name not in known:
            raise SettingError(f"{path}: {name!r} is no setting; {_near(name, known)}")
    return document, options


def _check_tables(options: Any, where: str) -> None:
    tables = {"options": options}
    if isinstance(options, dict):
        tables |= {f"options.{vendor}": values for vendor, values in options.items()}
    for name, value in tables.items():
        if not isinstance(value, dict):
            raise SettingError(f"{where}: {name} must be a table of options, not {value!r:.80}")


def _check_environment(given: Mapping[str, str]) -> None:
    known = {f"{PREFIX}{one.name.upper()}" for one in fields()} | {f"{PREFIX}CONFIG"}
    for name in given:
        if name.startswith(PREFIX) and name not in known and not _is_an_engines(name, given[name]):
            raise SettingError(f"{name} is no setting; {_near(name, known)}")


def _near(name: str, known: Iterable[str]) -> str:
    """What a name may have meant, and where all are listed: also while one is wrong."""
    from difflib import get_close_matches  # which only a mistake needs

    bare = {one.removeprefix(PREFIX).lower(): one for one in known}
    near = get_close_matches(name.removeprefix(PREFIX).lower().replace("-", "_"), list(bare), n=1, cutoff=0.75)
    return "".join(f"perhaps {bare[one]}; " for one in near) + "`mockmail serve --help` lists them"


def _is_an_engines(name: str, value: str) -> bool:
    """Whether Kubernetes, or a link of Docker's, tells with it where a service called `mockmail` is."""
    word = name.removeprefix(PREFIX)
    starts = {"PORT": ("tcp://", "udp://"), "NAME": ("/",)}
    return word.startswith(("PORT_", "SERVICE_", "ENV_")) or value.startswith(starts.get(word, ()))


def _check_bounds(settings: Settings, origins: Mapping[str, str]) -> None:
    for name, highest in (("http_port", 65535), ("smtp_port", 65535)):
        _check(name, getattr(settings, name), 0, highest, origins)
    if not settings.host:
        raise SettingError(f"host must be an address, such as 127.0.0.1 or 0.0.0.0, and is empty ({origins['host']})")
    for one in fields():
        if one.name.startswith("max_"):
            _check(one.name, getattr(settings, one.name), 1, None, origins)
        if one.name.endswith("_idle") and not 0 < (seconds := getattr(settings, one.name)) < math.inf:
            raise SettingError(f"{one.name} must be more than 0 seconds, not {seconds} ({origins[one.name]})")
    _check_texts(settings, origins)


def _check_texts(settings: Settings, origins: Mapping[str, str]) -> None:
    if settings.control_token and not re.fullmatch(r"[!-~]+", settings.control_token):
        where = origins["control_token"]
        raise SettingError(
            f"control_token must be letters, digits and signs of ASCII, without blanks or line ends ({where})"
        )
    for name in settings.allowed_hosts:
        if not re.fullmatch(r"[A-Za-z0-9._-]+", name):
            where = origins["allowed_hosts"]
            raise SettingError(
                f"allowed_hosts must be names such as mail.example.com, without a port, not {name!r} ({where})"
            )
    for relay in settings.relay_allow:
        host, _, port = relay.rpartition(":")
        if not host or not port.isdecimal():
            raise SettingError(f"relay_allow must be HOST:PORT, not {relay!r} ({origins['relay_allow']})")


def _check(name: str, value: int, low: int, high: int | None, origins: Mapping[str, str]) -> None:
    if value < low or (high is not None and value > high):
        wanted = f"from {low} to {high}" if high is not None else f"{low} or more"
        raise SettingError(f"{name} must be {wanted}, not {value} ({origins[name]})")
