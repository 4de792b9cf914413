"""The switches, and the order in which a call is checked (docs/wire/onlyoffice.md 0, 5 and 6)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mockmail.vendors.onlyoffice.options import Options

SMTP = "/api/2.0/smtpsettings/smtp"
OLD = pytest.mark.mockmail(options={"onlyoffice": {"error_style": "2.x"}})
HIDDEN = pytest.mark.mockmail(options={"onlyoffice": {"hide_smtp_settings": True}})
OLD_AND_HIDDEN = pytest.mark.mockmail(options={"onlyoffice": {"error_style": "2.x", "hide_smtp_settings": True}})
LIMITED = pytest.mark.mockmail(options={"onlyoffice": {"limit_smtp_tests": True}})


@pytest.mark.parametrize(("name", "value"), [("profile", "saas"), ("error_style", "3.0")])
def test_a_choice_that_there_is_not(name, value):
    with pytest.raises(ValueError, match=f"{name} must be one of .*, not '{value}'"):
        Options(**{name: value})


@OLD
def test_2x_says_nothing_of_an_argument_but_that_it_is_invalid(docspace):
    answer = docspace.save(host="")
    assert (answer.status, answer.error) == (400, "Invalid arguments")


@OLD
def test_2x_leaves_nulls_out_of_errors(stranger):
    answer = stranger.post("/api/2.0/authentication", {})
    assert (answer.status, answer.document["error"]) == (401, {"message": "User authentication failed", "hresult": 0})


@OLD
def test_2x_does_not_know_what_to_make_of_somebody_who_may_not(user):
    answer = user.get(SMTP)
    assert (answer.status, answer.error, answer.document["statusCode"]) == (500, "Access denied", 500)


@OLD_AND_HIDDEN
def test_2x_does_not_know_what_to_make_of_a_plan_either(docspace):
    answer = docspace.get(SMTP)
    assert (answer.status, answer.error) == (500, "Your pricing plan does not support this option")


@HIDDEN
@pytest.mark.parametrize("call", [("GET", ""), ("DELETE", ""), ("GET", "/test"), ("GET", "/test/status")])
def test_a_section_that_is_hidden_is_not_in_the_plan(docspace, call, mockmail):
    answer = docspace.ask(call[0], SMTP + call[1])
    assert answer.status == 402
    assert answer.document == {
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
def test_a_call_is_checked_from_credentials_over_form_and_right_to_plan_and_arguments(stranger, user, docspace):
    empty = {"host": ""}
    assert stranger.post(SMTP, b"{", Content_Type="text/plain").status == 401
    assert user.post(SMTP, b"{", Content_Type="text/plain").status == 415
    assert user.post(SMTP, {"port": 0}).errors == {"Port": ["The field Port must be between 1 and 65535."]}
    assert user.post(SMTP, empty).status == 403
    assert docspace.post(SMTP, empty).status == 402


@LIMITED
def test_a_user_may_ask_for_five_test_mails_in_a_quarter_of_an_hour(docspace, user, mockmail):
    mockmail.clock.freeze(datetime(2026, 6, 30, 12, tzinfo=UTC))
    docspace.save()
    assert [docspace.get(f"{SMTP}/test").status for _ in range(5)] == [200] * 5
    answer = docspace.get(f"{SMTP}/test")
    assert (answer.status, answer.error) == (429, "Too many requests. Please try again later")
    assert answer.headers["Retry-After"] == "900"
    assert (answer.headers["X-RateLimit-Limit"], answer.headers["X-RateLimit-Remaining"]) == ("5", "0")
    assert docspace.get(f"{SMTP}/test/status").status == 200
    assert user.get(f"{SMTP}/test").status == 403
    mockmail.clock.advance(900)
    assert docspace.get(f"{SMTP}/test").status == 200


def test_without_the_limit_nobody_counts(docspace):
    docspace.save()
    assert [docspace.get(f"{SMTP}/test").status for _ in range(8)] == [200] * 8


def test_a_limit_of_the_tests_own_counts_by_credentials(docspace, stranger, mockmail):
    mockmail.clock.freeze()
    mockmail.faults.limit("onlyoffice", 1, operation="smtp.show")
    assert [docspace.get(SMTP).status for _ in range(2)] == [200, 429]
    assert stranger.get(SMTP).status == 401
