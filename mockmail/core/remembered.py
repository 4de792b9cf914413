"""What is made of a text, remembered: for few texts and short ones, so that no client fills the memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

T = TypeVar("T")


def remembered(most: int, longest: int) -> Callable[[Callable[[str], T]], Callable[[str], T]]:
    """Have a function of a text remember the `most` last results for texts of at most `longest` characters."""

    def around(function: Callable[[str], T]) -> Callable[[str], T]:
        known = lru_cache(maxsize=most)(function)

        @wraps(function)
        def result(text: str) -> T:
            return known(text) if len(text) <= longest else function(text)

        return result

    return around
