"""Options: the differences between DocSpace installations and versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mockmail.core.vendor import option, switch


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of an installation."""

    profile: Literal["cloud", "standalone"] = option(
        "cloud",
        "cloud: a portal that has stored no SMTP settings shows an empty document with port 0; "
        "standalone: it shows the installation's settings",
    )
    error_style: Literal["2.x", "3.5+"] = option(
        "3.5+",
        "3.5+: errors name the cause, also with 402 and 403; "
        "2.x: every refused argument is `Invalid arguments`, errors omit nulls, and 500 stands for 402 and 403",
    )
    hide_smtp_settings: bool = switch("the portal's plan has no SMTP settings: their operations respond with 402")
    limit_smtp_tests: bool = switch("a user may send 5 test messages in 15 minutes; more are refused with 429")
    password_salt: str = option(
        "5a1e5a1e5a1e5a1e5a1e5a1e5a1e5a1e5a1e5a1e5a1e5a1e5a1e5a1e5a1e5a1e",
        "the salt of `passwordHash` in a login; GET /api/2.0/settings shows it",
    )

    @property
    def standalone(self) -> bool:
        """Return whether the portal is a customer's own installation."""
        return self.profile == "standalone"

    @property
    def is_2x(self) -> bool:
        """Return whether errors have the form of version 2.x."""
        return self.error_style == "2.x"
