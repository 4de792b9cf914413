"""Who calls Rackspace: the key of an X-Api-Signature, if the signature is right and the key not throttled."""

from __future__ import annotations

from mockmail.core.exchange import WireRequest
from mockmail.core.vendor import Call
from mockmail.vendors.rackspace import signature
from mockmail.vendors.rackspace.errors import AUTHENTICATION_FAILED, EXCEEDED_REQUEST_LIMITS, Unauthorized
from mockmail.vendors.rackspace.options import Options
from mockmail.vendors.rackspace.records import VENDOR, ApiKey, RequestCount

READS = ("GET", "HEAD")


def authenticate(call: Call[None, Options]) -> ApiKey:
    """The key that signed the call. Raises Unauthorized: 403, never 401 (docs/wire/rackspace.md 1.2)."""
    options: Options = call.options
    headers = call.request.headers
    signed = signature.parse(headers.get(signature.HEADER))
    if signed is None:
        raise Unauthorized(AUTHENTICATION_FAILED)
    key = call.world.store.records(VENDOR, ApiKey).get(signed.user_key)
    if key is None:
        raise Unauthorized(AUTHENTICATION_FAILED)
    _count(call, key, options)
    if not signed.fits(headers.get("User-Agent", ""), key.secretKey):
        raise Unauthorized(AUTHENTICATION_FAILED)
    window = options.signature_window
    if window and not signed.is_within(window, call.world.clock.now(), options.signature_utc_offset):
        raise Unauthorized(AUTHENTICATION_FAILED)
    return key


def client_of(request: WireRequest) -> str:
    """The user key that a call claims to be of; its address where it claims none."""
    signed = signature.parse(request.headers.get(signature.HEADER))
    return signed.user_key if signed else request.peer


def _count(call: Call[None, Options], key: ApiKey, options: Options) -> None:
    """Throttle a key, reads and writes apart; a failed and a throttled call count too (docs/wire/rackspace.md 1.6)."""
    reads = call.request.method in READS
    allowed = options.reads_per_minute if reads else options.writes_per_minute
    if not allowed:
        return
    minute = int(call.world.clock.timestamp() // 60)
    counts = call.world.store.records(VENDOR, RequestCount)
    count = RequestCount(userKey=key.userKey, reads=reads, minute=minute, calls=0)
    before = counts.get(count.key)
    if before is not None and before.minute == minute:
        count = before
    counts.put(count.replace(calls=count.calls + 1))
    if count.calls >= allowed:
        raise Unauthorized(EXCEEDED_REQUEST_LIMITS)
