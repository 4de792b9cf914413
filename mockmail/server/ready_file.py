"""The ready file: written once every port listens, with the addresses."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from mockmail._version import __version__
from mockmail.server.server import Server
from mockmail.server.settings import SettingError


class ReadyFile:
    """A file that exists only while the server is listening; a killed server leaves it behind.

    It never replaces another kind of file, or a device.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, server: Server) -> None:
        """Write the addresses of a server, atomically. Raise SettingError."""
        facts = {
            "http": server.http_url,
            "https": server.https_url,
            "smtp": server.smtp_address,
            "smtps": server.smtps_address,
            "smtp_host": server.smtp_host,
            "smtp_port": server.smtp_port,
            "smtp_sandboxes": server.smtp_sandboxes,
            "pid": os.getpid(),
            "version": __version__,
        }
        draft = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            self._check()
            draft.write_text(json.dumps(facts) + "\n", "utf-8")
            draft.replace(self._path)
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            raise SettingError(
                f"ready_file: {self._path} cannot be written ({error.strerror}); name a file in a writable folder"
            ) from error

    def remove(self) -> None:
        """Remove the file if this process wrote it."""
        with suppress(OSError):
            if self._path.is_file() and self._read().get("pid") == os.getpid():
                self._path.unlink()

    def _check(self) -> None:
        if not self._path.exists() or self._path.is_dir():  # replacing a folder fails by itself
            return
        if not self._path.is_file() or (self._path.stat().st_size and "pid" not in self._read()):
            raise SettingError(f"ready_file: {self._path} exists and is not a ready file; name another file")

    def _read(self) -> dict[str, Any]:
        try:
            content = json.loads(self._path.read_bytes())
        except ValueError:
            return {}
        return content if isinstance(content, dict) else {}
