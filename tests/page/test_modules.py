"""The page's modules: what they import, and their pure functions in Node's own test runner."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mockmail.control.page import FOLDER

HERE = Path(__file__).parent


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_pure_functions_pass_their_own_tests():
    command = ["node", "--no-warnings", "--test", str(HERE / "format.test.mjs")]

    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stdout


def test_modules_import_only_one_another_and_make_no_markup():
    names = {file.name for file in FOLDER.iterdir()}

    for module in FOLDER.glob("*.js"):
        text = module.read_text("utf-8")
        assert {
            name.removeprefix("./")
            for name in re.findall(r'from "(.*?)"|import\("(.*?)"\)', text)
            for name in name
            if name
        } <= names
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text), (
            module
        )


def test_page_asks_nothing_of_other_servers():
    for file in FOLDER.iterdir():
        urls = set(re.findall(r"https?://[^\s\"'`)]+", file.read_text("utf-8")))
        assert urls <= {"http://www.w3.org/2000/svg"}, file.name


def test_nothing_moves_for_those_who_prefer_it_so():
    style = (FOLDER / "style.css").read_text("utf-8")
    always = re.sub(r"@media \(prefers-reduced-motion: no-preference\) \{.*\}", "", style)

    assert not re.search(r"transition|animation|scroll-behavior", always)
    assert not any("smooth" in module.read_text("utf-8") for module in FOLDER.glob("*.js"))


def test_pictures_are_small_and_each_is_in_the_docs():
    docs = HERE.parents[1] / "docs"
    shown = "".join(page.read_text("utf-8") for page in docs.glob("*.md"))

    for picture in (docs / "pictures").iterdir():
        assert picture.stat().st_size < 120_000, picture.name
        assert f"(pictures/{picture.name})" in shown, picture.name
