"""`numberformat`: java.text.DecimalFormat, English."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal

from mockmail.vendors.spacedog.pebble.errors import illegal_argument

DEFAULT = "#,##0.###"
MOST_DIGITS = 340
"""As many as a Double can need; a format may ask for no more."""

_PATTERN = re.compile(r"(?P<before>[^#0,.]*)(?P<whole>[#,0]*)(?:\.(?P<fraction>0*#*))?(?P<after>[^#0,.]*)")


def formatted(value: float, pattern: str = DEFAULT) -> str:
    """A number in a format such as `#,##0.00`. Raises TemplateError."""
    parts = _PATTERN.fullmatch(pattern.partition(";")[0]) if len(pattern) <= MOST_DIGITS else None
    if parts is None:
        raise illegal_argument(f'Malformed pattern "{pattern}"')
    before, after = (_literal(parts[name]) for name in ("before", "after"))
    number = Decimal(int(value)) if isinstance(value, int) else Decimal(repr(value))
    if not number.is_finite():
        return "\ufffd" if number.is_nan() else f"{'-' if number < 0 else ''}{before}\u221e{after}"
    number = number.scaleb(2) if "%" in before + after else number
    digits = _digits(abs(number), parts["whole"], parts["fraction"] or "")
    return f"{'-' if number < 0 and digits.strip('0.,') else ''}{before}{digits}{after}"


def _digits(number: Decimal, whole: str, fraction: str) -> str:
    exact = Context(prec=2 * MOST_DIGITS, rounding=ROUND_HALF_EVEN)
    rounded = exact.quantize(min(number, Decimal(10) ** MOST_DIGITS), Decimal(1).scaleb(-len(fraction)))
    left, _, right = f"{rounded:f}".partition(".")
    least = whole.replace(",", "").count("0")
    left = left.lstrip("0").rjust(least, "0") if least or right.strip("0") else left.lstrip("0") or "0"
    right = right.rstrip("0").ljust(fraction.count("0"), "0")
    if "," in whole:
        left = _grouped(left, len(whole.rpartition(",")[2]))
    return f"{left}.{right}" if right else left


def _grouped(digits: str, size: int) -> str:
    if size == 0:
        return digits
    head = len(digits) % size
    groups = [digits[:head], *(digits[at : at + size] for at in range(head, len(digits), size))]
    return ",".join(group for group in groups if group)


def _literal(text: str) -> str:
    return text.replace("''", "\0").replace("'", "").replace("\0", "'")
