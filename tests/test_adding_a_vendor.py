"""ADDING_A_VENDOR.md quotes real code, and its commands do what it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "ADDING_A_VENDOR.md").read_text("utf-8")
POSTMARK = ROOT / "mockmail" / "vendors" / "postmark"
QUOTATION = re.compile(r"From `([^`]+)`:\n\n```\w+\n(.*?)```\n", re.DOTALL)
BIN = Path(sys.prefix) / "bin"
LONG_NAME = "long_name_of_24_letters_"
TO_FILL_IN = (
    "test_title_is_not_the_sample",
    "test_credentials_are_not_the_sample",
    "test_summary_is_not_the_sample",
    "test_cited_wire_notes_exist",
    "test_reason_for_an_omission_is_not_the_sample",
    "test_readme_has_nothing_left_to_fill_in",
    "test_readme_lists_what_is_assumed",
    "test_golden_exchange_exists",
)
NEW_VENDORS = ("acme", "formwell", LONG_NAME)
LEFT_OUT = (".git", ".venv*", ".*_cache", "__pycache__", ".hypothesis", "dist", "build", "node_modules", *NEW_VENDORS)
"""A reader who follows the page may have written the vendors already."""

pytestmark = pytest.mark.xdist_group("adding_a_vendor")
has_linters = pytest.mark.skipif(not (BIN / "ruff").exists(), reason="ruff is not installed")


class Checkout:
    """A copy of the checkout with its own `.venv/bin`, to run commands in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
        (folder / ".venv").symlink_to(sys.prefix)

    def run(self, command: str, *, status: int = 0, **variables: str) -> str:
        """Return what a shell command prints; it imports mockmail from the copy."""
        unrelated = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "MOCK"))}
        environment = unrelated | {"PYTHONPATH": str(self.folder)} | variables
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def files(self) -> dict[str, bytes]:
        """Return the content of each file by its path."""
        paths = [path for path in self.folder.rglob("*") if path.is_file() and ".venv" not in path.parts]
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A checkout in which the page's first command was run, and the same for the other two formats."""
    made = Checkout(tmp_path_factory.mktemp("checkout") / "mockmail")
    [command] = commands_with("new-vendor acme")
    made.run(command)
    made.run(command.replace("acme --json", "formwell --form"))
    made.run(command.replace("acme --json", f"{LONG_NAME} --xml"))
    return made


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def commands_with(text):
    """Return the commands of the page that contain a text."""
    return [line for block in blocks("sh") for line in block.splitlines() if text in line]


@pytest.mark.parametrize(("file", "code"), QUOTATION.findall(PAGE))
def test_quoted_code_is_in_the_named_file(file, code):
    assert (ROOT / file).parent in (POSTMARK, POSTMARK / "handlers")
    assert code in (ROOT / file).read_text("utf-8")


def test_each_python_and_json_block_names_its_file():
    assert len(QUOTATION.findall(PAGE)) == len(blocks("python")) + len(blocks("json")) == 17


def test_each_file_that_the_page_names_exists():
    named = re.findall(r"`((?:mockmail|tests|docs|fixtures)/[\w./-]+)`", PAGE)
    named += [
        f"mockmail/vendors/{path}"
        for path in re.findall(r"`((?:\w+)/(?:\w+/)*\w+\.py)`", PAGE)
        if not path.startswith(("mockmail/", "tests/"))
    ]

    generated = ("mockmail/vendors/acme/", "tests/vendors/acme/")
    assert "mockmail/vendors/rackspace/hosting.py" in named
    assert [path for path in named if path not in generated and "NAME" not in path and not (ROOT / path).exists()] == []


@pytest.mark.parametrize("folder", ["mockmail/vendors/postmark", "tests/vendors/postmark"])
def test_cost_of_postmark_is_what_the_page_says(folder):
    sources = [path.read_text("utf-8") for path in (ROOT / folder).rglob("*.py")]
    lines = sum(len(source.splitlines()) for source in sources)

    assert f"`{folder}/` has {len(sources)} Python files with {lines} lines" in PAGE
    assert len(list((ROOT / "fixtures" / "postmark").iterdir())) == 2


def test_new_vendor_adds_two_folders_and_changes_no_file(tmp_path):
    checkout = Checkout(tmp_path / "mockmail")
    [command] = commands_with("new-vendor acme")
    before = checkout.files()

    checkout.run(command)

    after = checkout.files()
    assert {path: after[path] for path in before} == before
    assert {path.partition("acme/")[0] for path in after.keys() - before.keys()} == {
        "mockmail/vendors/",
        "tests/vendors/",
    }


def test_new_vendor_passes_its_own_tests(checkout):
    [command] = commands_with("pytest tests/vendors/acme")

    assert "3 passed" in checkout.run(command)


def test_contract_tests_list_what_is_left_to_fill_in(checkout):
    [command] = commands_with("test_contract.py -k acme")

    printed = checkout.run(command, status=1)

    said = {line for line in printed.splitlines() if line.startswith("acme: ")}
    listed = set(blocks("text")[0].splitlines())
    assert {line for line in said if "README.md, line" not in line} == listed
    assert len(said - listed) == 3


def test_new_vendor_in_each_format_fails_only_what_is_left_to_fill_in(checkout):
    folders = " ".join(f"tests/vendors/{name}" for name in NEW_VENDORS)

    printed = checkout.run(
        f".venv/bin/pytest -q tests/vendors/test_contract.py {folders}",
        status=1,
        MOCKMAIL_VENDORS=",".join(NEW_VENDORS),
    )

    failed = re.findall(r"^FAILED tests/vendors/test_contract[.]py::(\w+)\[(\w+)\]", printed, re.MULTILINE)
    assert set(failed) == {(test, vendor) for test in TO_FILL_IN for vendor in NEW_VENDORS}
    assert re.search(rf"^{len(failed)} failed, \d{{3}} passed", printed, re.MULTILINE)


@has_linters
def test_new_vendor_in_each_format_passes_the_checks(checkout):
    [command] = commands_with("make check")

    # `-o`: what the checks need is installed already.
    assert "Success: no issues found" in checkout.run(command.replace("make", "make -o .venv/.ready"))


def test_vendor_outside_mockmail_is_served_and_shipped(tmp_path):
    checkout = Checkout(tmp_path / "mockmail")
    [outside] = [block for block in blocks("sh") if "--folder" in block]
    [shipped] = [block for block in blocks("sh") if "sed" in block]
    group = tomllib.loads(blocks("toml")[0])["project"]["entry-points"]["mockmail.vendors"]

    printed = checkout.run(f"set -e; {outside}")
    checkout.run(f"set -e; {shipped}")
    information = checkout.folder / "mockmail_lettera-0.1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: mockmail-lettera\nVersion: 0.1.0\n", "utf-8")
    (information / "entry_points.txt").write_text(f"[mockmail.vendors]\nlettera = {group['lettera']}\n", "utf-8")
    found = checkout.run(".venv/bin/mockmail operations lettera")

    assert "lettera: Lettera (fill in), 1 operations" in printed
    assert re.search(r"\b3 passed", printed)
    assert "lettera: Lettera (fill in), 1 operations" in found
    assert "mockmail.vendors" not in "".join(
        path.read_text("utf-8") for path in (checkout.folder / "mockmail_lettera").rglob("*.py")
    )
