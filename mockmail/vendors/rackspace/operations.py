"""The operations of Rackspace, and those that are not emulated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mockmail.core.operation import Evidence, NotEmulated, Operation
from mockmail.vendors.rackspace.handlers import (
    activesync,
    admins,
    aliases,
    customers,
    distribution_lists,
    domains,
    mailboxes,
    permissions,
    rs_mailboxes,
    spam,
    spam_lists,
)
from mockmail.vendors.rackspace.parameters import (
    AdminForm,
    AliasForm,
    CatchAllForm,
    DistributionListBody,
    DomainListing,
    Listing,
    ListPage,
    MailboxFields,
    PermissionForm,
    RsMailboxFields,
    with_contact,
)
from mockmail.vendors.rackspace.records import Contact, RsContact
from mockmail.vendors.rackspace.spam_parameters import (
    DomainSpamSettingsForm,
    RsSpamSettingsForm,
    SpamListForm,
    SpamSettingsForm,
)

PAGE = "Rackspace API documentation"
NOTES = "docs/wire/rackspace.md"
VERSIONS = ("/v1", "/v2")
"""The vendor's own .NET client uses `/v2`; no difference in these resources is known."""
ROOT = ("",)
ACCOUNT_PATHS = ("/customers/{account}", "")
DOMAIN_PATHS = ("/customers/{account}/domains/{domain}", "/domains/{domain}")
"""A path names its domain with the customer or without (docs/wire/rackspace.md 1.1)."""

MAILBOX_FORM = with_contact(MailboxFields, Contact)
RS_MAILBOX_FORM = with_contact(RsMailboxFields, RsContact)

PASSWORD = ("password",)
ADMIN_MORE: dict[str, Any] = {
    "below": ACCOUNT_PATHS,
    "secrets": ("password", "securityAnswer"),
    "not_secret": ("passwordExpiration",),
}

MAILBOX = "/ex/mailboxes/{name}"
ADDRESS = f"{MAILBOX}/emailaddresses/{{address}}"
PERMISSIONS = f"{MAILBOX}/permissions"
PERMISSION = f"{PERMISSIONS}/{{user}}"
ACTIVE_SYNCS = "/ex/activesyncmobileservices"
ACTIVE_SYNC_PART = "ActiveSync Mobile Service"
ACTIVE_SYNC = f"{MAILBOX}/activesyncmobileservice"
RS_MAILBOX = "/rs/mailboxes/{name}"
SETTINGS = "/spam/settings"
SPAM_LIST = "/spam/{list}"
SPAM_LIST_ITEM = f"{SPAM_LIST}/{{item}}"
CATCH_ALL = "/catchalladdress"
LISTS = "/ex/distributionlists"
LIST = f"{LISTS}/{{list}}"
ALIAS = "/rs/aliases/{alias}"
ALIAS_MEMBER = f"{ALIAS}/{{address}}"
ADMIN = "/admins/{admin}"

Row = tuple[str, str, str, Callable[..., Any]] | tuple[str, str, str, Callable[..., Any], Any]
"""Name, method, path below the parent, handler, and parameters."""


def _templates(below: Sequence[str], rest: str) -> list[str]:
    return [f"{version}{parent}{rest}" for version in VERSIONS for parent in below]


def _operation(
    row: Row,
    evidence: Evidence,
    source: str,
    *,
    below: Sequence[str] = DOMAIN_PATHS,
    requires: str | None = None,
    secrets: tuple[str, ...] = (),
    not_secret: tuple[str, ...] = (),
) -> Operation:
    name, method, rest, handler, *params = row
    path, *alternatives = _templates(below, rest)
    return Operation(
        name=name,
        methods=(method,),
        path=path,
        aliases=tuple(alternatives),
        handler=handler,
        params=params[0] if params else None,
        source=source,
        evidence=evidence,
        requires=requires,
        secrets=secrets,
        not_secret=not_secret,
    )


