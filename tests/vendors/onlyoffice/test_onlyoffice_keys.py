"""API keys, and how far they reach (docs/wire/onlyoffice.md 2)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

SMTP = "/api/2.0/smtpsettings/smtp"
KEYS = "/api/2.0/keys"
KEY_DTO = "ASC.People.ApiModels.RequestDto.CreateApiKeyRequestDto"
NO_TEXT = (
    "The JSON value could not be converted to System.String."
    " Path: $.permissions[1] | LineNumber: 0 | BytePositionInLine: 36."
)
NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)


def test_a_key_is_shown_whole_once(docspace, mockmail):
    mockmail.clock.freeze(NOON)
    key = docspace.post(KEYS, {"name": "tests", "expiresInDays": 30}).response
    assert re.fullmatch("sk-[0-9a-f]{64}", key["key"])
    assert key == {
        "id": key["id"],
        "name": "tests",
        "key": key["key"],
        "keyPostfix": key["key"][-4:],
        "permissions": [],
        "createOn": "2026-06-30T12:00:00.0000000Z",
        "createBy": {
            "id": "66faa6e4-f133-11ea-b126-00ffeec8b4ef",
            "displayName": "Olive Owner",
            "hasAvatar": False,
            "isAnonim": False,
        },
        "expiresAt": "2026-07-30T12:00:00.0000000Z",
        "isActive": True,
    }


@pytest.mark.parametrize(
    ("permissions", "reads", "writes"),
    [
        (None, 200, 200),
        ([], 200, 200),
        (["*"], 200, 200),
        (["files:read", "*"], 200, 200),
        (["*:write"], 200, 200),
        (["*:read"], 200, 403),
        (["files:write", "rooms:read"], 403, 403),
    ],
)
def test_a_key_reaches_as_far_as_its_permissions(docspace, stranger, permissions, reads, writes):
    key = docspace.post(KEYS, {"name": "tests", "permissions": permissions}).response["key"]
    bearer = {"Authorization": f"Bearer {key}"}
    read, written, made = (
        stranger.get(SMTP, **bearer),
        stranger.delete(SMTP, **bearer),
        stranger.post(KEYS, {"name": "x"}, **bearer),
    )
    assert (read.status, written.status, made.status) == (reads, writes, writes)
    assert [one.body for one in (read, written, made) if one.status == 403] == [b""] * [reads, writes, writes].count(
        403
    )


def test_a_key_needs_bearer_before_it(docspace, stranger):
    key = docspace.post(KEYS, {"name": "tests"}).response["key"]
    assert stranger.get(SMTP, Authorization=key).status == 401
    assert docspace.get(SMTP, Authorization=f"Bearer {key}", Cookie="asc_auth_key=wrong").status == 200


def test_a_key_ends_when_it_expires(docspace, stranger, mockmail):
    mockmail.clock.freeze(NOON)
    bearer = {"Authorization": "Bearer " + docspace.post(KEYS, {"name": "k", "expiresInDays": 1}).response["key"]}
    mockmail.clock.advance(86399)
    assert stranger.get(SMTP, **bearer).status == 200
    mockmail.clock.advance(1)
    assert stranger.get(SMTP, **bearer).status == 401


def test_a_key_that_is_switched_off_is_not_taken(stranger, mockmail):
    key = {
        "id": "k",
        "name": "k",
        "apiKey": "sk-off",
        "createOn": "2026-06-30T12:00:00Z",
        "createBy": "66faa6e4-f133-11ea-b126-00ffeec8b4ef",
    }
    mockmail.onlyoffice.seed(api_keys=[key])
    assert stranger.get(SMTP, Authorization="Bearer sk-off").status == 200
    mockmail.onlyoffice.seed(api_keys=[key | {"isActive": False}])
    assert stranger.get(SMTP, Authorization="Bearer sk-off").status == 401


def test_a_users_key_does_not_make_an_admin(user, stranger):
    key = user.post(KEYS, {"name": "mine"}).response["key"]
    assert stranger.get(SMTP, Authorization=f"Bearer {key}").status == 403


def test_a_guest_has_no_keys(stranger, mockmail):
    guest = {"id": "guest", "userName": "guest", "email": "guest@example.com", "password": "p", "role": "guest"}
    mockmail.onlyoffice.seed(users=[guest], sessions=[{"token": "theirs", "userId": "guest"}])
    answer = stranger.post(KEYS, {"name": "mine"}, Authorization="theirs")
    assert (answer.status, answer.error) == (403, "Access denied")
    assert "api_keys" not in mockmail.onlyoffice.state()


@pytest.mark.parametrize(
    ("document", "errors"),
    [
        ({"name": ""}, {"Name": ["The Name field is required."]}),
        ({"name": None}, {"Name": ["The Name field is required."]}),
        ({"name": " \t"}, {"Name": ["The Name field is required."]}),
        ({"name": "n" * 31}, {"Name": ["Incorrect name. Length must be less than 30"]}),
        (
            {"name": "n", "expiresInDays": 366},
            {"ExpiresInDays": ["Incorrect number of days. Value must be between 1 and 365"]},
        ),
        (
            {},
            {"$": [f"JSON deserialization for type '{KEY_DTO}' was missing required properties including: 'name'."]},
        ),
        ({"name": "n", "permissions": ["*", 5]}, {"$.permissions[1]": [NO_TEXT]}),
    ],
)
def test_a_key_that_cannot_be_made(docspace, document, errors):
    answer = docspace.post(KEYS, document)
    assert (answer.status, answer.errors) == (400, errors)


@pytest.mark.parametrize("permission", ["everything", "", "*:READ", None])
def test_a_permission_that_there_is_not(docspace, permission):
    answer = docspace.post(KEYS, {"name": "n", "permissions": ["*:read", permission]})
    assert (answer.status, answer.error) == (400, "Permissions are not valid.")


@pytest.mark.parametrize("last", ['"b": {"permissions": 1}', '"b": "\\"permissions"', '"b": {"permissions": []}'])
def test_a_permission_that_does_not_fit_among_thousands_of_members(docspace, last):
    body = '{"name": "n", "permissions": ["*", 5],' + '"a": 1,' * 20_000 + last + "}"
    answer = docspace.post(KEYS, body.encode())
    assert (answer.status, list(answer.errors)) == (400, ["$.permissions[1]"])
