"""How SpaceDog knows a caller: Basic, Bearer, or an access token among the parameters (docs/wire/spacedog.md 3)."""

from __future__ import annotations

import base64
import re
from functools import lru_cache

from mockmail.core.vendor import Call
from mockmail.core.world import World
from mockmail.vendors.spacedog.access import Caller, unauthorized
from mockmail.vendors.spacedog.backends import backend_of
from mockmail.vendors.spacedog.bodies import form_values
from mockmail.vendors.spacedog.errors import Cause, Forbidden, SpaceDogError, Unauthorized
from mockmail.vendors.spacedog.handlers import lockout
from mockmail.vendors.spacedog.moments import moment
from mockmail.vendors.spacedog.options import Options
from mockmail.vendors.spacedog.records import VENDOR, Credentials, Session

_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
DECODING_EXCEPTION = "com.google.common.io.BaseEncoding$DecodingException"
BAD_HEADER = "invalid-authorization-header"


def authenticate(call: Call[None, Options]) -> Caller:
    """Who calls; a guest where nothing says so. Raises Unauthorized, Forbidden."""
    backend = backend_of(call.request, call.options)
    header = call.request.headers.get("Authorization")
    if header is None:
        token = form_values(call.request).get("accessToken")
        caller = _by_token(call, backend, token) if token else Caller(backend)
    else:
        caller = _by_header(call, backend, header)
    if caller.credentials is not None:
        _check_enabled(call, caller.credentials)
    return caller


def _by_header(call: Call[None, Options], backend: str, header: str) -> Caller:
    scheme, blank, rest = header.partition(" ")
    if not blank:
        raise _bad_header(call, "invalid authorization header")
    if not scheme:
        raise _bad_header(call, "no authorization scheme specified")
    if scheme.lower() == "bearer":
        return _by_token(call, backend, rest)
    if scheme.lower() != "basic":
        raise _bad_header(call, f"authorization scheme [{scheme}] not supported")
    username, password = _basic(call, rest)
    options: Options = call.options
    home = options.root_backend if username.startswith("superdog-") else backend
    found: Credentials | None = call.world.store.records(VENDOR, Credentials).first("name", (home, username))
    if found is None or found.password is None or found.password != password:
        if found is not None:
            lockout.count_invalid(call, found)
        raise unauthorized(options, "invalid-credentials", f"invalid username or password for backend [{home}]")
    return Caller(backend, found, challenged=True)


def _basic(call: Call[None, Options], encoded: str) -> tuple[str, str]:
    trouble, username, colon, password = _unpacked(encoded)
    if trouble is not None:
        behind = Cause(trouble, DECODING_EXCEPTION)
        cause = Cause(f"{DECODING_EXCEPTION}: {trouble}", "java.lang.IllegalArgumentException", behind)
        raise _bad_header(call, "basic authorization token is not base 64 encoded", cause)
    if not colon:
        raise _bad_header(call, "invalid basic authorization token")
    if not username:
        raise _bad_header(call, "no username specified")
    if not password:
        raise _bad_header(call, "no password specified")
    return username, password


@lru_cache(maxsize=256)
def _unpacked(encoded: str) -> tuple[str | None, str, str, str]:
    """What is wrong with credentials in Base64, or the name, the colon and the password; most come with every call."""
    trouble = _trouble_with(encoded)
    if trouble is not None:
        return trouble, "", "", ""
    data = encoded.rstrip("=")
    octets = base64.b64decode(data + "=" * (-len(data) % 4))
    return None, *octets.decode("utf-8", "replace").partition(":")


def _trouble_with(encoded: str) -> str | None:
    """What Guava's BaseEncoding has against a text; any padding, or none, is fine (AuthorizationHeader.java)."""
    data = encoded.rstrip("=")
    wrong = _NOT_BASE64.search(data)
    if wrong is None:
        return f"Invalid input length {len(data)}" if len(data) % 4 == 1 else None
    at, sign = wrong.start(), wrong.group()
    if sign != "=":
        return f"Unrecognized character: {sign if sign > ' ' else f'0x{ord(sign):x}'}"
    if at == 0 or at % 4 == 1:
        return f"Padding cannot start at index {at + 1}"
    behind = at + len(data[at:]) - len(data[at:].lstrip("="))
    return f"Expected padding character but found '{data[behind]}' at index {behind + 1}"


def _by_token(call: Call[None, Options], backend: str, token: str) -> Caller:
    store = call.world.store
    session = store.records(VENDOR, Session).get(token)
    found = None if session is None else store.records(VENDOR, Credentials).get(session.credentialsId)
    if session is None or found is None or (found.level != "SUPERDOG" and found.backendId != backend):
        raise unauthorized(call.options, "invalid-access-token", f"invalid access token for backend [{backend}]")
    if session.expiresAt <= call.world.clock.timestamp():
        raise unauthorized(call.options, "expired-access-token", "access token has expired")
    # A superdog is sent on to the backend that is called by their password alone (SpaceContext.java).
    return Caller(found.backendId, found, session)


def _check_enabled(call: Call[None, Options], credentials: Credentials) -> None:
    who = f"[{credentials.level}][{credentials.username}]"
    if not is_enabled(call.world, credentials):
        raise unauthorized(call.options, "disabled-credentials", f"{who} credentials disabled")
    if credentials.passwordMustChange and call.operation.name != "credentials.set_my_password":
        raise Forbidden(f"{who} credentials password must change", "password-must-change")


def is_enabled(world: World, credentials: Credentials) -> bool:
    """Whether credentials can be used now: enabled, and not outside their time."""
    after, until = moment(credentials.enableAfter), moment(credentials.disableAfter)
    if not credentials.enabled or (after is None and until is None):
        return credentials.enabled
    now = world.clock.now()
    begun, over = after is not None and after < now, until is not None and until <= now
    if after is None or until is None:
        return begun if until is None else not over
    return begun and (until < after or not over)


def _bad_header(call: Call[None, Options], message: str, cause: Cause | None = None) -> SpaceDogError:
    refusal: Unauthorized = unauthorized(call.options, BAD_HEADER, message)
    refusal.cause = cause
    return refusal
