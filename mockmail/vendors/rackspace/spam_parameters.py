"""The parameters of spam settings and lists, whose dotted names the vendor uses nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mockmail.vendors.rackspace.errors import invalid_value
from mockmail.vendors.rackspace.parameters import LARGEST_NUMBER, is_address
from mockmail.vendors.rackspace.records import FilterLevel, Quarantine, SpamHandling
from mockmail.wire.parameters import parameter

# ruff: noqa: N815  # fields are named as they are on the wire

RS_SPAM_FIELDS = (
    "spamHandling",
    "hasFolderCleaner",
    "spamFolderAgeLimit",
    "spamFolderNumLimit",
    "spamForwardingAddress",
)
"""The members of `rsEmailSettings`, in the order of XML."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpamSettingsForm:
    """The settings of an Exchange mailbox. filterlevel: in lower case, as in the vendor's table."""

    filterlevel: FilterLevel
    sendToDomainQuarantine: bool | None = None
    quarantineOwner: str | None = None
    removeQuarantineOwner: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RsSpamSettingsForm:
    """The settings of a Rackspace Email mailbox; filterLevel is required, a missing field changes nothing."""

    filterLevel: FilterLevel
    spamHandling: SpamHandling | None = parameter("rsEmail.spamHandling", default=None)
    hasFolderCleaner: bool | None = parameter("rsEmail.hasFolderCleaner", default=None)
    spamFolderAgeLimit: int | None = parameter(
        "rsEmail.spamFolderAgeLimit", default=None, minimum=0, maximum=LARGEST_NUMBER
    )
    spamFolderNumLimit: int | None = parameter(
        "rsEmail.spamFolderNumLimit", default=None, minimum=0, maximum=LARGEST_NUMBER
    )
    spamForwardingAddress: str | None = parameter("rsEmail.spamForwardingAddress", default=None)

    def changes(self) -> dict[str, Any]:
        """Return the fields of the record that were sent. Raise BadRequest for a wrong address."""
        if self.spamForwardingAddress and not is_address(self.spamForwardingAddress):
            raise invalid_value("rsEmail.spamForwardingAddress")
        names = ("filterLevel", *RS_SPAM_FIELDS)
        return {name: value for name in names if (value := getattr(self, name)) is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainSpamSettingsForm(RsSpamSettingsForm):
    """The settings of a domain. overrideUserSettings: its mailboxes lose their own."""

    overrideUserSettings: bool = False
    forwardToDomainQuarantine: Quarantine | None = parameter("exchange.forwardToDomainQuarantine", default=None)
    quarantineOwner: str | None = parameter("exchange.quarantineOwner", default=None)
    removeQuarantineOwner: bool = parameter("exchange.removeQuarantineOwner", default=False)
    defaultQuarantineOwner: str | None = parameter("exchange.defaultQuarantineOwner", default=None)
    removeDefaultQuarantineOwner: bool = parameter("exchange.removeDefaultQuarantineOwner", default=False)

    def changes(self) -> dict[str, Any]:
        """Return the fields of the record that were sent. Raise BadRequest for a wrong address."""
        found = RsSpamSettingsForm.changes(self)  # `super()` fails in a dataclass with slots
        for name, is_removed in (
            ("quarantineOwner", self.removeQuarantineOwner),
            ("defaultQuarantineOwner", self.removeDefaultQuarantineOwner),
        ):
            owner = "" if is_removed else getattr(self, name)
            if owner and not is_address(owner):
                raise invalid_value(f"exchange.{name}")
            if owner is not None:
                found[name] = owner
        if self.forwardToDomainQuarantine is not None:
            found["forwardToDomainQuarantine"] = self.forwardToDomainQuarantine
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class SpamListForm:
    """The addresses to add and to remove, separated by commas."""

    addList: str = ""
    removeList: str = ""
