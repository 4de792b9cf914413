"""Listing, changing and deleting API keys (DocSpace-server, ApiKeysController.cs)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

SMTP = "/api/2.0/smtpsettings/smtp"
AUTHENTICATION = "/api/2.0/authentication"
KEYS = "/api/2.0/keys"
NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
NOBODYS = "00000000-0000-0000-0000-000000000001"
CRASH = {
    "message": "Object reference not set to an instance of an object.",
    "type": "System.NullReferenceException",
    "hresult": -2147467261,
}


def make(client, **settings):
    return client.post(KEYS, {"name": "tests"} | settings).result


def bearer(key):
    return {"Authorization": f"Bearer {key['key']}", "Cookie": None}


def put(client, key_id, document, **headers):
    return client.request("PUT", f"{KEYS}/{key_id}", document, Content_Type="application/json", **headers)


def test_keys_are_listed_newest_first_without_their_secrets(docspace, mockmail):
    mockmail.clock.freeze(NOON)
    first = make(docspace, permissions=["*:read"])
    mockmail.clock.advance(1)
    second = make(docspace, expiresInDays=1)
    response = docspace.get(KEYS)
    assert response.result == [
        second | {"key": f"sk-***{second['keyPostfix']}"},
        first | {"key": f"sk-***{first['keyPostfix']}"},
    ]
    assert response.document["count"] == 1


def test_admin_lists_all_keys_and_user_lists_own_keys(docspace, user):
    owners, users = make(docspace), make(user, name="mine")
    assert {key["id"] for key in docspace.get(KEYS).result} == {owners["id"], users["id"]}
    assert [(key["id"], key["createBy"]["displayName"]) for key in user.get(KEYS).result] == [(users["id"], "Uma User")]


def test_list_without_keys_is_empty(docspace):
    assert docspace.get(KEYS).result == []


def test_all_permissions_are_listed(docspace):
    response = docspace.get(f"{KEYS}/permissions")
    assert response.result == [
        "*",
        "*:read",
        "*:write",
        "accounts:read",
        "accounts:write",
        "accounts.self:read",
        "accounts.self:write",
        "files:read",
        "files:write",
        "rooms:read",
        "rooms:write",
    ]
    assert response.document["count"] == 11


@pytest.mark.parametrize("permissions", [None, ["*:read"], ["files:read"]])
def test_key_with_any_permissions_shows_itself(docspace, mockmail, permissions):
    mockmail.clock.freeze(NOON)
    key = make(docspace, permissions=permissions)
    mockmail.clock.advance(5)
    assert docspace.get(f"{KEYS}/@self", **bearer(key)).result == key | {
        "key": f"sk-***{key['keyPostfix']}",
        "lastUsed": "2026-06-30T12:00:05.0000000Z",
    }


def test_key_self_without_a_key_is_refused(docspace, stranger):
    by_cookie = docspace.get(f"{KEYS}/@self")
    assert (by_cookie.status, by_cookie.error) == (
        400,
        "startIndex cannot be larger than length of string. (Parameter 'startIndex')",
    )
    by_token = docspace.get(f"{KEYS}/@self", Authorization="Bearer 864FE52C-1C1C-469F-9308-51DAFEFE7436")
    assert (by_token.status, by_token.document["error"]) == (500, CRASH | {"stack": "   at key.self"})
    assert stranger.get(f"{KEYS}/@self").status == 401


def test_last_use_of_a_key_is_shown(docspace, mockmail):
    mockmail.clock.freeze(NOON)
    key = make(docspace)
    assert "lastUsed" not in docspace.get(KEYS).result[0]
    mockmail.clock.advance(60)
    docspace.get(SMTP, **bearer(key))
    mockmail.clock.advance(60)
    assert docspace.get(KEYS).result[0]["lastUsed"] == "2026-06-30T12:01:00.0000000Z"


def test_key_is_renamed_and_gets_other_permissions(docspace, stranger):
    key = make(docspace)
    response = put(docspace, key["id"], b'{"name": "renamed", "permissions": ["*:read"]}')
    assert (response.status, response.result) == (200, True)
    shown = docspace.get(KEYS).result[0]
    assert (shown["name"], shown["permissions"], shown["isActive"]) == ("renamed", ["*:read"], True)
    assert (stranger.get(SMTP, **bearer(key)).status, stranger.delete(SMTP, **bearer(key)).status) == (200, 403)
    assert put(docspace, key["id"], b'{"permissions": ["*"], "name": ""}').result is True
    assert stranger.delete(SMTP, **bearer(key)).status == 200
    assert docspace.get(KEYS).result[0]["name"] == "renamed"


def test_key_is_deactivated_and_activated(docspace, stranger):
    key = make(docspace)
    assert put(docspace, key["id"].upper(), b'{"isActive": false}').result is True
    assert stranger.get(SMTP, **bearer(key)).status == 401
    assert put(docspace, key["id"], b'{"isActive": true, "permissions": []}').result is True
    assert stranger.get(SMTP, **bearer(key)).status == 200


def test_deleted_key_is_refused(docspace, stranger):
    key, other = make(docspace), make(docspace)
    response = docspace.delete(f"{KEYS}/{key['id']}")
    assert (response.status, response.result) == (200, True)
    assert stranger.get(SMTP, **bearer(key)).status == 401
    assert stranger.get(SMTP, **bearer(other)).status == 200
    assert [key["id"] for key in docspace.get(KEYS).result] == [other["id"]]


def test_only_admin_changes_keys_of_other_users(docspace, user):
    owners, users = make(docspace), make(user)
    assert put(user, owners["id"], b'{"name": "taken"}').result is False
    assert user.delete(f"{KEYS}/{owners['id']}").result is False
    assert {key["name"] for key in docspace.get(KEYS).result} == {"tests"}
    assert put(docspace, users["id"], b'{"isActive": false}').result is True
    assert user.delete(f"{KEYS}/{users['id']}").result is True


def test_expired_key_is_not_changed(docspace, mockmail):
    mockmail.clock.freeze(NOON)
    key = make(docspace, expiresInDays=1)
    mockmail.clock.advance(86401)
    assert put(docspace, key["id"], b'{"name": "late"}').result is False
    assert docspace.get(KEYS).result[0]["name"] == "tests"


def test_invalid_change_of_a_key_is_refused(docspace):
    key = make(docspace)
    refused = put(docspace, key["id"], b'{"permissions": ["everything"]}')
    assert (refused.status, refused.error) == (400, "Permissions are not valid.")
    long = put(docspace, key["id"], b'{"name": "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"}')
    assert (long.status, long.errors) == (400, {"Name": ["Incorrect name. Length must be less than 30"]})
    assert docspace.get(KEYS).result[0]["name"] == "tests"


@pytest.mark.parametrize("call", [("PUT", b"{}"), ("DELETE", None)])
def test_missing_key_is_a_server_error(docspace, mockmail, call):
    method, body = call
    response = docspace.request(method, f"{KEYS}/{NOBODYS}", body, Content_Type="application/json")
    operation = mockmail.requests[-1].operation
    assert (response.status, response.document["error"]) == (500, CRASH | {"stack": f"   at {operation}"})


@pytest.mark.parametrize("call", [("PUT", b"{}"), ("DELETE", None)])
def test_key_id_that_is_not_a_guid_is_404(docspace, call):
    method, body = call
    response = docspace.request(method, f"{KEYS}/mine", body, Content_Type="application/json")
    assert (response.status, response.body) == (404, b"")


def test_read_only_key_changes_no_key(docspace):
    reader = make(docspace, permissions=["*:read"])
    assert docspace.get(KEYS, **bearer(reader)).status == 200
    assert put(docspace, reader["id"], b'{"permissions": ["*"]}', **bearer(reader)).status == 403
    assert docspace.delete(f"{KEYS}/{reader['id']}", **bearer(reader)).status == 403


def test_scopes_of_a_key_count_for_open_operations(docspace, stranger):
    reader, other = make(docspace, permissions=["*:read"]), make(docspace, permissions=["files:read"])
    login = {"userName": "owner@example.com", "password": "owner-password"}
    assert stranger.get(AUTHENTICATION, **bearer(reader)).result is True
    assert stranger.post(AUTHENTICATION, login, **bearer(make(docspace))).status == 200
    for refused in (
        stranger.post(AUTHENTICATION, login, **bearer(reader)),
        stranger.get(AUTHENTICATION, **bearer(other)),
        stranger.get("/api/2.0/settings", Authorization="Bearer sk-unknown"),
    ):
        assert (refused.status, refused.body) == (403, b"")
