"""`/_mockmail/ui/`: the web page, as static files. The page itself is a client of the other calls."""

from __future__ import annotations

from pathlib import Path

from mockmail.control.route import ControlRequest, ControlResponse, route
from mockmail.core.errors import Problem

FOLDER = Path(__file__).parent.parent / "page"

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)


@route("GET", "ui", responses={200: "The web page."}, returns=bytes, media_type="text/html")
async def show_page(request: ControlRequest) -> ControlResponse:
    """Show the web page."""
    return _file("index.html")


@route(
    "GET",
    "ui/{file}",
    responses={200: "The file.", 404: "There is no such file."},
    returns=bytes,
    media_type="*/*",
)
async def show_file(request: ControlRequest) -> ControlResponse:
    """Return a file of the web page."""
    return _file(request.path["file"])


def _file(name: str) -> ControlResponse:
    files = {file.name: file for file in FOLDER.iterdir() if file.suffix in TYPES}
    if name not in files:
        raise Problem(404, f"the page has no file {name[:80]!r}")
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
    return ControlResponse(files[name].read_bytes(), content_type=TYPES[files[name].suffix], headers=headers)


ROUTES = (show_page, show_file)
