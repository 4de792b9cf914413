"""The X-Api-Signature header (docs/wire/rackspace.md 1.2): who calls, and proof that they know the secret.

It covers the user agent and the time, and neither method nor path nor body, so a client may send the same one for ever;
those that came last are remembered.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from hashlib import sha1
from hmac import compare_digest

HEADER = "X-Api-Signature"


@dataclass(frozen=True, slots=True)
class Signature:
    """A header taken apart. timestamp: `YYYYMMDDHHmmss`. proof: base64 of the digest."""

    user_key: str
    timestamp: str
    proof: str

    def fits(self, user_agent: str, secret_key: str) -> bool:
        """Whether the proof is the one that the secret gives."""
        expected = proof_of(self.user_key, user_agent, self.timestamp, secret_key)
        return compare_digest(expected.encode(), self.proof.encode("utf-8", "surrogateescape"))

    def is_within(self, seconds: int, now: datetime, utc_offset: int) -> bool:
        """Whether the timestamp, in a zone so many hours east of UTC, is so near to a moment."""
        zone = timezone(timedelta(hours=utc_offset))
        try:
            moment = datetime.strptime(self.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=zone)
        except ValueError:
            return False
        return abs((moment - now).total_seconds()) <= seconds


@lru_cache(maxsize=128)
def proof_of(user_key: str, user_agent: str, timestamp: str, secret_key: str) -> str:
    """Base64 of the SHA-1 of the four, one after the other."""
    text = f"{user_key}{user_agent}{timestamp}{secret_key}"
    return b64encode(sha1(text.encode("utf-8", "surrogateescape")).digest()).decode()  # noqa: S324  # the vendor's choice


@lru_cache(maxsize=128)
def parse(header: str | None) -> Signature | None:
    """The parts of a header; None where it is missing or has not three.

    A user key has no colon in it, and base64 neither, so the first two colons part them.
    """
    if header is None:
        return None
    parts = header.strip().split(":", 2)
    if len(parts) != 3 or not parts[0] or not (parts[1].isdecimal() and len(parts[1]) == 14):  # noqa: PLR2004
        return None
    return Signature(parts[0], parts[1], parts[2].strip())
