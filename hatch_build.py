"""Build the docs site into the sdist. A wheel takes it from there, or from a checkout in which `make docs` ran."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class DocsHook(BuildHookInterface[Any]):
    """Adds the built site to an sdist, as `mockmail/docs/`."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Return what the site is built with: the extra `docs`, and mockmail's own dependencies."""
        core = self.metadata.core
        return [*core.dependencies, *core.optional_dependencies["docs"]]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the site. An sdist that is made of an unpacked sdist has it already."""
        if (Path(self.root) / "PKG-INFO").exists():
            build_data["artifacts"].append("/mockmail/docs")
            return
        sys.path.insert(0, self.root)
        from docs.site.build import build

        self._folder = tempfile.TemporaryDirectory()
        build(Path(self._folder.name) / "docs")
        build_data["force_include"][str(Path(self._folder.name) / "docs")] = "mockmail/docs"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the site that was built."""
        if hasattr(self, "_folder"):
            self._folder.cleanup()
