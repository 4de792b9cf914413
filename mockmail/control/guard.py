"""Protect the control API from web pages of other sites, and from clients without the token."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web

from mockmail.core.errors import Problem

_JSON = "application/json"
_IDENTITY = "identity"
# Suffixes that no public host name has: RFC 6761, 6.3, and ICANN's reservation of 2024, which containers use for the
# machine that they run on (`host.docker.internal`, `host.containers.internal`).
_PRIVATE_SUFFIXES = (".localhost", ".internal")
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """The checks that every request to the control API must pass.

    hosts: names that `Host` may have besides addresses, names without a dot (`mockmail`, `localhost`), `*.localhost`
        and `*.internal`. A page that rebinds its own DNS name to this machine has a public name with a dot.
    token: the token that `Authorization: Bearer` must carry, or Basic as its password; empty for none.
    """

    hosts: Sequence[str] = ()
    token: str = ""

    def key(self, sandbox: str, path: str) -> str:
        """Return the key that permits a GET of a path without the token, such as one in a frame; empty without one."""
        text = f"{sandbox}/{path}".encode("utf-8", "surrogateescape")
        return hmac.new(self.token.encode(), text, hashlib.sha256).hexdigest() if self.token else ""

    def is_key(self, given: str, sandbox: str, path: str) -> bool:
        """Return whether a key permits a GET of the path."""
        key = self.key(sandbox, path)
        return bool(key) and hmac.compare_digest(given.encode("utf-8", "surrogateescape"), key.encode())

    def check(
        self,
        request: web.BaseRequest,
        *,
        is_page: bool = False,
        has_key: bool = False,
        body_types: Sequence[str] = (_JSON,),
    ) -> None:
        """Raise Problem (401, 403, 415) for a request that is not allowed.

        is_page: it is for a file of the web page, which has no secret, and to which other sites may link.
        body_types: the media types of a body; a page of another site can send none of them.
        """
        host = request.headers.get("Host", "")
        if not self.allows_host(_name_of(host)):
            raise Problem(
                403, f"the control API is not served as {host[:80]!r}: use an address, or add the name to allowed_hosts"
            )
        origin = request.headers.get("Origin")
        if origin is not None and not _is_same_origin(origin, host):
            raise Problem(403, f"pages of {origin[:80]!r} may not use the control API")
        if not is_page and request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            raise Problem(403, "pages of another site may not use the control API")
        if request.method not in _SAFE_METHODS:
            _check_body(request, body_types)
        if not is_page and not has_key:
            self._check_token(request)

    def allows_host(self, name: str) -> bool:
        """Return whether the server may be addressed by this name, in lower case."""
        if name in (allowed.lower().rstrip(".") for allowed in self.hosts) or "." not in name:
            return bool(name)
        return name.endswith(_PRIVATE_SUFFIXES) or _is_address(name)

    def _check_token(self, request: web.BaseRequest) -> None:
        if not self.token:
            return
        token = _given_token(request.headers.get("Authorization", "")).encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(token, self.token.encode()):
            raise Problem(
                401, "the control API needs a token: Authorization: Bearer TOKEN", {"WWW-Authenticate": "Bearer"}
            )


def _name_of(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _given_token(authorization: str) -> str:
    """Return the token of `Bearer TOKEN`; for clients that know only Basic, the password."""
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    try:
        decoded = b64decode(given.strip(), validate=True) if scheme.lower() == "basic" else b""
    except ValueError:
        return ""
    return decoded.decode("utf-8", "surrogateescape").partition(":")[2]


def _check_body(request: web.BaseRequest, body_types: Sequence[str]) -> None:
    # A page of another site may send forms and bodies without a Content-Type, but no JSON, without a preflight.
    kind = request.headers.get("Content-Type")
    if kind is None and not request.body_exists:
        return
    if kind is None or kind.partition(";")[0].strip().lower() not in body_types:
        given = "without a Content-Type" if kind is None else f"with Content-Type: {kind[:80]}"
        what = "JSON" if _JSON in body_types else "a file"
        raise Problem(415, f"send {what} with Content-Type: {' or '.join(body_types)}, or no body; not a body {given}")
    encoding = request.headers.get("Content-Encoding", _IDENTITY)
    if encoding.strip().lower() != _IDENTITY:
        raise Problem(415, f"send the body without a Content-Encoding, not as {encoding[:80]!r}")


def _is_same_origin(origin: str, host: str) -> bool:
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
