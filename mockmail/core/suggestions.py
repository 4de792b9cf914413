"""What a request that nobody serves may have meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from mockmail.core.operation import NotEmulated, Operation
from mockmail.core.routing import split_template
from mockmail.core.vendor import Vendor

COMPARED = 16
"""How many segments, and ten times as many characters of each, are compared: a request may be of any length."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An operation that resembles a request, and why it is another, or why it is not emulated."""

    vendor: Vendor
    operation: Operation | NotEmulated
    likeness: float
    reason: str

    def __str__(self) -> str:
        one = self.operation
        methods = one.method if isinstance(one, NotEmulated) else "/".join(one.methods)
        return f"{self.vendor.name} {self.operation.name} ({methods} {self.operation.path}): {self.reason}"


def suggest(vendors: Iterable[Vendor], method: str, segments: Sequence[str], most: int = 3) -> list[Suggestion]:
    """The operations that a request resembles most, the likest first; one that is not emulated is what it meant."""
    asked = [segment[: COMPARED * 10] for segment in segments if segment][:COMPARED]
    found: list[Suggestion] = []
    for vendor in vendors:
        found += (
            max((_compare(vendor, one, template, method, asked) for template in one.templates), key=_likeness)
            for one in vendor.operations
        )
        found += _not_emulated(vendor, method, asked)
    return sorted(found, key=_likeness, reverse=True)[:most]


def _not_emulated(vendor: Vendor, method: str, asked: Sequence[str]) -> Iterator[Suggestion]:
    """What the request meant of what is not emulated; what stands for any method stands for what is below it too."""
    for one in vendor.not_emulated:
        wanted = split_template(one.path)
        below = one.method == "*" and len(asked) > len(wanted)
        if one.method in ("*", method) and (below or len(asked) == len(wanted)) and _fits(wanted, asked):
            yield Suggestion(vendor, one, 1.5 if below else 2.0, f"is not emulated: {one.reason}")


def _fits(wanted: Sequence[str], asked: Sequence[str]) -> bool:
    return all(pattern.startswith("{") or pattern == segment for pattern, segment in zip(wanted, asked, strict=False))


def _likeness(near: Suggestion) -> float:
    return near.likeness


def _compare(vendor: Vendor, operation: Operation, template: str, method: str, asked: Sequence[str]) -> Suggestion:
    wanted = [segment for segment in split_template(template) if not segment.endswith("*}")]
    pairs = list(zip(wanted, asked, strict=False))
    likeness = sum(_segment_likeness(pattern, segment) for pattern, segment in pairs)
    likeness /= max(len(wanted), len(asked), 1)
    likeness += 0.05 if method in operation.methods else 0.0
    return Suggestion(vendor, operation, likeness, _reason(operation, method, wanted, asked))


def _segment_likeness(pattern: str, segment: str) -> float:
    if pattern.startswith("{"):
        return 0.5
    if pattern == segment:
        return 1.0
    return 0.8 * SequenceMatcher(None, pattern.lower(), segment.lower(), autojunk=False).ratio()


def _reason(operation: Operation, method: str, wanted: Sequence[str], asked: Sequence[str]) -> str:
    for pattern, segment in zip(wanted, asked, strict=False):
        if not pattern.startswith("{") and pattern != segment:
            return f"{segment!r} should be {pattern!r}"
    if len(asked) > len(wanted):
        return f"{asked[len(wanted)]!r} is one segment too many"
    if len(asked) < len(wanted):
        return f"{wanted[len(asked)]!r} is missing"
    return f"it takes {' or '.join(operation.methods)}, not {method}"
