"""`__all__` lists the public names of a module, sorted, and no others."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

import mockmail

SOURCE = Path(mockmail.__file__).parent
MODULES = sorted(
    ".".join(("mockmail", *path.relative_to(SOURCE).with_suffix("").parts)).removesuffix(".__init__")
    for path in SOURCE.rglob("*.py")
    if "\n__all__ = " in path.read_text("utf-8")
)


def test_package_offers_its_public_names_and_no_others():
    code = "import json, types, mockmail; print(json.dumps({n: type(v).__name__ for n, v in vars(mockmail).items()}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    bound = {name for name, kind in json.loads(done.stdout).items() if kind != "module" and not name.startswith("_")}
    of_annotations = {"annotations", "TYPE_CHECKING", "Any"}

    assert bound | set(mockmail._HOMES) == set(mockmail.__all__) - {"__version__"} | of_annotations


def test_completion_in_an_interpreter_shows_what_is_imported_on_first_use():
    assert set(mockmail.__all__) <= set(dir(mockmail))


@pytest.mark.parametrize("name", MODULES)
def test_exported_names_are_sorted_and_exist(name):
    if name == "mockmail.testcontainers":
        pytest.importorskip("testcontainers", reason="testcontainers is not installed")
    module = importlib.import_module(name)

    assert [exported for exported in module.__all__ if not hasattr(module, exported)] == []
    assert list(module.__all__) == sorted(module.__all__)
