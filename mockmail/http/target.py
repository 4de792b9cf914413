"""What a request's address selects: a sandbox, the control API or a vendor, and the path that is left."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from urllib.parse import unquote

CONTROL = "_mockmail"


@dataclass(frozen=True, slots=True)
class Target:
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


def take_apart(raw: str, vendors: Container[str]) -> Target:
    """The parts of a request line's target, in origin or absolute form."""
    if not raw.startswith("/"):
        raw = _origin_form(raw)
    path, _, query = raw.partition("?")
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
    return Target(sandbox, control, vendor, prefix, "/" + "/".join(rest), segments, query)


def _origin_form(raw: str) -> str:
    """The path of an absolute target (`http://host/path`), which a proxy's client sends; else the target as a path."""
    scheme, separator, rest = raw.partition("://")
    if separator and scheme.isalpha():
        return "/" + rest.partition("/")[2]
    return "/" + raw
