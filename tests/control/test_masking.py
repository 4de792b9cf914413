"""Secrets are masked in requests and responses."""

from __future__ import annotations

import pytest

from mockmail.core import masking


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        # forms
        (b"username=admin&password=changeme&x=1", b"username=admin&password=***&x=1"),
        (b"user%5Bpassword%5D=changeme&x=1", b"user%5Bpassword%5D=***&x=1"),
        (b"user[password]=change%20me", b"user[password]=***"),
        (b"hotkeys=a", b"hotkeys=a"),
        # JSON
        (b'{"password": "changeme", "x": 1}', b'{"password": "***", "x": 1}'),
        (b'{"password": "it\'s so"}', b'{"password": "***"}'),
        (b'{"password": "a \\" b"}', b'{"password": "***"}'),
        (b'{"password": 12345, "x": 1}', b'{"password": ***, "x": 1}'),
        (b'{"password": "cut off', b'{"password": "***'),
        (b"{'password': 'he said \"so\"'}", b"{'password': '***'}"),
        (b'{"password": null, "passwords": {"a": 1}}', b'{"password": null, "passwords": {"a": 1}}'),
        (b'{"accessToken":"abc","expiresIn":5}', b'{"accessToken":"***","expiresIn":5}'),
        # XML
        (b"<user><password>a&amp;b</password><x>1</x></user>", b"<user><password>***</password><x>1</x></user>"),
        (b"<password><![CDATA[a<b]]></password><x/>", b"<password>***</password><x/>"),
        (b"<password><![CDATA[cut", b"<password>***"),
        (b"<r:password type='t'>a</r:password>", b"<r:password type='t'>***</r:password>"),
        (b"<password></password>", b"<password></password>"),
        (b'<user password="two words" name="x"/>', b'<user password="***" name="x"/>'),
        # multipart
        (
            b'--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nsecret\r\n--b--',
            b'--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n***\r\n--b--',
        ),
        (b"", b""),
        (b"\xff\xfe", b"\xff\xfe"),
    ],
)
def test_secret_in_a_body_is_masked(body, shown):
    assert masking.body(body) == shown


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/admin/index.php/api/accounts/create/username/a/password/so/quota/1", "{}/username/a/password/***/quota/1"),
        ("/admin/index.php/api/accounts/create/PassWord/so%2Fmuch", "{}/PassWord/***"),
        ("/admin/index.php/api/accounts/create/password/", "{}/password/"),
        ("/admin/index.php/api/accounts/create/password", "{}/password"),
    ],
)
def test_secret_in_a_path_is_masked(path, shown):
    assert masking.path(path) == shown.format("/admin/index.php/api/accounts/create")


@pytest.mark.parametrize("path", ["/1/credentials/AVlp/password", "/1/credentials/AVlp", "/v1/customers/me/domains"])
def test_path_without_secrets_is_unchanged(path):
    assert masking.path(path) == path


def test_only_headers_known_to_hold_no_secret_are_shown():
    given = [("Content-Type", "text/xml"), ("Authorization", "Basic eA=="), ("X-Whatever", "1")]
    assert masking.headers(given) == [["Content-Type", "text/xml"], ["Authorization", "***"], ["X-Whatever", "***"]]


def test_secret_in_a_query_is_masked():
    assert masking.query("password=hi%20test&x=1&accessToken=abc") == "password=***&x=1&accessToken=***"
