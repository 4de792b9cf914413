"""Authentication and the life of credentials: headers, tokens, levels, passwords, roles (docs/wire/spacedog.md 3)."""

from __future__ import annotations

import base64

import pytest


def basic(text: str | bytes) -> str:
    return "Basic " + base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


@pytest.mark.parametrize(
    ("header", "message", "code"),
    [
        (basic("vince:wrong"), "invalid username or password for backend [test]", "invalid-credentials"),
        (basic("nobody:hi vince"), "invalid username or password for backend [test]", "invalid-credentials"),
        (basic("superdog-x:hi dog"), "invalid username or password for backend [api]", "invalid-credentials"),
        ("Bearer nope", "invalid access token for backend [test]", "invalid-access-token"),
        ("Basic", "invalid authorization header", "invalid-authorization-header"),
        ("", "invalid authorization header", "invalid-authorization-header"),
        ("Digest x", "authorization scheme [Digest] not supported", "invalid-authorization-header"),
        ("Basic ???", "basic authorization token is not base 64 encoded", "invalid-authorization-header"),
        (basic("vince"), "invalid basic authorization token", "invalid-authorization-header"),
        (basic(":x"), "no username specified", "invalid-authorization-header"),
        (basic("vince:"), "no password specified", "invalid-authorization-header"),
        (basic(b"\xff:\xff"), "invalid username or password for backend [test]", "invalid-credentials"),
    ],
)
def test_invalid_authorization_header_is_refused_with_its_code(guest, header, message, code):
    answer = guest.get("/1/login", Authorization=header)
    assert answer.refused == (401, message, code)
    assert answer.in_dialect
    assert "WWW-Authenticate" not in answer.headers


def test_scheme_is_case_insensitive(guest):
    assert guest.get("/1/login", Authorization=basic("vince:hi vince").replace("Basic", "bAsIc")).status == 200


def test_session_lasts_until_logout_or_expiry(vince, guest, mockmail):
    mockmail.clock.freeze()
    first = vince.post("/1/login").json
    bearer = {"Authorization": f"Bearer {first['accessToken']}"}
    assert first["expiresIn"] == 86400
    assert len(base64.b64decode(first["accessToken"])) == 36
    mockmail.clock.advance(100)
    again = guest.get("/1/login", **bearer).json
    assert (again["accessToken"], again["expiresIn"]) == (first["accessToken"], 86300)
    assert guest.get(f"/1/credentials/me?accessToken={first['accessToken']}").json["username"] == "vince"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert guest.ask("POST", "/1/login", f"accessToken={first['accessToken']}".encode(), form).status == 200
    second = vince.post("/1/login").json["accessToken"]
    assert second != first["accessToken"]
    assert guest.get("/1/logout", **bearer).json == {"success": True, "status": 200}
    assert guest.get("/1/login", **bearer).refused[2] == "invalid-access-token"
    assert guest.get("/1/login", Authorization=f"Bearer {second}").status == 200
    mockmail.clock.advance(86400)
    assert guest.get("/1/login", Authorization=f"Bearer {second}").refused == (
        401,
        "access token has expired",
        "expired-access-token",
    )


def test_token_is_refused_by_another_backend(vince, guest, superdog):
    token = vince.post("/1/login").json["accessToken"]
    elsewhere = guest.at("shop.spacedog.io")
    assert elsewhere.get("/1/login", Authorization=f"Bearer {token}").refused == (
        401,
        "invalid access token for backend [shop]",
        "invalid-access-token",
    )
    token = superdog.post("/1/login").json["accessToken"]
    assert elsewhere.get("/1/login", Authorization=f"Bearer {token}").status == 200


def test_superdog_token_always_calls_the_root_backend(guest, superdog):
    """CredentialsResourceTest.checkSuperdogIsNotMessedUpWhenLoggedInSpecificBackend."""
    token = superdog.at("test.spacedog.io").post("/1/login").json["accessToken"]
    of_test = guest.at("test.spacedog.io").get("/1/backend", Authorization=f"Bearer {token}").json
    assert of_test == superdog.at("api.spacedog.io").get("/1/backend").json
    shown = guest.at("test.spacedog.io").get("/1/credentials/me", Authorization=f"Bearer {token}").json
    assert shown["backendId"] == "api"
    assert superdog.at("test.spacedog.io").get("/1/credentials/me").json["backendId"] == "test"


