"""docs/testing.md: the files of each section are a suite that passes, in the section's test runner."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TEXT = (Path(__file__).parents[2] / "docs" / "testing.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))
PYTEST = ("pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider")
UNITTEST = ("unittest", "-v")
DJANGO = ("django", "test", "--settings", "settings_of_the_test")
LOOPS = ("-p", "no:randomly", "-o", "asyncio_default_fixture_loop_scope=function")
RUNS = [
    ("Settings", PYTEST, "2 passed"),
    ("Environment variables", PYTEST, "1 passed"),
    ("One server for many tests", PYTEST, "2 passed"),
    ("More servers", PYTEST, "1 passed"),
    ("asyncio and trio", PYTEST, "3 passed"),
    ("unittest", UNITTEST, "Ran 2 tests"),
    ("Django", DJANGO, "Ran 1 test in"),
    ("Django", PYTEST, "2 passed"),
]


def write_files(section, folder):
    for language, text in re.findall(r"```(\w+)\n(.*?)```", section, re.DOTALL):
        name = re.match(r"# (\S+)\n", text)[1] if language != "json" else "company.json"
        (folder / name).write_text(text)


@pytest.mark.parametrize(("title", "runner", "outcome"), RUNS, ids=[f"{run[0]}-{run[1][0]}" for run in RUNS])
def test_suite_of_the_section_passes(tmp_path, title, runner, outcome):
    if title == "Django" and importlib.util.find_spec("django") is None:
        pytest.skip("Django is not installed")
    write_files(SECTIONS[title], tmp_path)
    (tmp_path / "settings_of_the_test.py").write_text('SECRET_KEY = "any"\n')
    variables = {"DJANGO_SETTINGS_MODULE": "settings_of_the_test", "PYTHONPATH": str(tmp_path)}
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MOCKMAIL_", "PYTEST_"))}

    done = subprocess.run(
        [sys.executable, "-m", *runner],
        cwd=tmp_path,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert outcome in done.stdout + done.stderr, done.stdout + done.stderr
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_section_with_files_is_run():
    assert {title for title, text in SECTIONS.items() if "```" in text} == {title for title, _, _ in RUNS}


def test_every_fixture_is_listed(pytester):
    listed = set(re.findall(r"^\| `(mockmail\w*)` \|", TEXT, re.MULTILINE))

    shown = pytester.runpytest("--fixtures", *LOOPS).stdout.str()

    assert listed == set(re.findall(r"^(mockmail\w*)(?: \[.* scope\])? -- ", shown, re.MULTILINE))


def test_every_setting_in_pytests_configuration_file_is_listed(pytester):
    shown = pytester.runpytest("--help", *LOOPS).stdout.str()

    named = set(re.findall(r"^  (mockmail_\w+) \(", shown, re.MULTILINE))
    assert len(named) == 4
    assert [name for name in named if f"`{name}`" not in TEXT] == []
