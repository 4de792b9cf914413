"""Domains: names and deletion."""

from __future__ import annotations

import pytest


def test_domain_name_is_case_insensitive_trimmed_and_echoed_as_sent(atmail):
    assert atmail.post("domain/check", domainName="YourDomain.COM").message == "YourDomain.COM exists"
    assert atmail.post("domain/check", domainName=" yourdomain.com ").message == "yourdomain.com exists"
    assert atmail.post("domain/check", domainName=" Other.com\t").message == "Other.com does not exist"
    assert atmail.post("domain/create", domainName="YOURDOMAIN.com").message == "yourdomain is already existing."


@pytest.mark.parametrize("name", ["", " ", ".", "a..b", "-a.com", "a b.com", "x" * 64 + ".com", "<a>.com", "a.com/"])
def test_invalid_domain_name_is_refused(atmail, name):
    assert atmail.post("domain/create", domainName=name).outcome == (200, "failed", "The domain name is not valid")
    assert atmail.post("domain/check", domainName=name).status == "failed"


@pytest.mark.parametrize("name", ["a", "xn--bcher-kva.example", "bücher.example", "a-b.c_d.co.uk"])
def test_valid_domain_name_is_created(atmail, name):
    assert atmail.post("domain/create", domainName=name).outcome == (200, "success", "Domain added")
    assert atmail.post("domain/check", domainName=name).message == f"{name} exists"


@pytest.mark.parametrize("choice", [{"domainName": "OTHER.com"}, {"domainId": 2}])
def test_domain_delete_removes_its_accounts_and_aliases(mockmail, atmail, choice):
    atmail.new_domain("other.com")
    _, anna_id = atmail.new_admin("anna", domainIds=[2, 1])
    for address in ("a@other.com", "b@other.com", "c@yourdomain.com"):
        atmail.new_account(address)
    atmail.new_alias("x@other.com", "c@yourdomain.com")
    atmail.new_alias("y@yourdomain.com", "a@other.com")

    response = atmail.post("domain/delete", **choice)

    assert response.message == "Domain with id 2 deleted"
    assert response.results == {"DeletedAccount": "2"}
    state = mockmail.atmail.state()
    assert [row["username"] for row in state["accounts"]] == ["c@yourdomain.com"]
    assert [row["AliasName"] for row in state["aliases"]] == ["y@yourdomain.com"]
    assert [row["domainIds"] for row in state["users"]] == [[], [1]]
    assert atmail.post("users/view", userId=anna_id).results["Domains"] == {"key_0": "yourdomain.com"}


@pytest.mark.parametrize("choice", [{}, {"domainId": 9}, {"domainId": -1}, {"domainName": ""}, {"domainId": ""}])
def test_unknown_domain_is_not_deleted(atmail, choice):
    assert atmail.post("domain/delete", **choice).outcome == (200, "failed", "Domain does not exist")
    assert atmail.post("domain/check", domainName="yourdomain.com").status == "success"
