"""The wire format of responses: headers, ETag, debug data, errors of any server (docs/wire/spacedog.md 4)."""

from __future__ import annotations

import hashlib

import pytest


def test_every_response_has_the_common_headers(superadmin):
    answer = superadmin.get("/1/settings/mail")
    assert answer.in_dialect
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["ETag"] == hashlib.md5(answer.body).hexdigest()
    assert b": " not in answer.body


def test_matching_etag_gets_304(superadmin):
    tag = superadmin.get("/1/settings/mail").headers["ETag"]
    for value in (tag, f'"{tag}"'):
        answer = superadmin.get("/1/settings/mail", **{"If-None-Match": value})
        assert (answer.status, answer.body) == (304, b"")
        assert answer.in_dialect
    assert superadmin.get("/1/settings/mail", **{"If-None-Match": "x"}).status == 200
    superadmin.settings(enableUserFullAccess=True)
    assert superadmin.get("/1/settings/mail", **{"If-None-Match": tag}).status == 200


def test_head_response_has_no_body(superadmin):
    answer = superadmin.ask("HEAD", "/1/settings/mail")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"


@pytest.mark.parametrize("path", ["/1/mail", "/1/settings/mail", "/nowhere/at/all"])
def test_preflight_of_any_path_is_allowed(guest, path):
    headers = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "POST"}
    answer = guest.ask("OPTIONS", path, headers=headers)
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
    assert answer.headers["Access-Control-Max-Age"] == "31536000"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, POST, PUT, DELETE, HEAD"


@pytest.mark.mockmail(strict=False)
def test_unknown_path_is_404(guest):
    answer = guest.get("/1/toto")
    assert answer.json == {"success": False, "status": 404, "error": {"message": "[/1/toto] not a valid path"}}
    assert answer.in_dialect


@pytest.mark.mockmail(strict=False)
def test_unknown_method_is_405_with_allow(superadmin):
    answer = superadmin.ask("PUT", "/1/login")
    assert answer.json == {
        "success": False,
        "status": 405,
        "error": {"message": "method [PUT] not valid for path [/1/login]"},
    }
    assert answer.headers["Allow"] == "GET, POST"
    assert superadmin.ask("OPTIONS", "/1/login").status == 405


def test_trailing_slash_is_ignored(superadmin):
    assert superadmin.get("/1/settings/mail/").status == 200
    assert superadmin.ask("POST", "/1/mail/?to=a@b.io&subject=s&text=t").status == 200


def test_debugging_client_sees_types_and_traces(superadmin, vince):
    debug = {"x-spacedog-debug": "true"}
    assert superadmin.get("/1/logout", **debug).json == {
        "success": True,
        "status": 200,
        "debug": {"batchCredentialChecks": 1},
    }
    assert "debug" not in superadmin.get("/1/settings/mail", **debug).json
    answer = vince.get("/1/settings/mail", **debug)
    assert answer.json["debug"] == {"batchCredentialChecks": 1}
    assert answer.error["type"] == "io.spacedog.utils.ForbiddenException"
    assert all(isinstance(line, str) for line in answer.error["trace"])
    assert "type" not in vince.get("/1/settings/mail").error


def test_accept_header_is_ignored(superadmin):
    answer = superadmin.get("/1/settings/mail", Accept="text/html")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json;charset=UTF-8")


@pytest.mark.parametrize(
    ("content_type", "body", "host"),
    [
        ("application/json", '{"smtp":{"host":"é"}}'.encode(), "Ã©"),
        ("application/json;charset=utf-8", '{"smtp":{"host":"é"}}'.encode(), "é"),
        ("application/json", '{"smtp":{"host":"é"}}'.encode("latin-1"), "é"),
        ("text/plain; charset=utf-16", '{"smtp":{"host":"é"}}'.encode("utf-16"), "é"),
        ("text/plain; charset=nonsense", b'{"smtp":{"host":"x"}}', "x"),
        ("text/plain; charset=punycode", b'{"smtp":{"host":"bcher-kva"}}', "bcher-kva"),
        ("application/json", b'{"smtp":{"host":"\\ud800x"}}', "?x"),
    ],
)
def test_body_is_decoded_by_its_charset(superadmin, content_type, body, host):
    answer = superadmin.ask("PUT", "/1/settings/mail", body, {"Content-Type": content_type})
    assert answer.status == 201, answer.body
    assert superadmin.get("/1/settings/mail/smtp").json["host"] == host


def test_injected_fault_has_an_error_document(superadmin, mockmail):
    for status in (429, 503):
        mockmail.faults.add("spacedog", operation="mail.send", status=status, message="later")
        answer = superadmin.mail(to="a@b.io")
        assert answer.status == status
        assert answer.error["message"] == "later"
        assert answer.in_dialect
    assert answer.error["type"] == "java.lang.RuntimeException"


def test_environment_has_working_credentials(mockmail, guest):
    vendor = mockmail.spacedog
    assert vendor.environment == {
        "SPACEDOG_URL": vendor.url,
        "SPACEDOG_USERNAME": "test",
        "SPACEDOG_PASSWORD": "hi test",
    }
    assert guest.as_(**vendor.credentials).get("/1/login").json["credentials"]["level"] == "SUPER_ADMIN"


def test_restored_snapshot_has_users_and_settings(mockmail, superadmin, guest):
    superadmin.settings(enableUserFullAccess=True)
    fred = guest.sign_up("fred", "hi fred")
    state = mockmail.snapshot()
    mockmail.reset()
    assert fred.get("/1/login").status == 401
    mockmail.restore(state)
    assert fred.get("/1/login").status == 200
    assert superadmin.put("/1/settings/mail", {}).json["version"] == 2


@pytest.mark.mockmail(strict=False)
@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("/2/emails", "spacedog emails (* /2/emails): is not emulated: a later generation of the API"),
        ("/1/search/demande", "spacedog search (* /1/search): is not emulated: not part of the mail service"),
        ("/1/admin/login", "spacedog admin (* /1/admin): is not emulated: a login check"),
        ("/1/filter/demande", "spacedog filter (* /1/filter): is not emulated: commented out"),
        ("/1/linkedin/people/me/id", "spacedog linkedin (* /1/linkedin): is not emulated: needs a LinkedIn account"),
        ("/1/login/linkedin", "spacedog login.linkedin (* /1/login/linkedin): is not emulated: needs LinkedIn"),
    ],
)
def test_operation_that_is_not_emulated_is_404_with_a_reason(superadmin, mockmail, path, nearest):
    superadmin.url = mockmail.url  # at the vendor's own path, among all vendors'
    answer = superadmin.get(path)
    assert answer.refused == (404, f"[{path}] not a valid path", None)
    assert mockmail.requests[-1].nearest[0].startswith(nearest)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1E+400", "9" * 400 + ".0", "9" * 400 + "e0"])
def test_number_beyond_a_double_is_refused(superadmin, number):
    # Stored as infinity, it could not be written as JSON again.
    body = f'{{"a": ["e999", {number}]}}'.encode()
    assert superadmin.ask("PUT", "/1/settings/test", body).status == 400
    answer = superadmin.ask("PUT", "/1/settings/test/a", body)
    assert answer.status == 400
    assert answer.error["cause"] == {"message": "a number beyond the bounds of a double"}
    assert superadmin.get("/1/settings/test").status == 404


def test_large_number_is_stored_exactly(superadmin):
    body = {"a": 1e300, "b": 10**400, "c": "1e999"}
    assert superadmin.put("/1/settings/test", body).status == 201
    assert superadmin.get("/1/settings/test").json == body
