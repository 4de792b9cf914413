"""Format numbers and dates as Java does, and escape texts as Pebble does."""

from __future__ import annotations

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


MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()  # noqa: SIM905
SHORT = 3  # letters of a short name: MMM is Dec, MMMM is December
MOST_DATE_DIGITS = 9  # of one number in a date; further digits belong to the next part

_DATE_PARTS = re.compile(r"'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+")
_NUMBERS = {"H": "hour", "m": "minute", "s": "second", "d": "day", "S": "millisecond"}


def reformat_date(text: str, existing: str, wanted: str) -> str:
    """Return a date rewritten from one java.text.SimpleDateFormat to another. Raise TemplateError."""
    moment = _read_date(text, existing)
    return "".join(_written(moment, letter, part) for letter, part in _letters(wanted))


def _read_date(text: str, pattern: str) -> datetime:
    found: dict[str, int] = {"year": 1970, "month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0, "millisecond": 0}
    at, afternoon = 0, False
    parts = list(_letters(pattern))
    for number, (letter, part) in enumerate(parts):
        # A number before another number has exactly the width of its pattern.
        tight = number + 1 < len(parts) and parts[number + 1][0] in ("y", "M", "h", "k", "K", *_NUMBERS)
        taken = _take(text, at, letter, part, tight=tight, found=found)
        if taken is None:
            raise _unreadable(text)
        afternoon = afternoon or (letter == "a" and taken.lower() == "pm")
        at += len(taken)
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


def _take(  # a text and a place in it, a part, and what is known so far
    text: str, at: int, letter: str, part: str, *, tight: bool, found: dict[str, int]
) -> str | None:
    if not letter:
        return part if text.startswith(part, at) else None
    if letter == "M" and len(part) >= SHORT:
        return _take_name(text, at, MONTHS, "month", found)
    if letter == "E":
        return _take_name(text, at, DAYS, "", found)
    words = {"a": r"(?i)[ap]m", "z": r"UTC|GMT|Z", "Z": r"[+-]0000", "X": r"Z|[+-]00(?::?00)?"}
    width = min(len(part), MOST_DATE_DIGITS) if tight else MOST_DATE_DIGITS
    match = re.compile(words.get(letter, f"[0-9]{{1,{width}}}")).match(text, at)
    if match is None:
        return None
    _note(letter, part, match.group(), found)
    return match.group()


def _take_name(text: str, at: int, names: list[str], unit: str, found: dict[str, int]) -> str | None:
    for number, name in enumerate(names, 1):
        for form in (name, name[:SHORT]):
            here = text[at : at + len(form)]
            if here.lower() == form.lower():
                if unit:
                    found[unit] = number
                return here
    return None


def _note(letter: str, part: str, digits: str, found: dict[str, int]) -> None:
    if letter == "y":
        year = int(digits)
        found["year"] = year + (2000 if year < 70 else 1900) if len(part) == len(digits) == 2 else year  # noqa: PLR2004
    elif letter == "M":
        found["month"] = int(digits)
    elif letter in ("h", "K", "k"):
        found["hour"] = int(digits) % (24 if letter == "k" else 12)
    elif letter in _NUMBERS:
        found[_NUMBERS[letter]] = int(digits)


def _written(moment: datetime, letter: str, part: str) -> str:
    if not letter:
        return part
    width = len(part)
    if letter == "y":
        return f"{moment.year % 100:02d}" if width == 2 else _padded(moment.year, width)  # noqa: PLR2004
    names = {"M": MONTHS[moment.month - 1], "E": DAYS[moment.weekday()]}
    if letter in names and (letter == "E" or width >= SHORT):
        return names[letter] if width > SHORT else names[letter][:SHORT]
    fixed = {"a": "AM" if moment.hour < 12 else "PM", "G": "AD", "z": "UTC", "Z": "+0000", "X": "Z"}  # noqa: PLR2004
    if letter in fixed:
        return fixed[letter]
    return _padded(_number(moment, letter), width)


def _number(moment: datetime, letter: str) -> int:
    numbers = {
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
    if letter not in numbers:
        raise illegal_argument(f"Illegal pattern character '{letter}'")
    return numbers[letter]


def _padded(number: int, width: int) -> str:
    return str(number).zfill(min(width, 100))


def _unreadable(text: str) -> TemplateError:
    cause = TemplateError(f'Unparseable date: "{text}"', "java.text.ParseException")
    return TemplateError("Could not parse date", cause=cause)


_ENTITIES = MappingProxyType({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_ATTRIBUTE = str.maketrans({**_ENTITIES, "/": "&#47;"})
_SCRIPT = str.maketrans(
    {
        "\b": "\\b",
        "\t": "\\t",
        "\n": "\\n",
        "\x0b": "\\v",
        "\f": "\\f",
        "\r": "\\r",
        "'": "\\'",
        '"': '\\"',
        "\\": "\\\\",
        "/": "\\/",
        "\u2028": "\\u2028",
        "\u2029": "\\u2029",
    }
)
_STYLE = str.maketrans({sign: f"\\{ord(sign):02X} " for sign in "\b\t\n\x0b\f\r'\"\\/<>&@"})


def _html(text: str) -> str:
    for sign, entity in _ENTITIES.items():
        text = text.replace(sign, entity)
    return text


STRATEGIES: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "html": _html,
        "html_attr": lambda text: text.translate(_ATTRIBUTE),
        "js": lambda text: text.translate(_SCRIPT),
        "css": lambda text: text.translate(_STYLE),
        "url_param": lambda text: quote(text.encode("utf-8", "replace"), safe=""),
    }
)
