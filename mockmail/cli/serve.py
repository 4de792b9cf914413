"""`mockmail serve`: run a server until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable

from mockmail.cli.flags import add_settings, settings_of

NAME = "serve"
HELP = "serve the vendors' APIs and the mail sink until Ctrl-C or SIGTERM"
EXAMPLES = """examples:
  mockmail serve                                    the APIs on port 8025, SMTP on port 1025, until Ctrl-C
  mockmail serve --data-dir mail                    keep state and mail in the folder mail/
  mockmail serve --vendors NAME --seed a.yaml       serve one vendor, with the records of a file
  mockmail serve --http-port 0 --smtp-port 0 --ready-file ready.json --quiet
                                                    on free ports, which the file names; log only errors
  mockmail serve --config mockmail.toml             settings of a file; `mockmail config` prints one

Each setting is also a variable (MOCKMAIL_HTTP_PORT) and a key of the file (http_port).
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add a flag for each setting."""
    add_settings(parser, show_all=True)


def run(parsed: argparse.Namespace) -> int:
    """Serve until the process is told to stop, and return 0. Raise SettingError, SeedError, VendorNotUsable."""
    loaded = settings_of(parsed)
    for note in loaded.notes:
        print(f"mockmail: {note}", file=sys.stderr)
    from mockmail.server.process import serve

    with asyncio.Runner(loop_factory=_loop_factory()) as loop:
        loop.run(serve(loaded))
    return 0


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # type: ignore[import-not-found,unused-ignore]  # the extra `speedups`
    except ImportError:
        return None
    return uvloop.new_event_loop  # type: ignore[no-any-return,unused-ignore]  # see above
