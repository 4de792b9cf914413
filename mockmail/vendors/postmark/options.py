"""Where Postmark's behaviour has changed over the years (docs/wire/postmark.md 7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mockmail.core.vendor import option


@dataclass(frozen=True, slots=True)
class Options:
    """Postmark's options."""

    partly_inactive: Literal["refuse", "remark"] = option(
        "refuse",
        "the response to a message of which some recipients are suppressed; the others get it: `refuse` (422, code 406)"
        " or `remark` (200, as in 2016)",
    )
