"""What is in the wheel and in the sdist. `make dist-test` installs the wheel."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

from mockmail import __version__

pytestmark = pytest.mark.xdist_group("packaging")

ROOT = Path(__file__).parents[2]
VENDORS = (
    "adaxes",
    "atmail",
    "brevo",
    "mailgun",
    "onlyoffice",
    "postmark",
    "rackspace",
    "resend",
    "sendgrid",
    "ses",
    "spacedog",
)


WHEEL = f"mockmail-{__version__}-py3-none-any.whl"


def build(target, source, folder):
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=300)


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    """The folder with the sdist of the checkout, and the wheel that is made of the unpacked sdist, as for a release."""
    pytest.importorskip(
        "sphinx", reason="sphinx builds the docs into the sdist and is not installed: make test does it"
    )
    folder = tmp_path_factory.mktemp("dist")
    build("sdist", ROOT, folder)
    with tarfile.open(folder / f"mockmail-{__version__}.tar.gz") as archive:
        archive.extractall(folder / "unpacked", filter="data")
    build("wheel", folder / "unpacked" / f"mockmail-{__version__}", folder)
    return folder


@pytest.fixture(scope="module")
def wheel(dist):
    with zipfile.ZipFile(dist / WHEEL) as archive:
        yield archive


@pytest.fixture(scope="module")
def sdist(dist):
    """The names of the sdist's files, from its own folder on."""
    with tarfile.open(dist / f"mockmail-{__version__}.tar.gz") as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


@pytest.fixture(scope="module")
def metadata(wheel):
    return message_from_bytes(wheel.read(f"mockmail-{__version__}.dist-info/METADATA"))


def tracked(folder="."):
    """What git knows below a folder; a test that wants it is skipped in an unpacked sdist."""
    if not (ROOT / ".git").exists():
        pytest.skip("no git checkout")
    command = ["git", "ls-files", "--", folder]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=30).stdout
    return {name for name in listed.splitlines() if (ROOT / name).exists()}


def test_the_wheel_has_the_package_and_nothing_beside_it(wheel):
    names = set(wheel.namelist())

    assert {name.partition("/")[0] for name in names} == {"mockmail", f"mockmail-{__version__}.dist-info"}
    assert "mockmail/py.typed" in names
    assert f"mockmail-{__version__}.dist-info/licenses/LICENSE" in names
    assert [name for name in names if "__pycache__" in name] == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_wheel_has_each_vendors_world_and_readme(wheel, vendor):
    names = wheel.namelist()

    assert f"mockmail/vendors/{vendor}/seed.json" in names
    assert f"mockmail/vendors/{vendor}/README.md" in names


def test_the_wheel_has_every_file_of_the_package(wheel):
    assert tracked("mockmail") - set(wheel.namelist()) == set()


def test_the_sdist_has_all_that_a_packager_wants(sdist):
    wanted = {"LICENSE", "README.md", "CHANGELOG.md", "Makefile", "pyproject.toml", "Dockerfile", "compose.yaml"}

    assert wanted - sdist == set()
    assert {"mockmail", "tests", "fixtures", "bench", "docs", "examples"} <= {name.partition("/")[0] for name in sdist}


def test_the_sdist_has_every_file_but_the_merge_script(sdist):
    assert {name for name in tracked() - sdist if not name.startswith(".ci/")} == set()


def test_the_wheel_has_the_docs(wheel):
    names = set(wheel.namelist())

    assert {"mockmail/docs/index.html", "mockmail/docs/tutorial.html", "mockmail/docs/reference/python.html"} <= names


def test_the_wheel_of_the_checkout_differs_in_the_docs_only(wheel, tmp_path):
    build("wheel", ROOT, tmp_path)

    with zipfile.ZipFile(tmp_path / WHEEL) as of_checkout:
        assert without_docs(of_checkout) == without_docs(wheel)


def without_docs(wheel):
    """The checksums of a wheel's files, except those of the docs, which a checkout need not have."""
    return {
        file.filename: file.CRC
        for file in wheel.infolist()
        if not file.filename.startswith("mockmail/docs/") and not file.filename.endswith("/RECORD")
    }


def test_nobodys_own_files_are_in_the_sdist(sdist):
    own = {".venv", ".git", ".hypothesis", ".pytest_cache", ".mypy_cache", ".ruff_cache", "build", "dist"}

    assert {name for name in sdist if own & set(name.split("/"))} == set()


def test_the_metadata_say_what_an_installer_needs(metadata):
    assert metadata["Name"] == "mockmail"
    assert metadata["Version"] == __version__
    assert metadata["License-Expression"] == "MIT"
    assert metadata["License-File"] == "LICENSE"
    assert metadata["Requires-Python"] == ">=3.11"


def test_every_dependency_has_a_lowest_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    listed = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]

    assert [one for one in listed if ">=" not in one] == []
    bounds = [text.partition(";")[0] for text in listed]  # what follows says for which Python it is
    assert [text for text in bounds if "<" in text or "==" in text] == []


def test_the_command_and_the_plugin_are_entry_points(wheel):
    lines = wheel.read(f"mockmail-{__version__}.dist-info/entry_points.txt").decode().split("\n")

    assert "mockmail = mockmail.cli:main" in lines
    assert lines[lines.index("[pytest11]") + 1] == "mockmail = mockmail.pytest_plugin"


def test_the_changelog_tells_of_this_version():
    assert f"\n## {__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")
