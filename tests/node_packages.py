"""The packages of npm that tests drive: `make node-packages` installs what `node/package.json` lists."""

from __future__ import annotations

from pathlib import Path

NODE_MODULES = Path(__file__).parent / "node" / "node_modules"
