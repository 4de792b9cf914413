"""Adaxes's passwords, sessions and tokens are masked in every view of a request, however they are spelled."""

from __future__ import annotations

import pytest
from leaks import JSON, SECRET, Watched, json_bodies

pytestmark = pytest.mark.mockmail(strict=False)

API = "/restApi/api"
HEADERS = {"Adm-Authorization": "YOUR-SECURITY-TOKEN", "Content-Type": JSON}
JOHN = "CN=John Smith,CN=Users,DC=example,DC=com"
MEMBERS = {
    "session.create": ("POST", "authSessions/create", "password"),
    "token.issue": ("POST", "auth", "sessionId"),
    "token.renew": ("PATCH", "auth", "token"),
}
SETTINGS = [
    f'{{"propertyName":"unicodePwd","propertyType":"String","values":["{SECRET}"]}}',
    f'{{"propertyName":"UNICODEPWD","values":["{SECRET}"]}}',
    f'{{"propertyName":" unicode\\u0050wd ","values":["a","{SECRET}"]}}',
    f'{{"values":["{SECRET}"],"propertyName":"unicodePwd"}}',
    f"{{values:['{SECRET}'],propertyName:'unicodePwd',}}",
    f'{{"PropertyName":"unicodePwd","Values":"{SECRET}"}}',
    f'{{"propertyName":"mail","values":["{SECRET}"],"propertyName":"unicodePwd"}}',
    f'{{"propertyName":"userPassword","values":["{SECRET}"]}}',
    f'{{"propertyName":"unicodePwd","values":["{SECRET}',
    f'{{"values":["{SECRET}"],"proper',
]


@pytest.mark.parametrize("operation", MEMBERS)
def test_secret_member_of_a_body_is_masked_in_every_spelling(mockmail, operation):
    watched = Watched(mockmail)
    method, path, name = MEMBERS[operation]

    for body in json_bodies(name, '"username":"administrator@example.com"'):
        sent = {**HEADERS, "Content-Type": body.content_type}
        shown = watched.send(method, f"{API}/{path}", body.content, sent)

        assert shown["operation"] == operation
        assert "***" in shown["request"]["body"], body.label
        assert SECRET not in watched.everything(), body.label


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("operation", ["object.create", "object.modify"])
def test_password_property_is_masked_in_every_spelling(mockmail, operation, setting):
    watched = Watched(mockmail)
    method, target = ("POST", '"createIn":"OU=x","objectType":"user"') if operation == "object.create" else (
        "PATCH", f'"directoryObject":"{JOHN}"'
    )  # fmt: skip
    mail = '{"propertyName":"mail","values":["visible@example.com"]}'
    body = f'{{{target},"properties":[{mail},{setting}]}}' if setting.endswith("}") else (
        f'{{{target},"properties":[{mail},{setting}'
    )  # fmt: skip

    shown = watched.send(method, f"{API}/directoryObjects", body.encode(), HEADERS)

    assert shown["operation"] == operation
    assert SECRET not in watched.everything()
    assert "visible@example.com" in shown["request"]["body"]


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("DELETE", f"authSessions?id={SECRET}", "session.end"),
        ("DELETE", f"authSessions?%69D={SECRET}&id={SECRET}", "session.end"),
        ("POST", f"auth?sessionId={SECRET}", "token.issue"),
        ("PATCH", f"auth?t%6Fken={SECRET}", "token.renew"),
        ("DELETE", f"auth?TOKEN={SECRET}", "token.destroy"),
        ("DELETE", f"authSession?id={SECRET}", None),
    ],
)
def test_session_or_token_in_a_query_is_masked(mockmail, method, path, operation):
    watched = Watched(mockmail)

    shown = watched.send(method, f"{API}/{path}", headers=HEADERS)

    assert shown["operation"] == operation
    assert SECRET not in watched.everything()


def test_session_id_and_token_are_masked_in_responses(mockmail):
    watched = Watched(mockmail)
    login = b'{"username": "administrator@example.com", "password": "Secret123!"}'

    shown = watched.send("POST", f"{API}/authSessions/create", login, HEADERS)

    assert shown["status"] == 200
    assert shown["response"]["body"].startswith('{"sessionId":"***","totpState":null,')
    assert "Secret123!" not in watched.everything()


def test_token_in_the_header_is_masked(mockmail):
    watched = Watched(mockmail)

    watched.send("GET", f"{API}/directoryObjects?directoryObject=x", headers={"Adm-Authorization": SECRET})

    assert SECRET not in watched.everything()
