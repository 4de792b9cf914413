"""Amazon SES, as the core knows it before anything calls it."""

from __future__ import annotations

from multidict import CIMultiDictProxy

from mockmail.core.vendor import Vendor


class Ses(Vendor):
    """Amazon SES: sending e-mail."""

    name = "ses"
    title = "Amazon SES"
    path_roots = ("v2", "", "SimpleNotificationService-mockmail.pem")
    sends = True
    # SNS's hosts serve the certificate that signs webhooks.
    hosts = ("email.us-east-1.amazonaws.com", "email.*.amazonaws.com", "sns.*.amazonaws.com")
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
        "AWS_REGION": "us-east-1",
    }
    fault_statuses = (400, 403, 404, 405, 408, 409, 413, 415, 429, 500, 502, 503, 504)

    def claims(self, headers: CIMultiDictProxy[str]) -> bool | None:
        """Return True for a request with a signature for SES, False for one to another service of AWS."""
        authorization = headers.get("Authorization", "")
        if not authorization.startswith("AWS4-HMAC-SHA256"):
            return None
        return "/ses/aws4_request" in authorization


VENDOR = Ses()
