"""SECURITY.md names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_each_hole_has_tests_that_exist():
    rows = [row for row in (ROOT / "SECURITY.md").read_text("utf-8").splitlines() if row.startswith("| ")]
    named = [re.findall(r"`(tests/\S+)::(\w+)`", row) for row in rows[2:]]

    assert len(named) > 15
    assert all(named)
    missing = [
        f"{file}::{test}"
        for row in named
        for file, test in row
        if f"def {test}(" not in (ROOT / file).read_text("utf-8")
    ]
    assert missing == []
