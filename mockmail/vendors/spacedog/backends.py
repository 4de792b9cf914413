"""Which backend a request is for, and where a backend lives (services/.../SpaceContext.java)."""

from __future__ import annotations

import re
from functools import lru_cache

from mockmail.core.exchange import WireRequest
from mockmail.vendors.spacedog.errors import IllegalArgument
from mockmail.vendors.spacedog.options import Options

_ID = re.compile(r"[a-z0-9]{4,}")
_PORT = re.compile(r":[0-9]*$")

LONGEST_HOST = 300
"""Characters of a `Host` header that can be one, its port included."""


def backend_of(request: WireRequest, options: Options) -> str:
    """The first label of a host under the base domain; any other host means the default backend."""
    host = request.headers.get("Host", "")
    named = _named(host, options.base_domain) if len(host) <= LONGEST_HOST else None
    return options.default_backend if named is None else named


def root_url(request: WireRequest, backend: str, options: Options) -> str:
    """The base URL of a backend: the one that the client used, with this backend's name in the host."""
    called = backend_of(request, options)
    scheme, separator, rest = request.base_url.partition("://")
    if called != backend and rest.lower().startswith(f"{called}."):
        return f"{scheme}{separator}{backend}{rest[len(called) :]}"
    return request.base_url


def check_id(backend: str, options: Options) -> None:
    """See that a backend may have this id (sdk/.../Backends.java). Raises IllegalArgument."""
    if not backend:
        raise IllegalArgument("backend id must not be null or empty")
    root = options.root_backend
    if not _ID.fullmatch(backend) or "spacedog" in backend or backend.startswith(root):
        raise IllegalArgument(
            "backend id must comply with these rules: is at least 4 characters long, is only composed of a-z and 0-9 "
            f"characters, is lowercase,  does not start with '{root}',  does not contain 'spacedog'"
        )


@lru_cache(maxsize=256)
def _named(host: str, domain: str) -> str | None:
    """The backend that a host under a domain names; an installation's own setting has a port perhaps, or a dot."""
    name = _PORT.sub("", host).lower()
    ending = f".{_PORT.sub('', domain).strip('.').lower()}"
    return name.partition(".")[0] if name.endswith(ending) else None
