"""The vendor's README says what there is."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import mockmail.vendors.atmail
from mockmail.vendors.atmail import VENDOR
from mockmail.vendors.atmail.options import AtmailOptions

README = (Path(mockmail.vendors.atmail.__file__).parent / "README.md").read_text("utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading."""
    section = README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_operation_stands_there_with_its_path_and_right():
    prefix = "/admin/index.php/api/"
    assert [row[:3] for row in rows("Operations")] == [
        [one.name, one.path.removeprefix(prefix).removesuffix("/{pairs*}"), one.requires or ""]
        for one in VENDOR.operations
    ]


def test_every_option_stands_there_with_its_default():
    def written(value: object) -> str:
        return str(value).lower()

    assert [[re.sub("`", "", row[0]), row[1]] for row in rows("Options")] == [
        [option.name, written(option.default)] for option in dataclasses.fields(AtmailOptions)
    ]
