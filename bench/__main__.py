"""`python -m bench`: every comparison that mockmail makes of itself; `python -m bench atmail` chooses."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import bench
from bench.harness import compare

LEFT_OUT = ("harness", "__main__")


def main(chosen: list[str]) -> None:
    """Measure each case of each module that has `cases`."""
    for module in sorted(one.name for one in pkgutil.iter_modules(bench.__path__)):
        if module in LEFT_OUT or (chosen and module not in chosen):
            continue
        cases = getattr(importlib.import_module(f"bench.{module}"), "cases", None)
        for case in cases() if cases is not None else ():
            compare(case)


if __name__ == "__main__":
    main(sys.argv[1:])
