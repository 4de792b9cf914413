"""The vendor's README lists operations, options and users."""

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
    """Return the cells of the table under a heading."""
    section = README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_readme_lists_every_operation():
    assert rows("Operations") == [
        [
            operation.name,
            " ".join(operation.methods),
            operation.path,
            operation.requires or "",
            operation.evidence.value,
        ]
        for operation in VENDOR.operations
    ]
    assert rows("Not emulated") == [
        [operation.name, f"{operation.method} {operation.path}", operation.reason] for operation in VENDOR.not_emulated
    ]


def test_readme_lists_every_option_with_its_default():
    assert rows("Options") == [
        [option.name, str(option.default).lower(), option.metadata["help"]] for option in dataclasses.fields(Options)
    ]


def test_readme_lists_every_seeded_user():
    seed = json.loads((FOLDER / "seed.json").read_text("utf-8"))
    assert rows("The default seed") == [
        [user["backendId"], user["username"], user["password"], user["level"]] for user in seed["credentials"]
    ]
