"""`/1/login` and `/1/logout` (services/.../CredentialsResource.java)."""

from __future__ import annotations

import base64
import math

from mockmail.vendors.spacedog.authentication import SpaceDogCall, require_level
from mockmail.vendors.spacedog.errors import Forbidden
from mockmail.vendors.spacedog.handlers.credentials import load_rules, save_changes
from mockmail.vendors.spacedog.parameters import LONG_LIMIT, Form, whole_number
from mockmail.vendors.spacedog.records import Credentials, Session
from mockmail.vendors.spacedog.views import Result, credentials_document, success

MAX_SESSIONS = 10


def login(call: SpaceDogCall, params: Form) -> Result:
    """Open a session for a caller with a password, or return the session of a token (docs/wire/spacedog.md 3)."""
    user = require_level(call, "USER")
    session = call.caller.session
    if call.caller.challenged:
        session = _open_session(call, user, _lifetime(call, params))
        user = save_changes(call, user)
    return success(
        accessToken=session.accessToken if session else None,
        expiresIn=_seconds_left(call, session),
        credentials=credentials_document(call, user, call.caller.backend),
    )


def logout(call: SpaceDogCall, params: None) -> Result:
    """Close the session of the caller's token (docs/wire/spacedog.md 3)."""
    user = require_level(call, "USER")
    if call.caller.session is not None:
        call.records(Session).remove(call.caller.session.key)
        save_changes(call, user)
    return success()


def _lifetime(call: SpaceDogCall, params: Form) -> int:
    longest = load_rules(call)["sessionMaximumLifetime"]
    lifetime = whole_number(params.get("lifetime"), longest, limit=LONG_LIMIT)
    if lifetime > longest:
        raise Forbidden(f"maximum access token lifetime is [{longest}] seconds")
    return lifetime


def _open_session(call: SpaceDogCall, user: Credentials, lifetime: int) -> Session:
    records = call.records(Session)
    token = base64.b64encode(call.world.ids.uuid().encode()).decode()
    now = call.world.clock.timestamp()
    session = records.add(Session(accessToken=token, credentialsId=user.id, createdAt=now, expiresAt=now + lifetime))
    for old in records.find("credentials", user.id)[:-MAX_SESSIONS]:
        records.remove(old.key)
    return session


def _seconds_left(call: SpaceDogCall, session: Session | None) -> int:
    return 0 if session is None else max(0, math.ceil(session.expiresAt - call.world.clock.timestamp()))
