"""`/v2/email/identities`: the addresses and domains to send from (docs/wire/ses.md 6)."""

from __future__ import annotations

from mockmail.core.errors import NotAnAddress
from mockmail.core.mail.addresses import is_host, validate_address
from mockmail.core.senders.records import Identity
from mockmail.vendors.ses.authentication import SesCall
from mockmail.vendors.ses.errors import SesError, already_exists, not_found
from mockmail.vendors.ses.parameters import NewIdentity, Page
from mockmail.vendors.ses.views import Document, page_of

TOKENS = 3


def create(call: SesCall, params: NewIdentity) -> Document:
    """Add an address or a domain; it is verified from then on."""
    if call.records(Identity).get(params.name.lower()) is not None:
        raise already_exists(f"Email identity {params.name} already exist.")
    identity = add_identity(call, params.name)
    return {"IdentityType": kind_of(identity), "VerifiedForSendingStatus": False, **_dkim(identity, "NOT_STARTED")}


def add_identity(call: SesCall, name: str) -> Identity:
    """Store an identity, or return the one that exists. Raise SesError."""
    identities = call.records(Identity)
    found = identities.get(name.lower())
    if found is not None:
        return found
    try:
        is_valid = bool(validate_address(name)) if "@" in name else "." in name and is_host(name)
    except NotAnAddress:
        is_valid = False
    if not is_valid:
        raise SesError(f"Invalid email address {name:.320}." if "@" in name else f"Invalid domain name {name:.320}.")
    tokens = [call.world.ids.hexadecimal(32) for _ in range(TOKENS)]
    now = call.world.clock.now().isoformat()
    return identities.put(Identity(name=name, verified=True, created=now, details={"tokens": tokens}))


def index(call: SesCall, params: Page) -> Document:
    """List the identities."""
    return page_of("EmailIdentities", call.records(Identity), params, _summary)


def show(call: SesCall, params: None) -> Document:
    """Return one identity."""
    identity = _find(call)
    status = "SUCCESS" if identity.verified else "PENDING"
    return {
        "IdentityType": kind_of(identity),
        "FeedbackForwardingStatus": True,
        "VerifiedForSendingStatus": identity.verified,
        **_dkim(identity, status),
        "Policies": {},
        "Tags": [],
        "VerificationStatus": status,
    }


def delete(call: SesCall, params: None) -> Document:
    """Remove an identity."""
    call.records(Identity).remove(_find(call).key)
    return {}


def kind_of(identity: Identity) -> str:
    """Return version 2's word for the kind of an identity."""
    return "EMAIL_ADDRESS" if "@" in identity.name else "DOMAIN"


def _dkim(identity: Identity, status: str) -> Document:
    tokens = list(identity.details.get("tokens", ()))
    return {"DkimAttributes": {"SigningEnabled": True, "Status": status, "Tokens": tokens}}


def _summary(identity: Identity) -> Document:
    return {
        "IdentityType": kind_of(identity),
        "IdentityName": identity.name,
        "SendingEnabled": identity.verified,
        "VerificationStatus": "SUCCESS" if identity.verified else "PENDING",
    }


def _find(call: SesCall) -> Identity:
    name = call.path["identity"]
    found = call.records(Identity).get(name.lower())
    if found is None:
        raise not_found(f"Email identity {name:.320} does not exist.", "InvalidParameterValue")
    return found
