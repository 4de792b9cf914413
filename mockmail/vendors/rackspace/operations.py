"""Rackspace's operations, and what is not served."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mockmail.core.operation import Evidence, NotEmulated, Operation
from mockmail.vendors.rackspace.handlers import (
    activesync,
    customers,
    domains,
    mailboxes,
    permissions,
    rs_mailboxes,
    spam,
)
from mockmail.vendors.rackspace.parameters import (
    DomainListing,
    Listing,
    MailboxFields,
    PermissionForm,
    RsMailboxFields,
    SpamListForm,
    SpamSettingsForm,
    with_contact,
)
from mockmail.vendors.rackspace.records import Contact, RsContact

PAGE = "Rackspace API documentation"
NOTES = "docs/wire/rackspace.md"
VERSIONS = ("/v1", "/v2")
"""The vendor's own .NET client uses `/v2`; no difference in these resources is known."""
ROOT = ("",)
ACCOUNT_PATHS = ("/customers/{account}", "")
DOMAIN_PATHS = ("/customers/{account}/domains/{domain}", "/domains/{domain}")
"""A path names its domain with the customer or without (docs/wire/rackspace.md 1.1)."""

CLIENTS = {
    "spam_list": "mydor/rackspace-email-management, dover247/Rackspace-Email-Apps-Client",
    "customer": "rackerlabs/Invoke-RsCloudOfficeRequest",
    "domain": "meeb/rackspaceapps, pradodigital/php-rackspace-apps-bindings",
    "rs_mailbox": "rackmail, bandzoogle/rackspace-email-api, mydor/rackspace-email-management",
}
"""The clients that confirm what the page does not show, by the first word of an operation."""

MAILBOX_FORM = with_contact(MailboxFields, Contact)
RS_MAILBOX_FORM = with_contact(RsMailboxFields, RsContact)

PASSWORD = ("password",)

MAILBOX = "/ex/mailboxes/{name}"
ADDRESS = f"{MAILBOX}/emailaddresses/{{address}}"
PERMISSIONS = f"{MAILBOX}/permissions"
PERMISSION = f"{PERMISSIONS}/{{user}}"
ACTIVE_SYNCS = "/ex/activesyncmobileservices"
ACTIVE_SYNC_PART = "ActiveSync Mobile Service"
ACTIVE_SYNC = f"{MAILBOX}/activesyncmobileservice"
SPAM_SETTINGS = f"{MAILBOX}/spam/settings"
SPAM_LIST = f"{MAILBOX}/spam/{{list}}"
SPAM_LIST_ITEM = f"{SPAM_LIST}/{{item}}"
RS_MAILBOX = "/rs/mailboxes/{name}"


def _operation(
    name: str,
    method: str,
    rest: str,
    handler: Callable[..., Any],
    params: Any = None,
    *,
    part: str | None = None,
    below: Sequence[str] = DOMAIN_PATHS,
    requires: str | None = None,
    secrets: tuple[str, ...] = (),
) -> Operation:
    # part: the page's heading; None for what is known from the vendor's wiki and from clients
    client = CLIENTS.get(name.partition(".")[0])
    path, *aliases = [f"{version}{parent}{rest}" for version in VERSIONS for parent in below]
    return Operation(
        name=name,
        methods=(method,),
        path=path,
        aliases=tuple(aliases),
        handler=handler,
        params=params,
        source=f'{PAGE}, "{part}"' if part else f"{client}; {NOTES} 3" if client else f"{NOTES} 3",
        evidence=Evidence.CONFIRMED if client and not part else Evidence.DOCUMENTED,
        requires=requires,
        secrets=secrets,
    )


