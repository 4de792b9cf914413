"""Measure the cost of the pytest fixture, and of the plugin for a suite without it: `python -m bench.fixture`."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = 500
ROUNDS = 5

WITH = "import pytest\n\n\n@pytest.mark.parametrize('n', range({tests}))\ndef test_it(mockmail, n):\n    pass\n"
WITHOUT = "import pytest\n\n\n@pytest.mark.parametrize('n', range({tests}))\ndef test_it(n):\n    pass\n"
SUITE = """
import sys, time
begun = time.perf_counter()
import pytest
status = pytest.main(sys.argv[1:])
print("took", time.perf_counter() - begun)
sys.exit(status)
"""
PLUGIN = """
import time, pytest, _pytest.fixtures
begun = time.perf_counter()
import mockmail.pytest_plugin
print("took", time.perf_counter() - begun)
"""
OPTIONS = (
    "-q",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:randomly",
    "-p",
    "no:xdist",
    "-p",
    "no:aiohttp",
    "-p",
    "no:asyncio",
)


def measure() -> None:
    """Run suites of empty tests in turn, several times, and print the differences of their shortest times."""
    with tempfile.TemporaryDirectory() as folder:
        suites = {
            "one": _suite(folder, "one", WITH, 1),
            "many": _suite(folder, "many", WITH, TESTS + 1),
            "one without": _suite(folder, "one_without", WITHOUT, 1),
            "many without": _suite(folder, "many_without", WITHOUT, TESTS + 1),
        }
        taken: dict[str, list[float]] = {name: [] for name in suites}
        for _ in range(ROUNDS + 1):
            for name, file in suites.items():
                taken[name].append(_seconds(SUITE, *OPTIONS, "--rootdir", folder, str(file)))
    least = {name: 1000 * min(times) for name, times in taken.items()}
    fixture = (least["many"] - least["one"] - least["many without"] + least["one without"]) / TESTS
    plugin = 1000 * min(_seconds(PLUGIN) for _ in range(ROUNDS + 1))
    print(f"the fixture, set up and torn down              {fixture:6.2f} ms a test  goal 1 ms {_verdict(fixture, 1)}")
    print(f"the plugin, in a suite that does not use it    {plugin:6.1f} ms in all   goal 5 ms {_verdict(plugin, 5)}")


def _suite(folder: str, name: str, text: str, tests: int) -> Path:
    file = Path(folder, f"test_{name}.py")
    file.write_text(text.format(tests=tests))
    return file


def _verdict(figure: float, goal: float) -> str:
    return "met" if figure <= goal else "MISSED"


def _seconds(code: str, *arguments: str) -> float:
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    took = re.search(r"took ([0-9.e-]+)", done.stdout)
    if took is None or done.returncode:
        raise SystemExit(f"this failed: {done.stdout}{done.stderr}")
    return float(took[1])


if __name__ == "__main__":
    measure()
