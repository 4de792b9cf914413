"""From a method and a path to an operation."""

from __future__ import annotations

from typing import Any

import pytest

from mockmail.core.operation import Operation
from mockmail.core.routing import Match, VendorRouter, WrongMethod


class Pets:
    """As much of a vendor as a router looks at."""

    case_insensitive = False

    def __init__(self, *templates: tuple[str, str]) -> None:
        self.operations = [
            Operation(name=f"{method} {path}", methods=(method,), path=path, handler=print, source="here")
            for method, path in templates
        ]


def found(router: VendorRouter, method: str, path: str) -> Any:
    match = router.resolve(method, tuple(path.strip(" ").split("/")[1:]))
    if isinstance(match, Match):
        return match.operation.path, match.path
    return match.allowed if isinstance(match, WrongMethod) else None


ROUTER = VendorRouter(
    Pets(  # type: ignore[arg-type]
        ("GET", "/pets"),
        ("GET", "/pets/{name}"),
        ("PUT", "/pets/{name}"),
        ("GET", "/pets/new"),
        ("GET", "/pets/{name}/toys/{toy}"),
        ("GET", "/pets/new/{kind}"),
        ("GET", "/files/{rest*}"),
        ("GET", "/files/index"),
    )
)


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/pets", ("/pets", {})),
        ("HEAD", "/pets/", ("/pets", {})),
        ("GET", "/pets/rex", ("/pets/{name}", {"name": "rex"})),
        ("GET", "/pets/new", ("/pets/new", {})),
        ("PUT", "/pets/new", ("/pets/{name}", {"name": "new"})),
        ("GET", "/pets/rex/toys/ball", ("/pets/{name}/toys/{toy}", {"name": "rex", "toy": "ball"})),
        ("GET", "/pets/new/toys/ball", ("/pets/{name}/toys/{toy}", {"name": "new", "toy": "ball"})),
        ("GET", "/pets/new/cat", ("/pets/new/{kind}", {"kind": "cat"})),
        ("GET", "/files/a/b", ("/files/{rest*}", {"rest": "a/b"})),
        ("GET", "/files/index", ("/files/index", {})),
        ("GET", "/files/index/more", ("/files/{rest*}", {"rest": "index/more"})),
        ("GET", "/pets//toys/ball", None),
        ("GET", "/pets/rex/toys", None),
        ("POST", "/pets/new", ("GET", "PUT")),
        ("GET", "/PETS", None),
    ],
)
def test_the_most_literal_path_that_has_the_method_wins(method: str, path: str, expected: Any):
    assert found(ROUTER, method, path) == expected


def test_paths_in_any_case_keep_their_values():
    pets = Pets(("GET", "/pets/{name}/Toys"))
    pets.case_insensitive = True
    assert found(VendorRouter(pets), "GET", "/PETS/Rex/toys") == ("/pets/{name}/Toys", {"name": "Rex"})  # type: ignore[arg-type]
