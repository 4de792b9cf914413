"""Business rules, and their messages in operation results."""

from __future__ import annotations

import pytest

from mockmail import SeedError

JOHN = "CN=John Smith,CN=Users,DC=example,DC=com"
ADMIN = "CN=Administrator,CN=Users,DC=example,DC=com"


def told(*rules):
    """Return the log of an operation with some rules."""
    count = f"{len(rules)} rule{'' if len(rules) == 1 else 's'} encountered while processing your request"
    return [{"source": "Business Rules", "text": count, "messageType": 2, "innerMessages": list(rules)}]


def told_by(name, action, *inner):
    return {"source": f"'Business Rule {name}'", "text": action, "messageType": 3, "innerMessages": list(inner)}


def message(text, kind, *inner, source=None):
    return {"source": source, "text": text, "messageType": kind, "innerMessages": list(inner)}


def nested(levels):
    inner = {"text": "t"}
    for _ in range(levels):
        inner = {"text": "t", "innerMessages": [inner]}
    return inner


SUBMITTED = message("Request submitted for approval.", 4)


def result(kind, messages, dn=None, exception=None):
    return {
        "resultType": kind,
        "innerMessages": messages,
        "exception": None if exception is None else {"message": exception},
        "actualObjectDN": dn,
        "extraInfo": {},
    }


def test_mail_that_needs_approval_is_suspended_and_not_sent(mockmail, adaxes):
    mockmail.clock.freeze()
    mockmail.adaxes.seed(businessRules=[{"name": "Ask first", "operation": "SendEmail", "approval": True}])
    answer = adaxes.send_mail()
    assert answer.status == 200
    assert answer.json == result(2, told(told_by("Ask first", "Send this operation for approval.", SUBMITTED)))
    assert len(mockmail.inbox) == 0
    (request,) = mockmail.adaxes.state()["approvalRequests"]
    assert (request["operation"], request["target"], request["requestor"]) == ("SendEmail", JOHN, ADMIN)
    assert request["createdAtUtc"].startswith(f"{mockmail.clock.now():%Y-%m-%dT%H:%M:%S}")


def test_rule_with_messages_adds_them_to_the_result_of_a_sent_mail(mockmail, adaxes):
    rule = {
        "name": "Watch",
        "operation": "sendemail",
        "action": "Log who gets mail",
        "messages": [
            {"text": "John is on leave.", "messageType": "Warning"},
            {
                "text": "Looked at the calendar",
                "source": "'Calendar'",
                "messageType": 6,
                "innerMessages": [{"text": "until Monday"}],
            },
        ],
    }
    mockmail.adaxes.seed(businessRules=[rule])
    log = told_by(
        "Watch",
        "Log who gets mail",
        message("John is on leave.", 1),
        message("Looked at the calendar", 6, message("until Monday", 2), source="'Calendar'"),
    )
    assert adaxes.send_mail().json == result(0, told(log))
    assert mockmail.inbox[0].envelope.recipients == ("john.smith@example.com",)


def test_messages_of_a_hidden_rule_are_the_operations_own(mockmail, adaxes):
    mockmail.adaxes.seed(
        businessRules=[
            {"name": "A", "hidden": True, "messages": [{"text": "one", "messageType": 1}, {"text": "two"}]},
            {"name": "B", "messages": [{"text": "three"}]},
        ]
    )
    rule_b = told_by("B", "Run a program or PowerShell script.", message("three", 2))
    assert adaxes.send_mail().json == result(0, [message("one", 1), message("two", 2), *told(rule_b)])
    mockmail.adaxes.seed(businessRules=[{"name": "B", "operation": "SendSms"}])
    assert adaxes.send_mail().json == result(0, [message("one", 1), message("two", 2)])
    assert len(mockmail.inbox) == 2


def test_cancelled_mail_fails_and_is_not_sent(mockmail, adaxes):
    mockmail.adaxes.seed(businessRules=[{"name": "No mail", "operation": "SendEmail", "cancel": "Not on Sundays."}])
    log = told(told_by("No mail", "Cancel this operation."))
    assert adaxes.send_mail().json == result(1, log, exception="Not on Sundays.")
    mockmail.adaxes.seed(businessRules=[{"name": "No mail", "cancel": ""}])
    assert adaxes.send_mail().json["exception"] == {"message": "The operation was cancelled by a business rule."}
    assert len(mockmail.inbox) == 0
    assert "approvalRequests" not in mockmail.adaxes.state()


@pytest.mark.mockmail(options={"adaxes": {"failures": "http"}})
def test_cancelled_mail_is_http_500_by_option(mockmail, adaxes):
    mockmail.adaxes.seed(businessRules=[{"name": "No mail", "operation": "SendEmail", "cancel": "Not on Sundays."}])
    answer = adaxes.send_mail()
    assert (answer.status, answer.json) == (500, {"message": "Not on Sundays.", "code": "operationFailed"})


@pytest.mark.mockmail(options={"adaxes": {"failures": "result"}})
def test_result_of_a_failed_mail_has_the_messages_of_the_rules(mockmail, adaxes, smtp_rules):
    smtp_rules.refused_recipients = ["john*"]
    mockmail.adaxes.seed(businessRules=[{"name": "Say", "messages": [{"text": "Hello", "messageType": 5}]}])
    answer = adaxes.send_mail().json
    assert answer["innerMessages"] == told(told_by("Say", "Run a program or PowerShell script.", message("Hello", 5)))
    assert answer["resultType"] == 1
    assert answer["exception"]["message"].startswith("The SMTP server refused the recipient: 550 5.1.1")


