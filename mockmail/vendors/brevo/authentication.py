"""Brevo's authentication: the header `api-key` (docs/wire/brevo.md 2)."""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.core.vendor import Call, NoOptions
from mockmail.vendors.brevo.errors import BrevoError
from mockmail.vendors.brevo.records import ApiKey


@dataclass(frozen=True, slots=True)
class Caller:
    """The API key that a call has."""

    key: ApiKey

    def __str__(self) -> str:
        return self.key.name


BrevoCall = Call[Caller, NoOptions]


def authenticate(call: BrevoCall) -> Caller:
    """Return the API key that calls. Raise BrevoError (401)."""
    token = call.request.headers.get("api-key", "").strip()
    if not token:
        raise BrevoError("authentication not found in headers", "unauthorized", 401)
    key = call.records(ApiKey).get(token)
    if key is None:
        raise BrevoError("Key not found", "unauthorized", 401).because("no API key has the token in api-key")
    return Caller(key)
