"""HTTP Basic credentials (RFC 7617)."""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache


@lru_cache(maxsize=256)
def basic_credentials(authorization: str) -> tuple[str, str] | None:
    """The user name and password of an `Authorization` header; None where it holds no Basic credentials.

    A client sends the same ones with every call, so the last are remembered. The octets are read as UTF-8, or as
    Latin-1 where they are not, which is what old clients send.
    """
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        octets = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        text = octets.decode("latin-1")
    user, colon, password = text.partition(":")
    return (user, password) if colon else None
