"""The options, and the order of the checks (docs/wire/onlyoffice.md 0, 5 and 6)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mockmail.server.discovery import discover, vendor_options
from mockmail.server.settings import SettingError

SMTP = "/api/2.0/smtpsettings/smtp"
OLD = pytest.mark.mockmail(options={"onlyoffice": {"error_style": "2.x"}})
HIDDEN = pytest.mark.mockmail(options={"onlyoffice": {"hide_smtp_settings": True}})
OLD_AND_HIDDEN = pytest.mark.mockmail(options={"onlyoffice": {"error_style": "2.x", "hide_smtp_settings": True}})
LIMITED = pytest.mark.mockmail(options={"onlyoffice": {"limit_smtp_tests": True}})


@pytest.mark.parametrize(("name", "value"), [("profile", "saas"), ("error_style", "3.0")])
def test_unknown_choice_is_refused(name, value):
    with pytest.raises(SettingError, match=f"options.onlyoffice.{name} must be one of '.*', not '{value}'"):
        vendor_options(discover(only=("onlyoffice",)), {"onlyoffice": {name: value}})


@OLD
def test_refused_argument_in_2x_is_not_explained(docspace):
    response = docspace.save(host="")
    assert (response.status, response.error) == (400, "Invalid arguments")


@OLD
def test_login_error_in_2x_has_no_nulls(stranger):
    response = stranger.post("/api/2.0/authentication", {})
    assert (response.status, response.document["error"]) == (
        401,
        {"message": "User authentication failed", "hresult": 0},
    )


@OLD
def test_denied_access_in_2x_is_500(user):
    response = user.get(SMTP)
    assert (response.status, response.error, response.document["statusCode"]) == (500, "Access denied", 500)


@OLD_AND_HIDDEN
def test_hidden_section_in_2x_is_500(docspace):
    response = docspace.get(SMTP)
    assert (response.status, response.error) == (500, "Your pricing plan does not support this option")


@HIDDEN
@pytest.mark.parametrize("call", [("GET", ""), ("DELETE", ""), ("GET", "/test"), ("GET", "/test/status")])
def test_hidden_section_is_402(docspace, call, mockmail):
    response = docspace.request(call[0], SMTP + call[1])
    assert response.status == 402
    assert response.document == {
        "error": {
            "message": "Your pricing plan does not support this option",
            "type": "ASC.Core.Billing.BillingException",
            "stack": f"   at {mockmail.requests[0].operation}",
            "hresult": -2146233088,
        },
        "status": 1,
        "statusCode": 402,
    }
    assert len(mockmail.inbox) == 0


@HIDDEN
def test_checks_run_from_credentials_over_body_and_right_to_plan_and_arguments(stranger, user, docspace):
    empty = {"host": ""}
    assert stranger.post(SMTP, b"{", Content_Type="text/plain").status == 401
    assert user.post(SMTP, b"{", Content_Type="text/plain").status == 415
    assert user.post(SMTP, {"port": 0}).errors == {"Port": ["The field Port must be between 1 and 65535."]}
    assert user.post(SMTP, empty).status == 403
    assert docspace.post(SMTP, empty).status == 402


@LIMITED
def test_sixth_test_message_in_15_minutes_is_refused(docspace, user, mockmail):
    mockmail.clock.freeze(datetime(2026, 6, 30, 12, tzinfo=UTC))
    docspace.save()
    assert [docspace.get(f"{SMTP}/test").status for _ in range(5)] == [200] * 5
    response = docspace.get(f"{SMTP}/test")
    assert (response.status, response.error) == (429, "Too many requests. Please try again later")
    assert response.headers["Retry-After"] == "900"
    assert (response.headers["X-RateLimit-Limit"], response.headers["X-RateLimit-Remaining"]) == ("5", "0")
    assert docspace.get(f"{SMTP}/test/status").status == 200
    assert user.get(f"{SMTP}/test").status == 403
    mockmail.clock.advance(900)
    assert docspace.get(f"{SMTP}/test").status == 200


def test_messages_are_not_limited_by_default(docspace):
    docspace.save()
    assert [docspace.get(f"{SMTP}/test").status for _ in range(8)] == [200] * 8


def test_injected_rate_limit_counts_by_credentials(docspace, stranger, mockmail):
    mockmail.clock.freeze()
    mockmail.faults.limit("onlyoffice", 1, operation="smtp.show")
    assert [docspace.get(SMTP).status for _ in range(2)] == [200, 429]
    assert stranger.get(SMTP).status == 401
