"""The vendor's own Python SDK (docspace-api-sdk) against a running mockmail."""

from __future__ import annotations

import time
import warnings
from datetime import UTC, datetime

import pytest

with warnings.catch_warnings():
    # Importing the SDK makes pydantic warn of two of its models whose field `copy` hides a method: not ours to mend.
    warnings.filterwarnings("ignore", message='Field name "copy" in .* shadows an attribute', category=UserWarning)
    sdk = pytest.importorskip(
        "docspace_api_sdk", reason="docspace-api-sdk is not installed: pip install docspace-api-sdk"
    )

from docspace_api_sdk.exceptions import (
    ApiException,
    BadRequestException,
    ForbiddenException,
    UnauthorizedException,
)

TOKEN = "864FE52C-1C1C-469F-9308-51DAFEFE7436"


@pytest.fixture
def connect(mockmail):
    """Return a function that makes an SDK client with credentials."""
    clients = []

    def connect(**credentials):
        client = sdk.ApiClient(sdk.Configuration(host=mockmail.onlyoffice.url, **credentials))
        clients.append(client)
        return client

    yield connect
    for client in clients:
        client.rest_client.pool_manager.clear()


@pytest.fixture
def smtp(connect):
    return sdk.SMTPSettingsApi(connect(access_token=TOKEN))


def page(**changes):
    settings = {
        "host": "mail.example.com",
        "port": 25,
        "sender_address": "notify@example.com",
        "sender_display_name": "Postman",
        "credentials_user_name": "notify@example.com",
        "credentials_user_password": "{password}",
        "enable_auth": True,
    }
    return sdk.SmtpSettingsDto(**settings | changes)


def test_sdk_saves_shows_and_resets_settings(smtp):
    saved = smtp.save_smtp_settings(page())
    assert (saved.status, saved.status_code, saved.count, saved.links[0].action) == (0, 200, 1, "POST")
    shown = smtp.get_smtp_settings().response
    assert shown == saved.response
    assert shown == page(credentials_user_password="", enable_ssl=False, use_ntlm=False, is_default_settings=False)
    assert smtp.reset_smtp_settings_without_preload_content().status == 200


@pytest.mark.mockmail(options={"onlyoffice": {"profile": "standalone"}})
def test_sdk_reads_defaults_of_a_standalone_portal(smtp):
    smtp.save_smtp_settings(page())
    assert smtp.reset_smtp_settings().response.host == "notify.onlyoffice.info"
    assert smtp.get_smtp_settings().response.is_default_settings is True


def test_sdk_cannot_read_defaults_of_a_cloud_portal(smtp):
    with pytest.raises(ValueError, match="greater than or equal to 1"):
        smtp.get_smtp_settings()


def test_sdk_sends_a_test_message(smtp, mockmail):
    smtp.save_smtp_settings(page())
    started = smtp.test_smtp_settings().response
    assert (started.completed, started.percents, started.status, started.error) == (False, 0, "", "")
    for _ in range(500):
        job = smtp.get_smtp_operation_status().response
        if job.completed:
            break
        time.sleep(0.002)
    assert (job.id, job.percents, job.status, job.error) == (started.id, 100, "Send test message", "")
    assert smtp.get_smtp_operation_status().response is None
    assert mockmail.inbox.wait_for(to="owner@example.com").subject == "SMTP test message"


def test_sdk_logs_in_checks_and_logs_out(connect, mockmail):
    mockmail.clock.freeze(datetime(2026, 6, 30, 12, tzinfo=UTC))
    authentication = sdk.AuthenticationApi(connect())
    assert authentication.get_is_authentificated().response is False
    login = sdk.AuthRequestsDto(user_name="owner@example.com", password="owner-password", session=False)
    given = authentication.authenticate_me(login).response
    assert (given.expires, given.sms, given.tfa) == (datetime(2027, 6, 30, 12, tzinfo=UTC), False, False)
    # The SDK sends no credentials with these calls unless it is told to.
    bearer = {"_headers": {"Authorization": f"Bearer {given.token}"}}
    cookie = {"_headers": {"Cookie": f"asc_auth_key={given.token}"}}
    assert authentication.get_is_authentificated(**bearer).response is True
    out = authentication.logout(**cookie)
    assert (out.response, out.count) == (None, 0)
    assert authentication.get_is_authentificated(**bearer).response is False


