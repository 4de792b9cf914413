"""`/domains`: domains that may be senders, with the account token (docs/wire/postmark.md 8)."""

from __future__ import annotations

from typing import Any

from mockmail.core.mail.addresses import is_host
from mockmail.core.senders.records import Identity
from mockmail.vendors.postmark.account_parameters import DomainChange, NewDomain
from mockmail.vendors.postmark.account_views import domain_document, domain_summary
from mockmail.vendors.postmark.authentication import AccountCall
from mockmail.vendors.postmark.errors import PostmarkError
from mockmail.vendors.postmark.paging import page
from mockmail.vendors.postmark.parameters import Page


def index(call: AccountCall, params: Page) -> Any:
    """List the domains of the account."""
    found = [identity for identity in call.records(Identity) if "@" not in identity.name]
    return {"TotalCount": len(found), "Domains": [domain_summary(domain) for domain in page(params, found)]}


def create(call: AccountCall, params: NewDomain) -> Any:
    """Add a domain, whose DKIM key is not verified yet."""
    name = params.name.lower()
    if "." not in name or not is_host(name):
        raise PostmarkError(f"The 'Name' of the domain must be a domain, not '{params.name:.80}'.", code=503)
    return _put(call, new_identity(call, name, {"return_path": params.return_path or ""}))


def show(call: AccountCall, params: None) -> Any:
    """Return one domain with its DNS records."""
    return domain_document(_domain(call))


def edit(call: AccountCall, params: DomainChange) -> Any:
    """Change the Return-Path of a domain."""
    domain = _domain(call)
    if params.return_path is not None:
        details = {"return_path": params.return_path, "return_path_verified": False}
        domain = domain.replace(details={**domain.details, **details})
    return _put(call, domain)


def delete(call: AccountCall, params: None) -> Any:
    """Remove a domain."""
    domain = _domain(call)
    call.records(Identity).remove(domain.key)
    return {"ErrorCode": 0, "Message": f"Domain {domain.name} removed."}


def verify_dkim(call: AccountCall, params: None) -> Any:
    """Verify the DKIM key of a domain: it may be a sender then."""
    return _put(call, _domain(call).replace(verified=True))


def verify_return_path(call: AccountCall, params: None) -> Any:
    """Verify the Return-Path of a domain."""
    domain = _domain(call)
    return _put(call, domain.replace(details={**domain.details, "return_path_verified": True}))


def verify_spf(call: AccountCall, params: None) -> Any:
    """Return the SPF record of a domain, which always counts as verified."""
    document = domain_document(_domain(call))
    return {name: document[name] for name in ("SPFHost", "SPFVerified", "SPFTextValue")}


def rotate_dkim(call: AccountCall, params: None) -> Any:
    """Return the domain; the DKIM key of a test stays the same."""
    domain = _domain(call)
    if not domain.verified:
        raise PostmarkError("This DKIM is already being renewed.", code=505)
    return domain_document(domain)


def new_identity(call: AccountCall, name: str, details: dict[str, Any]) -> Identity:
    """Return a domain or an address that is not verified, with a number of its own. Raise PostmarkError (504, 512)."""
    identities = call.records(Identity)
    if identities.get(name) is not None:
        if "@" in name:
            raise PostmarkError("A sender signature with this email address already exists.", code=504)
        raise PostmarkError("This domain already exists.", code=512)
    number = max((int(each.id) for each in identities if each.id.isdecimal()), default=0) + 1
    return Identity(name=name, id=str(number), created=call.world.clock.now().isoformat(), details=details)


def find_identity(call: AccountCall, number: str, *, is_address: bool) -> Identity | None:
    """Return the domain or the address with this number; None without one."""
    found = call.records(Identity).first("id", number)
    return found if found is not None and ("@" in found.name) == is_address else None


def _put(call: AccountCall, domain: Identity) -> Any:
    return domain_document(call.records(Identity).put(domain))


def _domain(call: AccountCall) -> Identity:
    found = find_identity(call, call.path["domain"], is_address=False)
    if found is None:
        raise PostmarkError("This domain was not found.", code=510)
    return found
