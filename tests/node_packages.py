"""The packages of npm that tests drive: `make node-packages` installs what `node/package.json` lists."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

NODE_MODULES = Path(__file__).parent / "node" / "node_modules"


def why_missing(*packages: str) -> str:
    """Return why scripts with some packages cannot run, empty if they can."""
    missing = [name for name in packages if not (NODE_MODULES / name).is_dir()]
    if shutil.which("node") is None:
        return "node is not installed"
    return f"{', '.join(missing)} not installed: make node-packages" if missing else ""


def needs_packages(*packages: str) -> pytest.MarkDecorator:
    """Skip tests where Node or one of the packages is not installed."""
    why = why_missing(*packages)
    return pytest.mark.skipif(bool(why), reason=why)


def run_node(script: str, environment: Mapping[str, str], *arguments: str) -> str:
    """Run a script that finds the packages, and return what it prints."""
    done = subprocess.run(
        [shutil.which("node") or "node", "-e", script, *arguments],
        env={**environment, "NODE_PATH": str(NODE_MODULES)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def printed_by(script: str, environment: Mapping[str, str]) -> list[Any]:
    """Run a script that prints JSON, a document in each line, and return the documents."""
    return [json.loads(line) for line in run_node(script, environment).splitlines()]
