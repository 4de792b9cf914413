"""Who calls atmail: HTTP Basic on every call, against the admin users in state."""

from __future__ import annotations

import hmac

from mockmail.core.exchange import WireRequest
from mockmail.core.vendor import Call
from mockmail.vendors.atmail import state
from mockmail.vendors.atmail.access import Caller, rights_of
from mockmail.vendors.atmail.errors import Unauthorized
from mockmail.vendors.atmail.handlers.tree import place_all
from mockmail.vendors.atmail.options import Options
from mockmail.vendors.atmail.records import AdminUser
from mockmail.wire.headers import basic_credentials


def authenticate(call: Call[None, Options]) -> Caller:
    """The admin user whose credentials come with the call (atmail API documentation, "AUTHENTICATE").

    The call is the admin's last login. Admins that a seed gave no place in the nested set have one from here on.
    Raises Unauthorized.
    """
    place_all(call.world)
    given = credentials_of(call.request)
    user = state.users(call.world).first("username", given[0].lower()) if given else None
    if given is None or user is None or not hmac.compare_digest(user.password.encode(), given[1].encode()):
        raise Unauthorized("Authentication failed")
    return Caller(_seen(call, user), rights_of(call.world, user))


def credentials_of(request: WireRequest) -> tuple[str, str] | None:
    """The user name and password that a request claims."""
    return basic_credentials(request.headers.get("Authorization", ""))


def _seen(call: Call[None, Options], user: AdminUser) -> AdminUser:
    """The admin with this call as its last login; it is written once a second at most."""
    moment, address = int(call.world.clock.timestamp()), call.request.peer
    if user.lastLogin == moment and user.ipAddress == address:
        return user
    return state.users(call.world).put(user.replace(lastLogin=moment, ipAddress=address))
