"""What a token may do by the security role of its account, and what it may not."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from mockmail import SeedError

JOHN = "CN=John Smith,CN=Users,DC=example,DC=com"
CLERK = "CN=Clerk,CN=Users,DC=example,DC=com"
OBJECTS = "/restApi/api/directoryObjects"


def use_role(mockmail, adaxes, role, **fields):
    """Let the client send the token of an account with a role."""
    account = {"dn": CLERK, "properties": {"mail": ["c@example.com"], "mobile": ["+1 555 0111"]}, **fields}
    if role is not None:
        account["securityRole"] = role
    mockmail.adaxes.seed(directoryObjects=[account], tokens=[{"token": "clerk", "account": CLERK}])
    adaxes.token = "clerk"


def attempt(adaxes, operation, target=JOHN):
    match operation:
        case "View":
            return adaxes.call("GET", f"{OBJECTS}?directoryObject={quote(target)}")
        case "Edit":
            change = {"propertyName": "title", "propertyType": "String", "values": ["Clerk"]}
            return adaxes.call("PATCH", OBJECTS, {"directoryObject": target, "properties": [change]})
        case "Create":
            name = {"propertyName": "cn", "propertyType": "String", "values": ["Jane Doe"]}
            body = {"createIn": "CN=Users,DC=example,DC=com", "objectType": "user", "properties": [name]}
            return adaxes.call("POST", OBJECTS, body)
        case "Delete":
            return adaxes.call("DELETE", f"{OBJECTS}?directoryobject={quote(target)}")
        case "SendEmail":
            return adaxes.send_mail(target)
        case _:
            return adaxes.call("POST", f"{OBJECTS}/sendSms", {"directoryObject": target, "text": "Hello"})


OPERATIONS = ("View", "Edit", "Create", "SendEmail", "SendSms", "Delete")


def allowed(adaxes, target=JOHN):
    answers = {operation: attempt(adaxes, operation, target) for operation in OPERATIONS}
    assert {answer.status for answer in answers.values()} <= {200, 403}
    return [operation for operation, answer in answers.items() if answer.status == 200]


@pytest.mark.parametrize(
    ("role", "on_john", "on_itself"),
    [
        ("administrator", [*OPERATIONS], [*OPERATIONS]),
        ("helpDesk", ["View", "Edit", "SendEmail", "SendSms"], ["View", "Edit", "SendEmail", "SendSms"]),
        ("user", ["View"], ["View", "Edit"]),
        (None, [], []),
    ],
)
@pytest.mark.parametrize("itself", [False, True])
def test_role_decides_the_operations(mockmail, adaxes, role, on_john, on_itself, itself):  # noqa: PLR0917  # its table has three columns
    use_role(mockmail, adaxes, role)

    assert allowed(adaxes, CLERK if itself else JOHN) == (on_itself if itself else on_john)


def test_account_without_the_right_is_refused_and_changes_nothing(mockmail, adaxes):
    use_role(mockmail, adaxes, "user")
    before = mockmail.adaxes.state()

    answer = attempt(adaxes, "Edit")

    assert answer.status == 403
    assert answer.json == {"message": "Access is denied: the account may not perform Edit.", "code": "forbidden"}
    assert mockmail.adaxes.state() == before
    assert attempt(adaxes, "SendEmail").json["code"] == "forbidden"
    assert len(mockmail.inbox) == 0


def test_denied_operation_outweighs_the_role(mockmail, adaxes):
    use_role(mockmail, adaxes, "administrator", deniedOperations=["SendEmail"])

    assert allowed(adaxes) == ["View", "Edit", "Create", "SendSms", "Delete"]


def test_token_of_any_role_can_be_renewed_and_destroyed_by_its_account(mockmail, adaxes):
    use_role(mockmail, adaxes, None)

    assert adaxes.call("PATCH", "/restApi/api/auth").status == 200
    assert adaxes.call("DELETE", "/restApi/api/auth").status == 204


@pytest.mark.mockmail(options={"adaxes": {"unrestricted_tokens": True}})
def test_option_lets_every_token_do_everything(mockmail, adaxes):
    use_role(mockmail, adaxes, None)

    assert allowed(adaxes) == [*OPERATIONS]


def test_issued_token_has_the_role_of_its_account(mockmail, adaxes):
    use_role(mockmail, adaxes, "user", password="pw", properties={"sAMAccountName": "clerk"})
    session = adaxes.log_in("EXAMPLE\\clerk", "pw").json["sessionId"]
    adaxes.token = adaxes.call("POST", "/restApi/api/auth", {"sessionId": session}).json["token"]

    assert allowed(adaxes) == ["View"]


def test_token_of_the_page_may_do_everything(adaxes):
    assert allowed(adaxes) == [*OPERATIONS]


def test_unknown_role_is_refused(mockmail):
    with pytest.raises(SeedError, match="securityRole"):
        mockmail.adaxes.seed(directoryObjects=[{"dn": CLERK, "securityRole": "boss"}])
