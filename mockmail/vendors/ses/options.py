"""What SES checks on the live host, and a test may not want (docs/wire/ses.md 2)."""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.core.vendor import switch


@dataclass(frozen=True, slots=True)
class Options:
    """The options of SES."""

    checks_signatures: bool = switch("refuse a request whose signature is not that of its secret key (403)")
