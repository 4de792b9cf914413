"""`date`: java.text.SimpleDateFormat, English, in UTC, as far as letters of dates and times go."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from mockmail.vendors.spacedog.pebble.errors import TemplateError, illegal_argument

MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()  # noqa: SIM905
SHORT = 3
"""From four letters on a name is written in full, as from three on a month is a name."""
MOST_DIGITS = 9
"""A number of a date has no more: what comes behind them is the next part's."""

_PARTS = re.compile(r"'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+")
_NUMBERS = {"H": "hour", "m": "minute", "s": "second", "d": "day", "S": "millisecond"}


def reformat(text: str, existing: str, wanted: str) -> str:
    """A date that is written in one format, in another. Raises TemplateError."""
    return write(read(text, existing), wanted)


def read(text: str, pattern: str) -> datetime:
    """The moment that a text of this format begins with."""
    found: dict[str, int] = {"year": 1970, "month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0, "millisecond": 0}
    at, afternoon = 0, False
    parts = list(_letters(pattern))
    for number, (letter, part) in enumerate(parts):
        # Where the next part is a number as well, this one has just its own width.
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


def write(moment: datetime, pattern: str) -> str:
    """A moment in this format."""
    return "".join(_written(moment, letter, part) for letter, part in _letters(pattern))


def _letters(pattern: str) -> Iterator[tuple[str, str]]:
    """The parts of a format: a letter and its run, or nothing and a literal text."""
    at = 0
    while at < len(pattern):
        part = _PARTS.match(pattern, at)
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
    """What of a text is this part, at this place, noted where it counts; None where it is not there."""
    if not letter:
        return part if text.startswith(part, at) else None
    if letter == "M" and len(part) >= SHORT:
        return _take_name(text, at, MONTHS, "month", found)
    if letter == "E":
        return _take_name(text, at, DAYS, "", found)
    words = {"a": r"(?i)[ap]m", "z": r"UTC|GMT|Z", "Z": r"[+-]0000", "X": r"Z|[+-]00(?::?00)?"}
    width = min(len(part), MOST_DIGITS) if tight else MOST_DIGITS
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
