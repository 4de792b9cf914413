"""The recipients of an envelope that no header names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from mockmail.core.mail.addresses import address_forms

NAMED_IN = ("To", "Cc", "Bcc", "Resent-To", "Resent-Cc", "Resent-Bcc")
"""The headers that name recipients."""

_QUOTED_ATOM = re.compile(r'"([A-Za-z0-9.!#$%&\'*+/=?^_`{|}~-]+)"')


def unnamed(recipients: Iterable[str], addresses_in: Callable[[str], Sequence[str]]) -> list[str]:
    """Return the recipients that no header names, as they were sent.

    Addresses are compared case-insensitively, without quotes that they do not need, and in both forms of a non-ASCII
    domain. addresses_in: returns the addresses in the headers with a name.
    """
    left = list(dict.fromkeys(recipients))
    for header in NAMED_IN:
        named = {form for address in addresses_in(header) for form in _forms(address)} if left else set()
        if named:
            left = [address for address in left if named.isdisjoint(_forms(address))]
    return left


def _forms(address: str) -> list[str]:
    local, at, domain = address.lower().rpartition("@")
    quoted = _QUOTED_ATOM.fullmatch(local)
    return address_forms(f"{quoted[1] if quoted else local}{at}{domain}")
