"""AWS's own client of SES, pointed at mockmail, and one that sends exactly what a test gives it."""

from __future__ import annotations

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from http_client import send_request


@pytest.fixture
def new_client(mockmail):
    """Return a function that makes a client of SES, which does not retry."""

    def make(version, *, region="us-east-1", url=None, **changed):
        credentials = mockmail.ses.credentials
        keys = {
            "aws_access_key_id": credentials["access_key_id"],
            "aws_secret_access_key": credentials["secret_access_key"],
        }
        return boto3.session.Session().client(
            version,
            endpoint_url=url or mockmail.ses.url,
            region_name=region,
            **({"config": Config(retries={"total_max_attempts": 1})} | keys | changed),
        )

    return make


@pytest.fixture
def v2(new_client):
    """Return a client of version 2."""
    return new_client("sesv2")


@pytest.fixture
def v1(new_client):
    """Return a client of version 1."""
    return new_client("ses")


@pytest.fixture
def call(mockmail):
    """Return a function that sends a signed request."""
    credentials = mockmail.ses.credentials
    keys = Credentials(credentials["access_key_id"], credentials["secret_access_key"])

    def send(method, path, json=None, **options):
        request = AWSRequest(method, f"{mockmail.url}{path}", headers={"Content-Type": "application/json"})
        SigV4Auth(keys, "ses", "us-east-1").add_auth(request)
        headers = {"Authorization": request.headers["Authorization"]} | options.pop("headers", {})
        return send_request(mockmail.url, method, path, json=json, headers=headers, **options)

    return send
