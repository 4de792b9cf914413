"""`/v3/domains`: the domains that messages are sent from (docs/wire/mailgun.md 8)."""

from __future__ import annotations

from typing import Any

from mockmail.core.mail.addresses import is_host
from mockmail.core.senders.records import Identity
from mockmail.vendors.mailgun.authentication import MailgunCall
from mockmail.vendors.mailgun.errors import MailgunError, parameter_error
from mockmail.vendors.mailgun.parameters import DomainChange, DomainPage
from mockmail.vendors.mailgun.requests import find_domain
from mockmail.vendors.mailgun.views import Document, dns_documents, domain_document


def index(call: MailgunCall, params: DomainPage) -> Any:
    """List the domains of the account."""
    found = [document for document in map(domain_document, call.records(Identity)) if _is_wanted(params, document)]
    return {"total_count": len(found), "items": found[params.skip : params.skip + params.limit]}


def show(call: MailgunCall, params: None) -> Any:
    """Return one domain with its DNS records."""
    return _shown(find_domain(call))


def create(call: MailgunCall, params: DomainChange) -> Any:
    """Add a domain, which is not verified yet."""
    name = (params.name or "").strip().lower()
    if not name:
        raise parameter_error(call.options, "name", "is missing")
    if not is_host(name) or "." not in name:
        raise parameter_error(call.options, "name", "is not a valid domain")
    if name in call.records(Identity):
        raise MailgunError("This domain name is already taken")
    domain = Identity(
        name=name,
        id=call.world.ids.hexadecimal(24),
        created=call.world.clock.now().isoformat(),
        details=_details(params),
    )
    call.records(Identity).add(domain)
    return {**_shown(domain), "message": "Domain has been created"}


def edit(call: MailgunCall, params: DomainChange) -> Any:
    """Change a domain."""
    domain = find_domain(call)
    changed = domain.replace(details={**domain.details, **_details(params)})
    call.records(Identity).put(changed)
    return {**_shown(changed), "message": "Domain has been updated"}


def verify(call: MailgunCall, params: None) -> Any:
    """Verify the DNS records of a domain, which are always right."""
    domain = find_domain(call).replace(verified=True)
    call.records(Identity).put(domain)
    return {**_shown(domain), "message": "Domain DNS records have been updated"}


def delete(call: MailgunCall, params: None) -> Any:
    """Remove a domain."""
    domain = find_domain(call)
    call.records(Identity).remove(domain.key)
    return {"message": "Domain has been deleted"}


def _shown(domain: Identity) -> Document:
    return {"domain": domain_document(domain), **dns_documents(domain)}


def _details(params: DomainChange) -> dict[str, Any]:
    given = {"spam_action": params.spam_action, "wildcard": params.wildcard, "web_scheme": params.web_scheme}
    return {name: value for name, value in given.items() if value is not None}


def _is_wanted(params: DomainPage, document: Document) -> bool:
    return params.state is None or document["state"] == params.state
