"""Read the headers that several vendors use: Authorization, Content-Type, Accept, Retry-After."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping

_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([^\s;\"']+)", re.IGNORECASE)
MOST_RANGES = 50
"""The most media ranges of an Accept header that are read."""


def basic_credentials(authorization: str) -> tuple[str, str] | None:
    """Return the user name and password of an Authorization header, or None if it has no Basic credentials (RFC 7617).

    The bytes are read as UTF-8, or as Latin-1 if they are not, which is what old clients send.
    """
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        raw = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    user, colon, password = text.partition(":")
    return (user, password) if colon else None


def bearer_token(authorization: str) -> str:
    """Return the token of an Authorization header; empty if it has no Bearer token (RFC 6750)."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def seconds_to_wait(headers: Mapping[str, str]) -> int | None:
    """Return the seconds that Retry-After gives; None without the header, or for a date (RFC 9110, 10.2.3)."""
    wait = next((value.strip() for name, value in headers.items() if name.lower() == "retry-after"), "")
    return int(wait) if re.fullmatch(r"[0-9]{1,9}", wait) else None


def charset_of(content_type: str) -> str | None:
    """Return the charset that a Content-Type header names, in lower case, or None."""
    found = _CHARSET.search(content_type)
    return found[1].lower() if found else None


def media_ranges(accept: str) -> list[tuple[str, float]]:
    """Return the media ranges of an Accept header in lower case, each with its quality; a broken quality is 0."""
    ranges = []
    for text in accept.lower().split(",", MOST_RANGES)[:MOST_RANGES]:
        name, *parameters = text.split(";")
        ranges.append((name.strip(), _quality(parameters)))
    return ranges


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
