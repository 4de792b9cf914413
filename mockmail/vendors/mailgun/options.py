"""The options of Mailgun."""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.core.vendor import switch


@dataclass(frozen=True, slots=True)
class Options:
    """How errors are worded."""

    newer_errors: bool = switch("name parameters without quotes in errors, as newer servers do")
    sandbox_refuses_with_403: bool = switch(
        "refuse a recipient whom a sandbox domain may not send to with 403 instead of 400"
    )
