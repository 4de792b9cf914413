"""Django with the backend of one vendor after the other."""

from __future__ import annotations

import django
import pytest
from anymail_backend import AnymailBackend, backends
from django.conf import settings
from django.test import override_settings
from webhook_receiver import Receiver


def pytest_configure() -> None:
    """Configure Django once, for all tests of the process."""
    if not settings.configured:
        settings.configure(INSTALLED_APPS=["anymail"], SECRET_KEY="any", USE_TZ=True, DEFAULT_CHARSET="utf-8")
        django.setup()


@pytest.fixture(params=backends(), ids=lambda backend: backend.vendor)
def backend(request) -> AnymailBackend:
    """Return each vendor's backend."""
    return request.param


@pytest.fixture
def anymail(mockmail, backend):
    """Let Django send by a backend to a server; return the server."""
    pytest_configure()
    module = f"anymail.backends.{backend.backend}.EmailBackend"
    with override_settings(EMAIL_BACKEND=module, ANYMAIL=backend.settings(mockmail)):
        yield mockmail


@pytest.fixture
def receiver():
    """Return an application that receives webhooks."""
    receiver = Receiver()
    yield receiver
    receiver.close()
