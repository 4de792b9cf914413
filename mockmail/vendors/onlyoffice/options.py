"""What differs between DocSpace installations and versions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

CHOICES = {"profile": ("cloud", "standalone"), "error_style": ("2.x", "3.5+")}


def _option(default: Any, explanation: str) -> Any:
    return field(default=default, metadata={"help": explanation})


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The switches of an installation. Raises ValueError for a choice that there is not."""

    profile: str = _option(
        "cloud",
        "cloud: with nothing stored, the SMTP settings read as an empty document with port 0; "
        "standalone: they read as the installation's own",
    )
    error_style: str = _option(
        "3.5+",
        "3.5+: refusals say what is wrong, 403 and 402 among them; "
        "2.x: every 400 says `Invalid arguments`, nulls are left out, and what became 403 and 402 later is 500",
    )
    hide_smtp_settings: bool = _option(
        default=False, explanation="the portal's plan has no SMTP settings: their calls answer 402"
    )
    limit_smtp_tests: bool = _option(
        default=False, explanation="a user may ask for 5 test mails in 15 minutes; more answer 429"
    )
    password_salt: str = _option(
        "5a1e5a1e5a1e5a1e5a1e5a1e5a1e5a1e5a1e5a1e5a1e5a1e5a1e5a1e5a1e5a1e",
        "what passwords are salted with for a login by `passwordHash`; GET /api/2.0/settings publishes it",
    )

    def __post_init__(self) -> None:
        """See that every choice is one."""
        for name, choices in CHOICES.items():
            value = getattr(self, name)
            if value not in choices:
                raise ValueError(f"{name} is one of {', '.join(choices)}, not {value!r}")

    @property
    def standalone(self) -> bool:
        """Whether the portal is somebody's own installation."""
        return self.profile == "standalone"

    @property
    def is_old(self) -> bool:
        """Whether refusals look as they did in 2.x."""
        return self.error_style == "2.x"
