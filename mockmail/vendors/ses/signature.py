"""AWS's signature, version 4: computed from the request as it was sent (docs/wire/ses.md 2)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import quote

from mockmail.core.exchange import WireRequest

UNSIGNED = "UNSIGNED-PAYLOAD"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a signature counts for, and the names of the headers that it covers, in lower case."""

    date: str
    region: str
    service: str
    headers: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.date}/{self.region}/{self.service}/aws4_request"


def is_signed_with(secret: str, request: WireRequest, scope: Scope, signature: str) -> bool:
    """Return whether a signature is that of a request and a secret key."""
    if "host" not in scope.headers:
        return False
    return any(hmac.compare_digest(_signature(secret, request, scope, path), signature) for path in _paths(request))


def _paths(request: WireRequest) -> tuple[str, ...]:
    """Return the path as the client sent it: with or without the slash behind a prefix, which the request lost."""
    path = request.prefix + request.raw_path
    return (path, request.prefix) if request.raw_path == "/" and request.prefix else (path,)


def _signature(secret: str, request: WireRequest, scope: Scope, path: str) -> str:
    digest = hashlib.sha256(_canonical(request, scope, path)).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{request.headers.get('X-Amz-Date', '')}\n{scope}\n{digest}"
    key = f"AWS4{secret}".encode("utf-8", "replace")
    for part in (scope.date, scope.region, scope.service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode("utf-8", "surrogateescape"), "sha256").hex()


def _canonical(request: WireRequest, scope: Scope, path: str) -> bytes:
    headers = "".join(f"{name}:{_values(request, name)}\n" for name in scope.headers)
    query = "&".join(sorted(pair if "=" in pair else f"{pair}=" for pair in request.query.split("&") if pair))
    payload = hashlib.sha256(request.body).hexdigest()
    if request.headers.get("X-Amz-Content-SHA256") == UNSIGNED:
        payload = UNSIGNED
    lines = (request.method, quote(_normal(path), safe="/~"), query, headers, ";".join(scope.headers), payload)
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def _values(request: WireRequest, name: str) -> str:
    return ",".join(" ".join(value.split()) for value in request.headers.getall(name, ()))


def _normal(path: str) -> str:
    """Return a path without empty segments, `.` and `..`."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts) + ("/" if parts and path.endswith("/") else "")
