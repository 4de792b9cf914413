"""SpaceDog's authentication: Basic, Bearer or an access token among the parameters (docs/wire/spacedog.md 2, 3).

services/.../SpaceContext.java; sdk/.../utils/Credentials.java, AuthorizationHeader.java.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mockmail.core.exchange import WireRequest
from mockmail.core.state.records import is_past, read_timestamp
from mockmail.core.vendor import Call
from mockmail.vendors.spacedog import settings
from mockmail.vendors.spacedog.errors import Cause, Forbidden, SpaceDogError, Unauthorized
from mockmail.vendors.spacedog.options import Options
from mockmail.vendors.spacedog.parameters import Form
from mockmail.vendors.spacedog.records import LEVELS, Credentials, Session, timestamp

OWN_ROLES = {
    "KEY": ("key",),
    "USER": ("user",),
    "ADMIN": ("admin",),
    "SUPER_ADMIN": ("admin", "super_admin"),
    "SUPERDOG": ("admin", "super_admin", "superdog"),
}
DECODING_EXCEPTION = "com.google.common.io.BaseEncoding$DecodingException"

_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")


@dataclass(frozen=True, slots=True)
class Caller:
    """The user or guest who calls a backend.

    backend: the backend that is called; only a superdog may call another one than their own.
    credentials: None for a guest. session: the session whose token the request has.
    challenged: whether the request has the password itself.
    """

    backend: str
    credentials: Credentials | None = None
    session: Session | None = None
    challenged: bool = False

    def __str__(self) -> str:
        """Return the caller's user name; a guest's is `default`."""
        return self.credentials.username if self.credentials else "default"

    @property
    def level(self) -> str:
        """Return the caller's level; a guest's is KEY."""
        return self.credentials.level if self.credentials else "KEY"

    @property
    def roles(self) -> frozenset[str]:
        """Return the caller's own roles, and those of the level."""
        own = self.credentials.roles if self.credentials else ()
        return frozenset((*own, *OWN_ROLES[self.level]))

    def is_at_least(self, level: str) -> bool:
        """Return whether the caller's level is this one or above."""
        return LEVELS.index(self.level) >= LEVELS.index(level)


SpaceDogCall = Call[Caller, Options]


def authenticate(call: Call[None, Options]) -> Caller:
    """Return the caller, a guest if the request has no credentials. Raise Unauthorized, Forbidden."""
    backend = backend_of(call.request, call.options)
    header = call.request.headers.get("Authorization")
    if header is None:
        token = Form.read(call.request).get("accessToken")
        caller = _by_token(call, backend, token) if token else Caller(backend)
    else:
        caller = _by_header(call, backend, header)
    if caller.credentials is not None:
        _check_enabled(call, caller.credentials)
    return caller


def backend_of(request: WireRequest, options: Options) -> str:
    """Return the backend that a request's host names, else the default backend."""
    backend = options.backend_at(request.headers.get("Host", ""))
    return options.default_backend if backend is None else backend


def require_level(call: SpaceDogCall, level: str) -> Credentials:
    """Return the caller's credentials, of this level or above. Raise SpaceDogError (401 or 403)."""
    if call.caller.credentials is None or not call.caller.is_at_least(level):
        raise insufficient_credentials(call)
    return call.caller.credentials


def require_self_or_admin(call: SpaceDogCall) -> None:
    """Raise SpaceDogError (401 or 403) unless the path names the caller, or the caller is an admin."""
    own = require_level(call, "USER")
    if call.path.get("id", own.id) != own.id and not call.caller.is_at_least("ADMIN"):
        raise insufficient_credentials(call)


def require_role(call: SpaceDogCall, roles: Iterable[str] | None) -> None:
    """Raise SpaceDogError (401 or 403) for a caller without any of these roles; no roles admit nobody."""
    if call.caller.roles.isdisjoint(roles or ()):
        raise insufficient_credentials(call)


def insufficient_credentials(call: SpaceDogCall) -> SpaceDogError:
    """Return the error for a caller without a right; with the option a guest is told to log in."""
    if call.options.guest_unauthorized and call.caller.level == "KEY":
        return Unauthorized("no authorization header", code="no-authorization-header")
    return Forbidden(f"[{call.caller.level}][{call.caller}] has insufficient credentials")


def is_enabled(credentials: Credentials, now: datetime) -> bool:
    """Return whether credentials can be used now: they are enabled, and now is within their period."""
    after, until = credentials.enableAfter, credentials.disableAfter
    begun = after is None or read_timestamp(after) < now
    inverted = after is not None and until is not None and read_timestamp(until) < read_timestamp(after)
    return credentials.enabled and begun and (inverted or not is_past(until, now))


