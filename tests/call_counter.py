"""Count the work of an action, because the time that it takes depends on the machine."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable


def calls(action: Callable[[], object]) -> int:
    """Return the number of calls that an action makes, of functions in Python and in C.

    The garbage collector is off meanwhile, because its callbacks, such as Hypothesis's, would be counted.
    """
    count = 0

    def observe(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before, collects = sys.getprofile(), gc.isenabled()
    gc.disable()
    sys.setprofile(observe)
    try:
        action()
    finally:
        sys.setprofile(before)
        if collects:
            gc.enable()
    return count
