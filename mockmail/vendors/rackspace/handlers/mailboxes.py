"""`…/ex/mailboxes`: Exchange mailboxes."""

from __future__ import annotations

from mockmail.core.vendor import Call
from mockmail.vendors.rackspace import views
from mockmail.vendors.rackspace.document import Document
from mockmail.vendors.rackspace.errors import BadRequest
from mockmail.vendors.rackspace.handlers import listing, plans
from mockmail.vendors.rackspace.handlers.addresses import check_free
from mockmail.vendors.rackspace.handlers.mailbox_fields import MailboxFields, check_required, check_values
from mockmail.vendors.rackspace.handlers.places import domain_of, mailbox_of
from mockmail.vendors.rackspace.handlers.texts import is_user_name
from mockmail.vendors.rackspace.options import Options
from mockmail.vendors.rackspace.records import (
    VENDOR,
    ActiveSyncService,
    ApiKey,
    EmailAddress,
    Mailbox,
    Permission,
    SpamListEntry,
    SpamSettings,
    mailbox_key,
)
from mockmail.vendors.rackspace.times import in_words
from mockmail.wire.namespaced_xml import Items

UPPER_HEX = "0123456789ABCDEF"
SAM_NAME = 14
"""How much of its name a mailbox's samAccountName has: Active Directory takes 20 characters, and six are added."""
BELONGINGS = ((EmailAddress, "mailbox"), (Permission, "mailbox"), (Permission, "user"), (SpamListEntry, "mailbox"))
"""What goes with a mailbox, and the index that files it under the mailbox's key."""


def index(call: Call[ApiKey, Options], params: listing.Listing) -> Document:
    """A page of a domain's mailboxes (Rackspace API documentation, "Index")."""
    params = params.check(call.options)
    domain = domain_of(call)
    mailboxes = call.world.store.records(VENDOR, Mailbox)
    total, found = listing.page(params, mailboxes, "domain", domain.key, lambda one: _fits(params, one))
    wanted = params.wanted
    rows = [views.mailbox_row(call.world, mailbox, wanted) for mailbox in found]
    return listing.answer("mailboxList", params, total, "mailboxes", Items("mailbox", rows))


def show(call: Call[ApiKey, Options], _: None) -> Document:
    """A mailbox (Rackspace API documentation, "Show")."""
    options: Options = call.options
    return views.mailbox(call.world, mailbox_of(call), with_created_date=options.created_date)


def add(call: Call[ApiKey, Options], params: MailboxFields) -> None:
    """A new mailbox, with the address name@domain (Rackspace API documentation, "Add/Edit")."""
    options: Options = call.options
    domain = domain_of(call)
    name = call.path["name"]
    if not is_user_name(name):
        raise BadRequest("Invalid user name")
    check_required(params)
    check_values(call, params)
    check_name_free(call, domain.name, name)
    plans.check_exchange(call, domain)
    now = in_words(call.world.clock.now())
    mailbox = Mailbox(
        domain=domain.name,
        name=name,
        samAccountName=f"{name[:SAM_NAME]}_{call.world.ids.token(5, UPPER_HEX)}",
        lastLogin=now if options.new_mailbox_has_last_login else "",
        createdDate=now,
        **params.given(),
    )
    call.world.store.records(VENDOR, Mailbox).add(mailbox)


def edit(call: Call[ApiKey, Options], params: MailboxFields) -> None:
    """Change the fields that came; an empty forwarding address ends forwarding, a missing one changes nothing."""
    mailbox = mailbox_of(call)
    check_values(call, params)
    call.world.store.records(VENDOR, Mailbox).put(mailbox.replace(**params.given()))


def delete(call: Call[ApiKey, Options], _: None) -> None:
    """A mailbox goes for good, with its mail and all that is its (Rackspace API documentation, "Delete")."""
    mailbox = mailbox_of(call)
    store = call.world.store
    for model, name in BELONGINGS:
        records = store.records(VENDOR, model)
        for record in records.find(name, mailbox.key):
            records.remove(record.key)
    store.records(VENDOR, ActiveSyncService).remove(mailbox.key)
    store.records(VENDOR, SpamSettings).remove(mailbox.key)
    store.records(VENDOR, Mailbox).remove(mailbox.key)
    call.world.mail.forget_mailbox(VENDOR, mailbox.key)


def check_name_free(call: Call[ApiKey, Options], domain: str, name: str) -> None:
    """Raises BadRequest where a mailbox has this name, or one of either kind has the address that goes with it."""
    address = f"{name}@{domain}"
    if mailbox_key(domain, name) in call.world.store.records(VENDOR, Mailbox):
        raise BadRequest(f"The email address {address} is already in use")
    check_free(call.world, address)


def _fits(params: listing.Listing, mailbox: Mailbox) -> bool:
    if params.enabled is not None and mailbox.enabled != params.enabled:
        return False
    return params.finds(mailbox.name, mailbox.displayName, mailbox.customID)
