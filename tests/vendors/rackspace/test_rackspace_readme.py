"""The vendor's README says what there is."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import mockmail.vendors.rackspace
from mockmail.vendors.rackspace import VENDOR
from mockmail.vendors.rackspace.options import Options

README = (Path(mockmail.vendors.rackspace.__file__).parent / "README.md").read_text("utf-8")


def first_cells(heading: str) -> list[str]:
    """The first cells of the table under a heading."""
    section = README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [line.split("|")[1] for line in lines[2:]]


def names(cells: list[str]) -> list[str]:
    """The names in backquotes; one that begins with a dot goes on with the noun before it."""
    found: list[str] = []
    for name in re.findall("`([^`]+)`", " ".join(cells)):
        found.append(name if not name.startswith(".") else found[-1].partition(".")[0] + name)
    return found


def test_every_operation_stands_there():
    assert sorted(names(first_cells("Operations"))) == sorted(one.name for one in VENDOR.operations)


def test_every_option_stands_there_in_its_order():
    assert names(first_cells("Options")) == [option.name for option in dataclasses.fields(Options)]


def test_every_table_stands_there():
    assert sorted(names(first_cells("State"))) == sorted(model.table for model in VENDOR.models)