def _page(part: str, *row: Any, **more: Any) -> Operation:
    """Return an operation of the vendor's page. part: the page's heading."""
    return _operation(row, Evidence.DOCUMENTED, f'{PAGE}, "{part}"', **more)


def _wiki(part: str, *row: Any, **more: Any) -> Operation:
    """Return an operation of another page of the vendor. part: the key of the page in the notes."""
    return _operation(row, Evidence.DOCUMENTED, f"{NOTES} 3 ({part})", **more)


def _confirmed(clients: str, *row: Any, **more: Any) -> Operation:
    """Return an operation that published clients use. clients: their keys in the notes."""
    return _operation(row, Evidence.CONFIRMED, f"{NOTES} 3 ({clients})", **more)


def _assumed(*row: Any, **more: Any) -> Operation:
    """Return an operation whose response no source shows."""
    return _operation(row, Evidence.ASSUMED, f"{NOTES} 3", **more)


def _spam_lists(noun: str, parent: str) -> tuple[Operation, ...]:
    return (
        _assumed(f"{noun}.show", "GET", f"{parent}{SPAM_LIST}", spam_lists.show),
        _assumed(f"{noun}.edit", "PUT", f"{parent}{SPAM_LIST}", spam_lists.edit, SpamListForm),
        _assumed(f"{noun}.add", "POST", f"{parent}{SPAM_LIST_ITEM}", spam_lists.add),
        _assumed(f"{noun}.delete", "DELETE", f"{parent}{SPAM_LIST_ITEM}", spam_lists.delete),
    )


