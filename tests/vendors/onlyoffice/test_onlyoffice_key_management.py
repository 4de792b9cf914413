"""Looking at API keys, changing and deleting them (DocSpace-server, ApiKeysController.cs)."""

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
    return client.post(KEYS, {"name": "tests"} | settings).response


def bearer(key):
    return {"Authorization": f"Bearer {key['key']}", "Cookie": None}


def put(client, key_id, document, **headers):
    return client.ask("PUT", f"{KEYS}/{key_id}", document, Content_Type="application/json", **headers)


def test_keys_are_listed_newest_first_and_not_shown_whole(docspace, mockmail):
    mockmail.clock.freeze(NOON)
    first = make(docspace, permissions=["*:read"])
    mockmail.clock.advance(1)
    second = make(docspace, expiresInDays=1)
    answer = docspace.get(KEYS)
    assert answer.response == [
        second | {"key": f"sk-***{second['keyPostfix']}"},
        first | {"key": f"sk-***{first['keyPostfix']}"},
    ]
    assert answer.document["count"] == 1


def test_an_admin_sees_everybodys_keys_and_others_their_own(docspace, user):
    owners, users = make(docspace), make(user, name="mine")
    assert {key["id"] for key in docspace.get(KEYS).response} == {owners["id"], users["id"]}
    assert [(key["id"], key["createBy"]["displayName"]) for key in user.get(KEYS).response] == [
        (users["id"], "Uma User")
    ]


def test_without_keys_the_list_is_empty(docspace):
    assert docspace.get(KEYS).response == []


def test_what_a_key_may_be_permitted(docspace):
    answer = docspace.get(f"{KEYS}/permissions")
    assert answer.response == [
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
    assert answer.document["count"] == 11


@pytest.mark.parametrize("permissions", [None, ["*:read"], ["files:read"]])
def test_a_key_knows_itself_whatever_it_may_do(docspace, mockmail, permissions):
    mockmail.clock.freeze(NOON)
    key = make(docspace, permissions=permissions)
    mockmail.clock.advance(5)
    assert docspace.get(f"{KEYS}/@self", **bearer(key)).response == key | {
        "key": f"sk-***{key['keyPostfix']}",
        "lastUsed": "2026-06-30T12:00:05.0000000Z",
    }


def test_only_a_key_knows_itself(docspace, stranger):
    by_cookie = docspace.get(f"{KEYS}/@self")
    assert (by_cookie.status, by_cookie.error) == (
        400,
        "startIndex cannot be larger than length of string. (Parameter 'startIndex')",
    )
    by_token = docspace.get(f"{KEYS}/@self", Authorization="Bearer 864FE52C-1C1C-469F-9308-51DAFEFE7436")
    assert (by_token.status, by_token.document["error"]) == (500, CRASH | {"stack": "   at key.self"})
    assert stranger.get(f"{KEYS}/@self").status == 401


def test_when_a_key_was_last_used(docspace, mockmail):
    mockmail.clock.freeze(NOON)
    key = make(docspace)
    assert "lastUsed" not in docspace.get(KEYS).response[0]
    mockmail.clock.advance(60)
    docspace.get(SMTP, **bearer(key))
    mockmail.clock.advance(60)
    assert docspace.get(KEYS).response[0]["lastUsed"] == "2026-06-30T12:01:00.0000000Z"


def test_a_key_gets_another_name_and_other_permissions(docspace, stranger):
    key = make(docspace)
    answer = put(docspace, key["id"], b'{"name": "renamed", "permissions": ["*:read"]}')
    assert (answer.status, answer.response) == (200, True)
    shown = docspace.get(KEYS).response[0]
    assert (shown["name"], shown["permissions"], shown["isActive"]) == ("renamed", ["*:read"], True)
    assert (stranger.get(SMTP, **bearer(key)).status, stranger.delete(SMTP, **bearer(key)).status) == (200, 403)
    assert put(docspace, key["id"], b'{"permissions": ["*"], "name": ""}').response is True
    assert stranger.delete(SMTP, **bearer(key)).status == 200
    assert docspace.get(KEYS).response[0]["name"] == "renamed"


def test_a_key_is_switched_off_and_on(docspace, stranger):
    key = make(docspace)
    assert put(docspace, key["id"].upper(), b'{"isActive": false}').response is True
    assert stranger.get(SMTP, **bearer(key)).status == 401
    assert put(docspace, key["id"], b'{"isActive": true, "permissions": []}').response is True
    assert stranger.get(SMTP, **bearer(key)).status == 200


def test_a_key_that_is_deleted_is_good_for_nothing(docspace, stranger):
    key, other = make(docspace), make(docspace)
    answer = docspace.delete(f"{KEYS}/{key['id']}")
    assert (answer.status, answer.response) == (200, True)
    assert stranger.get(SMTP, **bearer(key)).status == 401
    assert stranger.get(SMTP, **bearer(other)).status == 200
    assert [one["id"] for one in docspace.get(KEYS).response] == [other["id"]]


def test_the_keys_of_others_are_an_admins_to_change(docspace, user):
    owners, users = make(docspace), make(user)
    assert put(user, owners["id"], b'{"name": "taken"}').response is False
    assert user.delete(f"{KEYS}/{owners['id']}").response is False
    assert {key["name"] for key in docspace.get(KEYS).response} == {"tests"}
    assert put(docspace, users["id"], b'{"isActive": false}').response is True
    assert user.delete(f"{KEYS}/{users['id']}").response is True


def test_an_expired_key_is_not_changed(docspace, mockmail):
    mockmail.clock.freeze(NOON)
    key = make(docspace, expiresInDays=1)
    mockmail.clock.advance(86401)
    assert put(docspace, key["id"], b'{"name": "late"}').response is False
    assert docspace.get(KEYS).response[0]["name"] == "tests"


def test_a_change_that_cannot_be_made(docspace):
    key = make(docspace)
    refused = put(docspace, key["id"], b'{"permissions": ["everything"]}')
    assert (refused.status, refused.error) == (400, "Permissions are not valid.")
    long = put(docspace, key["id"], b'{"name": "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"}')
    assert (long.status, long.errors) == (400, {"Name": ["Incorrect name. Length must be less than 30"]})
    assert docspace.get(KEYS).response[0]["name"] == "tests"


@pytest.mark.parametrize("call", [("PUT", b"{}"), ("DELETE", None)])
def test_a_key_that_there_is_not_is_the_servers_own_mistake(docspace, mockmail, call):
    method, body = call
    answer = docspace.ask(method, f"{KEYS}/{NOBODYS}", body, Content_Type="application/json")
    operation = mockmail.requests[-1].operation
    assert (answer.status, answer.document["error"]) == (500, CRASH | {"stack": f"   at {operation}"})


@pytest.mark.parametrize("call", [("PUT", b"{}"), ("DELETE", None)])
def test_what_is_no_guid_is_no_path(docspace, call):
    method, body = call
    answer = docspace.ask(method, f"{KEYS}/mine", body, Content_Type="application/json")
    assert (answer.status, answer.body) == (404, b"")


def test_a_key_without_the_right_to_write_changes_no_key(docspace):
    reader = make(docspace, permissions=["*:read"])
    assert docspace.get(KEYS, **bearer(reader)).status == 200
    assert put(docspace, reader["id"], b'{"permissions": ["*"]}', **bearer(reader)).status == 403
    assert docspace.delete(f"{KEYS}/{reader['id']}", **bearer(reader)).status == 403


def test_a_keys_scopes_count_where_anybody_may_call(docspace, stranger):
    reader, other = make(docspace, permissions=["*:read"]), make(docspace, permissions=["files:read"])
    login = {"userName": "owner@example.com", "password": "owner-password"}
    assert stranger.get(AUTHENTICATION, **bearer(reader)).response is True
    assert stranger.post(AUTHENTICATION, login, **bearer(make(docspace))).status == 200
    for refused in (
        stranger.post(AUTHENTICATION, login, **bearer(reader)),
        stranger.get(AUTHENTICATION, **bearer(other)),
        stranger.get("/api/2.0/settings", Authorization="Bearer sk-unknown"),
    ):
        assert (refused.status, refused.body) == (403, b"")
