"""`--reload`: read the seed documents again when a file changes.

It looks at the files' times once a second. That costs nothing for a few files and needs no compiled library. It works
where the system reports no changes too: in containers' bind mounts and on network file systems.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from mockmail.core.errors import MockMailError
from mockmail.core.seeds import SeedDocument
from mockmail.server.server import Server

log = logging.getLogger("mockmail.server")

PAUSE = 1.0
"""The seconds between two looks at the files."""


async def reload_on_change(
    server: Server, files: Callable[[], Sequence[Path]], read: Callable[[], Sequence[SeedDocument]]
) -> None:
    """Replace the seeds of a server whenever a file changes, until cancelled. An invalid seed is logged.

    files: returns the files of the seeds. read: reads them, or raises MockMailError.
    """
    known = _states(files)
    while True:
        await asyncio.sleep(PAUSE)
        found = _states(files)
        if found == known:
            continue
        known = found
        try:
            replace_seeds(server, read())
        except MockMailError as error:
            log.error("the seeds are not reloaded: %s", error)  # noqa: TRY400  # the message says it all
        else:
            log.info("the seeds are reloaded")


def replace_seeds(server: Server, seeds: Sequence[SeedDocument]) -> None:
    """Replace the seeds of a server, and add the records of the changed ones to every sandbox.

    Records with the same keys are replaced, and other records stay until a reset. Raise SeedError, and change nothing,
    if a seed does not fit.
    """
    before = server.settings
    server.settings = replace(before, world=replace(before.world, seeds=seeds))
    try:
        server.check_seeds()
    except MockMailError:
        server.settings = before
        raise
    changed = [seed for seed in seeds if seed not in before.world.seeds]
    for world in server.sandboxes:
        world.settings = server.settings.world
        for seed in changed:
            for name, tables in seed.vendors.items():
                if name in world.seeded_vendors:  # the others are seeded when they are first used
                    world.seed(server.vendors.named(name), tables, where=seed.source)


def _states(files: Callable[[], Sequence[Path]]) -> dict[Path, tuple[int, int]]:
    states = {}
    with suppress(MockMailError):  # the folder is gone; reading the seeds says so
        for path in files():
            with suppress(OSError):
                found = path.stat()
                states[path] = (found.st_mtime_ns, found.st_size)
    return states
