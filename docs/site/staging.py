"""Collect the pages of the site: those of the repository, and those that are generated from the code."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from docs.site.navigation import index_page
from docs.site.reference import generated_pages

ROOT = Path(__file__).resolve().parents[2]

RENAMED = {PurePosixPath("docs/search.md"): "searching.md"}
"""Pages whose names Sphinx uses: it writes a `search.html` of its own."""

NOT_IN_SITE = ("README.md", "CLAUDE.md", "AGENTS.md")

_LINK = re.compile(r"(?<=\]\()(?!https?:|mailto:|#)([^)#\s]+)")


class BrokenLink(Exception):
    """A page links to a file that does not exist."""


def stage(folder: Path) -> None:
    """Write all sources of the site to a folder. Raise BrokenLink."""
    generated = generated_pages()
    pages = {site_path(source): _linked(source, folder, generated) for source in repository_pages()} | generated
    pages["index.md"] = index_page(pages)
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def repository_pages() -> list[PurePosixPath]:
    """Return the pages in the repository, as paths from its root."""
    found = [*ROOT.glob("docs/**/*.md"), *ROOT.glob("*.md"), *ROOT.glob("mockmail/vendors/*/README.md")]
    pages = [PurePosixPath(path.relative_to(ROOT).as_posix()) for path in found]
    return sorted(page for page in pages if str(page) not in NOT_IN_SITE)


def site_path(source: PurePosixPath) -> str:
    """Return the path in the site of a file of the repository."""
    if source in RENAMED:
        return RENAMED[source]
    match source.parts:
        case ("docs", *rest):
            return "/".join(rest)
        case ("mockmail", "vendors", vendor, "README.md"):
            return f"vendors/{vendor}.md"
        case ("README.md",):
            return "index.md"
        case (name,) if name.endswith(".md"):
            return name.lower().replace("_", "-")
    return f"files/{source}"


def prose(text: str) -> Iterator[tuple[bool, str]]:
    """Return the lines of a page, each with whether it is outside of blocks of code."""
    fence = ""
    for line in text.splitlines(keepends=True):
        mark = re.match(r"\s*(`{3,}|~{3,})", line)
        is_fence = mark is not None and (not fence or line.strip() == fence)
        if is_fence and mark is not None:
            fence = "" if fence else mark[1]
        yield not fence and not is_fence, line


def links_of(text: str) -> list[str]:
    """Return the targets of a page's links to files, without anchors."""
    return [target for is_prose, line in prose(text) if is_prose for target in _LINK.findall(line)]


def _linked(source: PurePosixPath, folder: Path, generated: Collection[str]) -> str:
    """Return a page with its links changed to the paths of the site; copy files that are no pages."""
    page = PurePosixPath(site_path(source))

    def moved(match: re.Match[str]) -> str:
        target = PurePosixPath(os.path.normpath(source.parent / match[1]))
        path = site_path(target)
        if not (ROOT / target).exists() and path not in generated:
            raise BrokenLink(f"{source} links to {match[1]}, which does not exist")
        if not path.endswith(".md"):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / target, folder / path)
        return os.path.relpath(path, page.parent)

    text = (ROOT / source).read_text("utf-8")
    return "".join(_LINK.sub(moved, line) if is_prose else line for is_prose, line in prose(text))
