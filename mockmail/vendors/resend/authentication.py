"""Resend's authentication: an API key in `Authorization: Bearer` (docs/wire/resend.md 2)."""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.core.vendor import Call
from mockmail.vendors.resend.errors import RESTRICTED_KEY, ProxyRefusal, ResendError
from mockmail.vendors.resend.options import Options
from mockmail.vendors.resend.records import ApiKey
from mockmail.wire.headers import bearer_token

FULL_ACCESS = "full_access"


@dataclass(frozen=True, slots=True)
class Caller:
    """The API key that a call has."""

    key: ApiKey

    def __str__(self) -> str:
        return self.key.name


ResendCall = Call[Caller, Options]


def authenticate(call: ResendCall) -> Caller:
    """Return the API key that calls, if it may do this. Raise ResendError (401), ProxyRefusal (403)."""
    if call.options.requires_user_agent and not call.request.headers.get("User-Agent"):
        raise ProxyRefusal("error code: 1010").because("the request has no User-Agent")
    token = bearer_token(call.request.headers.get("Authorization", ""))
    if not token:
        raise ResendError("Missing API key in the authorization header.", "missing_api_key", 401)
    key = call.records(ApiKey).first("token", token)
    if key is None:
        raise ResendError("API key is invalid", status=401).because("no API key has the token in Authorization")
    if call.operation.requires == FULL_ACCESS and key.permission != FULL_ACCESS:
        raise ResendError(RESTRICTED_KEY, "restricted_api_key", 401)
    return Caller(key)
