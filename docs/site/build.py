"""Build the site from the staged pages, without network access."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from sphinx.application import Sphinx

from docs.site.staging import ROOT, stage

OUTPUT = ROOT / "mockmail" / "docs"
"""Where a checkout serves the site from. A wheel has it too."""

_LEFTOVERS = (".buildinfo", ".buildinfo.bak", "objects.inv", "_sources")


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
        for name in _LEFTOVERS:
            path = site / name
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
        shutil.rmtree(output, ignore_errors=True)
        shutil.copytree(site, output)
