"""Read the events of calendar parts (RFC 5545), which may be broken, in time linear in their length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import msgspec

TEXT_LIMIT = 1 << 20
"""The characters of a calendar part that are read."""

MOST_EVENTS = 100
MOST_ATTENDEES = 1000
"""The most events of a message, and attendees of all events, that are read."""

_CONTINUATION = re.compile(r"\r?\n[ \t]")
_LINE_BREAK = re.compile(r"\r\n|\n|\r")
_LINE = re.compile(r"([A-Za-z0-9-]+)((?:;(?:[^\";:]|\"[^\"]*\")*+)*+):(.*)")
_PARAMETER = re.compile(r";([A-Za-z0-9-]+)=(?:\"([^\"]*)\"|([^;\"]*))")
_ESCAPED = re.compile(r"\\([\\;,nN])")
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?")


class Attendee(msgspec.Struct, frozen=True, kw_only=True):
    """A person of an event. status: such as `NEEDS-ACTION`, empty if it is not given."""

    address: str
    name: str
    status: str


class CalendarEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event in a calendar part.

    method: of the calendar, such as `REQUEST`. part: the number of the part, from 1.
    start, end: `2026-01-31T12:00:00`, with `Z` for UTC, or a date for a whole day; as sent if it is neither.
    zone: the name of the time zone of `start`, empty without one.
    organizer: None without one.
    """

    method: str
    part: int
    uid: str
    summary: str
    location: str
    start: str
    end: str
    zone: str
    organizer: Attendee | None
    attendees: tuple[Attendee, ...]


class _Property(NamedTuple):
    name: str
    parameters: str
    value: str


def events(text: str, part: int, *, most: int = MOST_EVENTS) -> list[CalendarEvent]:
    """Return the events of a calendar, `most` at most. A line that cannot be read is left out."""
    found: list[CalendarEvent] = []
    method = ""
    event: list[_Property] = []
    level = -1  # of the components inside the event; -1 outside
    for line in _properties(text[:TEXT_LIMIT]):
        if line.name in ("BEGIN", "END"):
            is_event = line.value.strip().upper() == "VEVENT"
            if line.name == "END" and level == 0:
                found.append(_event(method, part, event))
                level = -1
                if len(found) == most:
                    break
            elif level >= 0:
                level += 1 if line.name == "BEGIN" else -1
            elif line.name == "BEGIN" and is_event:
                level, event = 0, []
        elif level == 0:
            event.append(line)
        elif level < 0 and line.name == "METHOD":
            method = line.value.strip().upper()
    return found


def _properties(text: str) -> Iterator[_Property]:
    # A line break before a blank continues the line.
    for line in _LINE_BREAK.split(_CONTINUATION.sub("", text)):
        if found := _LINE.fullmatch(line):
            yield _Property(found[1].upper(), found[2], found[3])


def _event(method: str, part: int, lines: list[_Property]) -> CalendarEvent:
    first: dict[str, _Property] = {}
    for line in lines:
        first.setdefault(line.name, line)

    def text(name: str) -> str:
        return _unescaped(first[name].value) if name in first else ""

    attendees = (_attendee(line) for line in lines if line.name == "ATTENDEE")
    return CalendarEvent(
        method=method,
        part=part,
        uid=text("UID"),
        summary=text("SUMMARY"),
        location=text("LOCATION"),
        start=_time(text("DTSTART")),
        end=_time(text("DTEND")),
        zone=_parameters(first["DTSTART"]).get("TZID", "") if "DTSTART" in first else "",
        organizer=_attendee(first["ORGANIZER"]) if "ORGANIZER" in first else None,
        attendees=tuple(islice(attendees, MOST_ATTENDEES)),
    )


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], text)


def _attendee(line: _Property) -> Attendee:
    parameters = _parameters(line)
    address = line.value.strip()
    return Attendee(
        address=address[7:] if address[:7].lower() == "mailto:" else address,
        name=parameters.get("CN", ""),
        status=parameters.get("PARTSTAT", ""),
    )


def _parameters(line: _Property) -> dict[str, str]:
    return {name.upper(): quoted or bare for name, quoted, bare in _PARAMETER.findall(line.parameters)}


def _time(text: str) -> str:
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return text
    year, month, day, hour, minute, second, zulu = found.groups()
    return f"{year}-{month}-{day}" + (f"T{hour}:{minute}:{second}{zulu}" if hour else "")
