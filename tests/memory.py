"""Measure the memory that work keeps without the garbage collector, which a long-running server rarely runs."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def kept() -> Iterator[Callable[[int], bool]]:
    """Give a function that tells whether the work inside keeps fewer bytes than a bound, within 2 seconds."""
    was_enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()

    def fewer_than(bound: int) -> bool:
        end = time.monotonic() + 2
        while tracemalloc.get_traced_memory()[0] - before >= bound:
            if time.monotonic() > end:
                return False
            time.sleep(0.01)
        return True

    try:
        yield fewer_than
    finally:
        tracemalloc.stop()
        if was_enabled:
            gc.enable()
