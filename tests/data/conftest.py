"""A data folder, servers in this process and in others, and copies of the folder as after a kill."""

from __future__ import annotations

import shutil
from contextlib import ExitStack, closing

import pytest
from data.folders import Process

from mockmail import MockMail
from mockmail.core.world import World
from mockmail.server.loop_thread import LoopThread
from mockmail.server.server_settings import ServerSettings


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


@pytest.fixture(scope="session")
def loop_thread():
    with closing(LoopThread()) as thread:
        yield thread


@pytest.fixture
def serve_here(folder, atmail_only, loop_thread):
    """Serve the folder, or a copy of it, in this process; each `with` is a run."""

    def serve(path=folder, **settings):
        given = ServerSettings(data_dir=path, **settings)
        return MockMail(settings=given, vendors=atmail_only, thread=loop_thread)

    return serve


@pytest.fixture
def image(tmp_path):
    """Copy the folder as a kill at this moment would leave it."""
    count = 0

    def take(path):
        nonlocal count
        count += 1
        copy = tmp_path / f"image-{count}"
        shutil.copytree(path, copy, symlinks=True)
        return copy

    return take


@pytest.fixture
def open_world(atmail_only):
    """Open a World with a file in a folder; it is closed after the test without a last write."""
    with ExitStack() as stack:

        def open_(path):
            path.mkdir(parents=True, exist_ok=True)
            world = World(atmail_only, path=path / "1.sqlite")
            stack.callback(world.close, keep=False)
            return world

        yield open_


@pytest.fixture
def serve_there(folder, tmp_path):
    """Serve the folder in another process, which is killed after the test."""
    running = []

    def serve(*flags, path=folder, wait=True, **options):
        served = Process(path, tmp_path, *flags, **options)
        running.append(served)
        return served.wait() if wait else served

    yield serve
    for served in running:
        if served.process.poll() is None:
            served.process.kill()
        served.process.communicate(timeout=30)
