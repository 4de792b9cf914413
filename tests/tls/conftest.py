"""Servers with TLS, on both event loops, and clients that other people wrote."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from node_packages import NODE_MODULES

from mockmail.inprocess.mockmail import MockMail
from mockmail.server.discovery import discover
from mockmail.server.loop_thread import LoopThread
from mockmail.server.server_settings import ServerSettings

ROOT = Path(__file__).parents[2]
TLS = {"https_port": 0, "smtps_port": 0, "smtp_starttls": "offered"}


@pytest.fixture(params=["asyncio", "uvloop"])
def serve(request, monkeypatch) -> Any:
    """Start servers with all ports in TLS, on one event loop of each kind."""
    if request.param == "uvloop":
        uvloop = pytest.importorskip("uvloop", reason="uvloop is not installed: install mockmail[speedups]")
        monkeypatch.setattr(asyncio, "new_event_loop", uvloop.new_event_loop)
    with ExitStack() as stack:
        thread = stack.enter_context(closing(LoopThread()))
        vendors = discover()

        def start(**settings: Any) -> MockMail:
            chosen = ServerSettings(**TLS | settings)
            return stack.enter_context(MockMail(settings=chosen, vendors=vendors, thread=thread))

        yield start


@pytest.fixture
def mm(serve) -> MockMail:
    """A server with all ports in TLS, on an event loop of each kind."""
    return serve()


@pytest.fixture
def mockmail_in_tls() -> Iterator[MockMail]:
    """Start a server with all ports in TLS."""
    with MockMail(settings=ServerSettings(https_port=0, smtps_port=0, smtp_starttls="required")) as mm:
        yield mm


@pytest.fixture
def run() -> Any:
    """Run a program of somebody else, and return its standard output. Fail with its error output."""

    def run_program(*command: Any, env: dict[str, str] | None = None, check: bool = True, **more: Any) -> str:
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=clean_environment() | (env or {}),
            **more,
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout if check else done.stdout + done.stderr

    return run_program


@pytest.fixture
def python(run) -> Any:
    """Run a Python script in a process of its own."""
    return lambda script, **more: run(sys.executable, "-c", script, **more)


@pytest.fixture
def curl(run) -> Any:
    """Run curl."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    return lambda *arguments, **more: run("curl", "--silent", "--show-error", "--max-time", "30", *arguments, **more)


@pytest.fixture
def swaks_with_tls(run) -> bool:
    """Return whether swaks is installed, with the library that it needs for TLS."""
    return shutil.which("swaks") is not None and "=== TLS supported" in run("swaks", "--support", check=False)


@pytest.fixture
def node(run) -> Any:
    """Run a script in the Node that `make node-packages` installs, whose fetch reads the variables of a proxy."""
    program = NODE_MODULES / ".bin" / "node"
    if not program.exists():
        pytest.skip("Node 24 is not installed: make node-packages")
    return lambda script, **more: run(program, "--input-type=module", "--eval", script, cwd=NODE_MODULES.parent, **more)


def clean_environment() -> dict[str, str]:
    """Return the environment without proxies, CAs and settings of mockmail."""
    unwanted = ("PROXY", "CA_BUNDLE", "SSL_CERT", "NODE_", "MOCKMAIL_")
    return {name: value for name, value in os.environ.items() if not any(part in name.upper() for part in unwanted)}
