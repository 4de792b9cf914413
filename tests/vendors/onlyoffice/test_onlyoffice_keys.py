"""API keys and their permissions (docs/wire/onlyoffice.md 2)."""

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


def test_created_key_is_shown_whole(docspace, mockmail):
    mockmail.clock.freeze(NOON)
    key = docspace.post(KEYS, {"name": "tests", "expiresInDays": 30}).result
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
def test_key_is_limited_to_its_permissions(docspace, stranger, permissions, reads, writes):
    key = docspace.post(KEYS, {"name": "tests", "permissions": permissions}).result["key"]
    bearer = {"Authorization": f"Bearer {key}"}
    read, written, made = (
        stranger.get(SMTP, **bearer),
        stranger.delete(SMTP, **bearer),
        stranger.post(KEYS, {"name": "x"}, **bearer),
    )
    assert (read.status, written.status, made.status) == (reads, writes, writes)
    assert {response.body for response in (read, written, made) if response.status == 403} <= {b""}


def test_key_without_bearer_is_refused(docspace, stranger):
    key = docspace.post(KEYS, {"name": "tests"}).result["key"]
    assert stranger.get(SMTP, Authorization=key).status == 401
    assert docspace.get(SMTP, Authorization=f"Bearer {key}", Cookie="asc_auth_key=wrong").status == 200


def test_expired_key_is_refused(docspace, stranger, mockmail):
    mockmail.clock.freeze(NOON)
    bearer = {"Authorization": "Bearer " + docspace.post(KEYS, {"name": "k", "expiresInDays": 1}).result["key"]}
    mockmail.clock.advance(86399)
    assert stranger.get(SMTP, **bearer).status == 200
    mockmail.clock.advance(1)
    assert stranger.get(SMTP, **bearer).status == 401


def test_inactive_key_is_refused(stranger, mockmail):
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


def test_key_of_a_user_has_no_admin_rights(user, stranger):
    key = user.post(KEYS, {"name": "mine"}).result["key"]
    assert stranger.get(SMTP, Authorization=f"Bearer {key}").status == 403


def test_guest_cannot_create_a_key(stranger, mockmail):
    guest = {"id": "guest", "userName": "guest", "email": "guest@example.com", "password": "p", "role": "guest"}
    mockmail.onlyoffice.seed(users=[guest], sessions=[{"token": "of-guest", "userId": "guest"}])
    response = stranger.post(KEYS, {"name": "mine"}, Authorization="of-guest")
    assert (response.status, response.error) == (403, "Access denied")
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
def test_invalid_key_is_refused(docspace, document, errors):
    response = docspace.post(KEYS, document)
    assert (response.status, response.errors) == (400, errors)


@pytest.mark.parametrize(
    ("permissions", "path", "message"),
    [
        ('["*", ]', "$.permissions[1]", "The JSON array contains a trailing comma at the end"),
        ("[", "$.permissions[0]", "Expected depth to be zero at the end of the JSON payload."),
        ('["*", "*:read" "x"]', "$.permissions[2]", "'\"' is invalid after a value."),
        ('["*", "a', "$.permissions[1]", "Expected end of string, but instead reached end of data."),
        ('["*"}', "$.permissions[1]", "'}' is invalid without a matching open."),
        ('["*", 5, ]', "$.permissions[1]", "The JSON value could not be converted to System.String."),
        ('["*", {"a": }]', "$.permissions[1]", "The JSON value could not be converted to System.String."),
        ('["*"] "x"', "$", "'\"' is invalid after a value."),
        ('{"a": }', "$.permissions", "The JSON value could not be converted to System.Collections.Generic.List"),
    ],
)
def test_syntax_error_in_a_list_names_the_element(docspace, permissions, path, message):
    response = docspace.post(KEYS, f'{{"name": "n", "permissions": {permissions}'.encode())

    assert (response.status, list(response.errors)) == (400, [path])
    assert response.errors[path][0].startswith(message)


@pytest.mark.parametrize("permission", ["everything", "", "*:READ", None])
def test_unknown_permission_is_refused(docspace, permission):
    response = docspace.post(KEYS, {"name": "n", "permissions": ["*:read", permission]})
    assert (response.status, response.error) == (400, "Permissions are not valid.")


@pytest.mark.parametrize("last", ['"b": {"permissions": 1}', '"b": "\\"permissions"', '"b": {"permissions": []}'])
def test_permission_of_wrong_type_among_thousands_of_members_is_refused(docspace, last):
    body = '{"name": "n", "permissions": ["*", 5],' + '"a": 1,' * 20_000 + last + "}"
    response = docspace.post(KEYS, body.encode())
    assert (response.status, list(response.errors)) == (400, ["$.permissions[1]"])
