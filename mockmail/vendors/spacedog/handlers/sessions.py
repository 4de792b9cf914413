"""`/1/login` and `/1/logout` (services/.../CredentialsResource.java)."""

from __future__ import annotations

import base64
import math

from mockmail.core.vendor import Call
from mockmail.core.world import World
from mockmail.vendors.spacedog.access import Caller, require_level
from mockmail.vendors.spacedog.answer import Answer, success
from mockmail.vendors.spacedog.bodies import Form
from mockmail.vendors.spacedog.errors import Forbidden
from mockmail.vendors.spacedog.handlers import credentials_views, stored_settings
from mockmail.vendors.spacedog.handlers.paging import whole
from mockmail.vendors.spacedog.options import Options
from mockmail.vendors.spacedog.records import VENDOR, Credentials, Session

MOST_SESSIONS = 10
_LONG = 1 << 63


def login(call: Call[Caller, Options], params: Form) -> Answer:
    """Open a session for a caller who gave the password; who came with a token gets the same again."""
    credentials = require_level(call, "USER")
    session = call.caller.session
    if call.caller.challenged:
        lifetime = _lifetime(call, params)
        session = _open(call.world, credentials, lifetime)
        credentials = credentials_views.touched(call.world, credentials)
    return success(
        accessToken=session.accessToken if session else None,
        expiresIn=_seconds_left(call.world, session),
        credentials=credentials_views.view(call.world, credentials, call.caller.backend),
    )


def logout(call: Call[Caller, Options], params: None) -> Answer:
    """Close the session whose token came."""
    credentials = require_level(call, "USER")
    if call.caller.session is not None:
        call.world.store.records(VENDOR, Session).remove(call.caller.session.key)
        credentials_views.touched(call.world, credentials)
    return success()


def _lifetime(call: Call[Caller, Options], params: Form) -> int:
    longest = stored_settings.load(call.world, call.caller.backend, "credentials")["sessionMaximumLifetime"]
    lifetime = whole(params.get("lifetime"), longest, largest=_LONG)
    if lifetime > longest:
        raise Forbidden(f"maximum access token lifetime is [{longest}] seconds")
    return lifetime


def _open(world: World, credentials: Credentials, lifetime: int) -> Session:
    records = world.store.records(VENDOR, Session)
    token = base64.b64encode(world.ids.uuid().encode()).decode()
    now = world.clock.timestamp()
    session = records.add(
        Session(accessToken=token, credentialsId=credentials.id, createdAt=now, expiresAt=now + lifetime)
    )
    for old in records.find("credentials", credentials.id)[:-MOST_SESSIONS]:
        records.remove(old.key)
    return session


def _seconds_left(world: World, session: Session | None) -> int:
    return 0 if session is None else max(0, math.ceil(session.expiresAt - world.clock.timestamp()))