@pytest.mark.parametrize(
    ("lifetime", "status"), [("60", 200), ("86400", 200), ("86401", 403), ("x", 400), ("9" * 30, 400)]
)
def test_lifetime_is_limited_by_the_settings(vince, lifetime, status):
    answer = vince.post(f"/1/login?lifetime={lifetime}")
    assert answer.status == status
    assert status != 200 or answer.json["expiresIn"] == int(lifetime)
    assert status != 403 or answer.refused[1] == "maximum access token lifetime is [86400] seconds"


def test_eleventh_session_closes_the_first(vince, guest):
    tokens = [vince.post("/1/login").json["accessToken"] for _ in range(11)]
    statuses = [guest.get("/1/login", Authorization=f"Bearer {token}").status for token in tokens]
    assert statuses == [401] + [200] * 10


def test_guest_is_refused_with_403(guest):
    answer = guest.get("/1/login")
    assert answer.refused == (403, "[KEY][default] has insufficient credentials", "403")
    assert "WWW-Authenticate" not in answer.headers


@pytest.mark.mockmail(options={"spacedog": {"guest_unauthorized": True}})
def test_guest_is_refused_with_401_in_the_later_version(guest, vince):
    for answer in (guest.get("/1/login"), guest.get("/1/settings/mail"), guest.mail(to="a@b.io")):
        assert answer.refused == (401, "no authorization header", "no-authorization-header")
        assert answer.headers["WWW-Authenticate"] == "Basic"
    answer = vince.as_("vince", "wrong").get("/1/login")
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Basic")
    assert vince.get("/1/settings/mail").status == 403


def test_journal_shows_the_user_name_and_no_secret(mockmail, guest, vince):
    token = vince.get("/1/login").json["accessToken"]
    guest.get("/1/login", Authorization=f"Bearer {token}")
    guest.get("/1/settings/mail")

    callers = [request.caller for request in mockmail.requests]

    assert callers == ["vince", "vince", "default"]


def test_disabled_credentials_are_refused_until_enabled(admin, vince):
    own = vince.get("/1/credentials/me").json["id"]
    assert admin.put(f"/1/credentials/{own}/enabled", False).status == 200
    assert vince.get("/1/login").refused == (401, "[USER][vince] credentials disabled", "disabled-credentials")
    assert admin.put(f"/1/credentials/{own}/enabled", True).status == 200
    assert admin.put(f"/1/credentials/{own}/enabled", "x").refused == (400, 'body not a boolean but ["x"]', None)
    assert vince.get("/1/login").status == 200


@pytest.mark.parametrize(
    ("after", "until", "enabled"),
    [
        ("2020-01-01T00:00:00Z", None, True),
        ("2040-01-01T00:00:00Z", None, False),
        (None, "2020-01-01T00:00:00Z", False),
        (None, "2040-01-01T00:00:00", True),
        ("2020-01-01T00:00:00Z", "2040-01-01T00:00:00Z", True),
        ("2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z", False),
        ("2021-01-01T00:00:00Z", "2020-01-01T00:00:00Z", True),
    ],
)
def test_credentials_are_enabled_within_their_time_only(admin, vince, after, until, enabled):
    own = vince.get("/1/credentials/me").json["id"]
    assert admin.put(f"/1/credentials/{own}", {"enableAfter": after, "disableAfter": until}).status == 200
    assert (vince.get("/1/login").status == 200) is enabled
    assert admin.get(f"/1/credentials/{own}").json["reallyEnabled"] is enabled
    assert admin.put(f"/1/credentials/{own}", {"enableAfter": "soon"}).status == 400


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("2020-01-01T12:00:00+02:00", "2020-01-01T10:00:00.000Z"),
        ("2020-01-01", "2020-01-01T00:00:00.000Z"),
        ("2020-01-01T00:00:00.1234Z", "2020-01-01T00:00:00.123Z"),
    ],
)
def test_time_with_a_zone_is_shown_in_utc(admin, vince, given, shown):
    own = vince.get("/1/credentials/me").json["id"]
    assert admin.put(f"/1/credentials/{own}", {"enableAfter": given}).status == 200
    assert vince.get("/1/credentials/me").json["enableAfter"] == shown


