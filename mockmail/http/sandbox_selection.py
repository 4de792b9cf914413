"""Which sandbox a request uses: the one in its path, else the one in its header, else the default one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mockmail.core.sandboxes import DEFAULT
from mockmail.http.target import Target

SANDBOX_HEADER = "X-Mockmail-Sandbox"
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


def sandbox_name(target: Target, headers: Mapping[str, str] = NO_HEADERS) -> str:
    """Return the name of the sandbox that a request uses; it may be a name that no sandbox can have."""
    return target.sandbox if target.sandbox is not None else headers.get(SANDBOX_HEADER, DEFAULT)
