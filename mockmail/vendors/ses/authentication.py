"""SES's authentication: a signature (SigV4) in `Authorization` (docs/wire/ses.md 2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mockmail.core.vendor import Call
from mockmail.vendors.ses.errors import UNKNOWN_KEY, WRONG_SIGNATURE, SesError
from mockmail.vendors.ses.options import Options
from mockmail.vendors.ses.records import AccessKey
from mockmail.vendors.ses.signature import Scope, is_signed_with

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 +Credential=([^/, ]{1,128})/([0-9]{8})/([a-z0-9-]{1,40})/([a-z0-9-]{1,40})/aws4_request, *"
    r"SignedHeaders=([a-z0-9;_-]{1,2000}), *Signature=([0-9a-f]{64})"
)
ANYBODY = "anybody"
"""`requires` of an operation that needs no signature."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The access key and the region that a request is signed for."""

    access_key: str
    region: str

    def __str__(self) -> str:
        return self.access_key


SesCall = Call[Caller, Options]


def authenticate(call: SesCall) -> Caller | None:
    """Return who signed a request. Raise SesError (403)."""
    if call.operation.requires == ANYBODY:
        return None
    authorization = call.request.headers.get("Authorization", "").strip()
    if not authorization:
        raise SesError("Missing Authentication Token", "MissingAuthenticationTokenException")
    found = _AUTHORIZATION.fullmatch(authorization)
    if found is None:
        raise SesError(
            "Authorization header requires 'Credential', 'Signature' and 'SignedHeaders' of AWS4-HMAC-SHA256.",
            "IncompleteSignatureException",
        )
    key_id, date, region, service, signed_headers, signature = found.groups()
    key = call.records(AccessKey).get(key_id)
    if key is None:
        raise SesError(UNKNOWN_KEY, "UnrecognizedClientException").because("no access key has the id in Authorization")
    if call.options.checks_signatures:
        scope = Scope(date, region, service, tuple(signed_headers.split(";")))
        if not is_signed_with(key.secret, call.request, scope, signature):
            raise SesError(WRONG_SIGNATURE, "InvalidSignatureException").because(
                "the option checks_signatures is on; mockmail's example requests have no real signature"
            )
    return Caller(key_id, region)
