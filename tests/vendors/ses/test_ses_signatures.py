"""AWS's own signer signs requests, and mockmail checks the signatures when it is asked to."""

from __future__ import annotations

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from http_client import send_request

SIMPLE = {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}}
TO = {"ToAddresses": ["jane@example.org"]}


checking = pytest.mark.mockmail(options={"ses": {"checks_signatures": True}})


def send(client, version):
    if version == "ses":
        return client.send_email(Source="app@example.com", Destination=TO, Message=SIMPLE)
    return client.send_email(FromEmailAddress="app@example.com", Destination=TO, Content={"Simple": SIMPLE})


def refusal(client, version):
    with pytest.raises(ClientError) as error:
        send(client, version)
    response = error.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"], response["Error"]["Message"]


@checking
@pytest.mark.parametrize("version", ["ses", "sesv2"])
@pytest.mark.parametrize("prefix", ["/ses", "", "/~box/ses", "/~box"])
def test_signature_of_the_own_client_is_right_on_each_path(mockmail, new_client, version, prefix):
    send(new_client(version, url=f"{mockmail.url}{prefix}"), version)

    world = mockmail.sandbox("box") if "box" in prefix else mockmail
    assert len(world.inbox) == 1


@checking
def test_signature_of_a_path_and_a_query_with_escapes_is_right(mockmail, new_client):
    client = new_client("sesv2")
    client.create_email_identity(EmailIdentity="a+b c'd@example.org".replace(" ", ""))

    shown = client.get_email_identity(EmailIdentity="a+bc'd@example.org")
    listed = client.list_suppressed_destinations(Reasons=["BOUNCE", "COMPLAINT"], PageSize=10)

    assert shown["IdentityType"] == "EMAIL_ADDRESS"
    assert listed["SuppressedDestinationSummaries"] == []


@pytest.mark.mockmail(options={"ses": {"checks_signatures": True}}, strict=False)
def test_refusal_of_an_example_request_says_that_it_has_no_real_signature(mockmail):
    listed = send_request(mockmail.url, "GET", "/_mockmail/vendors/ses/examples").json["examples"]
    [example] = [each for each in listed if each["operation"] == "account.show"]

    response = send_request(mockmail.url, "GET", f"/ses{example['path']}", headers=example["headers"])

    assert response.status == 403
    assert "example requests have no real signature" in mockmail.requests[-1].refusal


@checking
@pytest.mark.parametrize(
    ("version", "code"), [("ses", "SignatureDoesNotMatch"), ("sesv2", "InvalidSignatureException")]
)
def test_wrong_secret_is_refused_if_signatures_are_checked(mockmail, new_client, version, code):
    client = new_client(version, aws_secret_access_key="wrong")

    assert refusal(client, version)[:2] == (403, code)
    assert len(mockmail.inbox) == 0


def test_wrong_secret_is_taken_if_signatures_are_not_checked(mockmail, new_client):
    send(new_client("sesv2", aws_secret_access_key="wrong"), "sesv2")

    assert len(mockmail.inbox) == 1


@pytest.mark.parametrize(
    ("version", "code"), [("ses", "InvalidClientTokenId"), ("sesv2", "UnrecognizedClientException")]
)
def test_unknown_key_is_refused(mockmail, new_client, version, code):
    client = new_client(version, aws_access_key_id="AKIAUNKNOWN")

    assert refusal(client, version) == (403, code, "The security token included in the request is invalid.")


@pytest.mark.parametrize(
    ("authorization", "error"),
    [
        (None, "MissingAuthenticationTokenException"),
        ("", "MissingAuthenticationTokenException"),
        ("Bearer x", "IncompleteSignatureException"),
        ("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0", "IncompleteSignatureException"),
    ],
)
def test_request_without_a_signature_is_refused(mockmail, authorization, error):
    response = send_request(mockmail.ses.url, "GET", "/v2/email/account", headers={"Authorization": authorization})

    assert (response.status, response.headers["x-amzn-ErrorType"]) == (403, error)


def signed(mockmail, body, **headers):
    """Return the headers that AWS's signer gives a request."""
    keys = Credentials(*mockmail.ses.credentials.values())
    url = f"{mockmail.ses.url}/v2/email/suppression/addresses"
    request = AWSRequest("PUT", url, headers={"Content-Type": "application/json", **headers}, data=body)
    SigV4Auth(keys, "ses", "us-east-1").add_auth(request)
    return dict(request.headers.items())


BODY = b'{"EmailAddress": "jane@example.org", "Reason": "BOUNCE"}'


@checking
@pytest.mark.parametrize(
    ("body", "changed", "status"),
    [
        (BODY, {}, 200),
        (BODY, {"X-Own": "a  b"}, 200),
        (BODY.replace(b"jane", b"bob"), {}, 403),
        (BODY, {"X-Amz-Date": "20200101T000000Z"}, 403),
    ],
)
def test_signature_covers_the_body_and_the_signed_headers(mockmail, body, changed, status):
    headers = signed(mockmail, BODY, **({"X-Own": "a  b"} if "X-Own" in changed else {})) | changed

    response = send_request(mockmail.ses.url, "PUT", "/v2/email/suppression/addresses", body, headers=headers)

    assert response.status == status


def test_client_retries_an_error_of_the_server(mockmail, new_client):
    mockmail.faults.add("ses", status=503, times=1)
    client = new_client("sesv2", config=Config(retries={"mode": "standard", "total_max_attempts": 3}))

    send(client, "sesv2")

    assert len(mockmail.inbox) == 1
