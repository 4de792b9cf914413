"""ONLYOFFICE's passwords, keys and tokens are masked in every view of a request, however they are spelled."""

from __future__ import annotations

import pytest
from leaks import JSON, SECRET, Watched, json_bodies

pytestmark = pytest.mark.mockmail(strict=False)

COOKIE = {"Cookie": "asc_auth_key=864FE52C-1C1C-469F-9308-51DAFEFE7436"}
LOGIN = ("POST", "/api/2.0/authentication")
MEMBERS = [
    ("authentication.login", *LOGIN, "password"),
    ("authentication.login", *LOGIN, "passwordHash"),
    ("authentication.login", *LOGIN, "accessToken"),
    ("authentication.login", *LOGIN, "serializedProfile"),
    ("authentication.login", *LOGIN, "codeOAuth"),
    ("authentication.login", *LOGIN, "confirmData"),
    ("authentication.login", *LOGIN, "recaptchaResponse"),
    ("smtp.save", "POST", "/api/2.0/smtpsettings/smtp", "credentialsUserPassword"),
]


@pytest.mark.parametrize(("operation", "method", "path", "name"), MEMBERS)
def test_secret_member_of_a_body_is_masked_in_every_spelling(mockmail, operation, method, path, name):
    watched = Watched(mockmail)

    for body in json_bodies(name, '"userName":"owner@example.com","host":"h"'):
        shown = watched.send(method, path, body.content, {**COOKIE, "Content-Type": body.content_type})

        assert shown["operation"] == operation
        assert "***" in shown["request"]["body"], body.label
        assert SECRET not in watched.everything(), body.label


def test_token_and_cookie_are_masked_in_responses(mockmail):
    watched = Watched(mockmail)
    body = b'{"userName":"owner@example.com","password":"owner-password"}'

    shown = watched.send("POST", "/api/2.0/authentication", body, {"Content-Type": JSON})

    assert '"token":"***"' in shown["response"]["body"]
    assert ["Set-Cookie", "***"] in shown["response"]["headers"]
    assert "owner-password" not in watched.everything()


def test_new_key_is_masked_in_the_response(mockmail):
    watched = Watched(mockmail)

    shown = watched.send("POST", "/api/2.0/keys", b'{"name":"mine"}', {**COOKIE, "Content-Type": JSON})

    assert '"key":"***"' in shown["response"]["body"]
    assert shown["request"]["body"] == '{"name":"mine"}'


def test_parameters_of_the_password_hash_stay_visible(mockmail):
    shown = Watched(mockmail).send("GET", "/api/2.0/settings?withpassword=true", headers=COOKIE)

    assert shown["query"] == "withpassword=true"
    assert '"passwordHash":{"size":256,"iterations":100000,"salt":"' in shown["response"]["body"]
    assert "***" not in shown["response"]["body"]
