"""The binder: from raw values to typed parameters, and every error as data."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

import pytest

from mockmail.wire.parameters import (
    JSON_CONVERTERS,
    TEXT_CONVERTERS,
    Absent,
    BindError,
    BindingRules,
    ErrorKind,
    bind,
    document,
    given,
    parameter,
)

FORM = BindingRules(converters=TEXT_CONVERTERS, repeated_values=True)
JSON = BindingRules(converters=JSON_CONVERTERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    user_name: str
    quota: int = 5
    enabled: bool = False
    ids: tuple[int, ...] = ()
    tags: tuple[str, ...] | None = None
    odd: str = parameter("Odd-Name", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    refuses_unknown_names: ClassVar[bool] = True

    email: str = parameter(max_length=5)
    port: int | None = parameter(minimum=1, maximum=9, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    sender: Address
    to: tuple[Address, ...] = ()
    headers: dict[str, str | None] = field(default_factory=dict)
    roles: tuple[str, ...] | None = parameter(unique=True, default=None)


Level = Literal["on", "off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    level: Level


def errors_of(model, values, rules):
    with pytest.raises(BindError) as caught:
        bind(model, values, rules)
    return [(error.name, error.kind, error.value, error.path) for error in caught.value.errors]


def test_form_values_get_the_types_of_the_model():
    values = {
        "userName": ["ann"], "quota": [" 12 "], "enabled": ["TRUE"], "ids": ["1", "-2"],
        "tags": ["a", ""], "Odd-Name": ["x"], "unknown": ["y"],
    }  # fmt: skip

    bound = bind(Account, values, FORM)

    assert bound == Account(user_name="ann", quota=12, enabled=True, ids=(1, -2), tags=("a", ""), odd="x")
    assert bind(Account, {"userName": ["ann"]}, FORM) == Account(user_name="ann")


def test_last_value_of_a_form_field_counts():
    assert bind(Account, {"userName": ["a", "b"], "quota": ["x", "2"]}, FORM) == Account(user_name="b", quota=2)


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("quota", "x", ErrorKind.NOT_AN_INTEGER),
        ("quota", "", ErrorKind.NOT_AN_INTEGER),
        ("quota", "1.0", ErrorKind.NOT_AN_INTEGER),
        ("quota", "1" * 20, ErrorKind.NOT_AN_INTEGER),
        ("quota", "\u0663", ErrorKind.NOT_AN_INTEGER),
        ("quota", "1_000", ErrorKind.NOT_AN_INTEGER),
        ("enabled", "yes", ErrorKind.NOT_A_BOOLEAN),
        ("enabled", "1", ErrorKind.NOT_A_BOOLEAN),
    ],
)
def test_text_that_does_not_fit_is_an_error(name, value, kind):
    assert errors_of(Account, {"userName": ["ann"], name: [value]}, FORM) == [(name, kind, value, (name,))]


def test_error_of_an_array_has_the_position_in_its_path():
    values = {"userName": ["ann"], "ids": ["1", "x"]}
    assert errors_of(Account, values, FORM) == [("ids", ErrorKind.NOT_AN_INTEGER, "x", ("ids", 1))]


@pytest.mark.parametrize("sign", ["", "-", "+"])
def test_integer_may_have_19_digits(sign):
    assert bind(Account, {"userName": ["a"], "quota": [sign + "9" * 19]}, FORM).quota == int(sign + "9" * 19)


@pytest.mark.parametrize("values", [{}, {"username": ["ann"]}, {"userName": []}])
def test_required_name_that_is_not_there_is_missing(values):
    assert errors_of(Account, values, FORM) == [("userName", ErrorKind.MISSING, None, ("userName",))]


def test_given_values_are_those_that_are_not_none_by_wire_name():
    account = Account(user_name="ann", odd="x")

    assert given(account, omit=("quota", "ids")) == {"userName": "ann", "enabled": False, "Odd-Name": "x"}


def test_every_error_is_collected_and_missing_names_come_last():
    errors = errors_of(Account, {"quota": ["x"], "enabled": ["y"]}, FORM)
    assert [name for name, *_ in errors] == ["quota", "enabled", "userName"]
    with pytest.raises(BindError, match=r"quota is not an integer; enabled is not true or false; userName is missing"):
        bind(Account, {"quota": ["x"], "enabled": ["y"]}, FORM)


def test_names_are_found_in_any_case_if_the_rules_say_so():
    rules = replace(FORM, case_insensitive=True)
    assert bind(Account, {"USERNAME": ["ann"], "quota": ["7"]}, rules) == Account(user_name="ann", quota=7)


def test_value_that_a_converter_calls_absent_counts_as_not_sent():
    def filled(text):
        if not text:
            raise Absent
        return text

    rules = replace(FORM, converters={**TEXT_CONVERTERS, str: filled})

    assert errors_of(Account, {"userName": ["", ""]}, rules) == [
        ("userName", ErrorKind.MISSING, None, ("userName",)),
    ]
    assert bind(Account, {"userName": ["a", ""], "tags": ["", "b"]}, rules) == Account(user_name="a", tags=("b",))


def test_array_may_be_a_comma_list_up_to_a_number_of_values():
    rules = replace(FORM, max_listed=3)
    assert bind(Account, {"userName": ["a,b"], "ids": ["1,2", "3"]}, rules) == Account(user_name="a,b", ids=(1, 2, 3))
    errors = errors_of(Account, {"userName": ["a"], "ids": ["1,2,3,4"]}, rules)
    assert errors == [("ids", ErrorKind.TOO_MANY_VALUES, ["1,2,3,4"], ("ids",))]


def test_nested_json_becomes_nested_models():
    values = {
        "sender": {"email": "a@b"},
        "to": [{"email": "c@d", "port": 9}],
        "headers": {"x": None, "y": "1"},
        "roles": ["a", "b", "a"],
    }

    bound = bind(Letter, values, JSON)

    to = (Address(email="c@d", port=9),)
    headers = {"x": None, "y": "1"}
    assert bound == Letter(sender=Address(email="a@b", port=None), to=to, headers=headers, roles=("a", "b"))
    assert document(bound) == {
        "sender": {"email": "a@b", "port": None},
        "to": [{"email": "c@d", "port": 9}],
        "headers": {"x": None, "y": "1"},
        "roles": ["a", "b"],
    }


@pytest.mark.parametrize(
    ("values", "name", "kind", "path"),
    [
        ({"sender": None}, "sender", ErrorKind.NOT_AN_OBJECT, ("sender",)),
        ({"sender": {}}, "email", ErrorKind.MISSING, ("sender", "email")),
        ({"sender": {"email": 5}}, "email", ErrorKind.NOT_A_TEXT, ("sender", "email")),
        ({"sender": {"email": "a", "x": 1}}, "x", ErrorKind.UNKNOWN, ("sender", "x")),
        ({"sender": {"email": "a@b.cd"}}, "email", ErrorKind.TOO_LONG, ("sender", "email")),
        ({"sender": {"email": "a", "port": True}}, "port", ErrorKind.NOT_AN_INTEGER, ("sender", "port")),
        ({"sender": {"email": "a", "port": 10}}, "port", ErrorKind.OUT_OF_RANGE, ("sender", "port")),
        ({"to": {}}, "to", ErrorKind.NOT_AN_ARRAY, ("to",)),
        ({"to": [{"email": "a"}, 5]}, "to", ErrorKind.NOT_AN_OBJECT, ("to", 1)),
        ({"to": [{"email": "a"}, {"email": 5}]}, "email", ErrorKind.NOT_A_TEXT, ("to", 1, "email")),
        ({"headers": []}, "headers", ErrorKind.NOT_AN_OBJECT, ("headers",)),
        ({"headers": {"x": 1}}, "headers", ErrorKind.NOT_A_TEXT, ("headers", "x")),
    ],
)
def test_error_in_nested_json_has_the_path_to_it(values, name, kind, path):
    ((found_name, found_kind, _, found_path),) = errors_of(Letter, {"sender": {"email": "a"}, **values}, JSON)
    assert (found_name, found_kind, found_path) == (name, kind, path)


def test_literal_is_a_type_with_a_converter_of_its_own():
    rules = replace(JSON, converters={Level: str.lower})
    assert bind(Filter, {"level": "ON"}, rules) == Filter(level="on")


def test_null_is_missing_if_the_rules_say_so():
    rules = replace(JSON, null_is_missing=True)
    assert errors_of(Letter, {"sender": None}, rules) == [("sender", ErrorKind.MISSING, None, ("sender",))]
