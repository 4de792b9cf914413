"""Rackspace's authentication: the header X-Api-Signature (docs/wire/rackspace.md 1.2), and the limits of each key.

The signature covers the user agent and the time, but not the method, path and body, so a client may reuse a signature.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from hashlib import sha1
from hmac import compare_digest

from mockmail.core.exchange import WireRequest
from mockmail.core.vendor import Call
from mockmail.vendors.rackspace.errors import AUTHENTICATION_FAILED, EXCEEDED_REQUEST_LIMITS, Unauthorized
from mockmail.vendors.rackspace.options import Options
from mockmail.vendors.rackspace.records import ApiKey, Customer, RequestCount

HEADER = "X-Api-Signature"
TIMESTAMP_DIGITS = 14
READS = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Caller:
    """The user key that signed a call, and the account that it belongs to."""

    user_key: str
    account: str
    is_reseller: bool

    def __str__(self) -> str:
        return self.user_key

    def may_access(self, customer: Customer) -> bool:
        """Return whether the caller may see a customer: its own account, and a reseller also its customers."""
        return customer.accountNumber == self.account or (self.is_reseller and customer.reseller == self.account)


RackspaceCall = Call[Caller, Options]


@dataclass(frozen=True, slots=True)
class Signature:
    """The parts of a header. timestamp: `YYYYMMDDHHmmss`. proof: base64 of the digest."""

    user_key: str
    timestamp: str
    proof: str

    @classmethod
    def of(cls, request: WireRequest) -> Signature | None:
        """Return the signature of a request; None if the header is missing or does not have three parts.

        Neither a user key nor base64 contains a colon, so the header is split at the first two.
        """
        user_key, _, rest = request.headers.get(HEADER, "").strip().partition(":")
        timestamp, colon, proof = rest.partition(":")
        if not (user_key and colon and timestamp.isdecimal() and len(timestamp) == TIMESTAMP_DIGITS):
            return None
        return cls(user_key, timestamp, proof.strip())

    def fits(self, user_agent: str, secret_key: str) -> bool:
        """Return whether the proof is that of a client with this user agent and this secret key."""
        expected = proof_of(self.user_key, user_agent, self.timestamp, secret_key)
        return compare_digest(expected, self.proof.encode("utf-8", "surrogateescape"))

    def is_within(self, seconds: int, now: datetime, utc_offset: int) -> bool:
        """Return whether the timestamp, in a zone `utc_offset` hours east of UTC, is at most `seconds` from now."""
        zone = timezone(timedelta(hours=utc_offset))
        try:
            signed_at = datetime.strptime(self.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=zone)
        except ValueError:
            return False
        return abs((signed_at - now).total_seconds()) <= seconds


def proof_of(user_key: str, user_agent: str, timestamp: str, secret_key: str) -> bytes:
    """Return base64 of the SHA-1 of key, agent, timestamp and secret, one after the other."""
    text = f"{user_key}{user_agent}{timestamp}{secret_key}"
    return b64encode(sha1(text.encode("utf-8", "surrogateescape")).digest())  # noqa: S324  # the vendor's choice


def sign(credentials: Mapping[str, str], user_agent: str, now: datetime, utc_offset: int) -> str:
    """Return the value of the header for a client. utc_offset: hours east of UTC of the timestamp's zone."""
    key = credentials["user_key"]
    timestamp = now.astimezone(timezone(timedelta(hours=utc_offset))).strftime("%Y%m%d%H%M%S")
    return f"{key}:{timestamp}:{proof_of(key, user_agent, timestamp, credentials['secret_key']).decode()}"


def authenticate(call: Call[None, Options]) -> Caller:
    """Return the caller that signed the request. Raise Unauthorized: 403, never 401 (docs/wire/rackspace.md 1.2)."""
    signature = Signature.of(call.request)
    if signature is None:
        form = f"{HEADER} must be KEY:TIMESTAMP:SIGNATURE, with a timestamp of {TIMESTAMP_DIGITS} digits"
        raise _failure(form if HEADER in call.request.headers else f"there is no header {HEADER}")
    key = call.records(ApiKey).get(signature.user_key)
    if key is None:
        raise _failure(f"there is no user key {signature.user_key!r}")
    _count(call, key)
    agent, window, now = (
        call.request.headers.get("User-Agent", ""),
        call.options.signature_window,
        call.world.clock.now(),
    )
    if not signature.fits(agent, key.secretKey):
        signed = f"{signature.user_key}{agent}{signature.timestamp}"
        raise _failure(
            f"the signature differs: the timestamp used was {signature.timestamp}, the User-Agent {agent!r},"
            f" the string signed was {signed!r} and then the secret key"
        )
    if window and not signature.is_within(window, now, call.options.signature_utc_offset):
        raise _failure(
            f"the timestamp {signature.timestamp} is more than {window} s from now, {now:%Y%m%d%H%M%S} UTC"
            f" (signature_utc_offset is {call.options.signature_utc_offset})"
        )
    return Caller(key.userKey, key.accountNumber, is_reseller=key.role == "reseller")


def client_of(request: WireRequest) -> str:
    """Return the user key that a request claims to have; the client's address if it claims none."""
    signature = Signature.of(request)
    return signature.user_key if signature else request.peer


def _failure(reason: str) -> Unauthorized:
    return Unauthorized(AUTHENTICATION_FAILED).because(reason)


def _count(call: Call[None, Options], key: ApiKey) -> None:
    # Failed and throttled calls count too (docs/wire/rackspace.md 1.6).
    reads = call.request.method in READS
    limit = call.options.reads_per_minute if reads else call.options.writes_per_minute
    if not limit:
        return
    minute = int(call.world.clock.timestamp() // 60)
    counts = call.records(RequestCount)
    count = RequestCount(userKey=key.userKey, reads=reads, minute=minute, calls=0)
    previous = counts.get(count.key)
    if previous is not None and previous.minute == minute:
        count = previous
    counts.put(count.replace(calls=count.calls + 1))
    if count.calls >= limit:
        kind = "reads" if reads else "writes"
        raise Unauthorized(EXCEEDED_REQUEST_LIMITS).because(
            f"the user key made {count.calls} {kind} in this minute, and {kind}_per_minute allows {limit}"
        )
