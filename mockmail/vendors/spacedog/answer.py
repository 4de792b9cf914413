"""What SpaceDog's rules return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. document: any JSON value. object_id: what `x-spacedog-object-id` says.

    as_text: whether the vendor has it as text already, into which it puts no debugging.
    """

    document: Any
    status: int = 200
    object_id: str | None = None
    as_text: bool = False


def success(**more: Any) -> Answer:
    """`success` and `status`, and what comes with them."""
    return Answer({"success": True, "status": 200, **more})


def saved(
    location: str, type_name: str, object_id: str, *, created: bool, version: int | None = None, **more: Any
) -> Answer:
    """What was saved, and where it is."""
    status = 201 if created else 200
    document: dict[str, Any] = {"success": True, "status": status, "id": object_id, "type": type_name}
    document["location"] = location
    if version is not None:
        document["version"] = version
    return Answer({**document, **more}, status, object_id)
