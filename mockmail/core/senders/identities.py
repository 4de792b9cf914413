"""Verified senders."""

from __future__ import annotations

from mockmail.core.senders.records import Identity
from mockmail.core.state.typed_records import Records


def is_verified(identities: Records[Identity], address: str, *, subdomains: bool = False) -> bool:
    """Return whether an address or its domain is verified. subdomains: whether a domain covers its subdomains."""
    domain = address.rpartition("@")[2].lower()
    names = [address.lower(), domain]
    if subdomains:
        parts = domain.split(".")[:50]
        names += [".".join(parts[number:]) for number in range(1, len(parts))]
    return any(identity is not None and identity.verified for identity in map(identities.get, names))
