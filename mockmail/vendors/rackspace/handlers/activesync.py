"""ActiveSync services of Exchange mailboxes (Rackspace API documentation, "ActiveSync Mobile Service")."""

from __future__ import annotations

import re

from mockmail.vendors.rackspace import views
from mockmail.vendors.rackspace.authentication import RackspaceCall
from mockmail.vendors.rackspace.errors import BadRequest, ItemNotFound
from mockmail.vendors.rackspace.handlers.domains import domain_of
from mockmail.vendors.rackspace.handlers.mailboxes import mailbox_of
from mockmail.vendors.rackspace.parameters import Listing
from mockmail.vendors.rackspace.records import ActiveSyncService, Mailbox


def index(call: RackspaceCall, params: Listing) -> views.Document:
    """Return the names of a domain's mailboxes with ActiveSync; name and display name are searched."""
    domain = domain_of(call)
    mailboxes = call.records(Mailbox)

    def matches(service: ActiveSyncService) -> bool:
        mailbox = mailboxes.get(service.key)
        return mailbox is not None and params.matches(mailbox.name, mailbox.displayName, enabled=mailbox.enabled)

    total, found = views.page(params, call.records(ActiveSyncService), "domain", domain.key, matches)
    names = [service.mailbox for service in found]
    return views.list_document("activeSyncMobileServiceList", params, total, "mailboxes", "mailbox", rows=names)


def show(call: RackspaceCall, _: None) -> views.Document:
    """Return the settings of a mailbox for an ActiveSync device."""
    mailbox = mailbox_of(call)
    service = _service_of(call, mailbox)
    content = {
        "emailAddress": mailbox.address,
        "serverAddress": service.serverAddress,
        "userName": service.userName,
        "domainAddress": service.domainAddress,
    }
    return views.Document("activeSyncMobileService", content)


def add(call: RackspaceCall, _: None) -> None:
    """Attach the ActiveSync service to a mailbox.

    The message has no full stop, unlike that of `delete`. The user name has the form of an older system: no dots, and
    digits at the end.
    """
    mailbox = mailbox_of(call)
    services = call.records(ActiveSyncService)
    if mailbox.key in services:
        raise BadRequest(f"User {mailbox.address} has ActiveSync Mobile Service already")
    letters = re.sub(r"[^a-z0-9]", "", mailbox.name.lower())
    user_name = f"{letters}{call.world.ids.token(4, '0123456789')}"
    services.add(ActiveSyncService(domain=mailbox.domain, mailbox=mailbox.name, userName=user_name))


def delete(call: RackspaceCall, _: None) -> None:
    """Detach the ActiveSync service from a mailbox."""
    service = _service_of(call, mailbox_of(call))
    call.records(ActiveSyncService).remove(service.key)


def _service_of(call: RackspaceCall, mailbox: Mailbox) -> ActiveSyncService:
    service = call.records(ActiveSyncService).get(mailbox.key)
    if service is None:
        raise ItemNotFound(
            f"User {mailbox.address} has no active ActiveSync Mobile Service.", "ActiveSyncMobileService"
        )
    return service
