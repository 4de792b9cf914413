"""ActiveSync services of Exchange mailboxes (Rackspace API documentation, "ActiveSync Mobile Service")."""

from __future__ import annotations

import re

from mockmail.core.vendor import Call
from mockmail.vendors.rackspace.document import Document
from mockmail.vendors.rackspace.errors import BadRequest, ItemNotFound
from mockmail.vendors.rackspace.handlers import listing
from mockmail.vendors.rackspace.handlers.places import domain_of, mailbox_of
from mockmail.vendors.rackspace.options import Options
from mockmail.vendors.rackspace.records import VENDOR, ActiveSyncService, ApiKey, Mailbox
from mockmail.wire.namespaced_xml import Items


def index(call: Call[ApiKey, Options], params: listing.Listing) -> Document:
    """The names of a domain's mailboxes that have the service; searched by name and display name."""
    params = params.check(call.options)
    domain = domain_of(call)
    services = call.world.store.records(VENDOR, ActiveSyncService)
    mailboxes = call.world.store.records(VENDOR, Mailbox)

    def fits(service: ActiveSyncService) -> bool:
        mailbox = mailboxes.get(service.key)
        if mailbox is None or (params.enabled is not None and mailbox.enabled != params.enabled):
            return False
        return params.finds(mailbox.name, mailbox.displayName)

    total, found = listing.page(params, services, "domain", domain.key, fits)
    names = Items("mailbox", [service.mailbox for service in found])
    return listing.answer("activeSyncMobileServiceList", params, total, "mailboxes", names)


def show(call: Call[ApiKey, Options], _: None) -> Document:
    """What a device needs to connect; the user name is one of an older system, without dots and with digits."""
    mailbox = mailbox_of(call)
    service = _service_of(call, mailbox)
    content = {
        "emailAddress": mailbox.address,
        "serverAddress": service.serverAddress,
        "userName": service.userName,
        "domainAddress": service.domainAddress,
    }
    return Document("activeSyncMobileService", content)


def add(call: Call[ApiKey, Options], _: None) -> None:
    """Attach the service. The message has no full stop, unlike its opposite."""
    mailbox = mailbox_of(call)
    services = call.world.store.records(VENDOR, ActiveSyncService)
    if mailbox.key in services:
        raise BadRequest(f"User {mailbox.address} has ActiveSync Mobile Service already")
    letters = re.sub(r"[^a-z0-9]", "", mailbox.name.lower())
    user_name = f"{letters}{call.world.ids.token(4, '0123456789')}"
    services.add(ActiveSyncService(domain=mailbox.domain, mailbox=mailbox.name, userName=user_name))


def delete(call: Call[ApiKey, Options], _: None) -> None:
    """Detach the service."""
    service = _service_of(call, mailbox_of(call))
    call.world.store.records(VENDOR, ActiveSyncService).remove(service.key)


def _service_of(call: Call[ApiKey, Options], mailbox: Mailbox) -> ActiveSyncService:
    service = call.world.store.records(VENDOR, ActiveSyncService).get(mailbox.key)
    if service is None:
        raise ItemNotFound(
            f"User {mailbox.address} has no active ActiveSync Mobile Service.", "ActiveSyncMobileService"
        )
    return service
