"""`/v3/verified_senders` and `/v3/whitelabel/domains`: who may be a sender (docs/wire/sendgrid.md 8)."""

from __future__ import annotations

from itertools import islice
from typing import Any

from mockmail.core.errors import NotAnAddress
from mockmail.core.mail.addresses import is_host, validate_address
from mockmail.core.senders.records import Identity
from mockmail.vendors.sendgrid.account_parameters import DomainChange, DomainPage, NewDomain, SenderChange
from mockmail.vendors.sendgrid.authentication import SendGridCall
from mockmail.vendors.sendgrid.composing import USER_ID
from mockmail.vendors.sendgrid.errors import SendGridError, not_found
from mockmail.wire.json_dialect import JsonResponse
from mockmail.wire.parameters import given

Document = dict[str, Any]

FIRST_ID = 1233
TEXTS = (
    "nickname",
    "from_email",
    "from_name",
    "reply_to",
    "reply_to_name",
    "address",
    "address2",
    "state",
    "city",
    "country",
    "zip",
)
NO_CONTENT = JsonResponse(None, 204)


def create_sender(call: SendGridCall, params: SenderChange) -> Any:
    """Add a sender address, which is not verified yet."""
    for field in ("nickname", "from_email", "reply_to"):
        if not getattr(params, field):
            raise SendGridError("cannot be blank", field)
    return JsonResponse(_sender_document(_add(call, _address(params.from_email or ""), given(params))), 201)


def list_senders(call: SendGridCall, params: None) -> Document:
    """List the sender addresses."""
    return {"results": [_sender_document(each) for each in call.records(Identity) if "@" in each.name]}


def edit_sender(call: SendGridCall, params: SenderChange) -> Document:
    """Change a sender; another address is not verified yet."""
    identity = _find(call, "sender", is_domain=False)
    name = _address(params.from_email) if params.from_email else identity.name
    changed = identity.replace(
        name=name,
        verified=identity.verified and name.lower() == identity.key,
        details={**identity.details, **given(params)},
    )
    if changed.key != identity.key:
        if changed.key in call.records(Identity):
            raise SendGridError("already exists", "from_email")
        call.records(Identity).remove(identity.key)
    return _sender_document(call.records(Identity).put(changed))


def delete_sender(call: SendGridCall, params: None) -> Any:
    """Remove a sender address."""
    call.records(Identity).remove(_find(call, "sender", is_domain=False).key)
    return NO_CONTENT


def resend_verification(call: SendGridCall, params: None) -> Any:
    """Ask for another mail that verifies a sender; mockmail sends none."""
    if _find(call, "sender", is_domain=False).verified:
        raise SendGridError("already verified")
    return NO_CONTENT


def verify_sender(call: SendGridCall, params: None) -> Any:
    """Verify a sender; its id is the token."""
    call.records(Identity).put(_find(call, "token", is_domain=False).replace(verified=True))
    return NO_CONTENT


def show_steps(call: SendGridCall, params: None) -> Document:
    """Return whether a domain and whether a sender is verified."""
    verified = {"@" in each.name for each in call.records(Identity) if each.verified}
    return {"results": {"domain_verified": False in verified, "sender_verified": True in verified}}


def create_domain(call: SendGridCall, params: NewDomain) -> Any:
    """Add a domain, which is not authenticated yet."""
    if not is_host(params.domain) or "." not in params.domain:
        raise SendGridError("domain is not valid", "domain")
    return JsonResponse(_domain_document(_add(call, params.domain.lower(), given(params, omit=("domain",)))), 201)


def list_domains(call: SendGridCall, params: DomainPage) -> list[Document]:
    """List the domains."""
    domains = (each for each in call.records(Identity) if "@" not in each.name)
    found = (each for each in domains if params.domain is None or params.domain.lower() in each.key)
    return [_domain_document(each) for each in islice(found, params.offset, params.offset + params.limit)]


def show_domain(call: SendGridCall, params: None) -> Document:
    """Return a domain with its DNS records."""
    return _domain_document(_find(call, "domain", is_domain=True))


def edit_domain(call: SendGridCall, params: DomainChange) -> list[Document]:
    """Change the settings of a domain."""
    identity = _find(call, "domain", is_domain=True)
    changed = call.records(Identity).put(identity.replace(details={**identity.details, **given(params)}))
    return [_domain_document(changed)]


def delete_domain(call: SendGridCall, params: None) -> Any:
    """Remove a domain."""
    call.records(Identity).remove(_find(call, "domain", is_domain=True).key)
    return NO_CONTENT


def validate_domain(call: SendGridCall, params: None) -> Document:
    """Authenticate a domain, as if its DNS records were found at once."""
    identity = call.records(Identity).put(_find(call, "domain", is_domain=True).replace(verified=True))
    results = {name: {"valid": True, "reason": None} for name in _dns(identity)}
    return {"id": int(identity.id), "valid": True, "validation_results": results}


def _add(call: SendGridCall, name: str, details: Document) -> Identity:
    identities = call.records(Identity)
    if name.lower() in identities:
        raise SendGridError("already exists", "from_email" if "@" in name else "domain")
    number = str(FIRST_ID + call.world.store.next_number(call.vendor.name, "identity"))
    created = call.world.clock.now().isoformat()
    return identities.put(Identity(name=name, id=number, created=created, details=details))


def _find(call: SendGridCall, part: str, *, is_domain: bool) -> Identity:
    found = call.records(Identity).first("id", call.path[part])
    if found is None or ("@" not in found.name) != is_domain or not found.id.isdecimal():
        raise not_found("resource not found")
    return found


def _address(text: str) -> str:
    try:
        return validate_address(text)
    except NotAnAddress as error:
        raise SendGridError("must be a valid email address", "from_email") from error


def _sender_document(identity: Identity) -> Document:
    texts = {name: identity.details.get(name, "") for name in TEXTS}
    return {
        "id": _number(identity),
        **texts,
        "from_email": identity.name,
        "verified": identity.verified,
        "locked": False,
    }


def _domain_document(identity: Identity) -> Document:
    details = identity.details
    return {
        "id": _number(identity),
        "user_id": USER_ID,
        "subdomain": _subdomain(identity),
        "domain": identity.name,
        "username": "test_username",
        "ips": [],
        "custom_spf": details.get("custom_spf", False),
        "default": details.get("default", False),
        "legacy": False,
        "automatic_security": details.get("automatic_security", True),
        "valid": identity.verified,
        "dns": _dns(identity),
    }


def _dns(identity: Identity) -> Document:
    host = f"u{USER_ID}.wl.sendgrid.net"
    records = {"mail_cname": (f"{_subdomain(identity)}.{identity.name}", host)}
    for number in (1, 2):
        records[f"dkim{number}"] = (f"s{number}._domainkey.{identity.name}", f"s{number}.domainkey.{host}")
    return {
        name: {"valid": identity.verified, "type": "cname", "host": where, "data": data}
        for name, (where, data) in records.items()
    }


def _subdomain(identity: Identity) -> str:
    return str(identity.details.get("subdomain") or "em1234")


def _number(identity: Identity) -> int:
    return int(identity.id) if identity.id.isdecimal() and len(identity.id) < 19 else 0  # noqa: PLR2004  # a seed's
