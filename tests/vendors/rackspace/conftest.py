"""Fixtures for the tests of Rackspace."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vendors.rackspace.signed_client import Client

COMPANY = "/customers/12345678/domains/example.com"


@pytest.fixture
def api(mockmail: Any) -> Client:
    """Return a client with the published keys."""
    return Client(mockmail.rackspace.url)


@pytest.fixture
def alex(api: Client) -> str:
    """Add alex.smith of the page and return the mailbox's path."""
    path = f"{COMPANY}/ex/mailboxes/alex.smith"
    api.ok("POST", path, {"displayName": "Alex Smith", "password": "Secret123!@#", "size": "2048"})
    return path