def test_sdk_sends_login_token_as_cookie(connect):
    login = sdk.AuthRequestsDto(user_name="owner@example.com", password="owner-password")
    token = sdk.AuthenticationApi(connect()).authenticate_me(login).response.token
    smtp = sdk.SMTPSettingsApi(connect(api_key={"asc_auth_key": f"asc_auth_key={token}"}))
    assert smtp.save_smtp_settings(page()).response.host == "mail.example.com"


def test_sdk_sends_basic_credentials(connect):
    smtp = sdk.SMTPSettingsApi(connect(username="owner@example.com", password="owner-password"))
    assert smtp.save_smtp_settings(page()).response.port == 25


def test_sdk_is_limited_to_the_scopes_of_its_api_key(connect):
    wanted = sdk.CreateApiKeyRequestDto(name="tests", permissions=["*:read"], expires_in_days=30)
    key = sdk.ApiKeysApi(connect(access_token=TOKEN)).create_api_key(wanted).response
    assert (key.name, key.permissions, key.key_postfix, key.is_active) == ("tests", ["*:read"], key.key[-4:], True)
    assert key.create_by.display_name == "Olive Owner"
    smtp = sdk.SMTPSettingsApi(connect(access_token=key.key))
    assert smtp.get_smtp_operation_status().response is None
    with pytest.raises(ForbiddenException):
        smtp.save_smtp_settings(page())


def test_sdk_calls_every_operation_on_api_keys(connect):
    keys = sdk.ApiKeysApi(connect(access_token=TOKEN))
    assert "*:read" in keys.get_all_permissions().response
    made = keys.create_api_key(sdk.CreateApiKeyRequestDto(name="tests")).response
    own = sdk.ApiKeysApi(connect(access_token=made.key)).get_api_key().response
    assert (own.id, own.name, own.key) == (made.id, "tests", f"sk-***{made.key_postfix}")
    change = sdk.UpdateApiKeyRequest(name="renamed", permissions=["*:read"], is_active=False)
    assert keys.update_api_key(made.id, change).response is True
    assert [(key.id, key.name, key.permissions, key.is_active) for key in keys.get_api_keys().response] == [
        (made.id, "renamed", ["*:read"], False)
    ]
    assert keys.delete_api_key(made.id).response is True
    assert keys.get_api_keys().response == []


def test_sdk_reads_portal_settings(connect):
    settings = sdk.CommonSettingsApi(connect()).get_portal_settings().response
    assert (settings.culture, settings.standalone, settings.doc_space) == ("en-US", False, True)
    hasher = settings.password_hash
    assert (hasher.size, hasher.iterations, len(hasher.salt)) == (256, 100_000, 64)


def test_sdk_raises_its_own_exceptions_for_errors(connect, smtp, mockmail):
    with pytest.raises(UnauthorizedException):
        sdk.SMTPSettingsApi(connect()).get_smtp_settings()
    with pytest.raises(UnauthorizedException):  # the SDK sends the key as the whole Cookie header
        sdk.SMTPSettingsApi(connect(api_key={"asc_auth_key": TOKEN})).get_smtp_settings()
    with pytest.raises(BadRequestException) as refused:
        smtp.save_smtp_settings(page(host=""))
    assert "Empty smtp host. (Parameter 'host')" in refused.value.body
    mockmail.faults.add("onlyoffice", operation="smtp.test", status=429)
    with pytest.raises(ApiException) as limited:
        smtp.test_smtp_settings()
    assert limited.value.status == 429
