"""Every operation of Rackspace's that is served, and those that are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockmail.core.operation import Evidence, NotEmulated, Operation
from mockmail.vendors.rackspace.handlers import (
    activesync,
    addresses,
    customers,
    domains,
    mailboxes,
    permissions,
    rs_mailboxes,
    spam_lists,
    spam_settings,
)
from mockmail.vendors.rackspace.handlers.domains import DomainListing
from mockmail.vendors.rackspace.handlers.listing import Listing
from mockmail.vendors.rackspace.handlers.mailbox_fields import MailboxFields
from mockmail.vendors.rackspace.handlers.permissions import PermissionForm
from mockmail.vendors.rackspace.handlers.rs_mailbox_fields import RsMailboxFields

Handler = Callable[..., Any]

PAGE = "Rackspace API documentation"
NOTES = "docs/wire/rackspace.md"
CUSTOMER = "/v1/customers/{account}"
VERSIONS = ("/v1", "/v2")
"""`/v2` is what the vendor's own .NET client asks for; no difference in these resources is known."""

MAILBOX = "/ex/mailboxes/{name}"
ADDRESS = f"{MAILBOX}/emailaddresses/{{address}}"
PERMISSIONS = f"{MAILBOX}/permissions"
PERMISSION = f"{PERMISSIONS}/{{user}}"
ACTIVE_SYNCS = "/ex/activesyncmobileservices"
ACTIVE_SYNC = f"{MAILBOX}/activesyncmobileservice"
SPAM_LIST = f"{MAILBOX}/spam/{{list}}"
RS_MAILBOX = "/rs/mailboxes/{name}"


def _documented(name: str, method: str, rest: str, handler: Handler, *, params: Any = None, part: str) -> Operation:
    """An operation that the page documents. part: where in the page."""
    facts = {"source": f'{PAGE}, "{part}"', "evidence": Evidence.DOCUMENTED}
    return _in_domain(rest, name=name, methods=(method,), handler=handler, params=params, **facts)


def _noted(name: str, method: str, rest: str, handler: Handler, params: Any = None) -> Operation:
    """An operation that the notes know of from the vendor's wiki and from clients."""
    facts = {"source": f"{NOTES} 3", "evidence": Evidence.CONFIRMED}
    return _in_domain(rest, name=name, methods=(method,), handler=handler, params=params, **facts)


def _in_domain(rest: str, **facts: Any) -> Operation:
    """An operation below a domain, which may be named with its customer or without (docs/wire/rackspace.md 1.1)."""
    below = ("/customers/{account}/domains/{domain}", "/domains/{domain}")
    path, *aliases = [f"{version}{place}{rest}" for version in VERSIONS for place in below]
    return Operation(path=path, aliases=tuple(aliases), **facts)


def _above_domains(
    name: str, path: str, handler: Handler, params: Any = None, aliases: tuple[str, ...] = ()
) -> Operation:
    return Operation(
        name=name,
        methods=("GET",),
        path=f"/v1{path}",
        aliases=tuple(f"{version}{one}" for version in VERSIONS for one in (path, *aliases))[1:],
        handler=handler,
        params=params,
        source=f"{NOTES} 3",
        evidence=Evidence.CONFIRMED,
        requires="reseller" if name == "customer.index" else None,
    )


