"""What Rackspace's rules return: an answer as a tree, the same for XML and for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Document:
    """An answer with a body.

    root: the XML root; JSON has none. Its namespace is `urn:xml:` and the root's name.
    content: in the order of the XML elements; lists are `Items`.
    last_in_json: a name that JSON has last.
    """

    root: str
    content: Mapping[str, Any]
    last_in_json: str | None = None
