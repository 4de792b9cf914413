"""The file that tells, in one piece, that everything listens and where."""

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
    """It is there for as long as what it says is true; only of a killed server it stays.

    No other file, and no device, ever makes room for it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, server: Server) -> None:
        """Everything listens. Raises SettingError where that cannot be written down."""
        facts = {"http": server.http_url, "smtp": server.smtp_address, "pid": os.getpid(), "version": __version__}
        draft = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            self._check()
            draft.write_text(json.dumps(facts) + "\n", "utf-8")
            draft.replace(self._path)
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            raise SettingError(
                f"ready_file: {self._path} cannot be written ({error.strerror}); name a file in a folder of yours"
            ) from error

    def remove(self) -> None:
        """Nothing listens any more."""
        with suppress(OSError):
            if self._path.is_file() and self._said().get("pid") == os.getpid():
                self._path.unlink()

    def _check(self) -> None:
        """Raise SettingError where something else is there."""
        if not self._path.exists() or self._path.is_dir():  # to write in place of a folder fails by itself
            return
        if not self._path.is_file() or (self._path.stat().st_size and "pid" not in self._said()):
            raise SettingError(f"ready_file: {self._path} is there already, and is no ready file: name another")

    def _said(self) -> dict[str, Any]:
        """What the file says; nothing where it is none of ours."""
        try:
            said = json.loads(self._path.read_bytes())
        except ValueError:
            return {}
        return said if isinstance(said, dict) else {}
