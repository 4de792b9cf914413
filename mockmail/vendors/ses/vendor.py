"""Amazon SES, as the core knows it before anything calls it."""

from __future__ import annotations

from multidict import CIMultiDictProxy

from mockmail.core.vendor import Vendor

REGIONS = (
    "us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1", "eu-west-1", "eu-west-2",
    "eu-west-3", "eu-central-1", "eu-north-1", "eu-south-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
    "ap-southeast-3", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "me-south-1", "af-south-1",
)  # fmt: skip
"""The regions of SES. The host of SNS in each serves the certificate that signs webhooks."""


class Ses(Vendor):
    """Amazon SES: sending e-mail."""

    name = "ses"
    title = "Amazon SES"
    path_roots = ("v2", "", "SimpleNotificationService-mockmail.pem")
    sends = True
    hosts = tuple(f"{service}.{region}.amazonaws.com" for region in REGIONS for service in ("email", "sns"))
    server_header = ""
    credentials = {
        "access_key_id": "AKIAIOSFODNN7EXAMPLE",
        "secret_access_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    }
    environment = {
        "AWS_ENDPOINT_URL_SES": "{url}",
        "AWS_ENDPOINT_URL_SESV2": "{url}",
        "AWS_ACCESS_KEY_ID": credentials["access_key_id"],
        "AWS_SECRET_ACCESS_KEY": credentials["secret_access_key"],
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    fault_statuses = (400, 403, 404, 405, 408, 409, 413, 415, 429, 500, 502, 503, 504)

    def claims(self, headers: CIMultiDictProxy[str]) -> bool | None:
        """Return True for a request with a signature for SES, False for one to another service of AWS."""
        authorization = headers.get("Authorization", "")
        if not authorization.startswith("AWS4-HMAC-SHA256"):
            return None
        return "/ses/aws4_request" in authorization


VENDOR = Ses()
