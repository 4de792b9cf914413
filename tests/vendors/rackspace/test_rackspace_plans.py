"""What a domain's plan allows of new mailboxes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vendors.rackspace.signed_client import Client

EX = {"displayName": "Alex", "password": "Secret123!@#", "size": "2048"}
RS = {"password": "Secret123!@#"}
FORMS = {"ex": EX, "rs": RS}


def plan(mockmail: Any, **plan: Any) -> str:
    """The path of a domain with this plan."""
    mockmail.rackspace.seed(domains=[{"name": "plan.example", "accountNumber": "12345678", **plan}])
    return "/domains/plan.example"


@pytest.mark.parametrize(
    ("service", "kind", "missing"),
    [("rsemail", "ex", "Exchange"), ("exchange", "rs", "Rackspace Email")],
)
def test_a_domain_has_no_mailboxes_of_a_service_that_it_does_not_have(
    api: Client, mockmail: Any, service: str, kind: str, missing: str
):
    other = "rs" if kind == "ex" else "ex"
    path = plan(mockmail, serviceType=service)
    reply = api.post(f"{path}/{kind}/mailboxes/alex", FORMS[kind])
    message = f"The domain plan.example does not have the {missing} service"
    assert reply.fault == (400, "badRequestFault", message)
    assert api.get(f"{path}/{kind}/mailboxes").json["total"] == 0
    api.ok("POST", f"{path}/{other}/mailboxes/alex", FORMS[other])


@pytest.mark.parametrize(
    ("limit", "kind", "name"),
    [("exchangeMaxNumMailboxes", "ex", "Exchange"), ("rsEmailMaxNumberMailboxes", "rs", "Rackspace Email")],
)
def test_a_domain_has_as_many_mailboxes_as_its_plan_says_and_no_more(
    api: Client, mockmail: Any, limit: str, kind: str, name: str
):
    form = FORMS[kind]
    path = plan(mockmail, **{limit: 2})
    mailboxes = f"{path}/{kind}/mailboxes"
    api.ok("POST", f"{mailboxes}/one", form)
    api.ok("POST", f"{mailboxes}/two", form)
    message = f"The domain plan.example has its maximum number of {name} mailboxes"
    assert api.post(f"{mailboxes}/three", form).fault == (400, "badRequestFault", message)
    assert api.post(f"{mailboxes}/two", form).fault[2] == "The email address two@plan.example is already in use"
    api.ok("PUT", f"{mailboxes}/two", {"password": "Another123!@#"})
    api.ok("DELETE", f"{mailboxes}/one")
    api.ok("POST", f"{mailboxes}/three", form)
    assert api.get(mailboxes).json["total"] == 2


@pytest.mark.mockmail(options={"rackspace": {"plans_are_enforced": False}})
def test_a_plan_may_be_for_show(api: Client, mockmail: Any):
    path = plan(mockmail, serviceType="rsemail", exchangeMaxNumMailboxes=0)
    api.ok("POST", f"{path}/ex/mailboxes/alex", EX)
    assert api.get(path).json["exchangeMaxNumMailboxes"] == 0


def test_a_domain_without_a_plan_of_its_own_has_room(api: Client, mockmail: Any):
    path = plan(mockmail)
    rows = [{"domain": "plan.example", "name": f"user{n}", "displayName": "User"} for n in range(300)]
    mockmail.rackspace.seed(mailboxes=rows)
    api.ok("POST", f"{path}/ex/mailboxes/alex", EX)
