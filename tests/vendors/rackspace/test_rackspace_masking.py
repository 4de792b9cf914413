"""Rackspace's passwords and login tokens are masked in every view of a request, however they are spelled."""

from __future__ import annotations

import pytest
from leaks import JSON, SECRET, Watched, form_bodies, json_bodies

from tests.vendors.rackspace.signed_client import SECRET_KEY, USER_AGENT, USER_KEY, signature

pytestmark = pytest.mark.mockmail(strict=False, options={"rackspace": {"signature_window": 0}})

DOMAIN = "/v1/customers/12345678/domains/example.com"
SIGNED = {
    "User-Agent": USER_AGENT,
    "X-Api-Signature": signature(USER_KEY, SECRET_KEY, USER_AGENT, "20010308143725"),
}
OPERATIONS = {
    "mailbox.add": ("POST", "ex/mailboxes/new.box"),
    "mailbox.edit": ("PUT", "ex/mailboxes/new.box"),
    "rs_mailbox.add": ("POST", "rs/mailboxes/new.box"),
    "rs_mailbox.edit": ("PUT", "rs/mailboxes/new.box"),
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_password_in_a_body_is_masked_in_every_spelling(mockmail, operation):
    watched = Watched(mockmail)
    method, path = OPERATIONS[operation]
    bodies = (*form_bodies("password", "displayName=New&size=25600"), *json_bodies("password", '"size":"10"'))

    for body in bodies:
        sent = {**SIGNED, "Content-Type": body.content_type}
        shown = watched.send(method, f"{DOMAIN}/{path}", body.content, sent)

        assert shown["operation"] == operation
        assert "***" in shown["request"]["body"], body.label
        assert SECRET not in watched.everything(), body.label


@pytest.mark.parametrize("name", ["password", "securityAnswer"])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_secret_of_an_admin_is_masked_in_every_spelling(mockmail, method, name):
    watched = Watched(mockmail)

    for body in form_bodies(name, "firstName=Jane&type=super"):
        sent = {**SIGNED, "Content-Type": body.content_type}
        shown = watched.send(method, "/v1/admins/jane.doe", body.content, sent)

        assert "***" in shown["request"]["body"], body.label
        assert SECRET not in watched.everything(), body.label


def test_login_token_is_masked_in_the_response(mockmail):
    watched = Watched(mockmail)
    body = b'{"password": "long-enough", "size": 1024}'
    watched.send("POST", f"{DOMAIN}/rs/mailboxes/new.box", body, {**SIGNED, "Content-Type": JSON})

    for accept in ("text/xml", JSON):
        shown = watched.send("POST", f"{DOMAIN}/rs/mailboxes/new.box/loginToken", b"", {**SIGNED, "Accept": accept})

        assert shown["status"] == 200
        assert ("<token>***</token>" if accept == "text/xml" else '"token":"***"') in shown["response"]["body"]


def test_signature_is_masked(mockmail):
    watched = Watched(mockmail)

    watched.send("GET", f"{DOMAIN}", headers=SIGNED)

    assert SIGNED["X-Api-Signature"] not in watched.everything()
