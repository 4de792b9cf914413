"""Format numbers and dates as Java does, and escape texts as Pebble does."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from types import MappingProxyType
from urllib.parse import quote

from mockmail.vendors.spacedog.pebble.errors import TemplateError, illegal_argument

DEFAULT_NUMBER_FORMAT = "#,##0.###"
MOST_DIGITS = 340  # enough for every Double; the bound of a format

_NUMBER_FORMAT = re.compile(r"(?P<before>[^#0,.]*)(?P<whole>[#,0]*)(?:\.(?P<fraction>0*#*))?(?P<after>[^#0,.]*)")


def format_number(value: float, pattern: str = DEFAULT_NUMBER_FORMAT) -> str:
    """Return a number in a java.text.DecimalFormat such as `#,##0.00`. Raise TemplateError."""
    parts = _NUMBER_FORMAT.fullmatch(pattern.partition(";")[0]) if len(pattern) <= MOST_DIGITS else None
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
    if "," in whole and not whole.endswith(","):
        size = len(whole.rpartition(",")[2])
        left = re.sub(rf"(?<=[0-9])(?=(?:[0-9]{{{size}}})+\Z)", ",", left)
    return f"{left}.{right}" if right else left


def _literal(text: str) -> str:
    return text.replace("''", "\0").replace("'", "").replace("\0", "'")


MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()  # noqa: SIM905
SHORT = 3  # letters of a short name: MMM is Dec, MMMM is December
MOST_DATE_DIGITS = 9  # of one number in a date; further digits belong to the next part

_DATE_PARTS = re.compile(r"'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+")
_UNITS = {
    "y": "year", "M": "month", "d": "day", "H": "hour", "k": "hour", "K": "hour", "h": "hour", "m": "minute",
    "s": "second", "S": "millisecond",
}  # fmt: skip
_WORDS = {"a": r"(?i)[ap]m", "z": r"UTC|GMT|Z", "Z": r"[+-]0000", "X": r"Z|[+-]00(?::?00)?"}


def reformat_date(text: str, existing: str, wanted: str) -> str:
    """Return a date rewritten from one java.text.SimpleDateFormat to another. Raise TemplateError."""
    moment = _read_date(text, existing)
    return "".join(_written(moment, letter, part) for letter, part in _letters(wanted))


def _read_date(text: str, pattern: str) -> datetime:
    found = {"year": 1970, "month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0, "millisecond": 0}
    at, afternoon = 0, False
    parts = list(_letters(pattern))
    for number, (letter, part) in enumerate(parts):
        # A number before another number has exactly the width of its pattern.
        tight = number + 1 < len(parts) and parts[number + 1][0] in _UNITS
        taken = _take(text, at, letter, part, tight=tight)
        if taken is None:
            raise _unreadable(text)
        afternoon = afternoon or (letter == "a" and taken.lower() == "pm")
        at += len(taken)
        if letter in _UNITS:
            found[_UNITS[letter]] = _value(letter, part, taken)
    if afternoon and found["hour"] < 12:  # noqa: PLR2004  # noon
        found["hour"] += 12
    milliseconds = found.pop("millisecond")
    try:
        return datetime(**found, microsecond=milliseconds % 1000 * 1000, tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise _unreadable(text) from error


def _letters(pattern: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(pattern):
        part = _DATE_PARTS.match(pattern, at)
        if part is None:
            raise illegal_argument("Unterminated quote")
        at = part.end()
        if part.group(1):
            yield part.group(1), part.group()
        else:
            quoted = part.group().startswith("'")
            yield "", (part.group()[1:-1].replace("''", "'") or "'") if quoted else part.group()


def _take(text: str, at: int, letter: str, part: str, *, tight: bool) -> str | None:
    if not letter:
        return part if text.startswith(part, at) else None
    if letter == "E" or (letter == "M" and len(part) >= SHORT):
        names = DAYS if letter == "E" else MONTHS
        expected = "(?ia)" + "|".join(f"{name}|{name[:SHORT]}" for name in names)
    else:
        width = min(len(part), MOST_DATE_DIGITS) if tight else MOST_DATE_DIGITS
        expected = _WORDS.get(letter, f"[0-9]{{1,{width}}}")
    match = re.compile(expected).match(text, at)
    return match and match.group()


def _value(letter: str, part: str, taken: str) -> int:
    if not taken.isdigit():
        return next(number for number, name in enumerate(MONTHS, 1) if name[:SHORT] == taken[:SHORT].title())
    number = int(taken)
    if letter == "y" and len(part) == len(taken) == 2:  # noqa: PLR2004
        return number + (2000 if number < 70 else 1900)  # noqa: PLR2004
    if letter in ("h", "K"):
        return number % 12
    return number % 24 if letter == "k" else number


def _written(moment: datetime, letter: str, part: str) -> str:
    width = len(part)
    if not letter:
        return part
    if letter == "E" or (letter == "M" and width >= SHORT):
        name = DAYS[moment.weekday()] if letter == "E" else MONTHS[moment.month - 1]
        return name if width > SHORT else name[:SHORT]
    values: dict[str, int | str] = {
        "a": "AM" if moment.hour < 12 else "PM",  # noqa: PLR2004
        "G": "AD",
        "z": "UTC",
        "Z": "+0000",
        "X": "Z",
        "y": moment.year % 100 if width == 2 else moment.year,  # noqa: PLR2004
        "M": moment.month,
        "d": moment.day,
        "H": moment.hour,
        "k": moment.hour or 24,
        "K": moment.hour % 12,
        "h": moment.hour % 12 or 12,
        "m": moment.minute,
        "s": moment.second,
        "S": moment.microsecond // 1000,
        "D": moment.timetuple().tm_yday,
        "u": moment.isoweekday(),
        "w": moment.isocalendar().week,
    }
    if letter not in values:
        raise illegal_argument(f"Illegal pattern character '{letter}'")
    value = values[letter]
    return value if isinstance(value, str) else str(value).zfill(min(width, 100))


def _unreadable(text: str) -> TemplateError:
    cause = TemplateError(f'Unparseable date: "{text}"', "java.text.ParseException")
    return TemplateError("Could not parse date", cause=cause)


_LETTERS = zip("\b\t\n\v\f\r'\"\\/", "btnvfr'\"\\/", strict=True)
_SCRIPT = str.maketrans({sign: f"\\{letter}" for sign, letter in _LETTERS} | {"\u2028": "\\u2028", "\u2029": "\\u2029"})
_STYLE = str.maketrans({sign: f"\\{ord(sign):02X} " for sign in "\b\t\n\x0b\f\r'\"\\/<>&@"})


def _html(text: str) -> str:
    return html.escape(text).replace("&#x27;", "&#39;")


STRATEGIES: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "html": _html,
        "html_attr": lambda text: _html(text).replace("/", "&#47;"),
        "js": lambda text: text.translate(_SCRIPT),
        "css": lambda text: text.translate(_STYLE),
        "url_param": lambda text: quote(text.encode("utf-8", "replace"), safe=""),
    }
)
