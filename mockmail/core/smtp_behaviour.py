"""How the SMTP server of a sandbox treats its clients."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from mockmail.core.mail.addresses import address_forms


@dataclass(slots=True, kw_only=True)
class SmtpBehaviour:
    """How the sink, standing in for whatever SMTP server a client or a vendor's settings name, treats them.

    accounts: user names and passwords that AUTH takes; None takes any. require_auth: no mail without AUTH.
    refused_senders, refused_recipients: patterns (`*@example.com`) of addresses that are turned down.
    starttls: whether a relay that a vendor's settings name offers it.
    unreachable: patterns (`mail.example.com:*`) of relays, `host:port`, that no connection reaches.
    """

    accounts: dict[str, str] | None = None
    require_auth: bool = False
    refused_senders: list[str] = field(default_factory=list)
    refused_recipients: list[str] = field(default_factory=list)
    starttls: bool = True
    unreachable: list[str] = field(default_factory=list)

    def takes(self, user: str, password: str) -> bool:
        """Whether AUTH takes this name and password."""
        return self.accounts is None or self.accounts.get(user) == password

    def refuses_sender(self, address: str) -> bool:
        """Whether MAIL FROM is turned down, in whichever way its domain is written."""
        return any(_any_matches(self.refused_senders, one) for one in _spellings(self.refused_senders, address))

    def refuses_recipient(self, address: str) -> bool:
        """Whether RCPT TO is turned down, likewise."""
        return any(_any_matches(self.refused_recipients, one) for one in _spellings(self.refused_recipients, address))

    def is_unreachable(self, relay: str) -> bool:
        """Whether no connection reaches a relay (`host:port`)."""
        return _any_matches(self.unreachable, relay)


def _spellings(patterns: list[str], address: str) -> list[str]:
    return address_forms(address) if patterns else []


def _any_matches(patterns: list[str], text: str) -> bool:
    return any(fnmatchcase(text.lower(), pattern.lower()) for pattern in patterns)
