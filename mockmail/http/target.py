"""The address of a request: the sandbox, control API or vendor that it selects, and the rest of the path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote

from mockmail.core.sandboxes import DEFAULT

CONTROL = "_mockmail"
SANDBOX_HEADER = "X-Mockmail-Sandbox"


class Target(NamedTuple):
    """The parts of a request line's target.

    sandbox: the name after `/~`; None without one.
    control: whether it belongs to the control API.
    vendor: the vendor of a `/{vendor}/...` path; None for a natural path.
    prefix: the part that was removed from the path, for making links.
    raw_path: the rest of the path, percent-encoded as it was sent; segments: its segments, decoded.
    query: the text after the `?`, percent-encoded as it was sent.
    """

    sandbox: str | None
    control: bool
    vendor: str | None
    prefix: str
    raw_path: str
    segments: tuple[str, ...]
    query: str

    @property
    def parameters(self) -> dict[str, str]:
        """Return the values of the query by name; of a name that is given twice, the first one."""
        return dict(reversed(parse_qsl(self.query, keep_blank_values=True)))

    def sandbox_name(self, headers: Mapping[str, str]) -> str:
        """Return the sandbox that a request selects: by its path, else by its header, else the default one.

        An empty header counts as none, because clients take its value from a setting that may be empty.
        """
        return self.sandbox if self.sandbox is not None else headers.get(SANDBOX_HEADER) or DEFAULT


def path_parameters(pattern: str, segments: Sequence[str]) -> dict[str, str] | None:
    """Return the values of the names in a pattern, None for a path that does not fit.

    pattern: segments with slashes between them; `{name}` stands for one, or for all of it before the text that follows.
    """
    parts = pattern.split("/")
    if len(parts) != len(segments):
        return None
    values: dict[str, str] = {}
    for part, segment in zip(parts, segments, strict=True):
        if part.startswith("{"):
            name, _, ending = part[1:].partition("}")
            if not segment.endswith(ending):
                return None
            values[name] = segment.removesuffix(ending)
        elif part != segment:
            return None
    return values


def parse_target(raw: str, vendors: frozenset[str]) -> Target:
    """Return the parts of a target in origin form (`/path`) or absolute form (`http://host/path`).

    vendors: the names that may be a path's first segment.
    """
    path, _, query = raw.partition("?")
    target = _parse_path(path, vendors)
    return target._replace(query=query) if query else target


@lru_cache(maxsize=512)
def _parse_path(path: str, vendors: frozenset[str]) -> Target:
    if not path.startswith("/"):
        path = _origin_form(path)
    raw_segments = path.partition("#")[0].split("/")[1:]
    taken = 0
    sandbox = vendor = None
    if raw_segments and raw_segments[0].startswith("~"):
        sandbox = unquote(raw_segments[0][1:])
        taken = 1
    head = raw_segments[taken] if len(raw_segments) > taken else ""
    control = head == CONTROL
    if not control and head in vendors:
        vendor = head
    if control or vendor is not None:
        taken += 1
    prefix = "".join(f"/{segment}" for segment in raw_segments[:taken])
    rest = raw_segments[taken:]
    segments = tuple(unquote(segment) if "%" in segment else segment for segment in rest)
    return Target(sandbox, control, vendor, prefix, "/" + "/".join(rest), segments, "")


def _origin_form(raw: str) -> str:
    scheme, separator, rest = raw.partition("://")
    if separator and scheme.isalpha():
        return "/" + rest.partition("/")[2]
    return "/" + raw
