"""Wrong passwords, which the credentials settings may have counted (services/.../CredentialsResource.java)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mockmail.core.vendor import Call
from mockmail.vendors.spacedog.handlers import stored_settings
from mockmail.vendors.spacedog.moments import iso, moment
from mockmail.vendors.spacedog.options import Options
from mockmail.vendors.spacedog.records import VENDOR, Credentials


def count_invalid(call: Call[Any, Options], credentials: Credentials) -> None:
    """Count a wrong password, and disable the credentials when it was one too many."""
    settings = stored_settings.load(call.world, credentials.backendId, "credentials")
    most = settings["maximumInvalidChallenges"]
    if most == 0:
        return
    now, last = call.world.clock.now(), moment(credentials.lastInvalidChallengeAt)
    window = timedelta(minutes=max(0, settings["resetInvalidChallengesAfterMinutes"]))
    count = 1 if last is not None and now - last > window else credentials.invalidChallenges + 1
    changed = credentials.replace(
        invalidChallenges=count,
        lastInvalidChallengeAt=iso(now),
        enabled=credentials.enabled and count < most,
        version=credentials.version + 1,
        updatedAt=iso(now),
    )
    call.world.store.records(VENDOR, Credentials).put(changed)
