"""django-ses sends through both versions, and its webhook view takes the events."""

from __future__ import annotations

import django
import pytest
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection


@pytest.fixture(params=["v1", "v2"])
def backend(mockmail, request):
    """Return django-ses's backend for each version."""
    if not settings.configured:
        settings.configure(INSTALLED_APPS=["anymail"], SECRET_KEY="any", USE_TZ=True, DEFAULT_CHARSET="utf-8")
        django.setup()
    credentials = mockmail.ses.credentials
    return get_connection(
        "django_ses.SESBackend",
        aws_access_key=credentials["access_key_id"],
        aws_secret_key=credentials["secret_access_key"],
        aws_region_name="us-east-1",
        aws_region_endpoint=mockmail.ses.url,
        use_ses_v2=request.param == "v2",
    )


def test_message_of_django_ses_arrives(mockmail, backend):
    mail = EmailMultiAlternatives(
        "Grüße", "plain", "App <app@example.com>", ["jane@example.org"], bcc=["archive@example.org"], connection=backend
    )
    mail.attach_alternative("<b>rich</b>", "text/html")

    assert mail.send() == 1

    [message] = mockmail.inbox
    assert (message.subject, message.text.strip(), message.html.strip()) == ("Grüße", "plain", "<b>rich</b>")
    assert message.envelope.recipients == ("jane@example.org", "archive@example.org")
    assert message.headers["From"] == "App <app@example.com>"
    assert message.headers["Message-ID"] == f"<{mail.extra_headers['message_id']}@email.amazonses.com>"