OPERATIONS = (
    _documented("mailbox.index", "GET", "/ex/mailboxes", mailboxes.index, params=Listing, part="Index"),
    _documented("mailbox.show", "GET", MAILBOX, mailboxes.show, part="Show"),
    _documented("mailbox.add", "POST", MAILBOX, mailboxes.add, params=MailboxFields, part="Add/Edit"),
    _documented("mailbox.edit", "PUT", MAILBOX, mailboxes.edit, params=MailboxFields, part="Add/Edit"),
    _documented("mailbox.delete", "DELETE", MAILBOX, mailboxes.delete, part="Delete"),
    _documented("email_address.add", "POST", ADDRESS, addresses.add, part="Add Email Address"),
    _documented("email_address.delete", "DELETE", ADDRESS, addresses.delete, part="Delete Email Address"),
    _documented("permission.index", "GET", PERMISSIONS, permissions.index, params=Listing, part="Index Permissions"),
    _documented("permission.add", "POST", PERMISSION, permissions.add, params=PermissionForm, part="Adding Permission"),
    _documented(
        "permission.edit", "PUT", PERMISSION, permissions.edit, params=PermissionForm, part="Editing Permission"
    ),
    _documented("permission.delete", "DELETE", PERMISSION, permissions.delete, part="Deleting Permission"),
    _documented(
        "activesync.index", "GET", ACTIVE_SYNCS, activesync.index, params=Listing, part="ActiveSync Mobile Service"
    ),
    _documented("activesync.show", "GET", ACTIVE_SYNC, activesync.show, part="ActiveSync Mobile Service"),
    _documented("activesync.add", "POST", ACTIVE_SYNC, activesync.add, part="ActiveSync Mobile Service"),
    _documented("activesync.delete", "DELETE", ACTIVE_SYNC, activesync.delete, part="ActiveSync Mobile Service"),
    _noted("spam_settings.show", "GET", f"{MAILBOX}/spam/settings", spam_settings.show),
    _noted("spam_settings.edit", "PUT", f"{MAILBOX}/spam/settings", spam_settings.edit, spam_settings.SpamSettingsForm),
    _noted("spam_list.show", "GET", SPAM_LIST, spam_lists.show),
    _noted("spam_list.edit", "PUT", SPAM_LIST, spam_lists.edit, spam_lists.SpamListForm),
    _noted("spam_list.add", "POST", f"{SPAM_LIST}/{{item}}", spam_lists.add),
    _noted("spam_list.delete", "DELETE", f"{SPAM_LIST}/{{item}}", spam_lists.delete),
    _above_domains("customer.index", "/customers", customers.index, Listing),
    _above_domains("customer.show", "/customers/{account}", customers.show),
    _above_domains("domain.index", "/customers/{account}/domains", domains.index, DomainListing, ("/domains",)),
    _above_domains("domain.index_all", "/customers/all/domains", domains.index_all, DomainListing),
    _noted("domain.show", "GET", "", domains.show),
    _noted("rs_mailbox.index", "GET", "/rs/mailboxes", rs_mailboxes.index, Listing),
    _noted("rs_mailbox.show", "GET", RS_MAILBOX, rs_mailboxes.show),
    _noted("rs_mailbox.add", "POST", RS_MAILBOX, rs_mailboxes.add, RsMailboxFields),
    _noted("rs_mailbox.edit", "PUT", RS_MAILBOX, rs_mailboxes.edit, RsMailboxFields),
    _noted("rs_mailbox.delete", "DELETE", RS_MAILBOX, rs_mailboxes.delete),
    _noted("rs_mailbox.login_token", "POST", f"{RS_MAILBOX}/loginToken", rs_mailboxes.login_token),
)


def _left_out(name: str, method: str, path: str, reason: str) -> NotEmulated:
    return NotEmulated(name=name, method=method, path=path, reason=reason)


DOMAIN = f"{CUSTOMER}/domains/{{domain}}"
NOT_EMULATED = (
    _left_out("customer.change", "POST, PUT, DELETE", CUSTOMER, "a customer is arranged by a seed"),
    _left_out("domain.change", "POST, PUT, DELETE", DOMAIN, "a domain is arranged by a seed"),
    _left_out("admin.*", "*", f"{CUSTOMER}/admins", "administrators of the control panel send and receive no mail"),
    _left_out("blackberry.*", "*", f"{DOMAIN}/ex/blackberrymobileservices", "the service is discontinued"),
    _left_out("contact.*", "*", f"{DOMAIN}/ex/contacts", "no part of the documented page"),
    _left_out("distribution_list.*", "*", f"{DOMAIN}/ex/distributionlists", "no part of the documented page"),
    _left_out("resource.*", "*", f"{DOMAIN}/ex/resources", "no part of the documented page"),
    _left_out("public_folder.*", "*", f"{DOMAIN}/ex/publicfolders", "no part of the documented page"),
    _left_out("rs_alias.*", "*", f"{DOMAIN}/rs/aliases", "rs resources go as far as their mailboxes"),
    _left_out("rs_spam.*", "*", f"{DOMAIN}/rs/mailboxes/{{name}}/spam", "rs resources go as far as their mailboxes"),
    _left_out("domain_spam.*", "*", f"{DOMAIN}/spam", "the page points to the settings of a mailbox only"),
    _left_out("v0.*", "*", "/v0", "the vendor has discontinued it"),
)
