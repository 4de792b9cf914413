"""What atmail's rules return: the message and the results of a successful answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """A success. results: a tree of mappings, lists and scalars, in the order of the elements."""

    message: str = ""
    results: Any = ""
