"""`…/spam/settings` of an Exchange mailbox (docs/wire/rackspace.md 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from mockmail.core.vendor import Call
from mockmail.vendors.rackspace.document import Document
from mockmail.vendors.rackspace.errors import invalid_value, missing
from mockmail.vendors.rackspace.handlers.places import mailbox_of
from mockmail.vendors.rackspace.handlers.texts import is_address
from mockmail.vendors.rackspace.options import Options
from mockmail.vendors.rackspace.records import VENDOR, ApiKey, FilterLevel, Mailbox, SpamSettings

# ruff: noqa: N815  # fields are named as they are on the wire


@dataclass(frozen=True, slots=True, kw_only=True)
class SpamSettingsForm:
    """filterlevel is in lower case in the vendor's table, and required; the rest changes what is there."""

    filterlevel: str
    sendToDomainQuarantine: bool | None = None
    quarantineOwner: str | None = None
    removeQuarantineOwner: bool = False


def show(call: Call[ApiKey, Options], _: None) -> Document:
    """A mailbox's settings; the XML root begins with a capital."""
    settings = _settings_of(call, mailbox_of(call))
    content = {
        "filterLevel": settings.filterLevel,
        "sendToDomainQuarantine": settings.sendToDomainQuarantine,
        "quarantineOwner": settings.quarantineOwner,
    }
    return Document("MailboxSpamSettings", content)


def edit(call: Call[ApiKey, Options], params: SpamSettingsForm) -> None:
    """Change them. Without a filter nothing goes to a quarantine; with one, unless said, to the mailbox's own."""
    settings = _settings_of(call, mailbox_of(call))
    level = _level(params.filterlevel)
    owner = settings.quarantineOwner if params.quarantineOwner is None else params.quarantineOwner
    if params.removeQuarantineOwner:
        owner = ""
    if owner and not is_address(owner):
        raise invalid_value("quarantineowner")
    changed = settings.replace(
        filterLevel=level,
        sendToDomainQuarantine=level != "off" and bool(params.sendToDomainQuarantine),
        quarantineOwner=owner,
    )
    call.world.store.records(VENDOR, SpamSettings).put(changed)


def _level(text: str) -> FilterLevel:
    if not text:
        raise missing("filterlevel")
    for known in get_args(FilterLevel):
        if known == text.strip().lower():
            return known  # type: ignore[no-any-return]
    raise invalid_value("filterlevel")


def _settings_of(call: Call[ApiKey, Options], mailbox: Mailbox) -> SpamSettings:
    found = call.world.store.records(VENDOR, SpamSettings).get(mailbox.key)
    return found or SpamSettings(domain=mailbox.domain, mailbox=mailbox.name)
