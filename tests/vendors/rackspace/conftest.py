"""What the tests of Rackspace share."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vendors.rackspace.signed_client import Client

COMPANY = "/customers/12345678/domains/example.com"


@pytest.fixture
def api(mockmail: Any) -> Client:
    """A client with the published keys."""
    return Client(mockmail.rackspace.url)


@pytest.fixture
def alex(api: Client) -> str:
    """The path of the page's alex.smith, who has been added."""
    path = f"{COMPANY}/ex/mailboxes/alex.smith"
    api.ok("POST", path, {"displayName": "Alex Smith", "password": "Secret123!@#", "size": "2048"})
    return path