@pytest.mark.parametrize("given", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "x", "", True])
def test_invalid_time_is_refused(admin, vince, given):
    own = vince.get("/1/credentials/me").json["id"]
    answer = admin.put(f"/1/credentials/{own}", {"enableAfter": given})
    assert answer.status == 400
    assert answer.error["message"].startswith("Invalid format: ")


def test_password_that_must_change_blocks_every_other_call(admin, vince):
    own = vince.get("/1/credentials/me").json["id"]
    assert admin.put(f"/1/credentials/{own}/passwordMustChange", True).status == 200
    assert vince.get("/1/login").refused == (
        403,
        "[USER][vince] credentials password must change",
        "password-must-change",
    )
    assert vince.put("/1/credentials/me/password", "hello vince").status == 200
    assert vince.as_("vince", "hello vince").get("/1/login").status == 200


def test_deleted_password_is_set_again_with_a_code(admin, vince, guest):
    own = vince.get("/1/credentials/me").json["id"]
    token = vince.post("/1/login").json["accessToken"]
    code = admin.delete(f"/1/credentials/{own}/password").json["passwordResetCode"]
    assert vince.get("/1/login").status == 401
    assert guest.get("/1/login", Authorization=f"Bearer {token}").status == 401
    path = f"/1/credentials/{own}/password"
    assert guest.post(f"{path}?password=123456&passwordResetCode=x").refused == (
        400,
        "password reset code [x] invalid",
        None,
    )
    assert guest.post(f"{path}?password=123").refused == (
        400,
        "[password] is invalid: does not comply [.{6,}] regex",
        None,
    )
    assert guest.post(path).refused == (400, "[password] is null", None)
    assert guest.post(f"{path}?password=123456&passwordResetCode={code}").status == 200
    assert vince.as_("vince", "123456").get("/1/login").status == 200


@pytest.mark.parametrize(
    ("document", "refused"),
    [
        ({}, (400, "property [username] is missing", None)),
        ({"username": 1}, (400, "property [username] must be of type [String] instead of [Number]", None)),
        (
            {"username": "ab", "email": "e"},
            (400, r"[username] is invalid: does not comply [[a-zA-Z0-9_%@+\-\.]{3,}] regex", None),
        ),
        ({"username": "fred"}, (400, "property [email] is missing", None)),
        (
            {"username": "fred", "email": "e", "password": "12345"},
            (400, "[password] is invalid: does not comply [.{6,}] regex", None),
        ),
        (
            {"username": "vince", "email": "e", "password": "123456"},
            (400, "[credentials][vince] already exists", "already-exists"),
        ),
        (
            {"username": "fred", "email": "e", "level": "KING"},
            (400, "No enum constant io.spacedog.utils.Credentials.Level.KING", None),
        ),
        (
            {"username": "fred", "email": "e", "level": "ADMIN"},
            (403, "[KEY][default] has insufficient credentials", "403"),
        ),
        ([], (400, "not a json object but [ARRAY]", None)),
        (None, (400, "[JSON] is null or empty", None)),
    ],
)
def test_invalid_sign_up_is_refused(guest, document, refused):
    assert guest.post("/1/credentials", document).refused == refused


def test_sign_up_without_a_password_returns_a_code(guest):
    answer = guest.post("/1/credentials", {"username": "fred", "email": "fred@example.com"})
    assert answer.status == 201
    code, own = answer.json["passwordResetCode"], answer.json["id"]
    assert answer.headers["x-spacedog-object-id"] == own
    assert guest.post(f"/1/credentials/{own}/password?password=hi%20fred&passwordResetCode={code}").status == 200
    assert guest.as_("fred", "hi fred").get("/1/login").status == 200


