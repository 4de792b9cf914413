"""SpaceDog's passwords, keys and tokens are masked in every view of a request, however they are spelled."""

from __future__ import annotations

import json

import pytest
from http_client import basic
from leaks import FORM, JSON, SECRET, Watched, form_bodies, json_bodies

from mockmail.core.masking_rules import looks_secret
from mockmail.vendors.spacedog.operations import OPERATIONS
from mockmail.vendors.spacedog.settings import CLASSES
from tests.vendors.test_contract import names_in

pytestmark = pytest.mark.mockmail(strict=False)

ADMIN = {"Authorization": basic("test", "hi test")}
MEMBERS = {
    "credentials.sign_up": ("POST", "/1/credentials", "password"),
    "credentials.update": ("PUT", "/1/credentials/x", "password"),
    "credentials.update_me": ("PUT", "/1/credentials/me", "password"),
    "backend.create": ("POST", "/1/backend", "password"),
    "backend.create_by_id": ("POST", "/1/backend/test2", "password"),
    "settings.put": ("PUT", "/1/settings/credentials", "linkedinSecret"),
}
WHOLE = [
    ("PUT", "/1/credentials/me/password", "credentials.set_my_password"),
    ("PUT", "/1/credentials/x/password", "credentials.set_password"),
    ("PUT", "/1/settings/mail/smtp.password", "settings.put_field"),
    ("PUT", "/1/settings/mail/smtp.p%61ssword", "settings.put_field"),
    ("PUT", "/1/settings/mail/mailgun.key", "settings.put_field"),
    ("PUT", "/1/settings/credentials/linkedinSecret/", "settings.put_field"),
    ("PUT", "/1/credentials/me/pasword", None),
]


@pytest.mark.parametrize("operation", MEMBERS)
def test_secret_member_of_a_body_is_masked_in_every_spelling(mockmail, operation):
    watched = Watched(mockmail)
    method, path, name = MEMBERS[operation]

    for body in json_bodies(name, '"username":"jane","email":"jane@example.com"'):
        shown = watched.send(method, path, body.content, {**ADMIN, "Content-Type": body.content_type})

        assert shown["operation"] == operation
        assert "***" in shown["request"]["body"], body.label
        assert SECRET not in watched.everything(), body.label


@pytest.mark.parametrize(("method", "path", "operation"), WHOLE)
def test_body_that_is_a_secret_is_masked_in_every_spelling(mockmail, method, path, operation):
    watched = Watched(mockmail)
    containers = [] if operation is None else ['{{"a":"{}"}}', '["{}"]']  # nothing says that these are secrets

    for content in ['"{}"', " '{}' ", "{}", '"{}', '"a" "{}"', '/**/"{}"', "a={}", *containers]:
        for content_type in (JSON, FORM, "text/plain", ""):
            if operation is None and (content, content_type) in (("a={}", FORM), ("a={}", "")):
                continue
            sent = {**ADMIN, "Content-Type": content_type}
            shown = watched.send(method, path, content.format(SECRET).encode(), sent)

            assert shown["operation"] == operation
            assert SECRET not in watched.everything(), (content, content_type)


@pytest.mark.parametrize(
    "content", ['{"%s":{"host":"h","password":"S"}}', '{"password":"S"}', '{"x":[{"passWord":"S"}]}']
)
def test_password_in_settings_is_masked_and_the_rest_stays_visible(mockmail, content):
    watched = Watched(mockmail)
    body = content.replace("S", SECRET).replace("%s", "smtp").encode()

    for path in ("/1/settings/mail", "/1/settings/mail/smtp", "/1/settings/other"):
        shown = watched.send("PUT", path, body, {**ADMIN, "Content-Type": JSON})
        watched.send("GET", path, headers=ADMIN)

        assert shown["request"]["body"] == body.decode().replace(SECRET, "***")
    assert SECRET not in watched.everything()


def test_secret_field_is_masked_in_the_response(mockmail):
    watched = Watched(mockmail)
    watched.send("PUT", "/1/settings/other/smtp.password", json.dumps(SECRET).encode(), ADMIN)

    shown = watched.send("GET", "/1/settings/other/smtp.password", headers=ADMIN)

    assert (shown["status"], shown["response"]["body"]) == (200, '"***"')
    assert SECRET not in watched.everything()


def test_new_password_with_a_code_is_masked_in_every_spelling(mockmail):
    watched = Watched(mockmail)

    for name in ("password", "passwordResetCode"):
        for body in form_bodies(name, "a=1"):
            sent = {"Content-Type": body.content_type}
            shown = watched.send("POST", "/1/credentials/x/password", body.content, sent)

            assert shown["operation"] == "credentials.reset_password"
            assert SECRET not in watched.everything(), body.label


@pytest.mark.parametrize("name", ["accessToken", "access%54oken", "ACCESSTOKEN"])
def test_token_in_a_query_is_masked(mockmail, name):
    watched = Watched(mockmail)

    watched.send("GET", f"/1/credentials/me?{name}={SECRET}")
    watched.send("PUT", f"/1/credentials/me/password?password={SECRET}", headers=ADMIN)

    assert SECRET not in watched.everything()


def test_response_to_a_new_password_stays_visible(mockmail):
    watched = Watched(mockmail)

    for path in ("/1/settings/other/smtp.password", "/1/credentials/me/password"):
        shown = watched.send("PUT", path, b'"s3cret-value"', {**ADMIN, "Content-Type": JSON})

        assert shown["status"] in (200, 201)
        assert shown["request"]["body"] == '"***"'
        assert "***" not in shown["response"]["body"]


def test_session_token_is_masked_in_responses(mockmail):
    watched = Watched(mockmail)

    shown = watched.send("GET", "/1/login", headers=ADMIN)

    assert '"accessToken":"***"' in shown["response"]["body"]
    assert '"username":"test"' in shown["response"]["body"]


def test_echo_of_a_secret_in_an_error_is_masked(mockmail):
    watched = Watched(mockmail)
    [user] = [user["id"] for user in mockmail.spacedog.state()["credentials"] if user["username"] == "test"][:1]

    body = f"password=long-enough&passwordResetCode={SECRET}".encode()
    shown = watched.send("POST", f"/1/credentials/{user}/password", body, {"Content-Type": FORM})

    assert "password reset code [***] invalid" in shown["response"]["body"]


def test_value_that_is_no_secret_stays_visible(mockmail):
    watched = Watched(mockmail)

    must_change = watched.send("PUT", "/1/credentials/x/passwordMustChange", b"true", ADMIN)
    pattern = watched.send("PUT", "/1/settings/credentials/passwordRegex", b'".{9,}"', ADMIN)
    settings = watched.send("PUT", "/1/settings/credentials", b'{"passwordRegex":".{9,}"}', ADMIN)

    assert must_change["request"]["body"] == "true"
    assert pattern["request"]["body"] == '".{9,}"'
    assert settings["request"]["body"] == '{"passwordRegex":".{9,}"}'


def test_each_setting_that_looks_secret_is_declared_as_a_secret_or_not():
    [put] = [operation for operation in OPERATIONS if operation.name == "settings.put"]
    declared = {name.casefold() for name in (*put.secrets, *put.not_secret)}

    found = {name for model in CLASSES.values() for name in names_in(model) if looks_secret(name)}

    assert {name for name in found if name.casefold() not in declared} == set()
    assert {"password", "key", "passwordRegex"} <= found
