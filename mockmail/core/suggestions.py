"""Suggest operations for a request that no operation serves, and names for a misspelled one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from mockmail.core.operation import NotEmulated, Operation
from mockmail.core.routing import split_template
from mockmail.core.vendor import Vendor

SegmentLikeness = Callable[[str, str], float]

SEGMENTS, CHARACTERS = 16, 160
"""The segments of a path, and the characters of each, that are compared; a path may have any length."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An operation similar to a request, and why it did not match or is not emulated.

    likeness: the number of equal segments that path and template begin with, and their similarity, below 1.
    """

    vendor: Vendor
    operation: Operation | NotEmulated
    likeness: float
    reason: str

    def __str__(self) -> str:
        operation = self.operation
        methods = operation.method if isinstance(operation, NotEmulated) else "/".join(operation.methods)
        return f"{self.vendor.name} {operation.name} ({methods} {operation.path}): {self.reason}"


def suggest(vendors: Iterable[Vendor], method: str, segments: Sequence[str], most: int = 3) -> list[Suggestion]:
    """Return the operations most similar to a request, the most similar first; a matching NotEmulated comes first.

    A longer common prefix outweighs everything else. Dot segments are resolved, as most web servers do.
    """
    path = _resolved(segments)
    like = cache(_segment_likeness)  # templates share their segments
    found: list[Suggestion] = []
    for vendor in vendors:
        if not vendor.is_usable:
            continue
        for operation in vendor.operations:
            of_templates = (
                _compare(vendor, operation, template, method, path, like) for template in operation.templates
            )
            found.append(max(of_templates, key=_likeness))
        found += _not_emulated(vendor, method, path)
    return sorted(found, key=_likeness, reverse=True)[:most]


def did_you_mean(name: str, known: Mapping[str, str], *, most: int = 3, cutoff: float = 0.6) -> str:
    """Return a question about the known names that are most similar to a wrong one; empty if none is similar.

    known: by each name, the text that the question shows for it.
    """
    from difflib import get_close_matches  # only a mistake needs it

    similar = get_close_matches(name[:CHARACTERS], list(known), most, cutoff)
    return f"did you mean {', '.join(known[found] for found in similar)}?" if similar else ""


def _not_emulated(vendor: Vendor, method: str, path: Sequence[str]) -> Iterator[Suggestion]:
    given = _comparable(vendor, path)
    for operation in vendor.not_emulated:
        if operation.method not in ("*", method):
            continue
        for template in operation.templates:
            wanted = _comparable(vendor, split_template(template))
            below = operation.method == "*" and len(path) > len(wanted)
            if (below or len(path) == len(wanted)) and _fits(wanted, given):
                # Above each operation with as many equal segments, whose similarity is below 1.
                likeness = len(wanted) + (1.5 if below else 2.0)
                yield Suggestion(vendor, operation, likeness, f"is not emulated: {operation.reason}")


def _fits(wanted: Sequence[str], path: Sequence[str]) -> bool:
    return all(_fit(pattern, segment) for pattern, segment in zip(wanted, path, strict=False))


def _likeness(suggestion: Suggestion) -> float:
    return suggestion.likeness


def _resolved(segments: Sequence[str]) -> list[str]:
    path: list[str] = []
    for segment in segments:
        if segment == "..":
            del path[-1:]
        elif segment not in ("", "."):
            path.append(segment[:CHARACTERS])
    return path[:SEGMENTS]


def _compare(  # noqa: PLR0917  # a private step of `suggest`
    vendor: Vendor, operation: Operation, template: str, method: str, path: Sequence[str], like: SegmentLikeness
) -> Suggestion:
    shown = [segment for segment in split_template(template) if not segment.endswith("*}")]
    wanted, given = _comparable(vendor, shown), _comparable(vendor, path)
    # A missing or additional segment shifts the segments after it, so they are compared from the end as well.
    similarity = max(_similarity(wanted, given, like), _similarity(wanted[::-1], given[::-1], like))
    similarity += 0.05 if method in operation.methods else 0.0
    likeness = _common_prefix(wanted, given) + similarity / 1.1
    different = next((number for number, pair in enumerate(zip(wanted, given, strict=False)) if not _fit(*pair)), None)
    is_shifted = different is not None and given[different : different + 1] == wanted[different + 1 : different + 2]
    return Suggestion(vendor, operation, likeness, _reason(operation, method, shown, path, different, is_shifted))


def _comparable(vendor: Vendor, segments: Sequence[str]) -> Sequence[str]:
    if not vendor.case_insensitive:
        return segments
    return [segment if segment.startswith("{") else segment.lower() for segment in segments]


def _fit(pattern: str, segment: str) -> bool:
    return pattern == segment or pattern.startswith("{")


def _common_prefix(wanted: Sequence[str], path: Sequence[str]) -> int:
    common = 0
    for pattern, segment in zip(wanted, path, strict=False):
        if not _fit(pattern, segment):
            break
        common += pattern == segment
    return common


def _similarity(wanted: Sequence[str], path: Sequence[str], like: SegmentLikeness) -> float:
    pairs = list(zip(wanted, path, strict=False))
    likeness = sum(like(pattern, segment) for pattern, segment in pairs if not pattern.startswith("{"))
    if any(pattern == segment for pattern, segment in pairs):  # else a template of placeholders is similar to anything
        likeness += 0.5 * sum(pattern.startswith("{") for pattern, _ in pairs)
    return likeness / max(len(wanted), len(path), 1)


def _segment_likeness(pattern: str, segment: str) -> float:
    if pattern == segment:
        return 1.0
    from difflib import SequenceMatcher  # only an unknown path needs it

    return 0.8 * SequenceMatcher(None, pattern.lower(), segment.lower(), autojunk=False).ratio()


def _reason(  # noqa: PLR0917  # a private step of `_compare`
    operation: Operation,
    method: str,
    wanted: Sequence[str],
    path: Sequence[str],
    different: int | None,
    is_shifted: bool,
) -> str:
    if different is not None:
        if is_shifted and len(path) < len(wanted):
            return f"{wanted[different]!r} is missing"
        return f"{path[different]!r} should be {wanted[different]!r}"
    if len(path) > len(wanted):
        return f"{path[len(wanted)]!r} is one segment too many"
    if len(path) < len(wanted):
        return f"{wanted[len(path)]!r} is missing"
    if method in operation.methods:
        return "the path has an empty or a dot segment"
    return f"it takes {' or '.join(operation.methods)}, not {method}"
