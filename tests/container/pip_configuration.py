"""pip's configuration on this machine as one file for a build to borrow: `pip_configuration.py FILE`.

Prints the files and folders that the configuration names, a line each: the build must see them at the same place.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path


def settings() -> dict[str, str]:
    """What pip would use: files first, then the environment, which wins."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in listed.splitlines():
        section, _, setting = line.partition(".")
        name, _, value = setting.partition("=")
        found.setdefault(section, {})[name] = ast.literal_eval(value)
    trusted = {"cert": os.environ["SSL_CERT_FILE"]} if os.environ.get("SSL_CERT_FILE") else {}
    return trusted | found["global"] | found["install"] | found[":env:"]


def paths(values: dict[str, str]) -> list[str]:
    """Every file and folder that a value names, if it is there; of an index on disk its parent, which has its files."""
    words = [word for value in values.values() for word in value.split()]
    named = [Path(word.removeprefix("file://")) for word in words if word.startswith(("/", "file:///"))]
    return sorted({str(path.parent if path.name == "simple" else path) for path in named if path.exists()})


def main() -> None:
    values = settings()
    lines = [f"{name} = " + "\n    ".join(value.split()) for name, value in values.items()]
    Path(sys.argv[1]).write_text("\n".join(["[global]", *lines, ""]), "utf-8")
    sys.stdout.writelines(f"{path}\n" for path in paths(values))


if __name__ == "__main__":
    main()
