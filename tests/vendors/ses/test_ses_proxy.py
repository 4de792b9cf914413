"""Clients that know only AWS's hosts reach mockmail through its forward proxy."""

from __future__ import annotations

import os
import subprocess
import sys

SCRIPT = """
import boto3
import requests
from cryptography import x509

client = boto3.client("sesv2", region_name="eu-west-1")
content = {"Simple": {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}}}
client.send_email(
    FromEmailAddress="app@example.com", Destination={"ToAddresses": ["jane@example.org"]}, Content=content
)
boto3.client("ses", region_name="us-east-1").get_send_quota()
answer = requests.get("https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-mockmail.pem", timeout=30)
x509.load_pem_x509_certificate(answer.content)
"""


def test_clients_of_aws_reach_mockmail_through_the_proxy(mockmail):
    keys = {name: value for name, value in mockmail.ses.environment.items() if "KEY" in name}
    environment = {**os.environ, **mockmail.ses.proxy_environment, **keys}

    subprocess.run([sys.executable, "-c", SCRIPT], env=environment, check=True, timeout=120)

    assert [request.operation for request in mockmail.requests] == [
        "email.send",
        "v1.get_send_quota",
        "sns.certificate",
    ]
    assert len(mockmail.inbox) == 1
