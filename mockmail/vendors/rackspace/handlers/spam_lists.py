"""`…/spam/blocklist` and the three others of an Exchange mailbox (docs/wire/rackspace.md 3)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Literal

from mockmail.core.vendor import Call
from mockmail.vendors.rackspace.document import Document
from mockmail.vendors.rackspace.errors import BadRequest, ItemNotFound, invalid_value
from mockmail.vendors.rackspace.handlers.places import mailbox_of
from mockmail.vendors.rackspace.handlers.texts import listed
from mockmail.vendors.rackspace.options import Options
from mockmail.vendors.rackspace.records import VENDOR, ApiKey, Mailbox, SpamListEntry
from mockmail.wire.namespaced_xml import Items

# ruff: noqa: N815  # fields are named as they are on the wire

ListName = Literal["blocklist", "ipblocklist", "safelist", "ipsafelist"]
NAMES: dict[str, ListName] = {
    "blocklist": "blocklist",
    "ipblocklist": "ipblocklist",
    "safelist": "safelist",
    "ipsafelist": "ipsafelist",
    "blacklist": "blocklist",
    "ipblacklist": "ipblocklist",
    "whitelist": "safelist",
    "ipwhitelist": "ipsafelist",
}
"""What the lists are called, and were."""

_PATTERN = re.compile(r"[^@\s,]{0,64}@[^@\s,/]{1,253}|[^@\s,/]{1,253}\.[^@\s,/]{1,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpamListForm:
    """Addresses to add and to take away, commas between them."""

    addList: str = ""
    removeList: str = ""


def show(call: Call[ApiKey, Options], _: None) -> Document:
    """A list, in the order in which it was filled."""
    mailbox, name = mailbox_of(call), _list_of(call)
    entries = call.world.store.records(VENDOR, SpamListEntry).find("list", f"{mailbox.key}/{name}")
    addresses = Items("address", [entry.address for entry in entries])
    return Document("spamAddressList", {"addresses": addresses})


def add(call: Call[ApiKey, Options], _: None) -> None:
    """Put one address on a list; it may be there already."""
    mailbox, name = mailbox_of(call), _list_of(call)
    _put(call, _entry(mailbox, name, call.path["item"]))


def delete(call: Call[ApiKey, Options], _: None) -> None:
    """Take one address off a list."""
    mailbox, name = mailbox_of(call), _list_of(call)
    entry = SpamListEntry(domain=mailbox.domain, mailbox=mailbox.name, list=name, address=call.path["item"])
    if call.world.store.records(VENDOR, SpamListEntry).remove(entry.key) is None:
        raise ItemNotFound("Address Not Found", "Address")


def edit(call: Call[ApiKey, Options], params: SpamListForm) -> None:
    """Put many on and take many off; one that is not there need not be taken off."""
    mailbox, name = mailbox_of(call), _list_of(call)
    coming = [_entry(mailbox, name, text) for text in _texts("addList", params.addList)]
    going = [
        SpamListEntry(domain=mailbox.domain, mailbox=mailbox.name, list=name, address=text)
        for text in _texts("removeList", params.removeList)
    ]
    for entry in going:
        call.world.store.records(VENDOR, SpamListEntry).remove(entry.key)
    for entry in coming:
        _put(call, entry)


def _list_of(call: Call[ApiKey, Options]) -> ListName:
    name = NAMES.get(call.path["list"].lower())
    if name is None:
        raise ItemNotFound("Spam List Not Found", "SpamList")
    return name


def _entry(mailbox: Mailbox, name: ListName, text: str) -> SpamListEntry:
    text = text.strip()
    if name.startswith("ip"):
        try:
            ipaddress.ip_network(text, strict=False)
        except ValueError:
            raise BadRequest("Invalid IP address") from None
    elif not _PATTERN.fullmatch(text) or not text.isprintable():
        raise BadRequest("Invalid email address")
    return SpamListEntry(domain=mailbox.domain, mailbox=mailbox.name, list=name, address=text)


def _put(call: Call[ApiKey, Options], entry: SpamListEntry) -> None:
    call.world.store.records(VENDOR, SpamListEntry).put(entry)


def _texts(field: str, text: str) -> list[str]:
    found = listed(text)
    if found is None:
        raise invalid_value(field)
    return found
