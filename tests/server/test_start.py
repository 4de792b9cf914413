"""What `mockmail serve` imports before its first request: the start must cost little more than aiohttp's own."""

from __future__ import annotations

import json
import resource
import subprocess
import sys

import pytest

from mockmail.server.process import server_settings
from mockmail.server.settings import load

START = """
import json, sys
before = set(sys.modules)  # coverage loads modules of its own
from mockmail.cli import serve
from mockmail.server import process
from mockmail.server.discovery import discover
discover()
print(json.dumps(sorted(set(sys.modules) - before)))
"""

HEAVY = {
    "sqlite3",
    "tinydb",
    "lxml",
    "jinja2",
    "aiosmtpd",
    "aiosmtplib",
    "trustme",
    "yaml",
    "prometheus_client",
    "html.parser",
    "difflib",
}


def test_start_imports_no_vendor_and_no_library_that_the_first_request_may_not_need():
    printed = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True).stdout
    modules = json.loads(printed)

    assert HEAVY.intersection(modules) == set()
    vendor_modules = [name for name in modules if name.startswith("mockmail.vendors.") and name.count(".") > 2]
    assert {name.rpartition(".")[2] for name in vendor_modules} == {"vendor"}
    assert "mockmail.core.world" not in modules


@pytest.mark.parametrize(
    ("files", "connections"),
    [(resource.RLIM_INFINITY, 1000), (2292, 1000), (2290, 999), (1024, 366), (100, 1)],
)
def test_connections_leave_file_descriptors_for_everything_else(monkeypatch, atmail_only, files, connections):
    monkeypatch.setattr(resource, "getrlimit", lambda _: (files, files))
    settings = server_settings(load({}, {}), atmail_only)
    assert (settings.http.connections, settings.smtp.connections) == (connections, connections)
