"""`/v3/senders` and `/v3/senders/domains`: who may send (docs/wire/brevo.md 8)."""

from __future__ import annotations

from typing import Any

from mockmail.core.mail.addresses import is_host
from mockmail.core.senders.identities import is_verified
from mockmail.core.senders.records import Identity
from mockmail.vendors.brevo.authentication import BrevoCall
from mockmail.vendors.brevo.composing import valid_address
from mockmail.vendors.brevo.errors import BrevoError, invalid, missing, not_found
from mockmail.vendors.brevo.handlers.account import account_of
from mockmail.vendors.brevo.handlers.sent_emails import NO_CONTENT
from mockmail.vendors.brevo.parameters import NewDomain, OneTimePassword, SenderChange
from mockmail.vendors.brevo.views import Document, dns_records, domain_document, sender_document
from mockmail.wire.json_dialect import JsonResponse

ADDED = "Domain added successfully. To authenticate it, add following DNS records"


def index(call: BrevoCall, params: None) -> Document:
    """List the senders."""
    return {"senders": [sender_document(each) for each in call.records(Identity) if "@" in each.name]}


def create(call: BrevoCall, params: SenderChange) -> Any:
    """Add a sender, which is active if its domain is authenticated."""
    if not params.name:
        raise missing("name")
    if not params.email:
        raise missing("email")
    sender = _add(call, _address(params.email), {"name": params.name})
    call.records(Identity).put(sender.replace(verified=is_verified(call.records(Identity), sender.name)))
    return JsonResponse({"id": int(sender.id), "spfError": False, "dkimError": False}, 201)


def edit(call: BrevoCall, params: SenderChange) -> Any:
    """Change the name or the address of a sender; a new address must be validated."""
    identities, sender = call.records(Identity), _find_sender(call)
    changed = sender.replace(details={"name": params.name or sender.details["name"]})
    if params.email and params.email.lower() != sender.key:
        address = _address(params.email)
        if address.lower() in identities:
            raise BrevoError("Sender already exists", "duplicate_parameter")
        identities.remove(sender.key)
        changed = changed.replace(name=address, verified=is_verified(identities, address))
    identities.put(changed)
    return NO_CONTENT


def validate(call: BrevoCall, params: OneTimePassword) -> Any:
    """Activate a sender; any one-time password is taken."""
    call.records(Identity).put(_find_sender(call).replace(verified=True))
    return NO_CONTENT


def delete(call: BrevoCall, params: None) -> Any:
    """Remove a sender."""
    call.records(Identity).remove(_find_sender(call).key)
    return NO_CONTENT


def index_domains(call: BrevoCall, params: None) -> Document:
    """List the domains."""
    account = account_of(call)
    found = [domain_document(each, account) for each in call.records(Identity) if "@" not in each.name]
    return {"domains": found, "count": len(found), "current_page": 1, "total_pages": 1}


def create_domain(call: BrevoCall, params: NewDomain) -> Any:
    """Add a domain, which is to be authenticated."""
    if not is_host(params.name) or "." not in params.name:
        raise invalid("name")
    ids = call.world.ids
    details = {"dkim": f"MIGf{ids.token(212)}", "code": ids.hexadecimal(32)}
    domain = _add(call, params.name.lower(), details)
    document = {
        "id": int(domain.id),
        "domain_name": domain.name,
        "domain_provider": "Other",
        "message": ADDED,
        "dns_records": dns_records(domain),
    }
    return JsonResponse(document, 201)


def show_domain(call: BrevoCall, params: None) -> Document:
    """Return a domain with its DNS records."""
    domain = _find_domain(call)
    state = {"verified": domain.verified, "authenticated": domain.verified}
    return {"domain": domain.name, **state, "dns_records": dns_records(domain)}


def authenticate_domain(call: BrevoCall, params: None) -> Document:
    """Authenticate a domain, as if its DNS records were found at once."""
    domain = call.records(Identity).put(_find_domain(call).replace(verified=True))
    return {"domain_name": domain.name, "message": "Domain has been authenticated successfully."}


def delete_domain(call: BrevoCall, params: None) -> Any:
    """Remove a domain."""
    call.records(Identity).remove(_find_domain(call).key)
    return NO_CONTENT


def _add(call: BrevoCall, name: str, details: Document) -> Identity:
    if name.lower() in call.records(Identity):
        raise BrevoError(f"{'Sender' if '@' in name else 'Domain'} already exists", "duplicate_parameter")
    return call.records(Identity).add(
        Identity(
            name=name,
            id=str(call.world.store.next_number(call.vendor.name, "identity")),
            created=call.world.clock.now().isoformat(),
            details=details,
        )
    )


def _address(text: str) -> str:
    address = valid_address(text)
    if address is None:
        raise invalid("email")
    return address


def _find_sender(call: BrevoCall) -> Identity:
    found = call.records(Identity).first("id", call.path["sender"])
    if found is None or "@" not in found.name:
        raise not_found("Sender")
    return found


def _find_domain(call: BrevoCall) -> Identity:
    found = call.records(Identity).get(call.path["domain"].lower())
    if found is None or "@" in found.name:
        raise not_found("Domain")
    return found
