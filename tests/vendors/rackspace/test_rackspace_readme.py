"""The vendor's README is complete."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import mockmail.vendors.rackspace
from mockmail.vendors.rackspace import VENDOR
from mockmail.vendors.rackspace.options import Options

README = (Path(mockmail.vendors.rackspace.__file__).parent / "README.md").read_text("utf-8")


def first_cells(heading: str) -> list[str]:
    """Return the first cells of the table under a heading."""
    section = README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [line.split("|")[1] for line in lines[2:]]


def names(cells: list[str]) -> list[str]:
    """Return the names in backquotes; a name that begins with a dot continues the noun before it."""
    found: list[str] = []
    for name in re.findall("`([^`]+)`", " ".join(cells)):
        found.append(name if not name.startswith(".") else found[-1].partition(".")[0] + name)
    return found


def test_readme_lists_every_operation():
    assert sorted(names(first_cells("Operations"))) == sorted(operation.name for operation in VENDOR.operations)


def test_readme_lists_every_option_in_order():
    assert names(first_cells("Options")) == [option.name for option in dataclasses.fields(Options)]


def test_readme_lists_every_table():
    assert sorted(names(first_cells("State"))) == sorted(model.table for model in VENDOR.models)