@pytest.mark.parametrize(
    ("scope", "applies"),
    [
        ("", True),
        ("cn=users, dc=example,dc=com", True),
        ("DC=example,DC=com", True),
        (JOHN, True),
        (ADMIN, False),
        ("CN=ers,DC=example,DC=com", False),
        ("OU=Sales,DC=example,DC=com", False),
    ],
)
def test_rule_applies_to_the_objects_in_its_scope(mockmail, adaxes, scope, applies):
    mockmail.adaxes.seed(businessRules=[{"name": "Rule", "scope": scope, "approval": True}])
    assert adaxes.send_mail().json["resultType"] == (2 if applies else 0)
    assert len(mockmail.inbox) == (0 if applies else 1)


def test_several_rules_are_listed_in_order_and_cancelling_outweighs_approval(mockmail, adaxes):
    mockmail.adaxes.seed(
        businessRules=[
            {"name": "A", "operation": "SendEmail", "approval": True},
            {"name": "B", "operation": "SendSms", "cancel": "no"},
            {"name": "C", "operation": "SendEmail", "messages": [{"text": "c"}]},
        ]
    )
    rule_a = told_by("A", "Send this operation for approval.", SUBMITTED)
    rule_c = told_by("C", "Run a program or PowerShell script.", message("c", 2))
    assert adaxes.send_mail().json == result(2, told(rule_a, rule_c))
    mockmail.adaxes.seed(businessRules=[{"name": "D", "operation": "SendEmail", "cancel": "never"}])
    assert adaxes.send_mail().json["exception"] == {"message": "never"}


def test_sms_and_changes_of_objects_wait_for_approval(mockmail, adaxes):
    mockmail.adaxes.seed(businessRules=[{"name": "All", "approval": True}])
    log = told(told_by("All", "Send this operation for approval.", SUBMITTED))
    sms = adaxes.call("POST", "/api/directoryObjects/sendSms", {"directoryObject": JOHN, "text": "Hello"})
    assert sms.json == result(2, log)
    new = {
        "createIn": "CN=Users,DC=example,DC=com",
        "objectType": "user",
        "properties": [{"propertyName": "cn", "propertyType": "String", "values": ["Jane Doe"]}],
    }
    jane = "CN=Jane Doe,CN=Users,DC=example,DC=com"
    assert adaxes.call("POST", "/api/directoryObjects", new).json == result(2, log, jane)
    change = {"directoryObject": JOHN, "properties": [{"propertyName": "mail", "values": ["x@example.com"]}]}
    assert adaxes.call("PATCH", "/api/directoryObjects", change).json == result(2, log, JOHN)
    gone = adaxes.call("DELETE", f"/api/directoryObjects?directoryObject={JOHN.replace(' ', '%20')}")
    assert gone.json == result(2, log, JOHN)
    state = mockmail.adaxes.state()
    assert "textMessages" not in state
    assert [record["dn"] for record in state["directoryObjects"]] == [JOHN, ADMIN]
    assert state["directoryObjects"][0]["properties"]["mail"] == ["john.smith@example.com"]
    assert [record["operation"] for record in state["approvalRequests"]] == [
        "SendSms", "Create", "Edit", "Delete",
    ]  # fmt: skip


def test_rules_of_the_readme_suspend_fail_and_warn(mockmail, adaxes):
    """README.md, "Results other than a plain success"."""
    managers, contractors = "OU=Managers,DC=example,DC=com", "OU=Contractors,DC=example,DC=com"
    mockmail.adaxes.seed(
        directoryObjects=[
            {"dn": f"CN=Ann,{managers}", "properties": {"mail": "ann@example.com"}},
            {"dn": f"CN=Bob,{contractors}", "properties": {"mail": "bob@example.com"}},
        ],
        businessRules=[
            {"name": "Ask first", "operation": "SendEmail", "scope": managers, "approval": True},
            {"name": "No contractors", "scope": contractors, "cancel": "Ask their agency."},
            {"name": "Watch", "messages": [{"text": "John is on leave.", "messageType": "warning"}]},
        ],
    )
    results = [adaxes.send_mail(to).json for to in (f"CN=Ann,{managers}", f"CN=Bob,{contractors}", JOHN)]
    assert [document["resultType"] for document in results] == [2, 1, 0]
    assert results[1]["exception"] == {"message": "Ask their agency."}
    assert results[2]["innerMessages"][0]["innerMessages"][0]["innerMessages"] == [message("John is on leave.", 1)]
    assert [sent.envelope.recipients for sent in mockmail.inbox] == [("john.smith@example.com",)]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"scope": "nowhere"}, "scope: expected a distinguished name"),
        ({"operation": "Dance"}, "operation: expected one of SendEmail, SendSms"),
        ({"messages": [{"messageType": 1}]}, r"messages\[0\]: expected the field `text`; a message has source, text"),
        (
            {"messages": [{"text": "t", "messageType": 9}]},
            r"messages\[0\]: messageType: expected one of 0 error.*, got 9",
        ),
        ({"messages": [{"text": "t", "kind": 1}]}, r"messages\[0\]: Object contains unknown field `kind`"),
        ({"messages": [{"text": "t", "innerMessages": [{}]}]}, r"messages\[0\].innerMessages\[0\]: expected the field"),
        (
            {"messages": [{"text": "t", "innerMessages": "x"}]},
            r"messages\[0\].innerMessages: Expected `array`, got `str`",
        ),
        ({"messages": [nested(21)]}, "messages nest at most 20 levels deep"),
        ({"messages": [nested(1000)]}, "messages nest at most 20 levels deep"),
    ],
)
def test_seeded_rule_that_is_invalid_is_refused(mockmail, rule, words):
    with pytest.raises(SeedError, match=words):
        mockmail.adaxes.seed(businessRules=[{"name": "Rule", **rule}])
    assert "businessRules" not in mockmail.adaxes.state()
