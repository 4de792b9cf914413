"""Invalid records are refused when they are seeded."""

from __future__ import annotations

import pytest

from mockmail.core.errors import SeedError

OWNER = "66faa6e4-f133-11ea-b126-00ffeec8b4ef"
KEY = {"id": "k", "name": "k", "apiKey": "sk-1", "createOn": "2026-06-30T12:00:00Z", "createBy": OWNER}
SETTINGS = {"host": "mail.example.com", "port": 25, "senderAddress": "a@example.com", "senderDisplayName": "A"}


@pytest.mark.parametrize(
    ("table", "record", "complaint"),
    [
        (
            "sessions",
            {"token": "t", "userId": OWNER, "expires": "tomorrow"},
            "expires: expected a timestamp .*'tomorrow'",
        ),
        ("api_keys", KEY | {"expiresAt": "never"}, "expiresAt: expected a timestamp .*, got 'never'"),
        ("api_keys", KEY | {"createOn": "2026-13-01T00:00:00Z"}, "createOn: expected a timestamp"),
        ("api_keys", KEY | {"lastUsed": ""}, "lastUsed: expected a timestamp"),
        ("smtp_tests", {"id": "j", "startedAt": "now"}, "startedAt: expected a timestamp"),
        ("smtp_settings", SETTINGS | {"port": 0}, "port: expected an integer >= 1, got 0"),
        ("smtp_settings", SETTINGS | {"port": 65536}, "port: expected an integer <= 65535, got 65536"),
    ],
)
def test_invalid_record_is_refused_by_seed(mockmail, table, record, complaint):
    with pytest.raises(SeedError, match=complaint):
        mockmail.onlyoffice.seed(**{table: [record]})


@pytest.mark.parametrize("expires", ["2999-01-01T00:00:00Z", "2999-01-01T00:00:00.1234567Z", "2999-01-01"])
def test_timestamp_is_read_in_several_forms(mockmail, stranger, expires):
    mockmail.onlyoffice.seed(sessions=[{"token": "t", "userId": OWNER, "expires": expires}])
    assert stranger.get("/api/2.0/smtpsettings/smtp", Authorization="t").status == 200


def test_job_start_without_time_zone_is_in_utc(mockmail, docspace):
    started = mockmail.clock.now().replace(tzinfo=None).isoformat()
    mockmail.onlyoffice.seed(smtp_tests=[{"id": "j", "startedAt": started}])
    assert docspace.get("/api/2.0/smtpsettings/smtp/test/status").result["id"] == "j"
