"""The vendor's README says what there is."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import mockmail.vendors.spacedog
from mockmail.vendors.spacedog import VENDOR
from mockmail.vendors.spacedog.options import Options

FOLDER = Path(mockmail.vendors.spacedog.__file__).parent
README = (FOLDER / "README.md").read_text("utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading."""
    section = README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_operation_stands_there():
    assert rows("Operations") == [
        [one.name, " ".join(one.methods), one.path, one.requires or "", one.evidence.value] for one in VENDOR.operations
    ]
    assert rows("Not emulated") == [[one.name, f"{one.method} {one.path}", one.reason] for one in VENDOR.not_emulated]


def test_every_option_stands_there_with_its_default():
    assert rows("Options") == [
        [option.name, str(option.default).lower(), option.metadata["help"]] for option in dataclasses.fields(Options)
    ]


def test_every_user_of_the_seed_stands_there():
    seed = json.loads((FOLDER / "seed.json").read_text("utf-8"))
    assert rows("The world of the default seed") == [
        [user["backendId"], user["username"], user["password"], user["level"]] for user in seed["credentials"]
    ]
