"""Who may use the control API: no page of another site, whatever the browser is made to send."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web

from mockmail.core.errors import Problem

# What a cross-site form may send without asking (Fetch standard, "CORS-safelisted request-header").
_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
# Ends of names that no page of the public tree can have: RFC 6761, 6.3, and ICANN's reservation of 2024, under which
# containers find the machine that they run on (`host.docker.internal`, `host.containers.internal`).
_NOBODYS = (".localhost", ".internal")
_READING = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What the control API asks of a request.

    hosts: names that `Host` may have besides addresses, single labels (`mockmail`, `localhost`), `*.localhost` and
        `*.internal`; a page that rebinds its own name to this machine has a dotted one of the public tree.
    token: what `Authorization: Bearer` must carry; empty for none.
    """

    hosts: Sequence[str] = ()
    token: str = ""

    def check(self, request: web.BaseRequest) -> None:
        """Raise Problem (400, 401, 403, 415) for a request that may not come in."""
        host = request.headers.get("Host", "")
        if not self._is_ours(host):
            raise Problem(
                403, f"the control API is not served as {host[:80]!r}: use an address, or add the name to allowed_hosts"
            )
        origin = request.headers.get("Origin")
        if origin is not None and not _is_of(origin, host):
            raise Problem(403, f"pages of {origin[:80]!r} may not use the control API")
        if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            raise Problem(403, "pages of another site may not use the control API")
        kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if request.method not in _READING and kind in _FORM_TYPES:
            raise Problem(415, "send JSON (Content-Type: application/json), or no body: forms are not taken")
        self._check_token(request)

    def _is_ours(self, host: str) -> bool:
        try:
            name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
        except ValueError:
            return False
        if name in (one.lower().rstrip(".") for one in self.hosts) or "." not in name:
            return bool(name)
        return name.endswith(_NOBODYS) or _is_address(name)

    def _check_token(self, request: web.BaseRequest) -> None:
        if not self.token:
            return
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        octets = given.strip().encode("utf-8", "surrogateescape")
        if scheme.lower() != "bearer" or not hmac.compare_digest(octets, self.token.encode()):
            raise Problem(
                401, "the control API takes a token: Authorization: Bearer TOKEN", {"WWW-Authenticate": "Bearer"}
            )


def _is_of(origin: str, host: str) -> bool:
    """Whether a page of this origin came from the host that it asks."""
    try:
        return urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:
        return False


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
