"""Which requests the compatible APIs get: those that neither a vendor nor a stub serves."""

from __future__ import annotations

import subprocess
import sys
from itertools import product

import pytest

from mockmail.compat.api import ROUTES
from mockmail.compat.paths import is_compatible
from mockmail.server.discovery import discover


def test_no_vendor_serves_a_path_of_the_compatible_apis():
    router = discover().router
    paths = {tuple(route.path.replace("view/{id}", "view/latest.html").split("/")) for route in ROUTES}

    assert [path for path in paths if not is_compatible(path)] == []
    taken = [
        (method, path)
        for method, path in product(("GET", "PUT", "POST", "DELETE"), paths)
        if router.resolve(None, method, path) is not None
    ]
    assert taken == []


@pytest.mark.mockmail(strict=False)
@pytest.mark.parametrize(
    "path",
    ["/api/v1/users", "/api/v2/settings", "/api/2.0/messages", "/view/latest/x", "/view/a.png", "/livez/x", "/api/v1"],
)
def test_other_paths_are_left_to_the_vendors(mockmail, ask, path):
    answer = ask("GET", path)

    assert answer.status == 404
    assert [request.path for request in mockmail.requests.find()] == [path]


@pytest.mark.mockmail(strict=False)
def test_stub_of_a_path_comes_before_the_compatible_apis(mockmail, ask):
    mockmail.stubs.add(path="/api/v1/info", times=1, json={"mine": True})

    assert ask("GET", "/api/v1/info").json == {"mine": True}
    assert "Version" in ask("GET", "/api/v1/info").json
    assert "Version" in ask("GET", "/~other/api/v1/info").json


def test_natural_path_of_a_vendor_comes_before_the_compatible_apis(tmp_path, postcard, monkeypatch):
    from http_client import send_request

    from mockmail import MockMail
    from mockmail.core.routing import WrongMethod

    [vendor] = postcard
    resolve = postcard.router.resolve
    claimed = WrongMethod(vendor, ("POST",))
    monkeypatch.setattr(
        postcard.router,
        "resolve",
        lambda name, method, path, *_: claimed if path == ("api", "v1", "info") else resolve(name, method, path),
    )
    with MockMail(vendors=postcard) as mm:
        assert send_request(mm.url, "GET", "/api/v1/info").status == 405
        assert send_request(mm.url, "GET", "/api/v1/tags").json == []


def test_compatible_apis_are_imported_by_their_first_request():
    script = """
import sys
from mockmail import MockMail
from urllib.request import urlopen
with MockMail() as mm:
    urlopen(f"{mm.url}/_mockmail/health").read()
    before = "mockmail.compat.api" in sys.modules
    urlopen(f"{mm.url}/api/v1/info").read()
    print(before, "mockmail.compat.api" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout == "False True\n"
