"""Values are converted to typed ones, and errors name the field, what was expected and what was given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import Meta

from mockmail.core.errors import InvalidValue
from mockmail.core.validation import convert


class Parcel(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, Meta(description="the name on the label")]
    weight: Annotated[int, Meta(ge=1, le=30)] = 1
    from_: str | None = msgspec.field(name="from", default=None)
    labels: dict[str, str] = msgspec.field(default_factory=dict)
    sizes: tuple[float, ...] = ()


@dataclass(frozen=True)
class Options:
    mode: Literal["fast", "slow"] = "fast"
    count: int = 0

    def __post_init__(self) -> None:
        if self.count > 5:
            raise ValueError("count is too large")


def test_valid_document_becomes_an_instance():
    assert convert({"name": "a", "from": "b", "sizes": [1, 2.5]}, Parcel) == Parcel(name="a", from_="b", sizes=(1, 2.5))


def test_numbers_are_read_from_text_on_request():
    assert convert({"name": "a", "weight": "7"}, Parcel, is_text=True).weight == 7


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ({}, "name is missing: the name on the label"),
        ({"name": "a", "nmae": 1}, "'nmae' is unknown; expected name, weight, from, labels, sizes"),
        ({"name": 5}, "name must be a string, not 5"),
        ({"name": "a", "weight": 0}, "weight must be an integer >= 1, not 0"),
        ({"name": "a", "weight": True}, "weight must be an integer, not True"),
        ({"name": "a", "from": 1}, "from must be a string or null, not 1"),
        ({"name": "a", "labels": {"x": 1}}, "every value of labels must be a string, not {'x': 1}"),
        ({"name": "a", "sizes": [1, "x"]}, "sizes[1] must be a number, not 'x'"),
    ],
)
def test_invalid_document_is_explained(document, error):
    with pytest.raises(InvalidValue) as raised:
        convert(document, Parcel)

    assert str(raised.value) == error


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ({"mode": "warp"}, "options.mode must be one of 'fast', 'slow', not 'warp'"),
        ({"count": 9}, "options: count is too large"),
    ],
)
def test_error_names_the_path_of_the_document(document, error):
    with pytest.raises(InvalidValue) as raised:
        convert(document, Options, where="options")

    assert str(raised.value) == error
