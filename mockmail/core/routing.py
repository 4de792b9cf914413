"""From a method and a path to an operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from multidict import CIMultiDictProxy

from mockmail.core.exchange import NO_HEADERS, WireRequest
from mockmail.core.operation import Operation
from mockmail.core.vendor import Vendor

Headers = CIMultiDictProxy[str]

Ends = dict[str, tuple[Operation, tuple[str, ...]]]
"""By method: the operation, and the names of its path's values in order."""


ANY_ROOT = "*"
"""The key for a first segment that is not the root of any vendor."""


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
        if segments and not segments[-1]:
            segments = segments[:-1]
        search = _Search(self._vendor, "GET" if method == "HEAD" else method, segments)
        match = search.below(self._root, 0, ())
        if match is None and search.allowed:
            return WrongMethod(self._vendor, tuple(sorted(search.allowed)))
        return match

    @property
    def roots(self) -> set[str] | None:
        """Return the first segments of all paths except `/`; None if a path may begin with any segment."""
        if self._root.any_segment or self._root.rests:
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


class _Search:
    """One look through a vendor's tree. allowed: the methods of the paths that fit, for a wrong method."""

    __slots__ = ("_keys", "_method", "_segments", "_vendor", "allowed")

    def __init__(self, vendor: Vendor, method: str, segments: Sequence[str]) -> None:
        self._vendor = vendor
        self._method = method
        self._segments = segments
        self._keys = [segment.casefold() for segment in segments] if vendor.case_insensitive else segments
        self.allowed: set[str] = set()

    def below(self, node: _Node, depth: int, values: tuple[str, ...]) -> Match | None:
        """Return the match for the segments from `depth` on, the most literal path first."""
        match = None
        if depth == len(self._keys):
            match = self._match(node.ends, values)
        else:
            literal = node.literals.get(self._keys[depth])
            if literal is not None:
                match = self.below(literal, depth + 1, values)
            segment = self._segments[depth]
            if match is None and node.any_segment is not None and segment:
                match = self.below(node.any_segment, depth + 1, (*values, segment))
        if match is None and node.rests:
            match = self._match(node.rests, (*values, "/".join(self._segments[depth:])))
        return match

    def _match(self, ends: Ends, values: tuple[str, ...]) -> Match | None:
        found = ends.get(self._method)
        if found is None:
            self.allowed.update(ends)
            return None
        operation, names = found
        return Match(self._vendor, operation, dict(zip(names, values, strict=True)))


class Router:
    """The paths of all vendors. A vendor's operations are imported at the first path that begins with one of its roots.

    vendors: by name. Of several that serve a path, the one that claims the request (`Vendor.claims`) wins, else the
    first.
    """

    def __init__(self, vendors: Mapping[str, Vendor]) -> None:
        self._vendors = vendors
        self._routers: dict[str, VendorRouter] = {}
        self._by_root: dict[str, list[Vendor]] = {}
        self._serving = lru_cache(maxsize=512)(self._find)

    def resolve(
        self, vendor: str | None, method: str, segments: tuple[str, ...], headers: Headers = NO_HEADERS
    ) -> Match | WrongMethod | None:
        """Return the operation of a path: of one vendor or, with None, of the vendor whose request it is.

        headers: of the request, for the claims of several vendors that serve the path.
        """
        serving = self._serving(vendor, method, segments)
        if len(serving) > 1:
            return _claimed(serving, headers)
        return serving[0] if serving else None

    def named_by_body(self, found: Match, request: WireRequest) -> Match:
        """Return the operation that the body of a request names (`Operation.dispatch`), or the one of its path."""
        if found.operation.dispatch is None:
            return found
        path = split_template(found.operation.dispatch(request))
        named = self._router(found.vendor.name).resolve(request.method, path)
        return named if isinstance(named, Match) else found

    def _find(self, vendor: str | None, method: str, segments: tuple[str, ...]) -> tuple[Match | WrongMethod, ...]:
        """Return the operations of a path, one for each vendor that serves it, those with another method last."""
        names = [vendor] if vendor is not None else [candidate.name for candidate in self.candidates(segments)]
        found = [self._router(name).resolve(method, segments) for name in names]
        serving = [each for each in found if each is not None]
        return tuple(sorted(serving, key=lambda each: isinstance(each, WrongMethod)))

    def candidates(self, segments: Sequence[str]) -> list[Vendor]:
        """Return the vendors that may serve a path, judged by its first segment."""
        if not self._by_root:
            self._index_roots()
        root = segments[0].casefold() if segments else ""
        return self._by_root.get(root) or self._by_root[ANY_ROOT]

    def _index_roots(self) -> None:
        roots: dict[str, set[str] | None] = {}
        for name, vendor in self._vendors.items():
            if vendor.path_roots or vendor.is_usable:
                known = vendor.path_roots or self._router(name).roots
                roots[name] = None if known is None else {root.casefold() for root in known}
        for root in {ANY_ROOT, *(root for known in roots.values() for root in known or ())}:
            self._by_root[root] = [
                self._vendors[name] for name, known in roots.items() if known is None or root in known
            ]

    def _router(self, name: str) -> VendorRouter:
        router = self._routers.get(name)
        if router is None:
            router = self._routers[name] = VendorRouter(self._vendors[name])
        return router


def _claimed(serving: Sequence[Match | WrongMethod], headers: Headers) -> Match | WrongMethod:
    claims = [each.vendor.claims(headers) for each in serving]
    for wanted in (True, None):
        for each, claim in zip(serving, claims, strict=True):
            if claim is wanted:
                return each
    return serving[0]


def split_template(template: str) -> tuple[str, ...]:
    """Return the segments of a path template; `/` has none."""
    stripped = template.strip("/")
    return tuple(stripped.split("/")) if stripped else ()
