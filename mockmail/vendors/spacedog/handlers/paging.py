"""`from` and `size`, which lists take."""

from __future__ import annotations

from mockmail.vendors.spacedog.bodies import Form
from mockmail.vendors.spacedog.errors import IllegalArgument, SpaceDogError

MOST = 1000
_LARGEST = 1 << 31


def page_of(params: Form) -> tuple[int, int]:
    """Where a page begins and ends."""
    start, size = whole(params.get("from"), 0), whole(params.get("size"), 10)
    if start + size > MOST:
        raise SpaceDogError("from + size is greater than 1000", code="400")
    if start < 0 or size < 0:
        raise IllegalArgument(f"[{'from' if start < 0 else 'size'}] parameter cannot be negative")
    return start, start + size


def whole(text: str | None, default: int, *, largest: int = _LARGEST) -> int:
    """A number of a query, in Java's bounds. Raises IllegalArgument."""
    if text is None:
        return default
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(largest))):
        raise IllegalArgument(f'For input string: "{text}"')
    number = int(text)
    if not -largest <= number < largest:
        raise IllegalArgument(f'For input string: "{text}"')
    return number
