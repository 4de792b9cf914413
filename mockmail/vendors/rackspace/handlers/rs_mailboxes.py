"""`…/rs/mailboxes`: Rackspace Email mailboxes, as far as their clients need them (docs/wire/rackspace.md 3)."""

from __future__ import annotations

from typing import Any

from mockmail.vendors.rackspace import views
from mockmail.vendors.rackspace.authentication import RackspaceCall
from mockmail.vendors.rackspace.errors import ItemNotFound
from mockmail.vendors.rackspace.handlers.domains import check_plan, domain_of
from mockmail.vendors.rackspace.handlers.mailboxes import UPPER_HEX, check_is_free, page_of
from mockmail.vendors.rackspace.parameters import Listing, RsMailboxFields
from mockmail.vendors.rackspace.records import (
    DeletedRsMailbox,
    Domain,
    RsMailbox,
    RsSpamSettings,
    SpamListEntry,
    mailbox_key,
)


def index(call: RackspaceCall, params: Listing) -> views.Document:
    """Return a page of a domain's mailboxes."""
    total, rows = page_of(call, params, RsMailbox)
    return views.list_document("rsMailboxList", params, total, "rsMailboxes", "rsMailbox", rows=rows)


def show(call: RackspaceCall, _: None) -> views.Document:
    """Return a mailbox; the fault for a deleted one says that it is recoverable."""
    return views.rs_mailbox(call, rs_mailbox_of(call))


def add(call: RackspaceCall, params: RsMailboxFields) -> None:
    """Add a mailbox, or recover a deleted one with `recoverDeleted`.

    Without `size` it has the domain's base size.
    """
    domain, name = domain_of(call), call.path["name"]
    params.check_name(name)
    params.check_required()
    params.check()
    key = mailbox_key(domain.name, name)
    check_is_free(call, f"{name}@{domain.name}", key)
    check_plan(call, domain, RsMailbox)
    deleted = call.records(DeletedRsMailbox).remove(key)
    call.records(RsMailbox).add(_new(call, params, domain, deleted))


def edit(call: RackspaceCall, params: RsMailboxFields) -> None:
    """Change the fields that were sent; `name` renames the mailbox, which keeps its mail."""
    mailbox = rs_mailbox_of(call)
    params.check()
    changed = mailbox.replace(**params.changes())
    mailboxes = call.records(RsMailbox)
    if params.name is not None and params.name != mailbox.name:
        params.check_name(params.name)
        changed = changed.replace(name=params.name)
    if changed.key == mailbox.key:
        mailboxes.put(changed)
        return
    check_is_free(call, changed.address, changed.key)
    mailboxes.remove(mailbox.key)
    mailboxes.add(changed)
    _move_spam_records(call, mailbox, changed)
    call.world.mail.mailboxes.rename(call.vendor.name, mailbox.key, changed.key)


def delete(call: RackspaceCall, _: None) -> None:
    """Delete a mailbox and its mail; the mailbox without its mail is recoverable."""
    mailbox = rs_mailbox_of(call)
    call.records(RsMailbox).remove(mailbox.key)
    call.records(DeletedRsMailbox).put(DeletedRsMailbox.from_document(mailbox.to_document()))
    _move_spam_records(call, mailbox, None)
    call.world.mail.mailboxes.forget(call.vendor.name, mailbox.key)


def login_token(call: RackspaceCall, _: None) -> views.Document:
    """Return a token for webmail, in the form of a customer's token; this counts as a login."""
    mailbox = rs_mailbox_of(call)
    now = views.timestamp(call.world.clock.now())
    call.records(RsMailbox).put(mailbox.replace(lastLogin=now))
    token = call.world.ids.token(41, UPPER_HEX)
    return views.Document("loginToken", {"dateCreated": now, "token": token, "user": mailbox.address})


def rs_mailbox_of(call: RackspaceCall) -> RsMailbox:
    """Return the Rackspace Email mailbox of the path. Raise ItemNotFound."""
    key = mailbox_key(domain_of(call).name, call.path["name"])
    mailbox = call.records(RsMailbox).get(key)
    if mailbox is None:
        recoverable = {"additionalData": {"isRecoverable": True}} if key in call.records(DeletedRsMailbox) else {}
        raise ItemNotFound("Mailbox Not Found", "Mailbox", **recoverable)
    return mailbox


def _move_spam_records(call: RackspaceCall, old: RsMailbox, new: RsMailbox | None) -> None:
    # new: None removes the records.
    entries = call.records(SpamListEntry)
    settings = call.records(RsSpamSettings).remove(old.key)
    if settings is not None and new is not None:
        call.records(RsSpamSettings).put(settings.replace(mailbox=new.name))
    for entry in entries.find("mailbox", old.key):
        entries.remove(entry.key)
        if new is not None:
            entries.put(entry.replace(mailbox=new.name))


def _new(call: RackspaceCall, params: RsMailboxFields, domain: Domain, deleted: DeletedRsMailbox | None) -> RsMailbox:
    if params.recoverDeleted and deleted is not None:
        return RsMailbox.from_document(deleted.to_document()).replace(**params.changes())
    values: dict[str, Any] = {"size": domain.rsEmailBaseMailboxSize, **params.changes()}
    created = views.timestamp(call.world.clock.now())
    return RsMailbox(domain=domain.name, name=call.path["name"], createdDate=created, **values)