OPERATIONS = (
    _operation("mailbox.index", "GET", "/ex/mailboxes", mailboxes.index, Listing, part="Index"),
    _operation("mailbox.show", "GET", MAILBOX, mailboxes.show, part="Show"),
    _operation("mailbox.add", "POST", MAILBOX, mailboxes.add, MAILBOX_FORM, part="Add/Edit", secrets=PASSWORD),
    _operation("mailbox.edit", "PUT", MAILBOX, mailboxes.edit, MAILBOX_FORM, part="Add/Edit", secrets=PASSWORD),
    _operation("mailbox.delete", "DELETE", MAILBOX, mailboxes.delete, part="Delete"),
    _operation("email_address.add", "POST", ADDRESS, mailboxes.add_address, part="Add Email Address"),
    _operation("email_address.delete", "DELETE", ADDRESS, mailboxes.delete_address, part="Delete Email Address"),
    _operation("permission.index", "GET", PERMISSIONS, permissions.index, Listing, part="Index Permissions"),
    _operation("permission.add", "POST", PERMISSION, permissions.add, PermissionForm, part="Adding Permission"),
    _operation("permission.edit", "PUT", PERMISSION, permissions.edit, PermissionForm, part="Editing Permission"),
    _operation("permission.delete", "DELETE", PERMISSION, permissions.delete, part="Deleting Permission"),
    _operation("activesync.index", "GET", ACTIVE_SYNCS, activesync.index, Listing, part=ACTIVE_SYNC_PART),
    _operation("activesync.show", "GET", ACTIVE_SYNC, activesync.show, part=ACTIVE_SYNC_PART),
    _operation("activesync.add", "POST", ACTIVE_SYNC, activesync.add, part=ACTIVE_SYNC_PART),
    _operation("activesync.delete", "DELETE", ACTIVE_SYNC, activesync.delete, part=ACTIVE_SYNC_PART),
    _operation("spam_settings.show", "GET", SPAM_SETTINGS, spam.show_settings),
    _operation("spam_settings.edit", "PUT", SPAM_SETTINGS, spam.edit_settings, SpamSettingsForm),
    _operation("spam_list.show", "GET", SPAM_LIST, spam.show_list),
    _operation("spam_list.edit", "PUT", SPAM_LIST, spam.edit_list, SpamListForm),
    _operation("spam_list.add", "POST", SPAM_LIST_ITEM, spam.add_to_list),
    _operation("spam_list.delete", "DELETE", SPAM_LIST_ITEM, spam.delete_from_list),
    _operation("customer.index", "GET", "/customers", customers.index, Listing, below=ROOT, requires="reseller"),
    _operation("customer.show", "GET", "/customers/{account}", customers.show, below=ROOT),
    _operation("domain.index", "GET", "/domains", domains.index, DomainListing, below=ACCOUNT_PATHS),
    _operation("domain.index_all", "GET", "/customers/all/domains", domains.index_all, DomainListing, below=ROOT),
    _operation("domain.show", "GET", "", domains.show),
    _operation("rs_mailbox.index", "GET", "/rs/mailboxes", rs_mailboxes.index, Listing),
    _operation("rs_mailbox.show", "GET", RS_MAILBOX, rs_mailboxes.show),
    _operation("rs_mailbox.add", "POST", RS_MAILBOX, rs_mailboxes.add, RS_MAILBOX_FORM, secrets=PASSWORD),
    _operation("rs_mailbox.edit", "PUT", RS_MAILBOX, rs_mailboxes.edit, RS_MAILBOX_FORM, secrets=PASSWORD),
    _operation("rs_mailbox.delete", "DELETE", RS_MAILBOX, rs_mailboxes.delete),
    _operation(
        "rs_mailbox.login_token", "POST", f"{RS_MAILBOX}/loginToken", rs_mailboxes.login_token, secrets=("token",)
    ),
)


CUSTOMER = "/v1/customers/{account}"
DOMAIN = f"{CUSTOMER}/domains/{{domain}}"

NOT_EMULATED = tuple(
    NotEmulated(name=name, method=method, path=path, reason=reason)
    for name, method, path, reason in (
        ("customer.change", "POST, PUT, DELETE", CUSTOMER, "customers come from a seed"),
        ("domain.change", "POST, PUT, DELETE", DOMAIN, "domains come from a seed"),
        ("admin.*", "*", f"{CUSTOMER}/admins", "administrators of the control panel neither send nor receive mail"),
        ("blackberry.*", "*", f"{DOMAIN}/ex/blackberrymobileservices", "the service is discontinued"),
        ("contact.*", "*", f"{DOMAIN}/ex/contacts", "the documented page does not have it"),
        ("distribution_list.*", "*", f"{DOMAIN}/ex/distributionlists", "the documented page does not have it"),
        ("resource.*", "*", f"{DOMAIN}/ex/resources", "the documented page does not have it"),
        ("public_folder.*", "*", f"{DOMAIN}/ex/publicfolders", "the documented page does not have it"),
        ("rs_alias.*", "*", f"{DOMAIN}/rs/aliases", "of the rs resources only mailboxes are served"),
        ("rs_spam.*", "*", f"{DOMAIN}/rs/mailboxes/{{name}}/spam", "of the rs resources only mailboxes are served"),
        ("domain_spam.*", "*", f"{DOMAIN}/spam", "the page refers to the settings of a mailbox only"),
        ("v0.*", "*", "/v0", "the vendor has discontinued it"),
    )
)
