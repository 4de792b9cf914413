"""What DocSpace's rules return where a plain value is not enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A success.

    response: what stands in the envelope, None for nothing.
    count: how many the envelope says that it is; None for as many as it is.
    cookies: `Set-Cookie` values.
    """

    response: Any = None
    count: int | None = None
    cookies: tuple[str, ...] = ()
