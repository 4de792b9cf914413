"""`mockmail serve` as a process: from settings to a listening server, and its end."""

from __future__ import annotations

import asyncio
import errno
import resource
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mockmail.control.guard import Guard
from mockmail.core.bounds import EventLimits, HttpLimits, MailLimits, SmtpLimits, WorldSettings
from mockmail.core.registry import Registry
from mockmail.core.state.shared_files import OPEN_FILES
from mockmail.server.client_environment import proxy_hosts
from mockmail.server.console import Console
from mockmail.server.discovery import discover, vendor_options
from mockmail.server.log import set_up_logging
from mockmail.server.ready_file import ReadyFile
from mockmail.server.server import CannotListen, Server
from mockmail.server.server_settings import ServerSettings
from mockmail.server.settings import PORTS, Loaded, SettingError, Settings, seconds_of

if TYPE_CHECKING:
    from mockmail.core.seeds import SeedDocument

SEED_SUFFIXES = (".json", ".yaml", ".yml")
RESERVED_FILES = 100
"""The file descriptors that are for neither clients nor databases: modules, seeds, and the sends of vendors."""


async def serve(loaded: Loaded) -> None:
    """Serve until SIGTERM or SIGINT. Raise SettingError, SeedError, VendorNotUsable before the ports listen."""
    settings = loaded.settings
    set_up_logging(settings.log_format, quiet=settings.quiet)
    _allow_many_files()
    vendors = discover([Path(folder) for folder in settings.vendors_dir], settings.vendors)
    console = Console()
    server = Server(vendors, server_settings(loaded, vendors), console.watch)
    server.check_seeds()
    ready = ReadyFile(Path(settings.ready_file)) if settings.ready_file else None
    await _start(server)
    stop, reload = asyncio.Event(), None
    for number in _stop_signals():
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        if ready is not None:
            ready.write(server)
        console.hello(server)
        if settings.reload:
            from mockmail.server.reload import reload_on_change

            reloading = reload_on_change(server, lambda: _seed_files(settings), lambda: _read_seeds(settings))
            reload = asyncio.create_task(reloading)
        await stop.wait()
    finally:
        if reload is not None:
            reload.cancel()
        if ready is not None:
            ready.remove()
        await server.stop()
    console.goodbye()


def _stop_signals() -> list[int]:
    # `nohup` ignores SIGHUP, so that the server outlives its terminal.
    hangup = [] if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else [signal.SIGHUP]
    return [signal.SIGTERM, signal.SIGINT, *hangup]


def server_settings(loaded: Loaded, vendors: Registry) -> ServerSettings:
    """Return a server's settings from those of the command line. Raise SeedError, SettingError."""
    given = loaded.settings
    for number, first in enumerate(PORTS):
        for second in PORTS[number + 1 :]:
            if getattr(given, first) and getattr(given, first) == getattr(given, second):
                raise SettingError(f"{first} and {second} must differ, but both are {getattr(given, first)}")
    world = WorldSettings(
        id_seed=given.id_seed,
        seeds=_read_seeds(given),
        options=vendor_options(vendors, loaded.options),
        mail=MailLimits(
            messages=given.max_messages,
            size=given.max_mail_bytes,
            parts=given.max_parts,
            age=seconds_of(given.max_age) if given.max_age else None,
            removes_oldest=given.remove_oldest,
        ),
        journal_limit=given.max_journal,
        journal_body_limit=given.max_journal_body,
        journal_bytes=given.max_journal_bytes,
        rules=given.max_rules,
        stub_bytes=given.max_stub_bytes,
        reject_unknown=given.reject_unknown_recipients,
    )
    return ServerSettings(
        host=given.host,
        http_port=given.http_port,
        smtp_port=given.smtp_port,
        smtp_sandboxes={name: int(port) for name, _, port in (pair.rpartition("=") for pair in given.smtp_sandboxes)},
        https_port=given.https_port,
        smtps_port=given.smtps_port,
        smtp_starttls=given.smtp_starttls,
        tls_cert=Path(given.tls_cert) if given.tls_cert else None,
        tls_key=Path(given.tls_key) if given.tls_key else None,
        tls_handshake_seconds=given.tls_handshake_seconds,
        proxy_hosts=proxy_hosts(given.proxy_hosts, vendors),
        data_dir=Path(given.data_dir) if given.data_dir else None,
        max_sandboxes=given.max_sandboxes,
        reject_unknown_recipients=given.reject_unknown_recipients,
        webhooks=given.webhook,
        relay_allow=frozenset(given.relay_allow),
        world=world,
        http=HttpLimits(
            body=given.max_request_bytes,
            open_bodies=given.max_open_request_bytes,
            body_seconds=given.http_body_seconds,
            line=given.max_request_line,
            header=given.max_header_bytes,
            connections=_connections(given.max_connections),
            idle=given.http_idle,
        ),
        smtp=SmtpLimits(
            message=given.max_message_bytes,
            open_messages=given.max_open_message_bytes,
            line=given.max_line_bytes,
            recipients=given.max_recipients,
            connections=_connections(given.max_connections),
            idle=given.smtp_idle,
            data_seconds=given.smtp_data_seconds,
        ),
        events=EventLimits(
            size=given.max_event_bytes, webhooks=given.max_webhooks, allow=frozenset(given.webhook_allow)
        ),
        guard=Guard(hosts=given.allowed_hosts, token=given.control_token),
    )


def _read_seeds(given: Settings) -> list[SeedDocument]:
    files = _seed_files(given)
    if not files:
        return []
    from mockmail.core.seeds import SeedDocument

    return [SeedDocument.read(path) for path in files]


def _seed_files(settings: Settings) -> list[Path]:
    folder = Path(settings.init_dir) if settings.init_dir else None
    if folder is not None and not folder.is_dir():
        raise SettingError(f"init_dir: {folder} is not a folder")
    try:
        found = sorted(folder.iterdir()) if folder is not None else []
    except OSError as error:
        raise SettingError(f"init_dir: {folder} cannot be read ({error.strerror})") from error
    documents = [path for path in found if path.suffix in SEED_SUFFIXES and not path.name.startswith(".")]
    return [*documents, *(Path(path) for path in settings.seed)]


async def _start(server: Server) -> None:
    try:
        await server.start()
    except CannotListen as error:
        name = error.filename.rpartition("(")[2].rstrip(")").lower()
        flag = "--smtp-sandboxes" if name.startswith("smtp of ") else f"--{name}-port"
        another = f"choose another port with {flag}"
        why = {
            errno.EADDRINUSE: f"another program uses it; {another}",
            errno.EACCES: f"ports below 1024 need an administrator; {another}",
            errno.EADDRNOTAVAIL: "this machine has no such address; choose one with --host",
        }.get(error.errno or 0, f"{error.strerror}; choose an address of this machine with --host")
        raise SettingError(f"cannot listen on {error.filename}: {why}") from error


def _connections(wanted: int) -> int:
    """Return the connections of a port for which there are file descriptors besides those of everything else."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return wanted
    return max(1, min(wanted, (files - RESERVED_FILES - 3 * OPEN_FILES) // 2))


def _allow_many_files() -> None:
    _, maximum = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (maximum, maximum))
