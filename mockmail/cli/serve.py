"""`mockmail serve`: a server on this machine, until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable

from mockmail.cli.flags import add_settings, settings_of

NAME = "serve"
HELP = "serve the vendors' APIs and the mail sink until Ctrl-C or SIGTERM"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Every setting."""
    add_settings(parser)


def run(parsed: argparse.Namespace) -> int:
    """Serve; the exit status is 0 when it was told to stop."""
    loaded = settings_of(parsed)
    from mockmail.server.process import serve

    with asyncio.Runner(loop_factory=_fast_loop()) as loop:
        loop.run(serve(loaded))
    return 0


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The loop of uvloop where it is installed (`mockmail[speedups]`)."""
    try:
        import uvloop  # type: ignore[import-not-found,unused-ignore]  # an extra
    except ImportError:
        return None
    return uvloop.new_event_loop  # type: ignore[no-any-return,unused-ignore]  # likewise
