"""What all tests share."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from mockmail.server.discovery import discover

pytest_plugins = ["pytester"]

DROPIN = Path(__file__).parent / "dropin"


@pytest.fixture(scope="session")
def atmail_only():
    """A registry of the vendor that hosts mailboxes; a test that needs just any vendor takes it."""
    return discover(only=["atmail"])


@pytest.fixture
def postcard(tmp_path):
    """A registry of the vendor that the tests bring: it has a crashing handler and sends through relays."""
    shutil.copytree(DROPIN / "postcard", tmp_path / "dropin" / "postcard")
    yield discover([tmp_path / "dropin"], only=["postcard"])
    for name in [name for name in sys.modules if name.startswith("mockmail.vendors.postcard")]:
        del sys.modules[name]
