"""`/domains`: the domains that mail may be sent from, once they are verified (docs/wire/resend.md 7)."""

from __future__ import annotations

from typing import Any

from mockmail.core.mail.addresses import is_host
from mockmail.core.senders.records import Identity
from mockmail.vendors.resend.authentication import ResendCall
from mockmail.vendors.resend.errors import ResendError, not_found
from mockmail.vendors.resend.notices import announce
from mockmail.vendors.resend.paging import Page, list_document, uuid_in
from mockmail.vendors.resend.parameters import DomainChange, NewDomain
from mockmail.vendors.resend.views import Document, domain_document, domain_summary
from mockmail.wire.json_dialect import JsonResponse
from mockmail.wire.parameters import given

REGIONS = ("us-east-1", "eu-west-1", "sa-east-1", "ap-northeast-1")
CHOICES = {
    "tls": ("opportunistic", "enforced"),
    "sending": ("enabled", "disabled"),
    "receiving": ("enabled", "disabled"),
}


def create(call: ResendCall, params: NewDomain) -> Any:
    """Add a domain, which is not verified yet."""
    if not params.name:
        raise ResendError('Missing "name" field', "missing_required_field")
    if not is_host(params.name) or "." not in params.name:
        raise ResendError("Invalid `name` field. The value must be a domain name.")
    if params.region not in REGIONS:
        raise ResendError('Region must be "us-east-1" | "eu-west-1" | "sa-east-1"', "invalid_region")
    if not is_host(params.custom_return_path):
        raise ResendError("Invalid `custom_return_path` field. The value must be the name of a subdomain.")
    domains, name = call.records(Identity), params.name.lower()
    if name in domains:
        raise ResendError(f"The {name} domain has been registered already.", status=403)
    details = {**_changes(params), "region": params.region, "custom_return_path": params.custom_return_path}
    added = domains.add(
        Identity(
            name=name,
            id=call.world.ids.uuid(),
            created=call.world.clock.now().isoformat(),
            details={**details, "dkim": f"MIGf{call.world.ids.token(212)}"},
        )
    )
    announce(call.world, "domain.created", domain_document(added))
    return JsonResponse(domain_document(added), 201)


def index(call: ResendCall, params: Page) -> Document:
    """List the domains."""
    return list_document(params, reversed(call.records(Identity)), domain_summary, lambda identity: identity.id)


def show(call: ResendCall, params: None) -> Document:
    """Return one domain with its DNS records."""
    return {"object": "domain", **domain_document(_find(call))}


def edit(call: ResendCall, params: DomainChange) -> Document:
    """Change the settings of a domain."""
    identity = _find(call)
    changes = _changes(params)
    if "capabilities" in changes:
        changes["capabilities"] = {**identity.details.get("capabilities", {}), **changes["capabilities"]}
    return _store(call, identity.replace(details={**identity.details, **changes}))


def verify(call: ResendCall, params: None) -> Document:
    """Verify a domain, as if its DNS records were found at once."""
    return _store(call, _find(call).replace(verified=True))


def delete(call: ResendCall, params: None) -> Document:
    """Remove a domain."""
    identity = _find(call)
    call.records(Identity).remove(identity.key)
    announce(call.world, "domain.deleted", domain_document(identity))
    return {"object": "domain", "id": identity.id, "deleted": True}


def _find(call: ResendCall) -> Identity:
    found = call.records(Identity).first("id", uuid_in(call.path["domain"]))
    if found is None:
        raise not_found("Domain")
    return found


def _store(call: ResendCall, identity: Identity) -> Document:
    announce(call.world, "domain.updated", domain_document(call.records(Identity).put(identity)))
    return {"object": "domain", "id": identity.id}


def _changes(params: DomainChange) -> dict[str, Any]:
    changes = given(params, omit=("name", "region", "custom_return_path"))
    capabilities = {} if params.capabilities is None else given(params.capabilities)
    for name, value in (*changes.items(), *capabilities.items()):
        if name in CHOICES and value not in CHOICES[name]:
            raise ResendError(f"Invalid `{name}` field. The value must be one of {', '.join(CHOICES[name])}.")
    return changes if params.capabilities is None else {**changes, "capabilities": capabilities}
