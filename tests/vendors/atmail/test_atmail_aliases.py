"""Aliases: valid names, filters, deletion."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest


@pytest.fixture
def three(atmail):
    atmail.new_domain("other.com")
    atmail.new_alias("Abuse@yourdomain.com", "admin@yourdomain.com")
    atmail.new_alias("sales@other.com", "admin@yourdomain.com", "Deliver")
    atmail.new_alias("old.com", "other.com", "Domain")


def ids(response) -> list[str]:
    return [row["id"] for row in response.results.values()] if response.results else []


def test_alias_list_shows_the_row_of_each_type(mockmail, atmail):
    mockmail.clock.freeze(datetime(2017, 1, 1, tzinfo=UTC))
    atmail.post("aliases/create", AliasName="Test1@YourDomain.com", AliasTo="Else@Example.org", AliasType="deliver")
    atmail.post("aliases/create", AliasName="@old.com", AliasTo="@yourdomain.com", AliasType="Domain")

    assert atmail.get("aliases/list").results == {
        "key_0": {
            "AliasName": "test1@yourdomain.com",
            "AliasTo": "else@example.org",
            "Domain": "",
            "DateCreate": "2017-01-01 00:00:00",
            "id": "20",
            "aliasType": "Deliver",
            "DomainPart": "yourdomain.com",
        },
        "key_1": {
            "AliasName": "old.com",
            "AliasTo": "yourdomain.com",
            "Domain": "old.com",
            "DateCreate": "2017-01-01 00:00:00",
            "id": "21",
            "aliasType": "Domain",
            "DomainPart": "old.com",
        },
    }


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({}, ["20", "21", "22"]),
        ({"AliasName": "abuse"}, ["20"]),
        ({"AliasName": "ABUSE@your"}, ["20"]),
        ({"AliasTo": "admin@"}, ["20", "21"]),
        ({"Domain": "other"}, ["21"]),
        ({"Domain": ".com"}, ["20", "21", "22"]),
        ({"filter": "other.com"}, ["21", "22"]),
        ({"filter": "admin", "Domain": "yourdomain"}, ["20"]),
        ({"filter": "nobody"}, []),
        ({"AliasName": "sales", "AliasTo": "nobody"}, []),
        ({"filter": ".*"}, []),
        ({"filter": "%"}, []),
    ],
)
def test_alias_filter_matches_parts_of_columns(atmail, parameters, found):
    assert ids(atmail.post("aliases/list", **parameters)) == found


@pytest.mark.parametrize(
    ("name", "to", "kind", "message"),
    [
        ("a@yourdomain.com", "b@yourdomain.com", "Forward", "AliasType must be Local, Deliver or Domain"),
        ("a@yourdomain.com", "b@yourdomain.com", "", "AliasType must be Local, Deliver or Domain"),
        ("a@elsewhere.com", "b@yourdomain.com", "Local", "Local domain does not exist"),
        ("abuse", "b@yourdomain.com", "Local", "Local domain does not exist"),
        ("yourdomain.com", "b@yourdomain.com", "Local", "AliasName is not valid"),
        ("@yourdomain.com", "b@yourdomain.com", "Deliver", "AliasName is not valid"),
        ("a@yourdomain.com", "nobody", "Local", "AliasTo is not valid"),
        ("a@yourdomain.com", "b@yourdomain.com\nc@yourdomain.com", "Local", "AliasTo is not valid"),
        ("a@yourdomain.com", "yourdomain.com", "Domain", "AliasName is not valid"),
        ("old.com", "b@yourdomain.com", "Domain", "AliasTo is not valid"),
        ("old..com", "yourdomain.com", "Domain", "AliasName is not valid"),
    ],
)
def test_invalid_alias_is_refused(atmail, name, to, kind, message):
    response = atmail.post("aliases/create", AliasName=name, AliasTo=to, AliasType=kind)

    assert response.outcome == (200, "failed", message)
    assert atmail.get("aliases/list").results == ""


def test_duplicate_alias_is_refused_but_a_name_may_have_several_targets(atmail):
    atmail.new_alias("a@yourdomain.com", "b@yourdomain.com")

    again = atmail.post("aliases/create", AliasName="A@yourdomain.com", AliasTo="b@yourdomain.com", AliasType="Local")
    atmail.new_alias("a@yourdomain.com", "c@yourdomain.com")

    assert again.outcome == (200, "failed", "a@yourdomain.com is already existing.")
    assert ids(atmail.get("aliases/list")) == ["20", "21"]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("parameters", "left"),
    [
        ({"AliasName": "ABUSE@yourdomain.com"}, ["21", "22"]),
        ({"AliasTo": "admin@yourdomain.com"}, ["22"]),
        ({"id": 22}, ["20", "21"]),
        ({"AliasName": "sales@other.com", "AliasTo": "admin@yourdomain.com"}, ["20", "22"]),
        ({"AliasName": "sales@other.com", "AliasTo": "nobody@example.com"}, ["20", "21", "22"]),
        ({"id": 20, "AliasName": "sales@other.com"}, ["20", "21", "22"]),
        ({"AliasName": "abuse"}, ["20", "21", "22"]),
        ({"id": 99}, ["20", "21", "22"]),
        ({"id": -20}, ["20", "21", "22"]),
    ],
)
def test_alias_delete_removes_aliases_that_match_every_field(atmail, parameters, left):
    response = atmail.post("aliases/delete", **parameters)

    assert (response.outcome, response.results) == ((200, "success", "Alias(s) removed"), "")
    assert ids(atmail.get("aliases/list")) == left


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("parameters", [{}, {"AliasName": ""}, {"id": ""}])
def test_alias_delete_without_fields_is_refused(atmail, parameters):
    assert atmail.post("aliases/delete", **parameters).outcome == (200, "failed", "No aliases selected.")
    assert ids(atmail.get("aliases/list")) == ["20", "21", "22"]


def test_misspelt_resource_of_the_page_is_served(atmail):
    atmail.new_alias("a@yourdomain.com", "b@yourdomain.com")

    response = atmail.get("alises/list")

    assert response.element.tag == "aliaseslist"
    assert ids(response) == ["20"]
