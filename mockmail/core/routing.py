"""From a method and a path to an operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mockmail.core.operation import Operation
from mockmail.core.vendor import Vendor

Ends = dict[str, tuple[Operation, tuple[str, ...]]]
"""By method: the operation, and the names of its path's values in order."""


@dataclass(frozen=True, slots=True)
class Match:
    """An operation was found. path: the values of its template's names."""

    vendor: Vendor
    operation: Operation
    path: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class WrongMethod:
    """The vendor serves this path, but not with this method."""

    vendor: Vendor
    allowed: tuple[str, ...]


@dataclass(slots=True)
class _Node:
    literals: dict[str, _Node] = field(default_factory=dict)
    any_segment: _Node | None = None
    ends: Ends = field(default_factory=dict)
    rests: Ends = field(default_factory=dict)


class VendorRouter:
    """The paths of one vendor, as a tree. A literal segment wins over `{name}`, and `{name}` over `{name*}`."""

    def __init__(self, vendor: Vendor) -> None:
        self._vendor = vendor
        self._root = _Node()
        for operation in vendor.operations:
            for template in operation.templates:
                self._add(operation, template)

    def resolve(self, method: str, segments: Sequence[str]) -> Match | WrongMethod | None:
        """Return the operation of a path, or None if the vendor does not serve the path."""
        wanted = "GET" if method == "HEAD" else method
        if segments and not segments[-1]:
            segments = segments[:-1]
        keys = [segment.casefold() for segment in segments] if self._vendor.case_insensitive else segments
        allowed: set[str] = set()
        for ends, values in self._walk(self._root, 0, keys, segments, ()):
            found = ends.get(wanted)
            if found is not None:
                operation, names = found
                return Match(self._vendor, operation, dict(zip(names, values, strict=True)))
            allowed.update(ends)
        return WrongMethod(self._vendor, tuple(sorted(allowed))) if allowed else None

    @property
    def roots(self) -> set[str] | None:
        """Return the first segments of all paths; None if a path may begin with any segment."""
        if self._root.any_segment or self._root.rests or self._root.ends:
            return None
        return set(self._root.literals)

    def _add(self, operation: Operation, template: str) -> None:
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
                key = segment.casefold() if self._vendor.case_insensitive else segment
                node = node.literals.setdefault(key, _Node())
        node.ends |= dict.fromkeys(operation.methods, (operation, tuple(names)))

    def _walk(
        self, node: _Node, depth: int, keys: Sequence[str], segments: Sequence[str], values: tuple[str, ...]
    ) -> Iterator[tuple[Ends, tuple[str, ...]]]:
        """Yield the ends of all matching templates with their values, the most literal template first."""
        if depth == len(keys):
            if node.ends:
                yield node.ends, values
        else:
            literal = node.literals.get(keys[depth])
            if literal is not None:
                yield from self._walk(literal, depth + 1, keys, segments, values)
            if node.any_segment is not None and segments[depth]:
                yield from self._walk(node.any_segment, depth + 1, keys, segments, (*values, segments[depth]))
        if node.rests:
            yield node.rests, (*values, "/".join(segments[depth:]))


class Router:
    """The paths of all vendors. A vendor's operations are imported at the first path that begins with one of its roots.

    vendors: by name; where several serve a path, the first wins.
    """

    def __init__(self, vendors: Mapping[str, Vendor]) -> None:
        self._vendors = vendors
        self._routers: dict[str, VendorRouter] = {}

    def resolve(self, vendor: str | None, method: str, segments: Sequence[str]) -> Match | WrongMethod | None:
        """Return the operation of a path: of one vendor or, with None, of the first vendor that serves it."""
        if vendor is not None:
            return self._router(vendor).resolve(method, segments)
        wrong: WrongMethod | None = None
        for candidate in self.candidates(segments):
            found = self._router(candidate.name).resolve(method, segments)
            if isinstance(found, Match):
                return found
            wrong = wrong or found
        return wrong

    def candidates(self, segments: Sequence[str]) -> list[Vendor]:
        """Return the vendors that may serve a path, judged by its first segment."""
        root = segments[0].casefold() if segments else ""
        return [vendor for vendor in self._vendors.values() if self._may_begin(vendor, root)]

    def _may_begin(self, vendor: Vendor, root: str) -> bool:
        roots = vendor.path_roots or self._router(vendor.name).roots
        return roots is None or any(known.casefold() == root for known in roots)

    def _router(self, name: str) -> VendorRouter:
        router = self._routers.get(name)
        if router is None:
            router = self._routers[name] = VendorRouter(self._vendors[name])
        return router


def split_template(template: str) -> tuple[str, ...]:
    """Return the segments of a path template."""
    return tuple(template.strip("/").split("/"))
