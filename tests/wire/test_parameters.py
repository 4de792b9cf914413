"""From texts to typed parameters."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from mockmail.wire.parameters import ParameterError, Trouble, on_wire, read


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    user_name: str
    quota: int = 5
    ratio: float | None = None
    enabled: bool = False
    ids: tuple[int, ...] = ()
    tags: tuple[str, ...] | None = None
    odd: str = on_wire("Odd-Name", default="")


def test_every_type():
    given = {
        "userName": ["ann"], "quota": [" 12 "], "ratio": ["0.5"], "enabled": ["TRUE"], "ids": ["1", "-2"],
        "tags": ["a", ""], "Odd-Name": ["x"], "unknown": ["y"],
    }  # fmt: skip
    assert read(Wanted, given) == Wanted(
        user_name="ann", quota=12, ratio=0.5, enabled=True, ids=(1, -2), tags=("a", ""), odd="x"
    )
    assert read(Wanted, {"userName": ["ann"]}) == Wanted(user_name="ann")


def test_the_last_value_counts():
    assert read(Wanted, {"userName": ["a", "b"], "quota": ["x", "2"]}) == Wanted(user_name="b", quota=2)


@pytest.mark.parametrize(
    ("name", "value", "trouble"),
    [
        ("quota", "x", Trouble.NOT_AN_INTEGER),
        ("quota", "", Trouble.NOT_AN_INTEGER),
        ("quota", "1.0", Trouble.NOT_AN_INTEGER),
        ("quota", "1" * 20, Trouble.NOT_AN_INTEGER),
        ("quota", "\u0663", Trouble.NOT_AN_INTEGER),
        ("quota", "1_000", Trouble.NOT_AN_INTEGER),
        ("ratio", "x", Trouble.NOT_A_NUMBER),
        ("enabled", "yes", Trouble.NOT_A_BOOLEAN),
        ("ids", "x", Trouble.NOT_AN_INTEGER),
    ],
)
def test_what_does_not_fit(name, value, trouble):
    with pytest.raises(ParameterError) as caught:
        read(Wanted, {"userName": ["ann"], name: [value]})
    assert (caught.value.name, caught.value.trouble, caught.value.value) == (name, trouble, value)
    assert str(caught.value) == f"{name} {trouble.value}"


@pytest.mark.parametrize("sign", ["", "-", "+"])
def test_integers_at_the_bound(sign):
    assert read(Wanted, {"userName": ["a"], "quota": [sign + "9" * 19]}).quota == int(sign + "9" * 19)


def test_what_is_missing():
    for given in ({}, {"username": ["ann"]}, {"userName": []}):
        with pytest.raises(ParameterError, match="userName is missing"):
            read(Wanted, given)
    assert read(Wanted, {"username": ["ann"], "quota": ["7"]}, fold=True) == Wanted(user_name="ann", quota=7)
    assert read(Wanted, {"userName": [""]}).user_name == ""
    with pytest.raises(ParameterError, match="userName is missing"):
        read(Wanted, {"userName": ["", ""]}, blank_is_missing=True)
    assert read(Wanted, {"userName": ["a", ""], "quota": [""]}, blank_is_missing=True) == Wanted(user_name="a")
