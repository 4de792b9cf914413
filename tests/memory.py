"""What work leaves behind in memory where nobody looks for garbage, as a server that has long run seldom does."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def kept() -> Iterator[Callable[[int], bool]]:
    """Gives a function: whether what was done inside keeps fewer bytes than this, or soon does."""
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
        gc.enable()
