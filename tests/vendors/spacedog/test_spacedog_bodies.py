"""Request bodies as Simple and fluent-http read them (docs/wire/spacedog.md 4)."""

from __future__ import annotations

import gzip

import pytest

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json; charset=utf-8"}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=part"}
PART = b'--part\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
PASSWORD_IS_NULL = (400, "[password] is null", None)


def own_path(vince) -> str:
    return f"/1/credentials/{vince.get('/1/credentials/me').json['id']}/password"


@pytest.mark.parametrize(
    ("query", "body", "headers"),
    [
        ("", b"password=hello%20vince", FORM),
        ("", b"a=1&password=hello+vince&password=second", FORM),
        ("?password=hello%20vince", b"password=form-value", FORM),
        ("?password=hello%20vince", b'"not json by its type"', {"Content-Type": "text/plain"}),
        ("?password=hello%20vince", b"", JSON),
        ("", b'"hello vince"', JSON),
        ("?password=query-value", b'"hello vince"', {"Content-Type": "Application/JSON"}),
    ],
)
def test_password_is_a_parameter_unless_the_content_is_json(vince, guest, query, body, headers):
    for path in ("/1/credentials/me/password", own_path(vince)):
        answer = vince.ask("PUT", path + query, body, headers)

        assert answer.status == 200, answer.body
        vince = guest.as_("vince", "hello vince")
    assert vince.get("/1/login").status == 200


def test_admin_sets_a_users_password_with_a_form(vince, admin, guest):
    path = own_path(vince)

    assert admin.ask("PUT", path, b"password=12345", FORM).refused == (
        400,
        "[password] is invalid: does not comply [.{6,}] regex",
        None,
    )
    assert admin.ask("PUT", path, b"password=123456", FORM).status == 200

    assert guest.as_("vince", "123456").get("/1/login").status == 200


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"password=hello%20vince", {}),
        (b"password=hello%20vince", {"Content-Type": "text/plain"}),
        (
            PART % (b"password", b"hello vince") + b"--part--\r\n",
            {"Content-Type": "multipart/form-data; boundary=part"},
        ),
        (b"", {}),
    ],
)
def test_body_that_is_neither_form_nor_json_has_no_parameters(vince, body, headers):
    assert vince.ask("PUT", "/1/credentials/me/password", body, headers).refused == PASSWORD_IS_NULL


@pytest.mark.parametrize("path", ["/1/credentials/me/password", "/1/credentials/{id}/passwordMustChange"])
def test_json_null_is_refused_as_null(admin, path):
    own = admin.get("/1/credentials/me").json["id"]

    assert admin.ask("PUT", path.replace("{id}", own), b"null", JSON).refused == (400, "json node is null", None)


def test_form_body_of_a_get_is_read(vince):
    answer = vince.ask("GET", "/1/login", b"lifetime=60", FORM)
    token = answer.json["accessToken"]

    assert (answer.status, answer.json["expiresIn"]) == (200, 60)
    guest = vince.as_(None)
    assert guest.ask("GET", "/1/credentials/me", f"accessToken={token}".encode(), FORM).json["username"] == "vince"


def test_mail_without_a_content_type_has_the_fields_of_the_query_only(admin, sent):
    body = b"to=jane@example.com&subject=Hi&text=x"

    assert admin.ask("POST", "/1/mail", body).refused == (400, "[form field subject] is null", None)
    assert admin.ask("POST", "/1/mail?to=jane@example.com&subject=Hi&text=y", body).status == 200

    assert sent().get_content().startswith("y\n")


def test_json_without_a_content_type_is_read(superadmin):
    assert superadmin.ask("PUT", "/1/settings/mail", b'{"smtp": {"host": "h"}}').status == 201


@pytest.mark.parametrize("subtype", ["form-data", "mixed"])
def test_mail_fields_are_the_parts_of_any_multipart_body(admin, sent, subtype):
    fields = {b"to": b"jane@example.com", b"subject": b"Hi", b"text": b"x"}
    body = b"".join(PART % field for field in fields.items()) + b"--part--\r\n"

    assert admin.ask("POST", "/1/mail", body, {"Content-Type": f"multipart/{subtype}; boundary=part"}).status == 200

    assert sent()["To"] == "jane@example.com"


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate"])
def test_content_encoding_is_ignored(superadmin, mockmail, coding):
    plain = superadmin.ask("PUT", "/1/settings/mail", b"{}", {**JSON, "Content-Encoding": coding})
    packed = superadmin.ask("PUT", "/1/settings/mail", gzip.compress(b"{}"), {**JSON, "Content-Encoding": coding})

    assert plain.status == 201
    assert packed.refused == (400, "invalid [mail] settings", None)
    assert mockmail.requests.crashes() == []