OPERATIONS = (
    _page("Index", "mailbox.index", "GET", "/ex/mailboxes", mailboxes.index, Listing),
    _page("Show", "mailbox.show", "GET", MAILBOX, mailboxes.show),
    _page("Add/Edit", "mailbox.add", "POST", MAILBOX, mailboxes.add, MAILBOX_FORM, secrets=PASSWORD),
    _page("Add/Edit", "mailbox.edit", "PUT", MAILBOX, mailboxes.edit, MAILBOX_FORM, secrets=PASSWORD),
    _page("Delete", "mailbox.delete", "DELETE", MAILBOX, mailboxes.delete),
    _page("Add Email Address", "email_address.add", "POST", ADDRESS, mailboxes.add_address),
    _page("Delete Email Address", "email_address.delete", "DELETE", ADDRESS, mailboxes.delete_address),
    _page("Index Permissions", "permission.index", "GET", PERMISSIONS, permissions.index, Listing),
    _page("Adding Permission", "permission.add", "POST", PERMISSION, permissions.add, PermissionForm),
    _page("Editing Permission", "permission.edit", "PUT", PERMISSION, permissions.edit, PermissionForm),
    _page("Deleting Permission", "permission.delete", "DELETE", PERMISSION, permissions.delete),
    _page(ACTIVE_SYNC_PART, "activesync.index", "GET", ACTIVE_SYNCS, activesync.index, Listing),
    _page(ACTIVE_SYNC_PART, "activesync.show", "GET", ACTIVE_SYNC, activesync.show),
    _page(ACTIVE_SYNC_PART, "activesync.add", "POST", ACTIVE_SYNC, activesync.add),
    _page(ACTIVE_SYNC_PART, "activesync.delete", "DELETE", ACTIVE_SYNC, activesync.delete),
    _wiki("W-spam", "spam_settings.show", "GET", f"{MAILBOX}{SETTINGS}", spam.show_settings),
    _wiki("W-spam", "spam_settings.edit", "PUT", f"{MAILBOX}{SETTINGS}", spam.edit_settings, SpamSettingsForm),
    *_spam_lists("spam_list", MAILBOX),
    _assumed("distribution_list.index", "GET", LISTS, distribution_lists.index, ListPage),
    _assumed("distribution_list.show", "GET", LIST, distribution_lists.show),
    _assumed("distribution_list.add", "POST", LISTS, distribution_lists.add, DistributionListBody),
    _assumed("distribution_list.edit", "PUT", LIST, distribution_lists.edit, DistributionListBody),
    _assumed("distribution_list.delete", "DELETE", LIST, distribution_lists.delete),
    _assumed("distribution_list.members", "GET", f"{LIST}/members", distribution_lists.members),
    _assumed("distribution_list.senders", "GET", f"{LIST}/senders", distribution_lists.senders),
    _confirmed(
        "dover", "customer.index", "GET", "/customers", customers.index, Listing, below=ROOT, requires="reseller"
    ),
    _confirmed("dover", "customer.show", "GET", "/customers/{account}", customers.show, below=ROOT),
    _confirmed("net", "admin.index", "GET", "/admins", admins.index, Listing, below=ACCOUNT_PATHS),
    _confirmed("net", "admin.show", "GET", ADMIN, admins.show, **ADMIN_MORE),
    _confirmed("net", "admin.add", "POST", ADMIN, admins.add, AdminForm, **ADMIN_MORE),
    _confirmed("net", "admin.edit", "PUT", ADMIN, admins.edit, AdminForm, **ADMIN_MORE),
    _confirmed("net", "admin.delete", "DELETE", ADMIN, admins.delete, **ADMIN_MORE),
    _confirmed("net", "domain.index", "GET", "/domains", domains.index, DomainListing, below=ACCOUNT_PATHS),
    _confirmed(
        "dover", "domain.index_all", "GET", "/customers/all/domains", domains.index_all, DomainListing, below=ROOT
    ),
    _confirmed("meeb", "domain.show", "GET", "", domains.show),
    _wiki("W-domain", "catch_all.show", "GET", CATCH_ALL, domains.show_catch_all),
    _wiki("W-domain", "catch_all.edit", "PUT", CATCH_ALL, domains.edit_catch_all, CatchAllForm),
    _confirmed("mydor", "domain_spam_settings.show", "GET", SETTINGS, spam.show_domain_settings),
    _confirmed(
        "mydor", "domain_spam_settings.edit", "PUT", SETTINGS, spam.edit_domain_settings, DomainSpamSettingsForm
    ),
    *_spam_lists("domain_spam_list", ""),
    _confirmed("rackmail, mydor", "rs_mailbox.index", "GET", "/rs/mailboxes", rs_mailboxes.index, Listing),
    _confirmed("rackmail, mydor", "rs_mailbox.show", "GET", RS_MAILBOX, rs_mailboxes.show),
    _confirmed(
        "rackmail, mydor", "rs_mailbox.add", "POST", RS_MAILBOX, rs_mailboxes.add, RS_MAILBOX_FORM, secrets=PASSWORD
    ),
    _confirmed(
        "rackmail, mydor", "rs_mailbox.edit", "PUT", RS_MAILBOX, rs_mailboxes.edit, RS_MAILBOX_FORM, secrets=PASSWORD
    ),
    _confirmed("rackmail, mydor", "rs_mailbox.delete", "DELETE", RS_MAILBOX, rs_mailboxes.delete),
    _assumed(
        "rs_mailbox.login_token", "POST", f"{RS_MAILBOX}/loginToken", rs_mailboxes.login_token, secrets=("token",)
    ),
    _wiki("W-rsspam", "rs_spam_settings.show", "GET", f"{RS_MAILBOX}{SETTINGS}", spam.show_rs_settings),
    _wiki(
        "W-rsspam", "rs_spam_settings.edit", "PUT", f"{RS_MAILBOX}{SETTINGS}", spam.edit_rs_settings, RsSpamSettingsForm
    ),
    *_spam_lists("rs_spam_list", RS_MAILBOX),
    _confirmed("mydor, rs", "rs_alias.index", "GET", "/rs/aliases", aliases.index, Listing),
    _confirmed("mydor, rs", "rs_alias.show", "GET", ALIAS, aliases.show),
    _confirmed("mydor, rs", "rs_alias.add", "POST", ALIAS, aliases.add, AliasForm),
    _confirmed("mydor, rs", "rs_alias.edit", "PUT", ALIAS, aliases.edit, AliasForm),
    _confirmed("mydor, rs", "rs_alias.delete", "DELETE", ALIAS, aliases.delete),
    _confirmed("mydor", "rs_alias.add_member", "POST", ALIAS_MEMBER, aliases.add_member),
    _confirmed("mydor", "rs_alias.delete_member", "DELETE", ALIAS_MEMBER, aliases.delete_member),
)


