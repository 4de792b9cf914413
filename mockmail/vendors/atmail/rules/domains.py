"""`/api/domain`: create, check, delete."""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.core.vendor import Call
from mockmail.vendors.atmail.answer import Answer
from mockmail.vendors.atmail.errors import AtmailError
from mockmail.vendors.atmail.records import AdminUser, Domain

VENDOR = "atmail"


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainName:
    """A domain by its name."""

    domain_name: str


def check(call: Call[AdminUser], params: DomainName) -> Answer:
    """Whether a domain is there (documentation/atmail.txt, "CHECK DOMAIN EXISTS")."""
    name = params.domain_name.strip().lower()
    if call.world.store.records(VENDOR, Domain).first("domainName", name) is None:
        raise AtmailError(f"{params.domain_name} does not exist")
    return Answer(f"{params.domain_name} exists")
