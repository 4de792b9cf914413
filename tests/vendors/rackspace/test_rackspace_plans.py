"""Limits of a domain's plan on new mailboxes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vendors.rackspace.signed_client import Client

EX = {"displayName": "Alex", "password": "Secret123!@#", "size": "2048"}
RS = {"password": "Secret123!@#"}
FORMS = {"ex": EX, "rs": RS}


def plan(mockmail: Any, **plan: Any) -> str:
    """Seed a domain with this plan and return its path."""
    mockmail.rackspace.seed(domains=[{"name": "plan.example", "accountNumber": "12345678", **plan}])
    return "/domains/plan.example"


@pytest.mark.parametrize(
    ("service", "kind", "missing"),
    [("rsemail", "ex", "Exchange"), ("exchange", "rs", "Rackspace Email")],
)
def test_mailbox_of_a_service_that_the_domain_lacks_is_refused(
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
def test_mailbox_beyond_the_plan_is_refused(api: Client, mockmail: Any, limit: str, kind: str, name: str):
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
def test_plan_is_ignored_with_the_option_off(api: Client, mockmail: Any):
    path = plan(mockmail, serviceType="rsemail", exchangeMaxNumMailboxes=0)
    api.ok("POST", f"{path}/ex/mailboxes/alex", EX)
    assert api.get(path).json["exchangeMaxNumMailboxes"] == 0


def test_domain_without_a_plan_takes_hundreds_of_mailboxes(api: Client, mockmail: Any):
    path = plan(mockmail)
    rows = [{"domain": "plan.example", "name": f"user{n}", "displayName": "User"} for n in range(300)]
    mockmail.rackspace.seed(mailboxes=rows)
    api.ok("POST", f"{path}/ex/mailboxes/alex", EX)