CUSTOMER = "/customers/{account}"


def _not_emulated(below: Sequence[str], *rows: tuple[str, str, str, str]) -> tuple[NotEmulated, ...]:
    """Return an entry for each row of name, method, path below the parent, and reason."""
    return tuple(
        NotEmulated(name=name, method=method, path=path, aliases=tuple(alternatives), reason=reason)
        for name, method, rest, reason in rows
        for path, *alternatives in [_templates(below, rest)]
    )


NOT_EMULATED = (
    *_not_emulated(
        ROOT,
        ("customer.add", "POST", "/customers", "customers come from a seed"),
        ("customer.edit", "PUT", CUSTOMER, "customers come from a seed"),
        ("customer.delete", "DELETE", CUSTOMER, "customers come from a seed"),
        ("customer.enable", "POST", f"{CUSTOMER}/enable", "no suspended customer is modelled"),
        ("customer.disable", "POST", f"{CUSTOMER}/disable", "no suspended customer is modelled"),
        ("customer.login_token", "POST", f"{CUSTOMER}/loginToken", "it logs in to a control panel that is not served"),
        ("customer.invoices", "*", f"{CUSTOMER}/invoices", "billing has nothing to do with mail"),
        ("sharepoint.*", "*", f"{CUSTOMER}/sharepoint", "SharePoint has nothing to do with mail"),
    ),
    *_not_emulated(
        DOMAIN_PATHS,
        ("domain.add", "POST", "", "domains come from a seed"),
        ("domain.edit", "PUT", "", "domains come from a seed"),
        ("domain.delete", "DELETE", "", "domains come from a seed"),
        ("domain.export", "*", "/export", "the other resources of a domain show what an export has"),
        ("domain.move", "*", "/move", "a seed says whose a domain is"),
        ("domain.transfer", "*", "/transfer", "a seed says whose a domain is"),
        ("alternate_domain.*", "*", "/alternatedomains", "a domain has no aliases here; seed another domain"),
        ("split_domain_routing.*", "*", "/splitdomainrouting", "mail goes to hosted mailboxes or nowhere"),
        ("archiving.*", "*", "/archivingssologinurl", "it logs in to an archive that is not served"),
        ("domain_public_folders.*", "*", "/publicfolders", "folders are not modelled"),
        ("email_everyone.*", "*", "/emaileveryone", "its one known sample does not tell its effects"),
        ("mobile_sync.*", "*", "/mobilesync", "devices and their licences are not modelled"),
        ("storage_notification.*", "*", "/rs/storageNotification", "no notifications are sent"),
        ("rs_mailbox_alias.*", "*", f"{RS_MAILBOX}/alias", "clients use rs/aliases instead"),
        ("blackberry.*", "*", "/ex/blackberrymobileservices", "the service is discontinued"),
        ("contact.*", "*", "/ex/contacts", "contacts of the address list receive no mail"),
        ("resource.*", "*", "/ex/resources", "rooms and calendars are not modelled"),
        ("lync.*", "*", "/ex/lync", "Lync has nothing to do with mail"),
        ("public_folder.*", "*", "/ex/publicFolders", "folders are not modelled"),
        ("distribution_list.errors", "GET", f"{LIST}/errors", "changes are immediate"),
        ("distribution_list.addresses", "*", f"{LIST}/emailaddresses", "a list has its own address only"),
    ),
    NotEmulated(name="v0.*", method="*", path="/v0", reason="the vendor has discontinued it"),
)
