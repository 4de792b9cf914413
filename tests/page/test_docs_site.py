"""The docs in a browser: nothing is refused by the policy, and the search finds pages."""

from __future__ import annotations

import pytest

from mockmail.control import docs

pytestmark = pytest.mark.xdist_group("docs-site")


@pytest.fixture
def site(page, docs_site, monkeypatch):
    """The page in the browser, on a server that has the built docs."""
    monkeypatch.setattr(docs, "FOLDER", docs_site)
    return page


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("name", ["index.html", "tutorial.html", "reference/settings.html"])
def test_page_fits_the_window_and_shows_its_heading(site, name, colours, width):
    site.resize(width, 900)
    site.colours(colours)

    site.driver.get(f"{site.url}/_mockmail/docs/{name}")

    assert site.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    assert site.see("article h1").is_displayed()


def test_search_finds_a_page(site):
    site.driver.get(f"{site.url}/_mockmail/docs/search.html?q=attachments")

    assert "Check attachments" in site.see("#search-results li a[href*='how-to/attachments']").text
