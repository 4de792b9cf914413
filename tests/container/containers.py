"""Containers of an image, run by buildah in chroot isolation: what the image says is what is run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

BOUND = 60
"""Seconds that any command may take."""

CONFINE = """
mkdir --parents "$0/proc" "$0/dev"
mount --bind "$0" "$0"
mount --bind "$1" "$0/data"
mount -o remount,bind,ro "$0"
mount -t proc proc "$0/proc"
mount --rbind /dev "$0/dev"
shift
exec "$@"
"""
"""A shell's script: the root folder, what is at /data, then the command."""

CONFINING = [sys.executable, str(Path(__file__).parent / "confine.py")]


class Images:
    """The images that `build.sh FOLDER` made."""

    def __init__(self, folder: Path) -> None:
        driver = (folder / "driver").read_text("ascii").strip()
        kept = ["--root", str(folder / "images"), "--runroot", str(folder / "run"), "--storage-driver", driver]
        self.buildah = ["buildah", *kept]

    def configuration(self, image: str) -> dict[str, Any]:
        """What the image says of itself, in Docker's words."""
        inspected = self.call("inspect", "--type", "image", image)
        return json.loads(inspected)["Docker"]["config"]

    def call(self, *arguments: str) -> str:
        """What a command of buildah prints."""
        command = [*self.buildah, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=BOUND).stdout.strip()


class Container:
    """A container of an image; nothing runs in it until `start`.

    options: of `buildah run`, such as `--env` and `--volume`, for every command in it.
    """

    def __init__(self, images: Images, image: str, options: Sequence[str] = ()) -> None:
        self._images = images
        self._configuration = images.configuration(image)
        self._name = images.call("from", "--pull-never", image)
        self._options = options
        for volume in self._configuration["Volumes"]:
            if any(option.endswith((f":{volume}", f":{volume}:ro")) for option in options):
                # An engine would put what is mounted over the declared volume; this one puts it beneath.
                images.call("config", "--volume", f"{volume}-", self._name)
        self._process: subprocess.Popen[str] | None = None
        self.lines: list[str] = []

    def start(self) -> None:
        """Run the entry point, as an engine would."""
        entry = [*self._configuration["Entrypoint"], *self._configuration["Cmd"]]
        self._process = subprocess.Popen(
            self._command(entry), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def start_confined(self, data: Path) -> None:
        """Run the entry point as an engine does that is told what `compose.yaml` says.

        It is process 1, to which a signal that nobody handles is no signal; it may write to `data`, which is at /data,
        and nowhere else; it has no capability and can get none.
        """
        said = self._configuration
        root = self._images.call("mount", self._name)
        inside = [*CONFINING, root, said["User"], *said["Entrypoint"], *said["Cmd"]]
        confined = ["env", "--ignore-environment", *said["Env"], *inside]
        alone = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-ec", CONFINE, root, str(data)]
        self._process = subprocess.Popen(
            [*alone, *confined], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command beside what was started, as `docker exec` does."""
        return subprocess.run(self._command(command), capture_output=True, text=True, check=False, timeout=BOUND)

    def health(self, *arguments: str) -> int:
        """The exit status of the image's own health check."""
        kind, *check = self._configuration["Healthcheck"]["Test"]
        assert kind == "CMD"
        return self.run(*check, *arguments).returncode

    @property
    def pid(self) -> int:
        """The server's process, as this machine numbers it."""
        assert self._process is not None
        [server] = [pid for pid in _descendants(self._process.pid) if _is_server(pid)]
        return server

    def stop(self, number: signal.Signals | None = None) -> tuple[int, float]:
        """Send the image's own stop signal: the exit status, and how many seconds it took. The log is in `lines`."""
        assert self._process is not None
        wanted = number or signal.Signals[self._configuration["StopSignal"]]
        began = time.monotonic()
        os.kill(self.pid, wanted)
        log, _ = self._process.communicate(timeout=BOUND)
        taken = time.monotonic() - began
        self.lines = log.splitlines()
        status, self._process = self._process.returncode, None
        return status, taken

    def remove(self) -> None:
        """End what runs, and forget the container."""
        if self._process is not None:
            with suppress(ValueError, ProcessLookupError):  # the server may have ended by itself
                os.kill(self.pid, signal.SIGKILL)
            log, _ = self._process.communicate(timeout=BOUND)
            sys.stderr.write(log)  # pytest shows it when the test fails
        self._images.call("rm", self._name)

    def _command(self, command: Sequence[str]) -> list[str]:
        isolation = ["--isolation", "chroot", "--network", "host"]
        return [*self._images.buildah, "run", *isolation, *self._options, self._name, "--", *command]


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        children = (task / "children").read_text("ascii").split()
        for child in map(int, children):
            found += [child, *_descendants(child)]
    return found


def _is_server(pid: int) -> bool:
    words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return b"python" in words[0] and b"serve" in words
