"""Build the docs site: `python -m docs.site [FOLDER]`. A warning is an error."""

from __future__ import annotations

import sys
from pathlib import Path

from docs.site.build import OUTPUT, build

if __name__ == "__main__":
    output = Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT
    build(output)
    sys.stdout.write(f"docs: {output / 'index.html'}\n")
