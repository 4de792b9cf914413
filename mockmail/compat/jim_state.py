"""MailHog's Jim in each sandbox: his chances, and the SMTP faults that they became."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from mockmail.core.world import World


@dataclass(slots=True)
class JimState:
    """Jim in one sandbox. document: his chances, None while he is off. faults: the ids of his SMTP faults.

    generation: the generation of the World when he was turned on.
    """

    generation: int
    document: dict[str, Any] | None = None
    faults: list[int] = field(default_factory=list)


class JimStates:
    """Jim in every World of a server, for as long as the World exists."""

    def __init__(self) -> None:
        self._states: WeakKeyDictionary[World, JimState] = WeakKeyDictionary()

    def of(self, world: World) -> JimState:
        """Return Jim in a World; a reset or a restore turned him off."""
        state = self._states.get(world)
        if state is None or state.generation != world.generation:
            state = self._states[world] = JimState(world.generation)
        return state
