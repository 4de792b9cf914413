"""Type checkers accept the public API, and find the mistakes that typing_tests/ marks with `error`."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mockmail.server.discovery import built_in_names
from mockmail.vendors import VendorAttributes

ROOT = Path(__file__).parent.parent
API = ROOT / "typing_tests" / "api.py"
NODE_BIN = ROOT / "tests" / "node" / "node_modules" / ".bin"
EXPECTED = {number for number, line in enumerate(API.read_text("utf-8").splitlines(), 1) if line.endswith("# error")}
PYRIGHT = shutil.which("pyright", path=str(NODE_BIN)) or shutil.which("pyright")


def test_every_vendor_is_a_declared_attribute():
    declared = list(VendorAttributes.__annotations__)

    assert declared == built_in_names(), "add the vendor to VendorAttributes in mockmail/vendors/__init__.py"


@pytest.mark.skipif(shutil.which("mypy", path=f"{sys.prefix}/bin") is None, reason="mypy is not installed")
def test_mypy_finds_the_marked_mistakes_and_no_others(tmp_path):
    found = check([sys.executable, "-m", "mypy", "--strict", f"--cache-dir={tmp_path}", "--config-file=", str(API)])

    lines = {int(line) for line in re.findall(r"api\.py:(\d+): error", found)}
    assert lines == EXPECTED, found


@pytest.mark.skipif(PYRIGHT is None, reason="pyright is not installed: make node-packages")
def test_pyright_finds_the_marked_mistakes_and_no_others(tmp_path):
    settings = {
        "typeCheckingMode": "strict",
        "reportUnusedExpression": False,
        "reportUnknownMemberType": False,  # it is about what follows a mistake
    }
    shutil.copy(API, tmp_path)
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings), "utf-8")

    said = check([str(PYRIGHT), "--project", str(tmp_path), "--pythonpath", sys.executable, "--outputjson"])

    mistakes = [found for found in json.loads(said)["generalDiagnostics"] if found["severity"] == "error"]
    lines = {found["range"]["start"]["line"] + 1 for found in mistakes}
    assert lines == EXPECTED, json.dumps(mistakes, indent=1)


def check(command):
    """Run a type checker, which must find mistakes; return what it says."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout
