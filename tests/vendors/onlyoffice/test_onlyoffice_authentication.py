"""Credentials, login and logout (docs/wire/onlyoffice.md 2)."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta

import pytest

SMTP = "/api/2.0/smtpsettings/smtp"
AUTHENTICATION = "/api/2.0/authentication"
TOKEN = "864FE52C-1C1C-469F-9308-51DAFEFE7436"
OWNER = {"userName": "owner@example.com", "password": "owner-password"}
NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
CLEARED = "asc_auth_key=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/"


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": f"asc_auth_key={TOKEN}"},
        {"Cookie": f"theme=dark; ASC_AUTH_KEY={TOKEN}; other=1"},
        {"Authorization": TOKEN},
        {"Authorization": f"Bearer {TOKEN}"},
        {"Authorization": basic("owner@example.com", "owner-password")},
        {"Authorization": basic("Owner@Example.com", "owner-password")},
    ],
)
def test_valid_credentials_are_accepted(stranger, headers):
    assert stranger.get(SMTP, **headers).status == 200
    assert stranger.get(AUTHENTICATION, **headers).result is True


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Cookie": TOKEN},
        {"Cookie": "asc_auth_key=wrong"},
        {"Cookie": "asc_auth_key="},
        {"ApiKeyBearer": TOKEN},
        {"Authorization": f"bearer {TOKEN}"},
        {"Authorization": "Bearer header.claims.signature"},
        {"Authorization": "Bearer "},
        {"Authorization": basic("owner@example.com", "wrong")},
        {"Authorization": basic("nobody@example.com", "owner-password")},
        {"Authorization": "Basic !!!"},
        {"Authorization": basic("owner@example.com", "owner-password").replace("Basic", "basic")},
    ],
)
def test_invalid_credentials_are_refused(stranger, headers):
    response = stranger.get(SMTP, **headers)
    assert (response.status, response.body) == (401, b"")
    assert stranger.get(AUTHENTICATION, **headers).result is False


@pytest.mark.parametrize(
    "authorization", [f"Bearer {TOKEN}", basic("owner@example.com", "owner-password"), "Bearer sk-secret"]
)
def test_journal_shows_the_user_name_and_no_secret(stranger, mockmail, authorization):
    owner = "66faa6e4-f133-11ea-b126-00ffeec8b4ef"
    key = {"id": "k", "name": "k", "apiKey": "sk-secret", "createOn": "2026-06-30T12:00:00Z", "createBy": owner}
    mockmail.onlyoffice.seed(api_keys=[key])

    stranger.get(SMTP, Authorization=authorization)

    assert mockmail.requests[-1].caller == "owner"


def test_unknown_api_key_is_refused_for_open_operations(stranger):
    unknown = {"Authorization": "Bearer sk-unknown"}
    assert [stranger.get(path, **unknown).status for path in (SMTP, AUTHENTICATION)] == [401, 403]


def test_cookie_wins_over_token_in_header(docspace):
    assert docspace.get(SMTP, Authorization="Bearer wrong").status == 200
    assert docspace.get(SMTP, Cookie="asc_auth_key=wrong", Authorization=f"Bearer {TOKEN}").status == 401


def test_basic_credentials_win_over_cookie_and_get_www_authenticate(docspace):
    good, wrong = basic("owner@example.com", "owner-password"), basic("owner@example.com", "wrong")
    for credentials, status in ((good, 200), (wrong, 401)):
        response = docspace.get(SMTP, Authorization=credentials)
        assert (response.status, response.headers["WWW-Authenticate"]) == (status, "Basic")
    assert "WWW-Authenticate" not in docspace.get(SMTP).headers
    assert "WWW-Authenticate" not in docspace.get(SMTP, Cookie=None).headers


def test_stale_cookie_is_cleared(stranger):
    assert stranger.get(SMTP, Cookie="asc_auth_key=stale").headers.get_all("Set-Cookie") == [CLEARED]
    assert stranger.get(AUTHENTICATION, Cookie="asc_auth_key=stale").headers.get_all("Set-Cookie") == [CLEARED]
    assert "Set-Cookie" not in stranger.get(SMTP).headers


def test_login_token_is_valid_for_a_year(stranger, mockmail):
    mockmail.clock.freeze(NOON)
    response = stranger.post(AUTHENTICATION, OWNER)
    token = response.result["token"]
    assert response.result == {"token": token, "expires": "2027-06-30T12:00:00Z", "sms": False, "tfa": False}
    assert response.headers.get_all("Set-Cookie") == [
        f"asc_auth_key={token}; expires=Wed, 30 Jun 2027 12:00:00 GMT; path=/; samesite=strict; httponly"
    ]
    assert stranger.get(SMTP, Authorization=f"Bearer {token}").status == 200
    mockmail.clock.advance(timedelta(days=365).total_seconds() - 1)
    assert stranger.get(SMTP, Authorization=token).status == 200
    mockmail.clock.advance(1)
    assert stranger.get(SMTP, Authorization=token).status == 401


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("66faa6e4-f133-11ea-b126-00ffeec8b4ef", 200),
        ("66FAA6E4-F133-11EA-B126-00FFEEC8B4EF", 200),
        ("66faa6e4-f133-11ea-b126-00ffeec8b4ee", 401),
        ("owner", 401),
    ],
)
def test_login_accepts_the_user_id(stranger, name, status):
    assert stranger.post(AUTHENTICATION, OWNER | {"userName": name}).status == status


def test_login_on_february_29_expires_on_february_28(stranger, mockmail):
    mockmail.clock.freeze(datetime(2028, 2, 29, 1, 2, 3, 450000, tzinfo=UTC))
    assert stranger.post(AUTHENTICATION, OWNER).result["expires"] == "2029-02-28T01:02:03.45Z"


def test_session_login_has_a_cookie_without_expiry(stranger):
    response = stranger.post(AUTHENTICATION, OWNER | {"session": True})
    token = response.result["token"]
    assert response.result["expires"] == "0001-01-01T00:00:00"
    assert response.headers["Set-Cookie"] == f"asc_auth_key={token}; path=/; samesite=strict; httponly"
    assert stranger.get(SMTP, Cookie=f"asc_auth_key={token}").status == 200


def test_login_by_hash_uses_the_published_salt(stranger):
    hasher = stranger.get("/api/2.0/settings").result["passwordHash"]
    assert (hasher["size"], hasher["iterations"]) == (256, 100_000)
    digest = hashlib.pbkdf2_hmac("sha256", b"owner-password", hasher["salt"].encode(), 100_000, 32).hex()
    response = stranger.post(AUTHENTICATION, {"userName": "owner@example.com", "passwordHash": digest})
    assert response.status == 200
    wrong = {"userName": "owner@example.com", "passwordHash": "0" * 64}
    assert stranger.post(AUTHENTICATION, wrong).status == 401


@pytest.mark.mockmail(options={"onlyoffice": {"password_salt": "pepper"}})
def test_salt_is_shown_to_anonymous_callers_or_on_request(stranger, docspace):
    settings = "/api/2.0/settings"
    assert stranger.get(settings).result["passwordHash"]["salt"] == "pepper"
    assert "passwordHash" not in docspace.get(settings).result
    assert docspace.get(f"{settings}?withPassword=true").result["passwordHash"]["salt"] == "pepper"


@pytest.mark.parametrize(
    "login",
    [
        {},
        {"userName": "owner@example.com"},
        {"password": "owner-password"},
        {"userName": "", "password": ""},
        OWNER | {"password": "wrong"},
        OWNER | {"userName": "nobody@example.com"},
        OWNER | {"provider": "google", "accessToken": "t"},
        OWNER | {"confirmData": {"email": "owner@example.com", "key": "k"}},
    ],
)
def test_failed_login_gives_no_reason(stranger, login):
    response = stranger.post(AUTHENTICATION, login)
    assert response.status == 401
    assert response.document == {
        "error": {"message": "User authentication failed", "type": None, "stack": None, "hresult": 0},
        "status": 1,
        "statusCode": 401,
    }


def test_disabled_user_is_refused(stranger, mockmail):
    owner = mockmail.onlyoffice.state()["users"][0]
    mockmail.onlyoffice.seed(users=[owner | {"status": "disabled"}])
    response = stranger.post(AUTHENTICATION, OWNER)
    assert (response.status, response.error) == (403, "User disabled")
    for headers in ({"Authorization": TOKEN}, {"Authorization": basic("owner@example.com", "owner-password")}):
        assert stranger.get(SMTP, **headers).status == 401


def test_sixth_failed_login_in_a_minute_blocks_the_user_for_a_minute(stranger, mockmail):
    mockmail.clock.freeze(NOON)
    wrong = OWNER | {"password": "wrong"}
    assert [stranger.post(AUTHENTICATION, wrong).status for _ in range(6)] == [401] * 5 + [403]
    response = stranger.post(AUTHENTICATION, OWNER | {"userName": "OWNER@example.com"})
    assert (response.status, response.error) == (403, "Too many login attempts. Please try again later")
    other = {"userName": "user@example.com", "password": "user-password"}
    assert stranger.post(AUTHENTICATION, other).status == 200
    mockmail.clock.advance(60)
    assert stranger.post(AUTHENTICATION, OWNER).status == 200


@pytest.mark.parametrize("nameless", [{"userName": "", "password": "p"}, {"password": "p"}, {"userName": "a@b.c"}])
def test_incomplete_login_is_not_counted(stranger, nameless):
    assert [stranger.post(AUTHENTICATION, nameless).status for _ in range(7)] == [401] * 7


def test_failed_logins_expire_after_a_minute_and_successes_are_not_counted(stranger, mockmail):
    mockmail.clock.freeze(NOON)
    wrong = OWNER | {"password": "wrong"}
    assert [stranger.post(AUTHENTICATION, wrong).status for _ in range(4)] == [401] * 4
    assert [stranger.post(AUTHENTICATION, OWNER).status for _ in range(8)] == [200] * 8
    mockmail.clock.advance(60)
    assert [stranger.post(AUTHENTICATION, wrong).status for _ in range(5)] == [401] * 5


def test_successful_login_leaves_no_attempts(stranger, mockmail):
    assert stranger.post(AUTHENTICATION, OWNER).status == 200
    assert "attempts" not in mockmail.onlyoffice.state()


def test_logout_ends_the_session_of_the_cookie(docspace):
    response = docspace.post(f"{AUTHENTICATION}/logout", b"", Content_Type=None)
    assert (response.status, response.headers["Set-Cookie"]) == (200, CLEARED)
    assert ("response" in response.document, response.document["count"]) == (False, 0)
    assert docspace.get(AUTHENTICATION).result is False
    assert docspace.get(SMTP).status == 401


def test_logout_by_token_ends_no_session(stranger):
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    response = stranger.post(f"{AUTHENTICATION}/logout", b"", Content_Type=None, **bearer)
    assert (response.status, response.headers["Set-Cookie"]) == (200, None)
    assert stranger.get(SMTP, **bearer).status == 200


@pytest.mark.parametrize(
    "who", ["4b3a5c0e-7f3f-4a51-9a3b-0d5f7d7f1a03", "4b3a5c0e-7f3f-4a51-9a3b-0d5f7d7f1a04", "guest"]
)
@pytest.mark.parametrize("call", [("GET", ""), ("DELETE", ""), ("GET", "/test"), ("GET", "/test/status")])
def test_user_without_admin_role_is_denied(stranger, mockmail, who, call):
    guest = {"id": "guest", "userName": "guest", "email": "guest@example.com", "password": "p", "role": "guest"}
    mockmail.onlyoffice.seed(users=[guest], sessions=[{"token": "of-user", "userId": who}])
    response = stranger.request(call[0], SMTP + call[1], Cookie="asc_auth_key=of-user")
    assert (response.status, response.error) == (403, "Access denied")
    assert len(mockmail.inbox) == 0


def test_admin_may_show_settings(stranger, mockmail):
    mockmail.onlyoffice.seed(sessions=[{"token": "ada", "userId": "4b3a5c0e-7f3f-4a51-9a3b-0d5f7d7f1a02"}])
    assert stranger.get(SMTP, Authorization="ada").status == 200


def test_session_of_one_sandbox_is_unknown_in_another(stranger, mockmail):
    token = stranger.post(AUTHENTICATION, OWNER).result["token"]
    assert stranger.get(SMTP, Authorization=token).status == 200
    assert stranger.get(SMTP, Authorization=token, X_Mockmail_Sandbox="other").status == 401
