"""What a request that nobody serves may have meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from mockmail.core.operation import Operation
from mockmail.core.routing import split_template
from mockmail.core.vendor import Vendor

COMPARED = 16
"""How many segments, and ten times as many characters of each, are compared: a request may be of any length."""


@dataclass(frozen=True, slots=True)
class Near:
    """An operation that resembles a request, and why it is another."""

    vendor: Vendor
    operation: Operation
    likeness: float
    reason: str

    def __str__(self) -> str:
        methods = "/".join(self.operation.methods)
        return f"{self.vendor.name} {self.operation.name} ({methods} {self.operation.path}): {self.reason}"


def nearest(vendors: Iterable[Vendor], method: str, segments: Sequence[str], most: int = 3) -> list[Near]:
    """The operations that a request resembles most, the likest first."""
    asked = [segment[: COMPARED * 10] for segment in segments if segment][:COMPARED]
    found = [
        max((_compare(vendor, operation, template, method, asked) for template in operation.templates), key=_likeness)
        for vendor in vendors
        for operation in vendor.operations
    ]
    return sorted(found, key=_likeness, reverse=True)[:most]


def _likeness(near: Near) -> float:
    return near.likeness


def _compare(vendor: Vendor, operation: Operation, template: str, method: str, asked: Sequence[str]) -> Near:
    wanted = [segment for segment in split_template(template) if not segment.endswith("*}")]
    pairs = list(zip(wanted, asked, strict=False))
    likeness = sum(_segment_likeness(pattern, segment) for pattern, segment in pairs)
    likeness /= max(len(wanted), len(asked), 1)
    likeness += 0.05 if method in operation.methods else 0.0
    return Near(vendor, operation, likeness, _reason(operation, method, wanted, asked))


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
