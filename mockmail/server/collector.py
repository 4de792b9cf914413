"""The garbage collector of a process that serves: state grows and stays, so looking through all of it rarely pays."""

from __future__ import annotations

import gc

YOUNG, MIDDLE, OLD = 50_000, 20, 100
"""After how many new objects the youngest are looked through, and how much more rarely the older ones."""


def tune_collector() -> None:
    """Leave alone what was made to start, and look less often through what came since."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
