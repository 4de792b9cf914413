"""Idempotency keys: a second request with the same key and body gets the response of the first."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from mockmail.core.errors import VendorError
from mockmail.core.mail.outgoing import Continue, Outcome, Send
from mockmail.core.senders.records import StoredResponse
from mockmail.core.state.records import is_past
from mockmail.core.vendor import Call, CommittedRefusal

MOST_KEYS = 10_000
"""The most keys of a vendor in a sandbox; over it, the oldest eighth is forgotten."""


RUNNING_SECONDS = 60
"""How long a request counts as running whose send failed, so that its result was never stored."""


def answer_once(
    call: Call[Any, Any],
    key: str,
    make: Callable[[], Any],
    *,
    hours: float,
    scope: str = "",
    conflict: VendorError,
    running: VendorError,
) -> Any:
    """Return what `make` returns (a result, a Send, a Continue), or the stored result of an earlier request.

    hours: how long a key counts, by the World's clock. scope: the account that the key belongs to.
    Raise `conflict` for a key that came with another body, `running` for one whose first request is in progress.
    """
    responses, now = call.records(StoredResponse), call.world.clock.now()
    fingerprint = hashlib.sha256(call.request.body).hexdigest()
    expires = (now + timedelta(hours=hours)).isoformat()
    new = StoredResponse(scope=scope, name=key, fingerprint=fingerprint, expires=expires)
    found = responses.get(new.key)
    if found is not None and not is_past(found.expires, now):
        if found.fingerprint != fingerprint:
            raise conflict
        if found.result is None:
            raise running
        return found.result
    if len(responses) >= MOST_KEYS:
        for old in responses.page(0, MOST_KEYS // 8):
            responses.remove(old.key)
    result = make()
    if isinstance(result, Send | Continue):
        responses.put(new.replace(expires=(now + timedelta(seconds=RUNNING_SECONDS)).isoformat()))
    return _store_when_done(call, new, result)


def _store_when_done(call: Call[Any, Any], new: StoredResponse, result: Any) -> Any:
    """Store a result and return it, or return a Send or Continue that does this at its end."""
    if isinstance(result, Continue):
        return Continue(then=partial(_go_on, call, new, result.then))
    if isinstance(result, Send):
        then = result.then

        def store(outcome: Outcome) -> Any:
            return _store_when_done(call, new, then(outcome))

        result.then = store
        return result
    if isinstance(result, CommittedRefusal):
        call.records(StoredResponse).remove(new.key)
    else:
        call.records(StoredResponse).put(new.replace(result=result))
    return result


def _go_on(call: Call[Any, Any], new: StoredResponse, then: Callable[[], Any]) -> Any:
    """Return what `then` returns. A refusal forgets the key, which an earlier transaction stored."""
    try:
        result = then()
    except VendorError as error:
        result = CommittedRefusal(error)
    return _store_when_done(call, new, result)
