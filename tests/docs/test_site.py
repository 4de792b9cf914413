"""The site that `make docs` builds: complete, with links that lead somewhere, and served under a strict policy."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

import pytest
from http_client import send_request
from lxml import html

from mockmail.control import docs
from mockmail.inprocess.mockmail import MockMail

pytestmark = pytest.mark.xdist_group("docs-site")

ROOT = Path(__file__).parents[2]
LOADING = "//@src | //link[@rel!='index' and @rel!='next' and @rel!='prev' and @rel!='search']/@href"


@pytest.fixture(scope="module")
def pages(docs_site):
    """Each page of the site, parsed."""
    return {path: html.fromstring(path.read_bytes()) for path in sorted(docs_site.rglob("*.html"))}


@pytest.fixture
def served(docs_site, monkeypatch):
    """Serve the built site."""
    monkeypatch.setattr(docs, "FOLDER", docs_site)
    with MockMail() as mm:
        yield mm


def test_site_has_every_page_of_the_repository(docs_site, pages):
    headings = {heading.text_content().rstrip("¶") for page in pages.values() for heading in page.xpath("//h1")}
    written = [path for folder in ("", "how-to/", "senders/", "wire/") for path in ROOT.glob(f"docs/{folder}*.md")]
    first_lines = {path: path.read_text("utf-8").partition("\n")[0] for path in written}

    assert [
        str(path) for path, line in first_lines.items() if line.removeprefix("# ").replace("`", "") not in headings
    ] == []


def test_each_page_is_in_the_navigation(docs_site, pages):
    linked = {docs_site / link for link in pages[docs_site / "index.html"].xpath("//*[@class='sidebar-tree']//@href")}

    assert {path for path in pages if path.name != "search.html"} - linked - {docs_site / "index.html"} == set()
    assert "More" not in pages[docs_site / "index.html"].xpath("//*[@class='caption']//text()")


def test_links_lead_to_files_and_anchors(pages):
    anchors = {path: set(page.xpath("//@id")) | {"", "top"} for path, page in pages.items()}
    broken = []
    for path, page in pages.items():
        for link in page.xpath("//a/@href | //@src | //link/@href"):
            if urlsplit(link).scheme:
                continue
            name, anchor = urldefrag(link.partition("?")[0])
            target = (path.parent / name).resolve() if name else path
            if not target.is_file() or anchor not in anchors.get(target, {""}):
                broken.append((path.name, link))

    assert broken == []


def test_pages_load_nothing_from_outside(pages):
    assert [
        (path.name, link) for path, page in pages.items() for link in page.xpath(LOADING) if urlsplit(link).netloc
    ] == []


def test_styles_load_nothing_from_outside(docs_site):
    found = {
        url
        for path in docs_site.rglob("*.css")
        for url in re.findall(r"url\(['\"]?([^)'\"]+)", path.read_text("utf-8"))
    }

    assert {url for url in found if not url.startswith("data:") and urlsplit(url).netloc} == set()


@pytest.mark.parametrize(
    "inline",
    [
        "//script[not(@src)]",
        "//style",
        "//@style",
        "//@*[starts-with(name(), 'on')]",
        "//a[starts-with(@href, 'javascript:')]",
    ],
)
def test_pages_have_nothing_that_the_policy_forbids(pages, inline):
    assert [path.name for path, page in pages.items() if page.xpath(inline)] == []


def test_each_file_is_served(docs_site, served):
    files = [path.relative_to(docs_site) for path in docs_site.rglob("*") if path.is_file()]

    failed = [(file, send_request(served.url, "GET", f"/_mockmail/docs/{file.as_posix()}").status) for file in files]

    assert len(failed) > 100
    assert [(file, status) for file, status in failed if status != 200] == []


def test_page_is_served_with_strict_headers(served):
    response = send_request(served.url, "GET", "/_mockmail/docs/tutorial.html")

    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == docs.POLICY
    assert "unsafe" not in docs.POLICY
    assert docs.POLICY.startswith("default-src 'none'")
    assert b"Your first passing test" in response.body


@pytest.mark.parametrize("prefix", ["", "/~mine"])
def test_folder_without_slash_leads_to_the_first_page_below_any_prefix(served, prefix):
    response = send_request(served.url, "GET", f"{prefix}/_mockmail/docs")

    assert (response.status, response.headers["Location"]) == (302, "docs/")
    assert send_request(served.url, "GET", f"{prefix}/_mockmail/docs/").status == 200


@pytest.mark.parametrize(
    "path", ["nowhere.html", "../mockmail.py", "%2e%2e/api.py", "reference", "reference/..%2findex.html", "x" * 300]
)
def test_path_that_is_no_file_of_the_site_is_not_found(served, path):
    response = send_request(served.url, "GET", f"/_mockmail/docs/{path}")

    assert response.status == 404
    assert len(response.body) < 1000


def test_missing_site_says_how_to_build_it(mockmail, monkeypatch, tmp_path):
    monkeypatch.setattr(docs, "FOLDER", tmp_path / "docs")

    response = send_request(mockmail.url, "GET", "/_mockmail/docs/")

    assert response.status == 404
    assert "run `make docs`" in response.json["error"]


@pytest.mark.parametrize(
    "header", [{"Host": "mail.example.com"}, {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}]
)
def test_other_sites_may_not_read_the_docs(served, header):
    assert send_request(served.url, "GET", "/_mockmail/docs/index.html", headers=header).status == 403
