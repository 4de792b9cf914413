"""Who calls atmail: HTTP Basic on every call, against the admin users in state."""

from __future__ import annotations

import hmac

from mockmail.core.vendor import Call
from mockmail.vendors.atmail.errors import Unauthorized
from mockmail.vendors.atmail.records import AdminUser
from mockmail.wire.basic import basic_credentials


def authenticate(call: Call[None]) -> AdminUser:
    """The admin user whose credentials come with the call. Raises Unauthorized."""
    given = basic_credentials(call.request.headers.get("Authorization", ""))
    if given is None:
        raise Unauthorized("Authentication failed")
    user: AdminUser | None = call.world.store.records("atmail", AdminUser).first("username", given[0].lower())
    if user is None or not hmac.compare_digest(user.password.encode(), given[1].encode()):
        raise Unauthorized("Authentication failed")
    return user