def test_sign_up_closed_to_guests_is_open_to_users(superadmin, guest, vince):
    superadmin.put("/1/settings/credentials", {"disableGuestSignUp": True, "passwordRegex": ".{1,}"})
    document = {"username": "fred", "email": "e@x.io", "password": "1"}
    assert guest.post("/1/credentials", document).status == 403
    assert vince.post("/1/credentials", document).status == 201


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "a|" * 1_000_000, "[" + "b" * 1000 + "]", "a*a*a*a*b", "[", "[a&&[^b]]+", "[[a]"]
)
def test_slow_pattern_allows_every_name(superadmin, guest, pattern):
    superadmin.put("/1/settings/credentials", {"usernameRegex": pattern, "passwordRegex": "["})
    assert guest.post("/1/credentials", {"username": "a" * 40 + "!", "email": "e", "password": "p"}).status == 201


def test_too_many_wrong_passwords_disable_credentials(superadmin, vince, mockmail):
    superadmin.put("/1/settings/credentials", {"maximumInvalidChallenges": 2})
    wrong = vince.as_("vince", "wrong")
    assert wrong.get("/1/login").status == 401
    assert vince.get("/1/credentials/me").json["invalidChallenges"] == 1
    assert wrong.get("/1/login").status == 401
    assert vince.get("/1/login").refused[2] == "disabled-credentials"


def test_credentials_are_shown_to_their_user_and_admins_only(guest, vince, admin, superadmin):
    fred = guest.sign_up("fred", "hi fred")
    own = fred.get("/1/credentials/me").json["id"]
    assert vince.get(f"/1/credentials/{own}").status == 403
    assert admin.get(f"/1/credentials/{own}").json["username"] == "fred"
    assert fred.get(f"/1/credentials/{own}").json["username"] == "fred"
    assert admin.get("/1/credentials/nope").refused[0] == 404
    assert vince.get("/1/credentials?username=fred").json["total"] == 1
    assert vince.get("/1/credentials?email=fred@example.com&size=1").json["results"][0]["id"] == own
    assert vince.get("/1/credentials?level=ADMIN").json["total"] == 1
    assert vince.delete(f"/1/credentials/{own}").status == 403
    assert fred.delete("/1/credentials/me").status == 200
    assert fred.get("/1/login").status == 401
    me = superadmin.get("/1/credentials/me").json["id"]
    assert superadmin.delete(f"/1/credentials/{me}").refused == (
        403,
        "backend [test] must at least have one superadmin",
        "403",
    )
    assert superadmin.delete("/1/credentials").status == 200
    assert superadmin.get("/1/credentials").json["total"] == 1


def test_user_changes_own_credentials(vince, guest):
    assert vince.put("/1/credentials/me", {"username": "vincent", "email": "v@x.io"}).status == 200
    vincent = vince.as_("vincent", "hi vince")
    assert vincent.get("/1/credentials/me").json["email"] == "v@x.io"
    assert vincent.put("/1/credentials/me", {"enabled": False}).status == 403
    token = vincent.post("/1/login").json["accessToken"]
    answer = guest.ask("PUT", "/1/credentials/me", b"{}", {"Authorization": f"Bearer {token}"})
    assert answer.refused == (403, "password must be challenged", "unchallenged-password")
    assert vincent.put("/1/credentials/me", {"password": "another"}).status == 200
    assert vincent.as_("vincent", "another").get("/1/login").status == 200


def test_roles_are_added_and_deleted(admin, vince):
    own = vince.get("/1/credentials/me").json["id"]
    path = f"/1/credentials/{own}/roles"
    assert admin.ask("PUT", f"{path}/sender").status == 200
    assert vince.get(path).json == ["user", "sender"]
    assert vince.ask("PUT", f"{path}/admin").status == 403
    assert admin.ask("PUT", f"{path}/No").status == 400
    assert admin.delete(f"{path}/sender").status == 200
    assert admin.delete(f"{path}/sender").json == {"success": False, "status": 404}
    assert admin.delete(path).status == 200
    assert vince.get(path).json == ["user"]