def _by_header(call: Call[None, Options], backend: str, header: str) -> Caller:
    scheme, blank, rest = header.partition(" ")
    if not blank:
        raise _invalid_header("invalid authorization header")
    if not scheme:
        raise _invalid_header("no authorization scheme specified")
    if scheme.lower() == "bearer":
        return _by_token(call, backend, rest)
    if scheme.lower() != "basic":
        raise _invalid_header(f"authorization scheme [{scheme}] not supported")
    username, password = _basic(rest)
    home = call.options.root_backend if username.startswith("superdog-") else backend
    found = call.records(Credentials).first("name", (home, username))
    if found is None or found.password != password:
        if found is not None:
            _count_invalid_challenge(call, found)
        wrong = "there is no user" if found is None else "the password differs of"
        error = Unauthorized(f"invalid username or password for backend [{home}]", code="invalid-credentials")
        raise error.because(f"{wrong} {username!r} in the backend {home!r}")
    return Caller(backend, found, challenged=True)


def _basic(encoded: str) -> tuple[str, str]:
    data = encoded.rstrip("=")
    try:
        decoded = base64.b64decode(data + "=" * (-len(data) % 4), validate=True)
    except ValueError as error:
        reason = _decoding_error(data)
        cause = Cause(reason, DECODING_EXCEPTION)
        cause = Cause(f"{DECODING_EXCEPTION}: {reason}", "java.lang.IllegalArgumentException", cause)
        raise _invalid_header("basic authorization token is not base 64 encoded", cause) from error
    username, colon, password = decoded.decode("utf-8", "replace").partition(":")
    if not colon:
        raise _invalid_header("invalid basic authorization token")
    if not username:
        raise _invalid_header("no username specified")
    if not password:
        raise _invalid_header("no password specified")
    return username, password


def _decoding_error(data: str) -> str:
    # The errors of Guava's BaseEncoding; any padding, or none, is fine (AuthorizationHeader.java).
    wrong = _NOT_BASE64.search(data)
    if wrong is None:
        return f"Invalid input length {len(data)}"
    at, sign = wrong.start(), wrong.group()
    if sign != "=":
        return f"Unrecognized character: {sign if sign > ' ' else f'0x{ord(sign):x}'}"
    if at == 0 or at % 4 == 1:
        return f"Padding cannot start at index {at + 1}"
    after = len(data) - len(data[at:].lstrip("="))
    return f"Expected padding character but found '{data[after]}' at index {after + 1}"


def _invalid_header(message: str, cause: Cause | None = None) -> Unauthorized:
    return Unauthorized(message, code="invalid-authorization-header", cause=cause)


def _count_invalid_challenge(call: Call[None, Options], credentials: Credentials) -> None:
    # Authentication runs outside the call's transaction, so that the refusal does not roll the count back.
    rules = settings.load(call, credentials.backendId, "credentials")
    maximum = rules["maximumInvalidChallenges"]
    if maximum == 0:
        return
    now, last = call.world.clock.now(), credentials.lastInvalidChallengeAt
    window = timedelta(minutes=max(0, rules["resetInvalidChallengesAfterMinutes"]))
    is_first = last is not None and now - read_timestamp(last) > window
    count = 1 if is_first else credentials.invalidChallenges + 1
    changed = credentials.updated(
        now,
        invalidChallenges=count,
        lastInvalidChallengeAt=timestamp(now),
        enabled=credentials.enabled and count < maximum,
    )
    call.records(Credentials).put(changed)


def _by_token(call: Call[None, Options], backend: str, token: str) -> Caller:
    session = call.records(Session).get(token)
    found = None if session is None else call.records(Credentials).get(session.credentialsId)
    if session is None or found is None or (found.level != "SUPERDOG" and found.backendId != backend):
        reason = "there is no such access token"
        if found is not None:
            reason = f"the access token is of {found.username!r} in the backend {found.backendId!r}, not {backend!r}"
        error = Unauthorized(f"invalid access token for backend [{backend}]", code="invalid-access-token")
        raise error.because(reason)
    now = call.world.clock.now()
    if session.expiresAt <= now.timestamp():
        expired = datetime.fromtimestamp(session.expiresAt, UTC).isoformat()
        raise Unauthorized("access token has expired", code="expired-access-token").because(
            f"the access token of {found.username!r} expired at {expired}; now is {now.isoformat()}"
        )
    # A superdog's password gives access to the called backend, but a token only to its own (SpaceContext.java).
    return Caller(found.backendId, found, session)


def _check_enabled(call: Call[None, Options], credentials: Credentials) -> None:
    user = f"[{credentials.level}][{credentials.username}]"
    if not is_enabled(credentials, call.world.clock.now()):
        raise Unauthorized(f"{user} credentials disabled", code="disabled-credentials")
    if credentials.passwordMustChange and call.operation.name != "credentials.set_my_password":
        raise Forbidden(f"{user} credentials password must change", code="password-must-change")
