"""What Resend refuses on the live host, and a test may not want (docs/wire/resend.md 2 and 3)."""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.core.vendor import switch


@dataclass(frozen=True, slots=True)
class Options:
    """Resend's options."""

    refuses_example_domains: bool = switch(
        "refuse recipients at example.com, example.net, example.org and test.com, as the live host does"
    )
    requires_user_agent: bool = switch("refuse a request without a User-Agent (403), as the live host does")
