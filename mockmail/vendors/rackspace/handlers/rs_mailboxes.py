"""`…/rs/mailboxes`: Rackspace Email mailboxes, as far as their clients need them (docs/wire/rackspace.md 3)."""

from __future__ import annotations

from typing import Any

from mockmail.core.vendor import Call
from mockmail.vendors.rackspace import views
from mockmail.vendors.rackspace.document import Document
from mockmail.vendors.rackspace.errors import Invalid, ItemNotFound, missing
from mockmail.vendors.rackspace.handlers import listing, plans
from mockmail.vendors.rackspace.handlers.mailboxes import UPPER_HEX, check_name_free
from mockmail.vendors.rackspace.handlers.places import domain_of, rs_mailbox_of
from mockmail.vendors.rackspace.handlers.rs_mailbox_fields import RsMailboxFields, check_values
from mockmail.vendors.rackspace.handlers.texts import is_user_name
from mockmail.vendors.rackspace.options import Options
from mockmail.vendors.rackspace.records import VENDOR, ApiKey, DeletedRsMailbox, Domain, RsMailbox, mailbox_key
from mockmail.vendors.rackspace.times import in_words
from mockmail.wire.namespaced_xml import Items


def index(call: Call[ApiKey, Options], params: listing.Listing) -> Document:
    """A page of a domain's mailboxes."""
    params = params.check(call.options)
    domain = domain_of(call)
    mailboxes = call.world.store.records(VENDOR, RsMailbox)
    total, found = listing.page(params, mailboxes, "domain", domain.key, lambda one: _fits(params, one))
    wanted = params.wanted
    rows = [views.rs_mailbox_row(call.world, mailbox, wanted) for mailbox in found]
    return listing.answer("rsMailboxList", params, total, "rsMailboxes", Items("rsMailbox", rows))


def show(call: Call[ApiKey, Options], _: None) -> Document:
    """A mailbox; of one that was deleted, the fault says that it can be had back."""
    return views.rs_mailbox(call.world, _present(call))


def add(call: Call[ApiKey, Options], params: RsMailboxFields) -> None:
    """A new mailbox, of the domain's base size unless said; or with `recoverDeleted` the one that was deleted."""
    domain, name = domain_of(call), call.path["name"]
    _check_name(name)
    if not params.password:
        raise missing("password")
    check_values(params)
    check_name_free(call, domain.name, name)
    plans.check_rs_email(call, domain)
    deleted = call.world.store.records(VENDOR, DeletedRsMailbox)
    gone = deleted.remove(mailbox_key(domain.name, name))
    call.world.store.records(VENDOR, RsMailbox).add(_new(call, params, domain, gone))


def edit(call: Call[ApiKey, Options], params: RsMailboxFields) -> None:
    """Change the fields that came; `name` gives the mailbox another one, and its mail goes with it."""
    mailbox = _present(call)
    check_values(params)
    changed = mailbox.replace(**params.given())
    mailboxes = call.world.store.records(VENDOR, RsMailbox)
    if params.name is not None and params.name != mailbox.name:
        _check_name(params.name)
        changed = changed.replace(name=params.name)
    if changed.key == mailbox.key:
        mailboxes.put(changed)
        return
    check_name_free(call, changed.domain, changed.name)
    mailboxes.remove(mailbox.key)
    mailboxes.add(changed)
    call.world.mail.rename_mailbox(VENDOR, mailbox.key, changed.key)


def delete(call: Call[ApiKey, Options], _: None) -> None:
    """A mailbox goes, and can be had back, without its mail."""
    mailbox = _present(call)
    call.world.store.records(VENDOR, RsMailbox).remove(mailbox.key)
    call.world.store.records(VENDOR, DeletedRsMailbox).put(DeletedRsMailbox.from_document(mailbox.to_document()))
    call.world.mail.forget_mailbox(VENDOR, mailbox.key)


def login_token(call: Call[ApiKey, Options], _: None) -> Document:
    """A token that lets its bearer into webmail; that counts as a login. It has the form of a customer's token."""
    mailbox = _present(call)
    now = in_words(call.world.clock.now())
    call.world.store.records(VENDOR, RsMailbox).put(mailbox.replace(lastLogin=now))
    token = call.world.ids.token(41, UPPER_HEX)
    return Document("loginToken", {"dateCreated": now, "token": token, "user": mailbox.address})


def _present(call: Call[ApiKey, Options]) -> RsMailbox:
    domain = domain_of(call)
    mailbox = rs_mailbox_of(call, domain)
    if mailbox is None:
        deleted = mailbox_key(domain.name, call.path["name"]) in call.world.store.records(VENDOR, DeletedRsMailbox)
        raise ItemNotFound("Mailbox Not Found", "Mailbox", is_recoverable=deleted)
    return mailbox


def _new(
    call: Call[ApiKey, Options], params: RsMailboxFields, domain: Domain, gone: DeletedRsMailbox | None
) -> RsMailbox:
    if params.recoverDeleted and gone is not None:
        return RsMailbox.from_document(gone.to_document()).replace(**params.given())
    values: dict[str, Any] = {"size": domain.rsEmailBaseMailboxSize, **params.given()}
    created = in_words(call.world.clock.now())
    return RsMailbox(domain=domain.name, name=call.path["name"], createdDate=created, **values)


def _check_name(name: str) -> None:
    if not is_user_name(name):
        raise Invalid("Invalid user name")


def _fits(params: listing.Listing, mailbox: RsMailbox) -> bool:
    if params.enabled is not None and mailbox.enabled != params.enabled:
        return False
    return params.finds(mailbox.name, mailbox.displayName, mailbox.customID)
