"""SendGrid's authentication: an API key in `Authorization: Bearer` (docs/wire/sendgrid.md 2)."""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.core.vendor import Call, NoOptions
from mockmail.vendors.sendgrid.errors import INVALID_GRANT, NO_CREDENTIALS, MailRefusal, SendGridError, item
from mockmail.vendors.sendgrid.records import ApiKey
from mockmail.wire.headers import bearer_token

MAIL_SEND = "mail.send"


@dataclass(frozen=True, slots=True)
class Caller:
    """The API key that a call has."""

    key: ApiKey

    def __str__(self) -> str:
        return self.key.name


SendGridCall = Call[Caller, NoOptions]


def authenticate(call: SendGridCall) -> Caller:
    """Return the API key that calls. Raise SendGridError (401)."""
    token = bearer_token(call.request.headers.get("Authorization", ""))
    key = call.records(ApiKey).first("token", token) if token else None
    if key is not None:
        return Caller(key)
    reason = "no API key has the token in Authorization" if token else "there is no Bearer token in Authorization"
    if call.operation.requires == MAIL_SEND:
        refusal: SendGridError = MailRefusal(item(INVALID_GRANT if token else NO_CREDENTIALS), status=401)
    else:
        refusal = SendGridError("authorization required", status=401)
    raise refusal.because(reason)


def authorize(call: SendGridCall) -> None:
    """Raise SendGridError (403) for a key without the scope that the operation needs."""
    scopes, needed = call.caller.key.scopes, call.operation.requires
    if scopes is not None and needed is not None and needed not in scopes:
        raise MailRefusal(item("access forbidden"), status=403).because(f"the API key has no scope {needed}")
