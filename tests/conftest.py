"""Fixtures of all tests."""

from __future__ import annotations

import shutil
import smtplib
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from mockmail.server.discovery import discover

pytest_plugins = ["pytester"]

# A machine may be as slow as it likes, and a change fails for what it changed: the same examples in each run.
settings.register_profile("same", deadline=None, derandomize=True)
# To look for what nobody thought of: pytest --hypothesis-profile=random
settings.register_profile("random", deadline=None)
settings.load_profile("same")

DROPIN = Path(__file__).parent / "dropin"


@pytest.fixture(scope="session")
def atmail_only():
    """A registry with one vendor, which hosts mailboxes."""
    return discover(only=["atmail"])


@pytest.fixture
def postcard(tmp_path):
    """A registry of a vendor for tests: it has a crashing handler and sends through relays."""
    shutil.copytree(DROPIN / "postcard", tmp_path / "dropin" / "postcard")
    yield discover([tmp_path / "dropin"], only=["postcard"])
    for name in [name for name in sys.modules if name.startswith("mockmail.vendors.postcard")]:
        del sys.modules[name]


@pytest.fixture
def send() -> Any:
    """Send messages to a server over one connection each."""

    def one(mm: Any, *subjects: str, to: str = "jane@example.com") -> None:
        with smtplib.SMTP(mm.smtp_host, mm.smtp_port, "client.test", timeout=20) as smtp:
            for subject in subjects:
                smtp.sendmail(
                    "shop@example.com", to, f"From: shop@example.com\nSubject: {subject}\n\nHello {subject}\n"
                )

    return one


class Watch:
    """Watches a mail store: events for the begin and end of a wait, and a count of searches."""

    def __init__(self, mail: Any) -> None:
        self.waits = threading.Event()
        self.ended = threading.Event()
        self.searches = 0
        self.mail = mail
        observe, search = mail.observe, mail.search

        def watched_observe(*given: Any) -> Any:
            forget = observe(*given)
            self.waits.set()

            def end() -> None:
                forget()
                self.ended.set()

            return end

        def watched_search(criteria: Any, **named: Any) -> Any:
            self.searches += str(criteria) != "anything"
            return search(criteria, **named)

        mail.observe, mail.search = watched_observe, watched_search


@pytest.fixture
def watch() -> Any:
    """Watch the mail store of a server's sandbox, by default of the default one."""
    return lambda mm, *name: Watch(mm.server.sandboxes.get(*name).mail)


@pytest.fixture(scope="session")
def docs_site(tmp_path_factory):
    """The folder of the built docs. A warning fails the build."""
    pytest.importorskip("sphinx", reason="sphinx, which builds the docs, is not installed: make test does it")
    folder = tmp_path_factory.mktemp("docs") / "site"
    command = [sys.executable, "-m", "docs.site", str(folder)]
    done = subprocess.run(command, cwd=DROPIN.parents[1], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return folder
