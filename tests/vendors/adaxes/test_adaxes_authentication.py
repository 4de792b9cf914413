"""Sessions and tokens."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mockmail.server.discovery import discover, vendor_options
from mockmail.server.settings import SettingError
from mockmail.vendors.adaxes.authentication import Caller
from mockmail.vendors.adaxes.records import DirectoryObject, Token

NOW = datetime(2022, 12, 26, 5, 15, 20, 176789, tzinfo=UTC)
BAD_TOKEN = {"message": "The provided authentication token is either expired or invalid.", "code": "unauthenticated"}
BAD_SESSION = {
    "message": "The provided authentication session is either expired or invalid.",
    "code": "unauthenticated",
}


def inner(answer):
    assert answer.status == 403
    assert answer.json["message"] == "Authentication failed."
    return answer.json["innerError"]


def get_john(adaxes):
    return adaxes.call("GET", "/api/directoryObjects?directoryObject=CN=John%20Smith,CN=Users,DC=example,DC=com")


def get_token(adaxes):
    session = adaxes.log_in().json["sessionId"]
    return adaxes.call("POST", "/restApi/api/auth", {"sessionId": session}).json["token"]


def test_session_and_token_work_until_they_are_deleted(mockmail, adaxes):
    mockmail.clock.freeze(NOW)
    adaxes.token = None
    session = adaxes.log_in().json
    assert session["expiresAtUtc"] == "2022-12-26T05:25:20.1767890Z"
    token = adaxes.call("POST", "/restApi/api/auth", {"sessionId": session["sessionId"]}).json
    assert token["expiresAtUtc"] == "2022-12-26T05:45:20.1767890Z"
    adaxes.token = token["token"]
    assert get_john(adaxes).status == 200
    assert adaxes.call("DELETE", f"/restApi/api/auth?token={token['token']}").status == 204
    assert (get_john(adaxes).status, get_john(adaxes).json) == (401, BAD_TOKEN)
    assert adaxes.call("DELETE", f"/restApi/api/authSessions?id={session['sessionId']}").status == 204
    answer = adaxes.call("POST", "/restApi/api/auth", {"sessionId": session["sessionId"]})
    assert (answer.status, answer.json) == (401, BAD_SESSION)
    gone = adaxes.call("DELETE", f"/restApi/api/authSessions?id={session['sessionId']}")
    assert (gone.status, gone.json["code"]) == (404, "notFound")


@pytest.mark.parametrize(
    "username",
    ["administrator@example.com", "Administrator@EXAMPLE.COM", "EXAMPLE\\administrator", "example.com\\Administrator"],
)
def test_login_accepts_both_forms_of_a_user_name(adaxes, username):
    adaxes.token = None
    assert adaxes.log_in(username).status == 200


def test_account_without_principal_name_logs_in_with_its_domain(mockmail, adaxes):
    mockmail.adaxes.seed(
        directoryObjects=[
            {"dn": "CN=S,OU=Accounts,DC=corp,DC=org", "properties": {"sAMAccountName": "svc"}, "password": "p"}
        ]
    )
    assert adaxes.log_in("svc@corp.org", "p").status == 200
    assert adaxes.log_in("corp\\svc", "p").status == 200
    assert inner(adaxes.log_in("svc", "p"))["code"] == "invalidCredentials"


def test_session_id_used_as_token_is_refused(adaxes):
    adaxes.token = adaxes.log_in().json["sessionId"]
    answer = adaxes.send_mail()
    assert (answer.status, answer.json) == (401, BAD_TOKEN)


def test_request_without_token_is_refused(adaxes):
    adaxes.token = None
    answer = adaxes.send_mail()
    assert answer.status == 401
    assert answer.json == {
        "message": "No authentication token was provided in the Adm-Authorization header.",
        "code": "unauthenticated",
    }


def test_journal_names_the_user_and_not_the_token(mockmail, adaxes):
    adaxes.token = get_token(adaxes)
    get_john(adaxes)

    exchange = mockmail.requests[-1]

    assert exchange.caller == "administrator@example.com"


def test_caller_without_principal_name_is_shown_by_its_dn():
    account = DirectoryObject(dn="CN=Service,DC=example,DC=com", password="secret")

    assert str(Caller(account, Token(token="secret", account=account.dn))) == "CN=Service,DC=example,DC=com"


def test_sessions_and_tokens_expire_with_the_clock(mockmail, adaxes):
    mockmail.clock.freeze(NOW)
    session = adaxes.log_in().json["sessionId"]
    mockmail.clock.advance(9 * 60 + 59)
    adaxes.token = adaxes.call("POST", "/api/auth", {"sessionId": session}).json["token"]
    mockmail.clock.advance(1)
    assert adaxes.call("POST", "/api/auth", {"sessionId": session}).json == BAD_SESSION
    mockmail.clock.advance(29 * 60 + 58)
    assert get_john(adaxes).status == 200
    mockmail.clock.advance(1)
    assert (get_john(adaxes).status, get_john(adaxes).json) == (401, BAD_TOKEN)
    adaxes.token = "YOUR-SECURITY-TOKEN"
    assert get_john(adaxes).status == 200


@pytest.mark.mockmail(options={"adaxes": {"session_minutes": 1, "token_minutes": 2, "short_sessions": True}})
def test_options_set_lifetimes_and_the_short_session(mockmail, adaxes):
    mockmail.clock.freeze(NOW)
    session = adaxes.log_in().json
    assert list(session) == ["sessionId", "expiresAtUtc"]
    assert session["expiresAtUtc"] == "2022-12-26T05:16:20.1767890Z"
    token = adaxes.call("POST", "/api/auth", {"sessionId": session["sessionId"]}).json
    assert token["expiresAtUtc"] == "2022-12-26T05:17:20.1767890Z"


@pytest.mark.parametrize("minutes", [-1, 52_560_000.1, 1e12, float("inf"), float("nan")])
@pytest.mark.parametrize("name", ["session_minutes", "token_minutes"])
def test_lifetime_beyond_the_calendar_is_refused(name, minutes):
    with pytest.raises(SettingError, match=rf"options.adaxes.{name} must be a number (>= 0|<= 52560000)(\.0)?, not"):
        vendor_options(discover(only=("adaxes",)), {"adaxes": {name: minutes}})


def test_renewed_token_gets_a_new_lifetime(mockmail, adaxes):
    mockmail.clock.freeze(NOW)
    adaxes.token = get_token(adaxes)
    mockmail.clock.advance(29 * 60)
    renewed = adaxes.call("PATCH", "/restApi/api/auth").json
    assert renewed == {"token": adaxes.token, "expiresAtUtc": "2022-12-26T06:14:20.1767890Z"}
    mockmail.clock.advance(29 * 60)
    assert get_john(adaxes).status == 200
    adaxes.token = "YOUR-SECURITY-TOKEN"
    assert adaxes.call("PATCH", "/restApi/api/auth", {"token": adaxes.token}).json == {
        "token": "YOUR-SECURITY-TOKEN",
        "expiresAtUtc": None,
    }


def test_token_of_another_account_cannot_be_destroyed(mockmail, adaxes):
    mockmail.adaxes.seed(tokens=[{"token": "johns", "account": "7a4267ce-d354-44e7-8bd6-c681f1284a41"}])
    answer = adaxes.call("DELETE", "/api/auth?token=johns")
    assert (answer.status, answer.json) == (401, BAD_TOKEN)
    adaxes.token = "johns"
    assert adaxes.call("DELETE", "/api/auth").status == 204
    assert get_john(adaxes).status == 401


@pytest.mark.parametrize("change", [{"isDisabled": True}, {"expirationDate": "2022-12-26T05:00:00Z"}])
def test_disabled_or_expired_account_invalidates_its_tokens(mockmail, adaxes, change):
    mockmail.clock.freeze(NOW)
    mockmail.adaxes.seed(
        directoryObjects=[{"dn": "CN=S,DC=example,DC=com", **change}],
        tokens=[{"token": "s", "account": "cn=s,dc=example,dc=com"}, {"token": "orphan", "account": "CN=Gone"}],
    )
    for token in ("s", "orphan"):
        adaxes.token = token
        assert (get_john(adaxes).status, get_john(adaxes).json) == (401, BAD_TOKEN)


def test_three_wrong_passwords_lock_an_account(adaxes):
    attempts = [inner(adaxes.log_in(password="wrong")) for _ in range(3)]
    assert [attempt["code"] for attempt in attempts] == ["invalidCredentials"] * 3
    assert [attempt["attemptsLeft"] for attempt in attempts] == [2, 1, 0]
    locked = inner(adaxes.log_in())
    assert locked == {"message": "The user account is locked out.", "code": "accountLockedOut"}


def test_right_password_resets_the_count_of_wrong_ones(adaxes):
    assert inner(adaxes.log_in(password="wrong"))["attemptsLeft"] == 2
    assert adaxes.log_in().status == 200
    assert inner(adaxes.log_in(password="wrong"))["attemptsLeft"] == 2


@pytest.mark.mockmail(options={"adaxes": {"lockout_threshold": 0}})
def test_lockout_threshold_of_0_locks_no_account(adaxes):
    for _ in range(5):
        assert "attemptsLeft" not in inner(adaxes.log_in(password="wrong"))
    assert adaxes.log_in().status == 200


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"isDisabled": True}, "accountIsDisabled"),
        ({"isLocked": True}, "accountLockedOut"),
        ({"expirationDate": "2022-12-26T05:15:20Z"}, "accountExpired"),
        ({"logonHoursAllow": False}, "logonTimeIncorrect"),
        ({"apiAccess": False}, "accessDenied"),
        ({"password": None}, "invalidCredentials"),
    ],
)
def test_refused_login_names_its_reason(mockmail, adaxes, change, code):
    mockmail.clock.freeze(NOW)
    account = {"dn": "CN=S,DC=example,DC=com", "properties": {"sAMAccountName": "s"}, "password": "p"}
    mockmail.adaxes.seed(directoryObjects=[account | change])
    told = inner(adaxes.log_in("EXAMPLE\\s", "p"))
    assert told["code"] == code
    assert "attemptsLeft" not in told


def test_login_of_unknown_user_has_no_attempts_left(adaxes):
    assert inner(adaxes.log_in("nobody@example.com")) == {
        "message": "The user name or password is incorrect.",
        "code": "invalidCredentials",
    }


@pytest.mark.mockmail(options={"adaxes": {"generic_login_errors": True}})
def test_generic_login_errors_hide_the_reason(mockmail, adaxes):
    mockmail.adaxes.seed(
        directoryObjects=[
            {"dn": "CN=S,DC=example,DC=com", "properties": {"sAMAccountName": "s"}, "password": "p", "isDisabled": True}
        ]
    )
    assert inner(adaxes.log_in("EXAMPLE\\s", "p")) == inner(adaxes.log_in(password="wrong"))


def test_session_reports_an_expired_password(mockmail, adaxes):
    mockmail.adaxes.seed(
        directoryObjects=[
            {
                "dn": "CN=S,DC=example,DC=com",
                "properties": {"sAMAccountName": "s"},
                "password": "p",
                "passwordExpired": True,
            }
        ]
    )
    assert adaxes.log_in("EXAMPLE\\s", "p").json["changePasswordReason"] == 1


def test_account_disabled_after_login_gets_no_token(mockmail, adaxes):
    account = {"dn": "CN=S,DC=example,DC=com", "properties": {"sAMAccountName": "s"}, "password": "p"}
    mockmail.adaxes.seed(directoryObjects=[account])
    session = adaxes.log_in("EXAMPLE\\s", "p").json["sessionId"]
    mockmail.adaxes.seed(directoryObjects=[account | {"isDisabled": True}])
    assert inner(adaxes.call("POST", "/api/auth", {"sessionId": session}))["code"] == "accountIsDisabled"


def test_token_is_restored_with_a_snapshot(mockmail, adaxes):
    adaxes.token = get_token(adaxes)
    state = mockmail.snapshot()
    mockmail.reset()
    assert get_john(adaxes).status == 401
    mockmail.restore(state)
    assert get_john(adaxes).status == 200
