"""`/_mockmail/docs/`: the documentation, as static files that `make docs` and the building of a wheel write."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta

from mockmail.control.route import ControlRequest, ControlResponse, Fields, route
from mockmail.core.errors import Problem

FOLDER = Path(__file__).parent.parent / "docs"

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
    ".yml": "text/plain; charset=utf-8",
    ".yaml": "text/plain; charset=utf-8",
}

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

_NO_SITE = (
    "the documentation is not built here: run `make docs` in the checkout, or install the wheel of a release. The"
    " sources of the pages are in the folder docs"
)


class DocsQuery(Fields, frozen=True, kw_only=True):
    """The parameters that the scripts of the documentation read; they do not change the response."""

    q: Annotated[str, Meta(description="the words to search for")] = ""
    v: Annotated[str, Meta(description="the version of a file, so that browsers load it again")] = ""
    highlight: Annotated[str, Meta(description="the words to highlight")] = ""
    check_keywords: Annotated[str, Meta(description="yes, from the form of the search")] = ""
    area: Annotated[str, Meta(description="default, from the form of the search")] = ""


_RESPONSES = {200: "The file.", 404: "There is no such file, or the documentation is not built."}


@route("GET", "docs", query=DocsQuery, responses=_RESPONSES, returns=bytes, media_type="text/html")
async def show_docs(request: ControlRequest) -> ControlResponse:
    """Show the documentation."""
    return _file("index.html")


@route("GET", "docs/{file}", query=DocsQuery, responses=_RESPONSES, returns=bytes, media_type="*/*")
async def show_docs_file(request: ControlRequest) -> ControlResponse:
    """Return a page or a file of the documentation."""
    return _file(*request.path.values())


@route("GET", "docs/{folder}/{file}", query=DocsQuery, responses=_RESPONSES, returns=bytes, media_type="*/*")
async def show_docs_file_in_folder(request: ControlRequest) -> ControlResponse:
    """Return a page or a file in a folder of the documentation."""
    return _file(*request.path.values())


@route(
    "GET", "docs/{folder}/{subfolder}/{file}", query=DocsQuery, responses=_RESPONSES, returns=bytes, media_type="*/*"
)
async def show_docs_file_in_subfolder(request: ControlRequest) -> ControlResponse:
    """Return a page or a file in a folder of a folder of the documentation."""
    return _file(*request.path.values())


def _file(*parts: str) -> ControlResponse:
    if not (FOLDER / "index.html").is_file():
        raise Problem(404, _NO_SITE)
    path = _find(parts)
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
    return ControlResponse(path.read_bytes(), content_type=TYPES[path.suffix], headers=headers)


def _find(parts: tuple[str, ...]) -> Path:
    """Return the file. Each part is compared with the names in its folder, so that no path comes from the request."""
    path = FOLDER
    for part in parts:
        found = {child.name: child for child in path.iterdir()} if path.is_dir() else {}
        if part not in found:
            raise Problem(404, f"the documentation has no page {'/'.join(parts)[:80]!r}; docs/ lists its pages")
        path = found[part]
    if path.suffix not in TYPES or not path.is_file():
        raise Problem(404, f"the documentation has no page {'/'.join(parts)[:80]!r}; docs/ lists its pages")
    return path


ROUTES = (show_docs, show_docs_file, show_docs_file_in_folder, show_docs_file_in_subfolder)
