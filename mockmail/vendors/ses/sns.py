"""The notifications of SNS, signed with the key of a certificate (docs/wire/ses.md 8)."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from mockmail.core.senders.records import Webhook
from mockmail.core.senders.sender import WebhookRequest
from mockmail.core.world import World
from mockmail.vendors.ses.views import iso
from mockmail.wire.json_text import write_json

CERTIFICATE = "SimpleNotificationService-mockmail.pem"
"""The path of the certificate, at the hosts of SNS and at mockmail."""

SUBJECT = "Amazon SES Email Event Notification"
VALIDATED = "Successfully validated SNS topic for Amazon SES event publishing."
SIGNED = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")


def notification(
    world: World, webhook: Webhook, topic: str, at: datetime, text: str, *, subject: str = SUBJECT
) -> WebhookRequest:
    """Return the signed request that publishes a text to a subscription of a topic."""
    region = topic.split(":")[3] if topic.count(":") > 3 else "us-east-1"  # noqa: PLR2004
    host = f"https://sns.{region}.amazonaws.com"
    message: dict[str, Any] = {
        "Type": "Notification",
        "MessageId": world.ids.uuid(),
        "TopicArn": topic,
        **({"Subject": subject} if subject else {}),
        "Message": text,
        "Timestamp": iso(at.isoformat()),
        "SignatureVersion": "1",
    }
    message["Signature"] = _signature(message)
    message["SigningCertURL"] = f"{host}/{CERTIFICATE}"
    message["UnsubscribeURL"] = f"{host}/?Action=Unsubscribe&SubscriptionArn={topic}:{webhook.id}"
    headers = {
        "x-amz-sns-message-type": "Notification",
        "x-amz-sns-message-id": message["MessageId"],
        "x-amz-sns-topic-arn": topic,
        "x-amz-sns-subscription-arn": f"{topic}:{webhook.id}",
        "Content-Type": "text/plain; charset=UTF-8",
        "User-Agent": "Amazon Simple Notification Service Agent",
    }
    return WebhookRequest(url=webhook.url, body=write_json(message), headers=headers)


def certificate() -> bytes:
    """Return the certificate of the key that signs notifications."""
    return files(__package__).joinpath("sns_certificate.pem").read_bytes()


def _signature(message: dict[str, Any]) -> str:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    signed = "".join(f"{name}\n{message[name]}\n" for name in SIGNED if name in message)
    # SNS's version 1 of signatures is SHA-1.
    return b64encode(_key().sign(signed.encode(), padding.PKCS1v15(), hashes.SHA1())).decode()  # noqa: S303


@cache
def _key() -> Any:
    """Return the key, which is public: it protects nothing, and makes signatures that clients can verify."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return load_pem_private_key(files(__package__).joinpath("sns_test_key.pem").read_bytes(), password=None)
