"""A real Chromium for the tests of the page, whose every request is recorded."""

from __future__ import annotations

import os
import shutil

import pytest
from browser import Page, open_chromium
from node_packages import NODE_MODULES
from recording_proxy import Proxy

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")


@pytest.fixture(scope="session")
def chromium():
    """The browser and the proxy between it and everything else."""
    pytest.importorskip("selenium", reason="selenium is not installed")
    if not CHROMIUM or not DRIVER:
        pytest.skip("chromium and chromedriver are not installed (Debian: chromium, chromium-driver)")
    os.environ["SE_OFFLINE"] = "true"
    os.environ["SE_AVOID_STATS"] = "true"
    proxy = Proxy()
    driver = open_chromium(CHROMIUM, DRIVER, proxy.port)
    yield driver, proxy
    driver.quit()
    proxy.close()


@pytest.fixture
def page(chromium, mockmail):
    """The page of a new server, in a window of 1280 x 800, with light colours."""
    driver, proxy = chromium
    proxy.target, proxy.broken = mockmail.url, False
    page = Page(driver, mockmail.url, proxy)
    page.resize(1280, 800)
    page.colours("light")
    yield page
    foreign = proxy.foreign()
    errors = page.errors()
    page.leave()
    proxy.seen.clear()
    assert foreign == []
    assert errors == []


@pytest.fixture
def axe():
    """The source of axe-core."""
    file = NODE_MODULES / "axe-core" / "axe.min.js"
    if not file.exists():
        pytest.skip("axe-core is not installed: make node-packages")
    return file.read_text("utf-8")
