"""Signatures are masked where requests are shown, and messages stay visible."""

from __future__ import annotations

import pytest
from leaks import JSON, Watched

SIGNATURE = "5ec2e7" * 10 + "abcd"
AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261124/us-east-1/ses/aws4_request,"
    f" SignedHeaders=host;x-amz-date, Signature={SIGNATURE}"
)
EMAIL = (
    b'{"FromEmailAddress":"app@example.com","Destination":{"ToAddresses":["b@example.com"]},"Content":{"Simple":'
    b'{"Subject":{"Data":"Key = 5"},"Body":{"Text":{"Data":"Your token: 1234"}}}}}'
)


@pytest.mark.mockmail(strict=False)
def test_signature_is_masked_and_the_message_stays_visible(mockmail):
    watched = Watched(mockmail)

    shown = watched.send(
        "POST", "/v2/email/outbound-emails", EMAIL, {"Content-Type": JSON, "Authorization": AUTHORIZATION}
    )

    assert shown["operation"] == "email.send"
    assert shown["request"]["body"] == EMAIL.decode()
    assert SIGNATURE not in watched.everything()
