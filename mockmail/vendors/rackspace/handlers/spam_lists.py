"""`…/spam/{list}`: the four lists of senders of mailboxes of both kinds and of domains (docs/wire/rackspace.md 3)."""

from __future__ import annotations

import re
from ipaddress import ip_network

from mockmail.vendors.rackspace.authentication import RackspaceCall
from mockmail.vendors.rackspace.errors import BadRequest, ItemNotFound
from mockmail.vendors.rackspace.handlers.domains import domain_of
from mockmail.vendors.rackspace.handlers.mailboxes import mailbox_of
from mockmail.vendors.rackspace.handlers.rs_mailboxes import rs_mailbox_of
from mockmail.vendors.rackspace.parameters import listed
from mockmail.vendors.rackspace.records import SpamListEntry, SpamListName
from mockmail.vendors.rackspace.spam_parameters import SpamListForm
from mockmail.vendors.rackspace.views import Document
from mockmail.wire.namespaced_xml import Items

LIST_NAMES: dict[str, SpamListName] = {
    "blocklist": "blocklist",
    "ipblocklist": "ipblocklist",
    "safelist": "safelist",
    "ipsafelist": "ipsafelist",
    "blacklist": "blocklist",
    "ipblacklist": "ipblocklist",
    "whitelist": "safelist",
    "ipwhitelist": "ipsafelist",
}
"""The present and the former names of the lists."""

_SPAM_PATTERN = re.compile(r"[^@\s,]{0,64}@[^@\s,/]{1,253}|[^@\s,/]{1,253}\.[^@\s,/]{1,63}")
"""An address or a domain, with wildcards."""


def show(call: RackspaceCall, _: None) -> Document:
    """Return a list, in the order in which it was filled."""
    entry = _entry(call, "")
    entries = call.records(SpamListEntry).find("list", f"{entry.mailbox_key}/{entry.list}")
    return Document("spamAddressList", {"addresses": Items("address", [entry.address for entry in entries])})


def edit(call: RackspaceCall, params: SpamListForm) -> None:
    """Add addresses to a list and remove others; an address to remove may be missing."""
    template = _entry(call, "")
    added = [_checked(template.replace(address=address)) for address in listed("addList", params.addList)]
    removed = [template.replace(address=address) for address in listed("removeList", params.removeList)]
    for entry in removed:
        call.records(SpamListEntry).remove(entry.key)
    for entry in added:
        call.records(SpamListEntry).put(entry)


def add(call: RackspaceCall, _: None) -> None:
    """Add one address to a list; the list may have it already."""
    call.records(SpamListEntry).put(_checked(_entry(call, call.path["item"].strip())))


def delete(call: RackspaceCall, _: None) -> None:
    """Remove one address from a list."""
    if call.records(SpamListEntry).remove(_entry(call, call.path["item"]).key) is None:
        raise ItemNotFound("Address Not Found", "Address")


def _entry(call: RackspaceCall, address: str) -> SpamListEntry:
    # The operation's noun says whose list it is.
    noun = call.operation.name.partition(".")[0]
    if noun == "domain_spam_list":
        domain, mailbox = domain_of(call).name, ""
    else:
        found = rs_mailbox_of(call) if noun == "rs_spam_list" else mailbox_of(call)
        domain, mailbox = found.domain, found.name
    name = LIST_NAMES.get(call.path["list"].lower())
    if name is None:
        raise ItemNotFound("Spam List Not Found", "SpamList")
    return SpamListEntry(domain=domain, mailbox=mailbox, list=name, address=address)


def _checked(entry: SpamListEntry) -> SpamListEntry:
    if entry.list.startswith("ip"):
        try:
            ip_network(entry.address, strict=False)
        except ValueError as error:
            raise BadRequest("Invalid IP address") from error
    elif not _SPAM_PATTERN.fullmatch(entry.address) or not entry.address.isprintable():
        raise BadRequest("Invalid email address")
    return entry