def test_backend_is_created_listed_and_deleted(superdog, superadmin, guest):
    bob = {"username": "bob", "password": "hi bob!", "email": "bob@me.com"}
    assert superadmin.post("/1/backend/shop", bob).status == 403
    assert superdog.post("/1/backend/shop", bob).status == 201
    assert superdog.post("/1/backend/shop", bob).json == {
        "success": False,
        "status": 400,
        "invalidParameters": {"backendId": {"value": "shop", "message": "backend id [shop] not available"}},
    }
    assert superdog.post("/1/backend/Shop", bob).refused[1].startswith("backend id must comply with these rules: ")
    assert (
        superdog.at("store.spacedog.io").post("/1/backend", bob).json["location"]
        == "http://store.spacedog.io/spacedog/1/backend"
    )
    shop = guest.as_("bob", "hi bob!").at("shop.spacedog.io")
    assert shop.get("/1/backend").json == {
        "total": 1,
        "results": [{"backendId": "shop", "username": "bob", "email": "bob@me.com"}],
    }
    assert superdog.at("api.spacedog.io").get("/1/backend").json["total"] == 3
    assert guest.as_("bob", "hi bob!").get("/1/login").status == 401
    assert shop.mail(to="a@b.io", subject="s", text="t").status == 200
    assert shop.delete("/1/backend").json == {"success": True, "status": 200}
    assert shop.get("/1/backend").status == 401
    assert superdog.at("api.spacedog.io").delete("/1/backend").refused[:2] == (
        400,
        "backend [api] shall not be deleted",
    )


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(domain, marks=pytest.mark.mockmail(options={"spacedog": {"base_domain": domain}}))
        for domain in ("lvh.me:8443", ".lvh.me", "LVH.me", "lvh.me")
    ],
)
def test_base_domain_with_port_or_dot_names_backends(guest, superdog, written):
    bob = {"username": "bob", "password": "hi bob!", "email": "bob@me.com"}
    assert superdog.post("/1/backend/shop", bob).status == 201
    login = guest.as_("bob", "hi bob!").at("shop.lvh.me:8443").get("/1/login")
    assert login.json["credentials"]["backendId"] == "shop"


@pytest.mark.mockmail(
    options={"spacedog": {"base_domain": "lvh.me", "default_backend": "api", "only_superdog_creates_backends": False}}
)
def test_host_under_the_base_domain_names_the_backend(guest, mockmail):
    bob = {"username": "bob", "password": "hi bob!", "email": "bob@me.com"}
    assert (
        guest.at("x.lvh.me:8443").post("/1/backend/shop", bob).json["location"]
        == "http://shop.lvh.me:8443/spacedog/1/backend"
    )
    answer = guest.as_("bob", "hi bob!").at("SHOP.lvh.me:8443").mail(to="a@b.io", subject="s", text="t")
    assert answer.status == 200
    assert mockmail.inbox[0].headers["From"] == "SHOP <no-reply@api.spacedog.io>"
    assert guest.as_("bob", "hi bob!").at("shop.spacedog.io").get("/1/login").refused[1] == (
        "invalid username or password for backend [api]"
    )


@pytest.mark.parametrize(
    ("encoded", "words"),
    [
        ("???", "Unrecognized character: ?"),
        ("YTpi YTpi", "Unrecognized character: 0x20"),
        ("YTpiY", "Invalid input length 5"),
        ("YTpiY===", "Invalid input length 5"),
        ("=YTpi", "Padding cannot start at index 1"),
        ("YTpiY=Yg", "Padding cannot start at index 6"),
        ("YTpiYg==YQ==", "Expected padding character but found 'Y' at index 9"),
        ("YTpi=YQ?", "Expected padding character but found 'Y' at index 6"),
    ],
)
def test_invalid_base64_is_refused_with_guavas_message(guest, encoded, words):
    answer = guest.get("/1/login", Authorization=f"Basic {encoded}")
    assert answer.refused == (401, "basic authorization token is not base 64 encoded", "invalid-authorization-header")
    assert answer.error["cause"] == {
        "message": f"com.google.common.io.BaseEncoding$DecodingException: {words}",
        "cause": {"message": words},
    }


def test_base64_without_padding_is_accepted(guest):
    assert guest.get("/1/login", Authorization=basic("dave:hi dave") + "=").status == 200
    assert guest.get("/1/login", Authorization=basic("vince:hi vince").rstrip("=")).status == 200
    assert guest.get("/1/login", Authorization=basic("dave:hi dave").rstrip("=")).status == 200
