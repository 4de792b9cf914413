"""atmail's passwords are masked in every view of a request, however they are spelled."""

from __future__ import annotations

import pytest
from http_client import basic
from leaks import FORM, SECRET, Watched, form_bodies, multipart_bodies

pytestmark = pytest.mark.mockmail(strict=False)

API = "/admin/index.php/api"
ADMIN = {"Authorization": basic("admin", "changeme")}
OPERATIONS = {
    "user.create": ("users/create", "username=clerk"),
    "user.update": ("users/update", "userId=1"),
    "account.create": ("accounts/create", "username=joe@yourdomain.com"),
    "account.update": ("accounts/update", "username=joe@yourdomain.com"),
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_password_in_a_body_is_masked_in_every_spelling(mockmail, operation):
    watched = Watched(mockmail)
    path, rest = OPERATIONS[operation]

    for body in (*form_bodies("password", rest), *multipart_bodies("password")):
        shown = watched.send("POST", f"{API}/{path}/", body.content, {**ADMIN, "Content-Type": body.content_type})

        assert shown["operation"] == operation
        assert "***" in shown["request"]["body"], body.label
        assert SECRET not in watched.everything(), body.label


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    "pairs",
    [
        f"password/{SECRET}",
        f"p%61ssword/{SECRET}",
        f"PASSWORD/{SECRET}",
        f"password[]/{SECRET}",
        f"password%5B0%5D/{SECRET}",
        f"password/other/password/{SECRET}",
        f"quota/1/password/{SECRET}/firstName/Joe",
        f"?password={SECRET}",
        f"?a=1&p%61ssword%5B%5D={SECRET}",
        f"?PASSWORD={SECRET}",
    ],
)
def test_password_in_a_path_or_a_query_is_masked_in_every_spelling(mockmail, operation, pairs):
    watched = Watched(mockmail)
    path, rest = OPERATIONS[operation]

    shown = watched.send("GET", f"{API}/{path}/{rest.replace('=', '/')}/{pairs}", headers=ADMIN)

    assert shown["operation"] == operation
    assert SECRET not in watched.everything()
    assert "***" in shown["path"] + shown["query"]


@pytest.mark.parametrize(
    "path",
    [
        f"accounts/creat/password/{SECRET}",
        f"accounts/p%61ssword/{SECRET}",
        f"accounts/create?password={SECRET}",
        f"nothing/password%5B%5D/{SECRET}",
    ],
)
def test_password_in_an_unknown_path_is_masked(mockmail, path):
    watched = Watched(mockmail)

    watched.send("GET", f"{API}/{path}", headers=ADMIN)

    assert SECRET not in watched.everything()


def test_other_parameters_stay_visible(mockmail):
    body = f"username=joe%40yourdomain.com&firstName=Joe&password={SECRET}&quota=5".encode()

    shown = Watched(mockmail).send("POST", f"{API}/accounts/create/", body, {**ADMIN, "Content-Type": FORM})

    assert shown["request"]["body"] == "username=joe%40yourdomain.com&firstName=Joe&password=***&quota=5"
    assert "<username>joe@yourdomain.com</username><password>***</password>" in shown["response"]["body"]


def test_body_that_cannot_be_decoded_is_masked_whole(mockmail):
    content = f"user: joe, pwd: {SECRET}".encode()

    shown = Watched(mockmail).send("POST", f"{API}/users/create/", content, {**ADMIN, "Content-Type": "text/plain"})

    assert shown["request"]["body"] == "*** (not shown: it cannot be decoded, and it may contain secrets)"
