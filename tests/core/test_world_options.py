"""A vendor's options in a World."""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.core.bounds import WorldSettings
from mockmail.core.registry import Registry
from mockmail.core.world import World


@dataclass(frozen=True)
class Options:
    colour: str = "red"


class Vendor:
    name = "painter"
    options_type = Options


def test_options_come_from_settings_or_defaults_and_are_made_once():
    plain, arranged = World(Registry()), World(Registry(), WorldSettings(options={"painter": Options("blue")}))
    assert (plain.options(Vendor()), arranged.options(Vendor())) == (Options("red"), Options("blue"))
    assert plain.options(Vendor()) is plain.options(Vendor())
