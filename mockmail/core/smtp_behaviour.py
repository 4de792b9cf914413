"""The rules of a sandbox's SMTP server."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from mockmail.core.mail.addresses import address_forms


@dataclass(slots=True, kw_only=True)
class SmtpBehaviour:
    """The rules for clients, and for vendors that send through a relay.

    accounts: the user names and passwords that AUTH accepts; None accepts any. require_auth: refuse mail without AUTH.
    refused_senders, refused_recipients: patterns (`*@example.com`) of addresses that are refused.
    starttls: whether vendors' relays offer STARTTLS.
    unreachable: patterns (`mail.example.com:*`) of relays, `host:port`, that cannot be connected to.
    """

    accounts: dict[str, str] | None = None
    require_auth: bool = False
    refused_senders: list[str] = field(default_factory=list)
    refused_recipients: list[str] = field(default_factory=list)
    starttls: bool = True
    unreachable: list[str] = field(default_factory=list)

    def accepts_login(self, user: str, password: str) -> bool:
        """Return whether AUTH accepts this name and password."""
        return self.accounts is None or self.accounts.get(user) == password

    def accepts_digest(self, user: str, challenge: str, digest: str) -> bool:
        """Return whether AUTH accepts this name and this digest (RFC 2195) of a challenge and the password."""
        if self.accounts is None:
            return True
        password = self.accounts.get(user)
        if password is None:
            return False
        expected = hmac.new(password.encode(), challenge.encode(), "md5").hexdigest()
        return hmac.compare_digest(expected, digest.lower().encode("ascii", "replace").decode())

    def refuses_sender(self, address: str) -> bool:
        """Return whether MAIL FROM is refused, in either form (Unicode or IDNA) of its domain."""
        return matches_address(address, self.refused_senders)

    def refuses_recipient(self, address: str) -> bool:
        """Return whether RCPT TO is refused, in either form (Unicode or IDNA) of its domain."""
        return matches_address(address, self.refused_recipients)

    def is_unreachable(self, relay: str) -> bool:
        """Return whether a relay (`host:port`) cannot be connected to."""
        return _any_matches(self.unreachable, relay)


def matches_address(address: str, patterns: list[str]) -> bool:
    """Return whether an address matches a pattern, in either form (Unicode or IDNA) of its domain."""
    return bool(patterns) and any(_any_matches(patterns, form) for form in address_forms(address))


def _any_matches(patterns: list[str], text: str) -> bool:
    return any(fnmatchcase(text.lower(), pattern.lower()) for pattern in patterns)
