"""SendGrid's API keys, senders and domains."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

GOOD = {
    "personalizations": [{"to": [{"email": "jane@example.org"}]}],
    "from": {"email": "app@new.example"},
    "subject": "Hello",
    "content": [{"type": "text/plain", "value": "x"}],
}
SENDER = {"nickname": "Orders", "from_email": "app@new.example", "reply_to": "help@new.example"}


def test_key_has_only_its_scopes(call, post):
    made = post("/v3/api_keys", {"name": "mailer", "scopes": ["mail.send", "templates.read"]})
    key = {"Authorization": f"Bearer {made.json['api_key']}"}

    assert (made.status, made.json["scopes"]) == (201, ["mail.send", "templates.read"])
    mail = GOOD | {"from": {"email": "app@example.com"}}
    assert call("POST", "/v3/mail/send", mail, headers=key).status == 202
    assert call("GET", "/v3/templates", headers=key).status == 200
    refused = call("POST", "/v3/templates", {"name": "x"}, headers=key)
    assert (refused.status, refused.json["errors"][0]["message"]) == (403, "access forbidden")
    assert call("GET", "/v3/scopes", headers=key).json == {"scopes": ["mail.send", "templates.read"]}


def test_key_is_renamed_changed_and_removed(call, post):
    path = f"/v3/api_keys/{post('/v3/api_keys', {'name': 'mailer'}).json['api_key_id']}"

    assert call("PATCH", path, {"name": "other"}).json["name"] == "other"
    assert call("PUT", path, {"name": "third", "scopes": ["mail.send"]}).json["scopes"] == ["mail.send"]
    assert call("GET", path).json["result"][0]["name"] == "third"
    assert [key["name"] for key in call("GET", "/v3/api_keys").json["result"]] == ["My API Key", "third"]
    assert "mail.send" in call("GET", "/v3/scopes").json["scopes"]
    assert (call("DELETE", path).status, call("GET", path).status) == (204, 404)


def test_more_keys_than_the_bound_are_refused(post, monkeypatch):
    monkeypatch.setattr("mockmail.vendors.sendgrid.handlers.account.MOST_KEYS", 2)

    assert [post("/v3/api_keys", {"name": "x"}).status for _ in range(2)] == [201, 403]


def test_sender_sends_once_it_is_verified(call, post, mockmail):
    sender = post("/v3/verified_senders", SENDER)
    before = post("/v3/mail/send", GOOD).status

    verified = call("GET", f"/v3/verified_senders/verify/{sender.json['id']}").status

    assert (sender.status, sender.json["verified"], before, verified) == (201, False, 403, 204)
    assert post("/v3/mail/send", GOOD).status == 202
    assert [each["verified"] for each in call("GET", "/v3/verified_senders").json["results"]] == [True]
    steps = call("GET", "/v3/verified_senders/steps_completed").json
    assert steps == {"results": {"domain_verified": True, "sender_verified": True}}


def test_sender_is_changed_and_removed(call, post):
    number = post("/v3/verified_senders", SENDER).json["id"]
    path = f"/v3/verified_senders/{number}"
    assert post(f"/v3/verified_senders/resend/{number}").status == 204
    call("GET", f"/v3/verified_senders/verify/{number}")

    assert call("PATCH", path, {"nickname": "New"}).json["verified"] is True
    assert call("PATCH", path, {"from_email": "b@new.example"}).json["verified"] is False
    assert post("/v3/verified_senders", SENDER | {"from_email": "b@new.example"}).status == 400
    assert (call("DELETE", path).status, call("DELETE", path).status) == (204, 404)


@pytest.mark.parametrize("change", [{"nickname": ""}, {"from_email": "x"}, {"reply_to": ""}])
def test_sender_that_sendgrid_refuses(post, change):
    assert post("/v3/verified_senders", SENDER | change).status == 400


def test_domain_sends_once_it_is_validated(call, post):
    made = post("/v3/whitelabel/domains", {"domain": "new.example", "subdomain": "mail"})
    path = f"/v3/whitelabel/domains/{made.json['id']}"
    before = post("/v3/mail/send", GOOD).status

    validated = post(f"{path}/validate").json

    assert (made.status, made.json["valid"], before, validated["valid"]) == (201, False, 403, True)
    assert post("/v3/mail/send", GOOD).status == 202
    assert call("GET", path).json["dns"]["mail_cname"] == {
        "valid": True,
        "type": "cname",
        "host": "mail.new.example",
        "data": "u1446226.wl.sendgrid.net",
    }
    assert call("PATCH", path, {"default": True}).json[0]["default"] is True
    assert [each["domain"] for each in call("GET", "/v3/whitelabel/domains?limit=1&offset=1").json] == ["new.example"]
    assert (call("DELETE", path).status, call("GET", path).status) == (204, 404)


@pytest.mark.parametrize("domain", ["x", "example.com", "a b.example"])
def test_domain_that_sendgrid_refuses(post, domain):
    assert post("/v3/whitelabel/domains", {"domain": domain}).status == 400


def test_refusal_has_the_rate_limit_too(call):
    refused = call("GET", "/v3/templates/nothing")

    assert (refused.status, refused.headers["X-RateLimit-Remaining"]) == (404, "599")


def test_too_many_requests_say_when_there_are_some_again(mockmail, call):
    mockmail.clock.freeze("2026-01-31T12:00:10Z")
    mockmail.faults.limit("sendgrid", 1, window=20)
    call("GET", "/v3/user/account")

    refused = call("GET", "/v3/user/account")

    reset = datetime(2026, 1, 31, 12, 0, 10, tzinfo=UTC).timestamp() + int(refused.headers["Retry-After"])
    limits = {name: refused.headers[f"X-RateLimit-{name}"] for name in ("Limit", "Remaining", "Reset")}
    assert (refused.status, limits) == (429, {"Limit": "600", "Remaining": "0", "Reset": str(int(reset))})


def test_refused_message_has_no_rate_limit(post):
    refused = post("/v3/mail/send", {})

    assert (refused.status, "X-RateLimit-Limit" in refused.headers) == (400, False)


@pytest.mark.parametrize("path", ["/v3/user/account", "/v3/user/username", "/v3/user/email"])
def test_account_is_shown_with_the_rate_limit(call, path):
    shown = call("GET", path)

    assert (shown.status, shown.headers["X-RateLimit-Limit"]) == (200, "600")
    assert int(shown.headers["X-RateLimit-Reset"]) % 60 == 0


def test_missing_key_is_refused(call):
    refused = call("GET", "/sendgrid/v3/scopes", headers={"Authorization": ""})

    assert (refused.status, refused.json["errors"]) == (401, [{"message": "authorization required", "field": None}])
