"""Who calls, and what levels and roles let them do (sdk/.../utils/Credentials.java)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mockmail.core.vendor import Call
from mockmail.vendors.spacedog.errors import Forbidden, SpaceDogError, Unauthorized
from mockmail.vendors.spacedog.options import Options
from mockmail.vendors.spacedog.records import LEVELS, Credentials, Session

OWN_ROLES = {
    "KEY": ("key",),
    "USER": ("user",),
    "ADMIN": ("admin",),
    "SUPER_ADMIN": ("admin", "super_admin"),
    "SUPERDOG": ("admin", "super_admin", "superdog"),
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls a backend.

    backend: the one that is called, which for a superdog need not be their own. credentials: None for a guest.
    session: the one whose token came. challenged: whether the password itself came.
    """

    backend: str
    credentials: Credentials | None = None
    session: Session | None = None
    challenged: bool = False

    @property
    def level(self) -> str:
        """The caller's level; a guest's is KEY."""
        return self.credentials.level if self.credentials else "KEY"

    @property
    def name(self) -> str:
        """The caller's user name; a guest's is `default`."""
        return self.credentials.username if self.credentials else "default"

    @property
    def roles(self) -> frozenset[str]:
        """The roles of the level, and the caller's own."""
        own = self.credentials.roles if self.credentials else ()
        return frozenset((*own, *OWN_ROLES[self.level]))

    def is_at_least(self, level: str) -> bool:
        """Whether the caller's level is this one or above."""
        return LEVELS.index(self.level) >= LEVELS.index(level)


def require_level(call: Call[Caller, Options], level: str) -> Credentials:
    """The caller's credentials, of this level or above. Raises what `insufficient` gives."""
    if call.caller.credentials is None or not call.caller.is_at_least(level):
        raise insufficient(call)
    return call.caller.credentials


def require_self_or_admin(call: Call[Caller, Options], credentials_id: str) -> Credentials:
    """The caller's credentials, when they are these or an admin's."""
    own = require_level(call, "USER")
    if own.id != credentials_id and not call.caller.is_at_least("ADMIN"):
        raise insufficient(call)
    return own


def require_role(call: Call[Caller, Options], roles: Iterable[str] | None) -> None:
    """See that the caller has one of these roles; none at all let nobody in."""
    if call.caller.roles.isdisjoint(roles or ()):
        raise insufficient(call)


def insufficient(call: Call[Caller, Options]) -> SpaceDogError:
    """What a caller hears who may not: 403, and with the option a guest is told to log in (docs/wire/spacedog.md 3)."""
    options: Options = call.options
    if options.guest_unauthorized and call.caller.level == "KEY":
        return unauthorized(options, "no-authorization-header", "no authorization header")
    return Forbidden(f"[{call.caller.level}][{call.caller.name}] has insufficient credentials")


def unauthorized(options: Options, code: str, message: str) -> Unauthorized:
    """A 401; the later version names the scheme."""
    return Unauthorized(
        message, code=code, headers={"WWW-Authenticate": "Basic"} if options.guest_unauthorized else None
    )
