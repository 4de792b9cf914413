"""`python -m bench`: every comparison that mockmail makes of itself; `python -m bench atmail` chooses."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import bench
from bench.harness import compare

LEFT_OUT = ("harness", "__main__")


def main(chosen: list[str]) -> None:
    """Measure each case of each module that has `cases`, and what a module measures its own way (`measure`)."""
    for module in sorted(one.name for one in pkgutil.iter_modules(bench.__path__)):
        if module in LEFT_OUT or (chosen and module not in chosen):
            continue
        loaded = importlib.import_module(f"bench.{module}")
        for case in loaded.cases() if hasattr(loaded, "cases") else ():
            compare(case)
        if hasattr(loaded, "measure"):
            loaded.measure()


if __name__ == "__main__":
    main(sys.argv[1:])
