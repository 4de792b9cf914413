"""Mailgun's authentication: HTTP Basic, user `api`, with a key as password (docs/wire/mailgun.md 2)."""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.core.vendor import Call
from mockmail.vendors.mailgun.errors import Forbidden
from mockmail.vendors.mailgun.options import Options
from mockmail.vendors.mailgun.records import ApiKey
from mockmail.wire.headers import basic_credentials

SENDING = "sending"


@dataclass(frozen=True, slots=True)
class Caller:
    """The key that a call has."""

    key: ApiKey

    def __str__(self) -> str:
        return f"key of {self.key.domain}" if self.key.domain else "account"


MailgunCall = Call[Caller, Options]


def authenticate(call: MailgunCall) -> Caller:
    """Return the key that calls. Raise Forbidden."""
    given = basic_credentials(call.request.headers.get("Authorization", ""))
    if given is None or given[0] != "api":
        raise Forbidden("Forbidden").because("there are no Basic credentials of the user `api` in Authorization")
    key = call.records(ApiKey).get(given[1])
    if key is None:
        raise Forbidden("Forbidden").because("there is no such API key")
    if key.domain is not None:
        domain = call.path.get("domain", "").lower()
        if call.operation.requires != SENDING or domain != key.domain.lower():
            raise Forbidden("Forbidden").because(f"the key may only send from {key.domain}")
    return Caller(key)
