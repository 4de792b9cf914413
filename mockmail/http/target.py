"""What a request's address selects: a sandbox, the control API or a vendor, and the path that is left."""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple
from urllib.parse import unquote

CONTROL = "_mockmail"
REMEMBERED = 1024
REMEMBERED_LENGTH = 1024


class Target(NamedTuple):
    """A request's address, taken apart.

    sandbox: the name behind `/~`, None without one. control: whether it is the control API's.
    vendor: the vendor of a `/{vendor}/...` path. prefix: what was taken off, to make links with.
    raw_path: what is left, still encoded; segments: its parts, decoded.
    """

    sandbox: str | None
    control: bool
    vendor: str | None
    prefix: str
    raw_path: str
    segments: tuple[str, ...]
    query: str


class Targets:
    """Takes addresses apart, and remembers the paths it saw last: a client asks for few of them, often.

    vendors: the names that may stand first in a path.
    """

    def __init__(self, vendors: Container[str]) -> None:
        self._vendors = vendors
        self._seen: dict[str, Target] = {}

    def take_apart(self, raw: str) -> Target:
        """The parts of a request line's target, in origin or absolute form."""
        path, _, query = raw.partition("?")
        taken = self._seen.get(path)
        if taken is None:
            taken = Target(*_take_apart(path if path.startswith("/") else _origin_form(path), self._vendors), "")
            if len(self._seen) >= REMEMBERED:
                self._seen.clear()
            if len(path) <= REMEMBERED_LENGTH:
                self._seen[path] = taken
        return taken._replace(query=query) if query else taken


_Path = tuple[str | None, bool, str | None, str, str, tuple[str, ...]]


def _take_apart(path: str, vendors: Container[str]) -> _Path:
    raw_segments = path.partition("#")[0].split("/")[1:]
    taken = 0
    sandbox = vendor = None
    if raw_segments and raw_segments[0].startswith("~"):
        sandbox = unquote(raw_segments[0][1:])
        taken = 1
    head = raw_segments[taken] if len(raw_segments) > taken else ""
    control = head == CONTROL
    if control:
        taken += 1
    elif head in vendors:
        vendor = head
        taken += 1
    prefix = "".join(f"/{segment}" for segment in raw_segments[:taken])
    rest = raw_segments[taken:]
    segments = tuple(unquote(segment) if "%" in segment else segment for segment in rest)
    return sandbox, control, vendor, prefix, "/" + "/".join(rest), segments


def _origin_form(raw: str) -> str:
    """The path of an absolute target (`http://host/path`), which a proxy's client sends; else the target as a path."""
    scheme, separator, rest = raw.partition("://")
    if separator and scheme.isalpha():
        return "/" + rest.partition("/")[2]
    return "/" + raw
