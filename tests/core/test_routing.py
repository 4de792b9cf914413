"""Routing, suggestions for unknown paths, and targets."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from mockmail.core.exchange import WireRequest
from mockmail.core.operation import NotEmulated, Operation
from mockmail.core.routing import Match, Router, WrongMethod
from mockmail.core.suggestions import suggest
from mockmail.http.target import Target, parse_target


def operation(name: str, methods: str, path: str, *aliases: str) -> Operation:
    return Operation(
        name=name, methods=tuple(methods.split()), path=path, aliases=aliases, handler=lambda *_: None, source="tests"
    )


class Acme:
    name: ClassVar[str] = "acme"
    path_roots: ClassVar[tuple[str, ...]] = ()
    case_insensitive: ClassVar[bool] = False
    is_usable: ClassVar[bool] = True
    claim: ClassVar[tuple[str, bool] | None] = None
    operations: Any = (
        operation("box.list", "GET", "/v1/boxes"),
        operation("box.add", "POST", "/v1/boxes"),
        operation("box.show", "GET", "/v1/boxes/{name}"),
        operation("box.new", "GET", "/v1/boxes/new"),
        operation("box.lid", "GET PUT", "/v1/boxes/{name}/lid"),
        operation("box.newest", "GET", "/v1/boxes/new/newest"),
        operation("any.call", "GET POST", "/api/call/{pairs*}", "/api/alias/{pairs*}"),
        operation("any.exact", "POST", "/api/call/exactly"),
        operation("any.rest", "DELETE", "/v1/{rest*}"),
    )
    not_emulated: Any = (
        NotEmulated(name="crate", method="*", path="/v1/crates", reason="no part of it"),
        NotEmulated(
            name="box.seal",
            method="POST",
            path="/v1/boxes/{name}/seal",
            aliases=("/v1/{name}/seal",),
            reason="wax is",
        ),
    )

    def claims(self, headers: Any) -> bool | None:
        if self.claim is None or self.claim[0] not in headers:
            return None
        return self.claim[1]


class Querying(Acme):
    name: ClassVar[str] = "querying"
    path_roots: ClassVar[tuple[str, ...]] = ("",)
    operations: Any = (
        Operation(
            name="any.unknown",
            methods=("POST",),
            path="/",
            handler=lambda *_: None,
            source="tests",
            dispatch=lambda request: f"/#{request.body.decode()}",
        ),
        operation("box.add", "POST", "/#Action=AddBox"),
    )
    not_emulated: Any = ()


class Folded(Acme):
    name: ClassVar[str] = "folded"
    case_insensitive: ClassVar[bool] = True
    operations: Any = (operation("box.show", "GET", "/V1/Things/{name}"),)
    not_emulated: Any = ()


class Everywhere(Acme):
    name: ClassVar[str] = "everywhere"
    operations: Any = (
        operation("thing.show", "GET", "/{kind}/{name}"),
        operation("thing.add", "POST", "/v1/boxes"),
    )


class Deep(Acme):
    name: ClassVar[str] = "deep"
    operations: Any = (operation("lid.show", "GET", "/root/v1/{kind}/{name}/{part}/lid/{any}"),)
    not_emulated: Any = ()


@pytest.fixture
def router() -> Router:
    return Router({"acme": Acme(), "folded": Folded()})  # type: ignore[dict-item]  # they have all that routing needs


def found(router: Router, method: str, path: str, vendor: str | None = None) -> Any:
    target = parse_target(path, frozenset())
    answer = router.resolve(vendor, method, target.segments)
    if isinstance(answer, Match):
        return answer.operation.name, dict(answer.path)
    return answer.allowed if isinstance(answer, WrongMethod) else None


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/v1/boxes", ("box.list", {})),
        ("GET", "/v1/boxes/", ("box.list", {})),
        ("POST", "/v1/boxes", ("box.add", {})),
        ("HEAD", "/v1/boxes", ("box.list", {})),
        ("GET", "/v1/boxes/red", ("box.show", {"name": "red"})),
        ("GET", "/v1/boxes/red/", ("box.show", {"name": "red"})),
        ("GET", "/v1/boxes/new", ("box.new", {})),
        ("GET", "/v1/boxes/new/newest", ("box.newest", {})),
        ("GET", "/v1/boxes/new/lid", ("box.lid", {"name": "new"})),
        ("GET", "/v1/boxes/a%2Fb", ("box.show", {"name": "a/b"})),
        ("GET", "/v1/boxes/%C3%BC%20%25", ("box.show", {"name": "ü %"})),
        ("GET", "/v1/boxes/%ff", ("box.show", {"name": "\ufffd"})),
        ("GET", "/v1/boxes/%zz", ("box.show", {"name": "%zz"})),
        ("GET", "/v1/%62oxes", ("box.list", {})),
        ("GET", "/v1//boxes", ("DELETE",)),
        ("GET", "//v1/boxes", None),
        ("GET", "/v1/boxes//lid", ("DELETE",)),
        ("GET", "/V1/boxes", None),
        ("GET", "/api/call", ("any.call", {"pairs": ""})),
        ("GET", "/api/call/", ("any.call", {"pairs": ""})),
        ("GET", "/api/call/a/1/b/2", ("any.call", {"pairs": "a/1/b/2"})),
        ("GET", "/api/alias/a/1", ("any.call", {"pairs": "a/1"})),
        ("POST", "/api/call/exactly", ("any.exact", {})),
        ("GET", "/api/call/exactly", ("any.call", {"pairs": "exactly"})),
        ("POST", "/api/call/exactly/not", ("any.call", {"pairs": "exactly/not"})),
        ("DELETE", "/v1/boxes/red", ("any.rest", {"rest": "boxes/red"})),
        ("DELETE", "/v1", ("any.rest", {"rest": ""})),
        ("PUT", "/v1/boxes", ("DELETE", "GET", "POST")),
        ("PATCH", "/v1/boxes/red/lid", ("DELETE", "GET", "PUT")),
        ("HEAD", "/v1/nothing", ("DELETE",)),
        ("GET", "/", None),
        ("GET", "/nothing", None),
        ("get", "/v1/boxes", ("DELETE", "GET", "POST")),
    ],
)
def test_path_is_resolved_to_its_operation(router, method, path, expected):
    assert found(router, method, path) == expected


def test_case_insensitive_vendor_serves_paths_in_any_case(router):
    assert found(router, "GET", "/v1/THINGS/Red") == ("box.show", {"name": "Red"})
    assert found(router, "GET", "/v1/things/Red", "folded") == ("box.show", {"name": "Red"})
    assert found(router, "GET", "/v1/things/Red", "acme") == ("DELETE",)
    assert found(router, "GET", "/v1/boxes", "folded") is None


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/v1/boxes", ("box.list", {})),
        ("GET", "/v1/lids", ("thing.show", {"kind": "v1", "name": "lids"})),
        ("GET", "/v2/boxes", ("thing.show", {"kind": "v2", "name": "boxes"})),
        ("GET", "/V1/things/a", ("box.show", {"name": "a"})),
        ("POST", "/v2/boxes", ("GET",)),
        ("GET", "/v2/boxes/one", None),
        ("GET", "/", None),
    ],
)
def test_vendor_without_fixed_roots_serves_paths_that_no_earlier_vendor_serves(method, path, expected):
    router = Router({"acme": Acme(), "folded": Folded(), "everywhere": Everywhere()})  # type: ignore[dict-item]
    assert found(router, method, path) == expected


@pytest.mark.parametrize("depth", [900, 10_000])
def test_path_of_many_segments_is_resolved(router, depth):
    assert found(router, "GET", "/nothing" * depth) is None
    assert found(router, "GET", "/v1/boxes/x" + "/lid" * depth) == ("DELETE",)
    name, values = found(router, "GET", "/api/call" + "/a" * depth)
    assert (name, len(values["pairs"])) == ("any.call", 2 * depth - 1)


class Claiming(Everywhere):
    claim: ClassVar[tuple[str, bool] | None] = ("X-Everywhere", True)


class Disowning(Acme):
    claim: ClassVar[tuple[str, bool] | None] = ("X-Everywhere", False)


class DisowningToo(Everywhere):
    claim: ClassVar[tuple[str, bool] | None] = ("X-Everywhere", False)


@pytest.mark.parametrize(
    ("vendors", "headers", "method", "path", "expected"),
    [
        ((Acme, Claiming), {}, "POST", "/v1/boxes", "acme"),
        ((Acme, Claiming), {"x-everywhere": "1"}, "POST", "/v1/boxes", "everywhere"),
        ((Acme, Claiming), {"x-everywhere": "1"}, "PUT", "/v1/boxes", "everywhere"),
        ((Acme, Claiming), {"x-everywhere": "1"}, "GET", "/v1/boxes/red", "acme"),
        ((Disowning, Everywhere), {"x-everywhere": "1"}, "POST", "/v1/boxes", "everywhere"),
        ((Disowning, Everywhere), {}, "POST", "/v1/boxes", "acme"),
        ((Disowning, DisowningToo), {"x-everywhere": "1"}, "POST", "/v1/boxes", "acme"),
    ],
)
def test_vendor_that_claims_the_request_wins_among_several_that_serve_its_path(
    vendors, headers, method, path, expected
):
    router = Router({vendor.name: vendor() for vendor in vendors})

    answer = router.resolve(None, method, tuple(path.strip("/").split("/")), CIMultiDictProxy(CIMultiDict(headers)))

    assert answer.vendor.name == expected


def test_vendor_of_the_prefix_wins_over_a_claim():
    router = Router({"acme": Acme(), "everywhere": Claiming()})

    answer = router.resolve("acme", "POST", ("v1", "boxes"), CIMultiDictProxy(CIMultiDict({"X-Everywhere": "1"})))

    assert answer.vendor.name == "acme"


def test_claim_is_not_asked_for_a_path_of_one_vendor():
    class Curious(Acme):
        def claims(self, headers):
            raise AssertionError

    router = Router({"acme": Curious(), "folded": Folded()})

    assert router.resolve(None, "GET", ("v1", "boxes")).operation.name == "box.list"


class TestSuggestions:
    """Suggestions for a request that no operation serves."""

    @pytest.mark.parametrize(
        ("method", "path", "words"),
        [
            ("GET", "v1/boxs", "acme box.list (GET /v1/boxes): 'boxs' should be 'boxes'"),
            ("GET", "v2/boxes", "acme box.list (GET /v1/boxes): 'v2' should be 'v1'"),
            (
                "GET",
                "v1/boxes/red/lids",
                "acme box.lid (GET/PUT /v1/boxes/{name}/lid): 'lids' should be 'lid'",
            ),
            (
                "GET",
                "v1/boxes/red/lid/x",
                "acme box.lid (GET/PUT /v1/boxes/{name}/lid): 'x' is one segment too many",
            ),
            (
                "PATCH",
                "v1/boxes/red/lid",
                "acme box.lid (GET/PUT /v1/boxes/{name}/lid): it takes GET or PUT, not PATCH",
            ),
            ("GET", "api", "acme any.call (GET/POST /api/call/{pairs*}): 'call' is missing"),
            ("GET", "boxes/red/lid", "acme box.lid (GET/PUT /v1/boxes/{name}/lid): 'v1' is missing"),
            ("GET", "v9/../v1/./boxs", "acme box.list (GET /v1/boxes): 'boxs' should be 'boxes'"),
            ("GET", "v9/../v1/boxes", "acme box.list (GET /v1/boxes): the path has an empty or a dot segment"),
            ("GET", "v1//boxes", "acme box.list (GET /v1/boxes): the path has an empty or a dot segment"),
        ],
    )
    def test_suggestion_says_what_is_wrong(self, method, path, words):
        assert str(suggest([Acme()], method, path.split("/"), most=1)[0]) == words

    @pytest.mark.parametrize(
        ("method", "path", "words"),
        [
            ("GET", "v1/crates", "acme crate (* /v1/crates): is not emulated: no part of it"),
            ("PUT", "v1/crates/red/lid", "acme crate (* /v1/crates): is not emulated: no part of it"),
            (
                "POST",
                "v1/boxes/red/seal",
                "acme box.seal (POST /v1/boxes/{name}/seal): is not emulated: wax is",
            ),
            ("POST", "v1/red/seal", "acme box.seal (POST /v1/boxes/{name}/seal): is not emulated: wax is"),
            (
                "GET",
                "v1/boxes/red/seal",
                "acme box.lid (GET/PUT /v1/boxes/{name}/lid): 'seal' should be 'lid'",
            ),
            (
                "POST",
                "v1/boxes/red/seal/x",
                "acme box.lid (GET/PUT /v1/boxes/{name}/lid): 'seal' should be 'lid'",
            ),
        ],
    )
    def test_suggestion_says_that_an_operation_is_not_emulated(self, method, path, words):
        assert str(suggest([Folded(), Acme()], method, path.split("/"), most=1)[0]) == words

    @pytest.mark.parametrize(
        ("path", "vendor"),
        [
            ("v1/nothing/at/all", "acme"),
            ("v1/thing/red", "acme"),
            ("root/boxes/red/lid", "deep"),
            ("v9/boxes/red/lid", "acme"),
            ("../v1/boxes", "acme"),
            ("any/thing/../../v1/x", "acme"),
        ],
    )
    def test_vendor_with_the_longest_common_prefix_comes_first(self, path, vendor):
        assert suggest([Deep(), Acme()], "GET", path.split("/"), most=1)[0].vendor.name == vendor

    def test_prefix_is_compared_as_the_vendor_compares_paths(self):
        assert suggest([Acme(), Folded()], "GET", ["V1", "boxes"], most=1)[0].vendor.name == "folded"
        assert suggest([Deep(), Folded()], "GET", ["v1", "things"], most=1)[0].vendor.name == "folded"

    def test_reason_has_the_spelling_of_the_vendor_and_of_the_request(self):
        near = suggest([Folded()], "GET", ["V1", "THING", "Red"], most=1)[0]
        assert near.reason == "'THING' should be 'Things'"
        assert suggest([Folded()], "PUT", ["v1", "tHINGS", "Red"], most=1)[0].reason == "it takes GET, not PUT"

    def test_operation_that_is_not_emulated_is_found_as_the_vendor_compares_paths(self):
        class Both(Folded):
            not_emulated = Acme.not_emulated

        words = "folded box.seal (POST /v1/boxes/{name}/seal): is not emulated: wax is"
        assert str(suggest([Both()], "POST", ["V1", "Boxes", "red", "SEAL"], most=1)[0]) == words

    def test_placeholder_is_no_likeness_by_itself(self):
        assert suggest([Everywhere(), Acme()], "PUT", ["boxes", "rde"], most=1)[0].vendor.name == "acme"

    def test_most_similar_suggestions_come_first(self):
        near = suggest([Acme(), Folded()], "GET", ["V1", "Things"])
        assert near[0].vendor.name == "folded"
        assert len(near) == 3
        assert near[0].likeness >= near[1].likeness >= near[2].likeness

    def test_request_of_any_length_gets_suggestions(self):
        assert len(suggest([Acme()], "", ["x" * 1_000_000] * 1000)) == 3
        assert len(suggest([Acme()], "GET", [])) == 3
        assert suggest([], "GET", ["x"]) == []


class TestTargets:
    """The parts of a target."""

    @pytest.mark.parametrize(
        ("raw", "expected"),
        [
            ("/v1/x", (None, False, None, "", "/v1/x", ("v1", "x"), "")),
            ("/v1/x?a=1&b=%2F?", (None, False, None, "", "/v1/x", ("v1", "x"), "a=1&b=%2F?")),
            ("/acme/v1/x", (None, False, "acme", "/acme", "/v1/x", ("v1", "x"), "")),
            ("/acme", (None, False, "acme", "/acme", "/", (), "")),
            ("/acme/", (None, False, "acme", "/acme", "/", ("",), "")),
            ("/acmes/x", (None, False, None, "", "/acmes/x", ("acmes", "x"), "")),
            ("/~mine/acme/x", ("mine", False, "acme", "/~mine/acme", "/x", ("x",), "")),
            ("/~a%20b/x", ("a b", False, None, "/~a%20b", "/x", ("x",), "")),
            ("/~/x", ("", False, None, "/~", "/x", ("x",), "")),
            ("/x/~mine", (None, False, None, "", "/x/~mine", ("x", "~mine"), "")),
            ("/_mockmail/health", (None, True, None, "/_mockmail", "/health", ("health",), "")),
            ("/~mine/_mockmail/health", ("mine", True, None, "/~mine/_mockmail", "/health", ("health",), "")),
            ("/acme/_mockmail/x", (None, False, "acme", "/acme", "/_mockmail/x", ("_mockmail", "x"), "")),
            ("http://host:1/acme/x?q", (None, False, "acme", "/acme", "/x", ("x",), "q")),
            ("http://host", (None, False, None, "", "/", ("",), "")),
            ("/x#part", (None, False, None, "", "/x", ("x",), "")),
            ("/", (None, False, None, "", "/", ("",), "")),
            ("*", (None, False, None, "", "/*", ("*",), "")),
            ("x", (None, False, None, "", "/x", ("x",), "")),
            ("//x", (None, False, None, "", "//x", ("", "x"), "")),
            ("/a%2Fb/c", (None, False, None, "", "/a%2Fb/c", ("a/b", "c"), "")),
            ("/..%2f../x", (None, False, None, "", "/..%2f../x", ("../..", "x"), "")),
        ],
    )
    def test_target_is_split_into_its_parts(self, raw, expected):
        assert parse_target(raw, frozenset({"acme"})) == Target(*expected)


def test_each_method_of_a_path_leads_to_its_own_operation(router):
    assert found(router, "GET", "/v1/boxes/red") == ("box.show", {"name": "red"})
    assert found(router, "POST", "/v1/boxes/red") == ("DELETE", "GET")
    assert found(router, "DELETE", "/v1/boxes/red") == ("any.rest", {"rest": "boxes/red"})
    assert found(router, "GET", "/v1/boxes/red", "folded") is None


class Rooted(Acme):
    name: ClassVar[str] = "rooted"
    operations: Any = (operation("root.ping", "GET", "/"), operation("box.list", "GET", "/v1/boxes"))
    not_emulated: Any = ()


def test_operation_at_the_root_has_the_path_without_segments():
    router = Router({"rooted": Rooted(), "acme": Acme()})  # type: ignore[dict-item]
    assert found(router, "GET", "/", "rooted") == ("root.ping", {})
    assert found(router, "HEAD", "", "rooted") == ("root.ping", {})
    assert found(router, "POST", "/", "rooted") == ("GET",)
    assert found(router, "GET", "/v1/boxes/red") == ("box.show", {"name": "red"})


class Strict(Acme):
    name: ClassVar[str] = "strict"
    path_roots: ClassVar[tuple[str, ...]] = ("v9",)

    @property
    def operations(self) -> Any:
        raise AssertionError("imported too early")


def test_vendor_is_not_imported_for_a_path_outside_its_roots():
    router = Router({"strict": Strict(), "acme": Acme()})  # type: ignore[dict-item]
    assert found(router, "GET", "/v1/boxes") == ("box.list", {})
    with pytest.raises(AssertionError, match="too early"):
        found(router, "GET", "/V9/boxes")


@pytest.mark.parametrize(
    ("body", "name"), [(b"Action=AddBox", "box.add"), (b"Action=AddLid", "any.unknown"), (b"", "any.unknown")]
)
def test_operation_that_the_body_names_is_found(body, name):
    router = Router({"querying": Querying()})
    found = router.resolve(None, "POST", ("",))

    named = router.named_by_body(found, WireRequest("POST", "/", ("",), body=body))

    assert found.operation.name == "any.unknown"
    assert named.operation.name == name
