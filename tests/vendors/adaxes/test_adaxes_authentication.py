"""Sessions and tokens."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mockmail.vendors.adaxes.options import Options

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


def test_the_whole_handshake(mockmail, adaxes):
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
def test_a_user_name_has_two_forms(adaxes, username):
    adaxes.token = None
    assert adaxes.log_in(username).status == 200


def test_an_account_without_principal_name_logs_in_by_its_domain(mockmail, adaxes):
    mockmail.adaxes.seed(
        directoryObjects=[
            {"dn": "CN=S,OU=Accounts,DC=corp,DC=org", "properties": {"sAMAccountName": "svc"}, "password": "p"}
        ]
    )
    assert adaxes.log_in("svc@corp.org", "p").status == 200
    assert adaxes.log_in("corp\\svc", "p").status == 200
    assert inner(adaxes.log_in("svc", "p"))["code"] == "invalidCredentials"


def test_a_session_is_no_token(adaxes):
    adaxes.token = adaxes.log_in().json["sessionId"]
    answer = adaxes.send_mail()
    assert (answer.status, answer.json) == (401, BAD_TOKEN)


def test_no_token_at_all(adaxes):
    adaxes.token = None
    answer = adaxes.send_mail()
    assert answer.status == 401
    assert answer.json == {
        "message": "No authentication token was provided in the Adm-Authorization header.",
        "code": "unauthenticated",
    }


def test_sessions_and_tokens_expire_by_the_worlds_clock(mockmail, adaxes):
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
def test_lifetimes_and_the_short_session_are_options(mockmail, adaxes):
    mockmail.clock.freeze(NOW)
    session = adaxes.log_in().json
    assert list(session) == ["sessionId", "expiresAtUtc"]
    assert session["expiresAtUtc"] == "2022-12-26T05:16:20.1767890Z"
    token = adaxes.call("POST", "/api/auth", {"sessionId": session["sessionId"]}).json
    assert token["expiresAtUtc"] == "2022-12-26T05:17:20.1767890Z"


@pytest.mark.parametrize("minutes", [-1, 1e12, float("inf"), float("nan")])
@pytest.mark.parametrize("name", ["session_minutes", "token_minutes"])
def test_a_lifetime_is_one_that_a_calendar_holds(name, minutes):
    with pytest.raises(ValueError, match=f"{name}: expected from 0 to 52560000, came"):
        Options(**{name: minutes})


def test_a_token_is_renewed(mockmail, adaxes):
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


def test_a_token_of_somebody_else_cannot_be_destroyed(mockmail, adaxes):
    mockmail.adaxes.seed(tokens=[{"token": "johns", "account": "7a4267ce-d354-44e7-8bd6-c681f1284a41"}])
    answer = adaxes.call("DELETE", "/api/auth?token=johns")
    assert (answer.status, answer.json) == (401, BAD_TOKEN)
    adaxes.token = "johns"
    assert adaxes.call("DELETE", "/api/auth").status == 204
    assert get_john(adaxes).status == 401


@pytest.mark.parametrize("change", [{"isDisabled": True}, {"expirationDate": "2022-12-26T05:00:00Z"}])
def test_a_disabled_or_expired_account_disables_its_tokens(mockmail, adaxes, change):
    mockmail.clock.freeze(NOW)
    mockmail.adaxes.seed(
        directoryObjects=[{"dn": "CN=S,DC=example,DC=com", **change}],
        tokens=[{"token": "s", "account": "cn=s,dc=example,dc=com"}, {"token": "orphan", "account": "CN=Gone"}],
    )
    for token in ("s", "orphan"):
        adaxes.token = token
        assert (get_john(adaxes).status, get_john(adaxes).json) == (401, BAD_TOKEN)


def test_wrong_passwords_lock_an_account(adaxes):
    attempts = [inner(adaxes.log_in(password="wrong")) for _ in range(3)]
    assert [one["code"] for one in attempts] == ["invalidCredentials"] * 3
    assert [one["attemptsLeft"] for one in attempts] == [2, 1, 0]
    locked = inner(adaxes.log_in())
    assert locked == {"message": "The user account is locked out.", "code": "accountLockedOut"}


def test_a_right_password_starts_the_count_again(adaxes):
    assert inner(adaxes.log_in(password="wrong"))["attemptsLeft"] == 2
    assert adaxes.log_in().status == 200
    assert inner(adaxes.log_in(password="wrong"))["attemptsLeft"] == 2


@pytest.mark.mockmail(options={"adaxes": {"lockout_threshold": 0}})
def test_without_a_threshold_no_account_is_locked(adaxes):
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
def test_why_somebody_cannot_log_in(mockmail, adaxes, change, code):
    mockmail.clock.freeze(NOW)
    account = {"dn": "CN=S,DC=example,DC=com", "properties": {"sAMAccountName": "s"}, "password": "p"}
    mockmail.adaxes.seed(directoryObjects=[account | change])
    told = inner(adaxes.log_in("EXAMPLE\\s", "p"))
    assert told["code"] == code
    assert "attemptsLeft" not in told


def test_nobody_of_that_name(adaxes):
    assert inner(adaxes.log_in("nobody@example.com")) == {
        "message": "The user name or password is incorrect.",
        "code": "invalidCredentials",
    }


@pytest.mark.mockmail(options={"adaxes": {"generic_login_errors": True}})
def test_a_refused_login_says_no_more_than_it_must_by_option(mockmail, adaxes):
    mockmail.adaxes.seed(
        directoryObjects=[
            {"dn": "CN=S,DC=example,DC=com", "properties": {"sAMAccountName": "s"}, "password": "p", "isDisabled": True}
        ]
    )
    assert inner(adaxes.log_in("EXAMPLE\\s", "p")) == inner(adaxes.log_in(password="wrong"))


def test_an_expired_password_is_told_with_the_session(mockmail, adaxes):
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


def test_an_account_that_was_disabled_since_gets_no_token(mockmail, adaxes):
    account = {"dn": "CN=S,DC=example,DC=com", "properties": {"sAMAccountName": "s"}, "password": "p"}
    mockmail.adaxes.seed(directoryObjects=[account])
    session = adaxes.log_in("EXAMPLE\\s", "p").json["sessionId"]
    mockmail.adaxes.seed(directoryObjects=[account | {"isDisabled": True}])
    assert inner(adaxes.call("POST", "/api/auth", {"sessionId": session}))["code"] == "accountIsDisabled"


def test_tokens_survive_a_snapshot(mockmail, adaxes):
    adaxes.token = get_token(adaxes)
    state = mockmail.snapshot()
    mockmail.reset()
    assert get_john(adaxes).status == 401
    mockmail.restore(state)
    assert get_john(adaxes).status == 200
