"""The words of the docs: plain ones, spelt right. The reference pages have those of the docstrings."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import html

from docs.site.staging import repository_pages

pytestmark = pytest.mark.xdist_group("docs-site")

ROOT = Path(__file__).parents[2]

PAGES = [str(page) for page in repository_pages()]

INSTEAD = {
    "whoever": "name the person or the program: a client, a test, a person who",
    "whatever": "for each, for every, also if",
    "likewise": "say it again, or leave it out",
    "lets? go of": "release, close, remove",
    "all the same": "say what happens",
    "as is done": "say who does it",
    "what came": "name it: the requests received",
    "in vain": "without effect, or: the test fails",
    "of a kind": "of this type",
    "where there (?:is one|are none)": "if it exists, if it is empty",
    "octets?": "bytes",
    "utili[sz]e[sd]?": "use",
    "whilst|amongst": "while, among",
    "therein|thereof|herein|whereby": "name the thing",
    "case[- ]blind|case insensitive": "case-insensitive",
    "web ?hook url": "webhook",
    "white ?list|black ?list": "the names that are allowed, or refused",
    "(?:is|are) not concerned": "is not affected",
    "(?:so|if) none is": "name the thing: so no reply is sent",
    "nothing of what": "name the thing: a refused write",
    "by means of": "with, by",
    "(?:each|one|none) of which": "a sentence of its own",
    "it says so": "the error says it",
    "mend(?:s|ed|ing)?": "fix, correct",
    "obviously|of course|needless to say": "leave it out",
}
"""What plain English avoids, as a pattern, and what to write."""


@pytest.mark.parametrize("pattern", INSTEAD)
def test_pages_have_plain_words(docs_site, pattern):
    found = {
        str(path.relative_to(docs_site)): match[0]
        for path in sorted(docs_site.rglob("*.html"))
        for match in re.finditer(rf".{{0,40}}\b(?:{pattern})\b.{{0,40}}", prose(path), re.IGNORECASE)
    }

    assert found == {}, f"write instead: {INSTEAD[pattern]}"


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_items_of_a_list_begin_with_a_noun_or_a_verb(page):
    lines = (ROOT / page).read_text("utf-8").splitlines()

    found = [line for line in lines if re.match(r"\s*[-*] (?:what|that|which|whose)\b", line, re.IGNORECASE)]

    assert found == []


def prose(page):
    """The text of a page, without its code."""
    tree = html.fromstring(page.read_bytes())
    for code in tree.xpath("//pre | //code | //script"):
        code.drop_tree()
    return " ".join(" ".join(article.text_content() for article in tree.xpath("//article")).split())


def test_files_are_spelt_right():
    pytest.importorskip("codespell_lib", reason="codespell is not installed: make check installs it")

    done = subprocess.run(
        [sys.executable, "-m", "codespell_lib"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.stdout == ""
