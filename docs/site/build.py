"""Build the site from the staged pages, without network access."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path

from sphinx.application import Sphinx

from docs.site.staging import ROOT, stage

OUTPUT = ROOT / "mockmail" / "docs"
"""Where a checkout serves the site from. A wheel has it too."""

_LEFTOVERS = (".buildinfo", ".buildinfo.bak", "objects.inv", "_static/**/*.map")

# The server's policy permits files only, so what the theme writes into each page is moved into files.
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_ATTRIBUTES = {' style="display: none;"': ' class="docs-hidden"', ' style="opacity: 50%"': ' opacity="0.5"'}
_HIDDEN = ".docs-hidden { display: none; }\n"


class DocsError(Exception):
    """The site has a mistake: Sphinx printed it."""


def build(output: Path) -> None:
    """Write the site to a folder, in place of its former content. Raise DocsError if Sphinx warns."""
    with tempfile.TemporaryDirectory() as folder:
        source, site = Path(folder) / "source", Path(folder) / "site"
        stage(source)
        app = Sphinx(
            srcdir=source,
            confdir=Path(__file__).parent,
            outdir=site,
            doctreedir=Path(folder) / "doctrees",
            buildername="html",
            status=None,
            freshenv=True,
        )
        app.build()
        if app.statuscode or app._warncount:  # noqa: SLF001  # there is no public count
            raise DocsError(f"{app._warncount} warnings")  # noqa: SLF001
        for path in [path for name in _LEFTOVERS for path in site.glob(name)]:
            path.unlink()
        for page in site.rglob("*.html"):
            page.write_text(_without_inline(page.read_text("utf-8"), page, site), "utf-8")
        shutil.rmtree(output, ignore_errors=True)
        shutil.copytree(site, output)


def _without_inline(text: str, page: Path, site: Path) -> str:
    """Return a page whose scripts and styles are files of the site."""
    static = os.path.relpath(site / "_static", page.parent)

    def moved(ending: str, content: str) -> str:
        name = f"{hashlib.sha256(content.encode()).hexdigest()[:12]}.{ending}"
        (site / "_static" / name).write_text(content, "utf-8")
        return f"{static}/{name}"

    text = _SCRIPT.sub(lambda match: f'<script src="{moved("js", match[1])}"></script>', text)
    text = _STYLE.sub(lambda match: f'<link rel="stylesheet" href="{moved("css", match[1] + _HIDDEN)}">', text)
    for attribute, instead in _ATTRIBUTES.items():
        text = text.replace(attribute, instead)
    return text
