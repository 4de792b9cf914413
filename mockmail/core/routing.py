"""From a method and a path to an operation, for any number of vendors at the same cost."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mockmail.core.operation import Operation
from mockmail.core.vendor import Vendor

REMEMBERED = 512
"""How many paths are remembered."""

REMEMBERED_LENGTH = 512
"""Characters of such a path, its slashes included."""


@dataclass(frozen=True, slots=True)
class Match:
    """An operation was reached. path: the values of its template's names."""

    vendor: Vendor
    operation: Operation
    path: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class WrongMethod:
    """The path is served, by other methods."""

    vendor: Vendor
    allowed: tuple[str, ...]


@dataclass(slots=True)
class _Node:
    """A place in the tree of paths."""

    literals: dict[str, _Node] = field(default_factory=dict)
    any_segment: _Node | None = None
    ends: dict[str, tuple[Operation, tuple[str, ...]]] = field(default_factory=dict)
    rests: dict[str, tuple[Operation, tuple[str, ...]]] = field(default_factory=dict)


class VendorRouter:
    """The paths of one vendor. Literal segments win over `{name}`, and that over `{name*}`."""

    def __init__(self, vendor: Vendor) -> None:
        self._vendor = vendor
        self._fold = vendor.case_insensitive
        self._root = _Node()
        self._exact: dict[tuple[str, ...], dict[str, tuple[Operation, dict[str, str]]]] = {}
        for operation in vendor.operations:
            for template in operation.templates:
                self._add(operation, template)

    def resolve(self, method: str, segments: Sequence[str]) -> Match | WrongMethod | None:
        """The operation of a path; None where the vendor serves no such path."""
        wanted = "GET" if method == "HEAD" else method
        if segments and not segments[-1]:
            segments = segments[:-1]
        exact = self._exact.get(tuple(segments))
        if exact is not None and wanted in exact:
            return Match(self._vendor, *exact[wanted])
        straight = self._straight(segments)
        if straight is not None and wanted in straight[0]:
            operation, names = straight[0][wanted]
            return Match(self._vendor, operation, dict(zip(names, straight[1], strict=True)))
        allowed: dict[str, None] = {}
        for ends, values in self._walk(self._root, segments, ()):
            if wanted in ends:
                operation, names = ends[wanted]
                return Match(self._vendor, operation, dict(zip(names, values, strict=True)))
            allowed |= dict.fromkeys(ends)
        return WrongMethod(self._vendor, tuple(sorted(allowed))) if allowed else None

    @property
    def beginnings(self) -> Collection[str] | None:
        """The first segments, case folded, of all paths; None where one may begin with anything."""
        if self._root.any_segment or self._root.rests or self._root.ends:
            return None
        return [segment.casefold() for segment in self._root.literals]

    def _add(self, operation: Operation, template: str) -> None:
        self._add_exact(operation, template)
        node, names = self._root, []
        for segment in split_template(template):
            if segment.endswith("*}"):
                names.append(segment[1:-2])
                node.rests |= dict.fromkeys(operation.methods, (operation, tuple(names)))
                return
            if segment.startswith("{"):
                names.append(segment[1:-1])
                node.any_segment = node.any_segment or _Node()
                node = node.any_segment
            else:
                node = node.literals.setdefault(self._key(segment), _Node())
        node.ends |= dict.fromkeys(operation.methods, (operation, tuple(names)))

    def _add_exact(self, operation: Operation, template: str) -> None:
        """A path without names, or with nothing in its `{name*}`, is found at once when it is written as here."""
        *literals, last = split_template(template)
        rest = {last[1:-2]: ""} if last.endswith("*}") else {}
        path = tuple(literals) if rest else (*literals, last)
        if not any(segment.startswith("{") for segment in path):
            known = self._exact.setdefault(path, {})
            for method in operation.methods:
                if not rest or method not in known:
                    known[method] = (operation, rest)

    def _straight(
        self, segments: Sequence[str]
    ) -> tuple[Mapping[str, tuple[Operation, tuple[str, ...]]], list[str]] | None:
        """Where the segments lead without looking back: what `_walk` would find first, sooner found."""
        node, values = self._root, []
        for segment in segments:
            following = node.literals.get(segment.casefold() if self._fold else segment)
            if following is None:
                following = node.any_segment
                if following is None or not segment:
                    return None
                values.append(segment)
            node = following
        return node.ends, values

    def _walk(
        self, node: _Node, segments: Sequence[str], values: tuple[str, ...]
    ) -> Iterator[tuple[dict[str, tuple[Operation, tuple[str, ...]]], tuple[str, ...]]]:
        """Every place that the segments lead to, the most literal first."""
        if not segments:
            if node.ends:
                yield node.ends, values
        else:
            literal = node.literals.get(self._key(segments[0]))
            if literal is not None:
                yield from self._walk(literal, segments[1:], values)
            if node.any_segment is not None and segments[0]:
                yield from self._walk(node.any_segment, segments[1:], (*values, segments[0]))
        if node.rests:
            yield node.rests, (*values, "/".join(segments))

    def _key(self, segment: str) -> str:
        return segment.casefold() if self._fold else segment


class Router:
    """The paths of all vendors, and the ways to what was asked for last: a client asks for few paths, often."""

    def __init__(self, vendors: Sequence[Vendor]) -> None:
        self._routers = {vendor.name: VendorRouter(vendor) for vendor in vendors}
        self._open = [router for router in self._routers.values() if router.beginnings is None]
        beginnings = {one for router in self._routers.values() for one in router.beginnings or ()}
        self._by_beginning = {one: self._that_begin(one) for one in beginnings}
        self._found: dict[tuple[str | None, str, tuple[str, ...]], Match] = {}

    def resolve(self, vendor: str | None, method: str, segments: tuple[str, ...]) -> Match | WrongMethod | None:
        """The operation of a path, of one vendor or, at its natural path, of whichever vendor serves it."""
        asked = (vendor, method, segments)
        known = self._found.get(asked)
        if known is not None:
            return known
        found = self._resolve(vendor, method, segments)
        if isinstance(found, Match) and sum(map(len, segments)) + len(segments) <= REMEMBERED_LENGTH:
            if len(self._found) >= REMEMBERED:
                self._found.clear()
            self._found[asked] = found
        return found

    def _resolve(self, vendor: str | None, method: str, segments: tuple[str, ...]) -> Match | WrongMethod | None:
        if vendor is not None:
            return self._routers[vendor].resolve(method, segments)
        wrong: WrongMethod | None = None
        beginning = segments[0].casefold() if segments else ""
        for router in self._by_beginning.get(beginning, self._open):
            found = router.resolve(method, segments)
            if isinstance(found, Match):
                return found
            wrong = wrong or found
        return wrong

    def _that_begin(self, beginning: str) -> list[VendorRouter]:
        """The vendors, in their order, that may have a path which begins so."""
        return [one for one in self._routers.values() if one.beginnings is None or beginning in one.beginnings]


def split_template(template: str) -> tuple[str, ...]:
    """The segments of a path template."""
    return tuple(template.strip("/").split("/"))
