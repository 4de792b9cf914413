"""Check what a release needs, and leave wheel, sdist and SBOM in dist/: `make release-check`.

With --final, the changelog must be ready too: `docs/releasing.md` has the whole list.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
DIST = ROOT / "dist"
BIN = Path(sys.executable).parent
SEMVER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?")
SMOKE = """
import smtplib
from mockmail import MockMail
with MockMail() as mm:
    with smtplib.SMTP(mm.smtp_host, mm.smtp_port) as smtp:
        smtp.sendmail("a@example.com", "b@example.com", "Subject: Hello\\r\\n\\r\\nHi!")
    assert mm.inbox.wait_for(to="b@example.com").subject == "Hello"
    assert mm.requests.find() == []
"""


class NotReady(Exception):
    """Says what keeps the checkout from being released, and what to do."""


def main() -> int:
    """Return 0 if a release could be made of this checkout, else 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--final", action="store_true", help="check also that the changelog is ready")
    parsed = parser.parse_args()
    version = version_of()
    try:
        check_version(version)
        if parsed.final:
            check_changelog(version)
        built = build(version)
        run(BIN / "twine", "check", "--strict", *built)
        with tempfile.TemporaryDirectory(prefix="release-") as folder:
            python = install(Path(folder), built[0])
            smoke(python, version)
            bill(python, version)
    except NotReady as error:
        print(f"not ready: {error}")
        return 1
    print(f"mockmail {version} is ready; {DIST.name}/ has " + ", ".join(sorted(path.name for path in DIST.iterdir())))
    return 0


def version_of() -> str:
    """Return the version of the checkout."""
    found = re.search(r'__version__ = "(.*)"', (ROOT / "mockmail" / "_version.py").read_text("utf-8"))
    return found[1] if found else ""


def check_version(version: str) -> None:
    """Raise NotReady unless the version is one of Semantic Versioning."""
    if not SEMVER.fullmatch(version):
        raise NotReady(f"mockmail/_version.py has {version!r}; expected a version such as 1.2.3 (docs/versions.md)")


def check_changelog(version: str) -> None:
    """Raise NotReady unless the changelog has the version with its date, and no news file is left."""
    heading = re.search(
        rf"^## {re.escape(version)} \((.*)\)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )
    if heading is None or not re.fullmatch(r"\d{4}-\d\d-\d\d", heading[1]):
        raise NotReady(f"CHANGELOG.md has no heading `## {version} (YYYY-MM-DD)`; write the date of the release")
    left = sorted(path.name for path in (ROOT / "changelog.d").glob("*.md") if path.name != "README.md")
    if left:
        raise NotReady(f"changelog.d/ still has {', '.join(left)}; `towncrier build --version {version}` moves them")


def build(version: str) -> list[Path]:
    """Make the sdist, and the wheel of it, and return the wheel first. Raise NotReady if a file is missing in it."""
    shutil.rmtree(DIST, ignore_errors=True)
    run(sys.executable, "-m", "build", "--outdir", DIST, ROOT)
    wheel, sdist = DIST / f"mockmail-{version}-py3-none-any.whl", DIST / f"mockmail-{version}.tar.gz"
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    with tarfile.open(sdist) as archive:
        of_source = {name.partition("/")[2] for name in archive.getnames()}
    missing = {name for name in of_source if name.startswith("mockmail/")} - packed
    folders = {name for name in missing if any(other.startswith(f"{name}/") for other in of_source)}
    if missing - folders:
        raise NotReady(f"the wheel lacks {', '.join(sorted(missing - folders))}")
    return [wheel, sdist]


def install(folder: Path, wheel: Path) -> Path:
    """Install the wheel into an environment of its own, and return its Python."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel)
    run(python, "-m", "pip", "check")
    return python


def smoke(python: Path, version: str) -> None:
    """Send a mail to an installed mockmail and find it. Raise NotReady if that fails."""
    printed = run(python.parent / "mockmail", "--version").strip()
    if printed != f"mockmail {version}":
        raise NotReady(f"the installed command prints {printed!r}; expected 'mockmail {version}'")
    run(python, "-W", "error", "-c", SMOKE)


def bill(python: Path, version: str) -> None:
    """Write the bill of materials (CycloneDX) of what the wheel installs. Raise NotReady if a dependency lacks."""
    target = DIST / f"mockmail-{version}.cdx.json"
    options = ["--pyproject", ROOT / "pyproject.toml", "--output-reproducible", "--output-format", "JSON"]
    run(BIN / "cyclonedx-py", "environment", *options, "--output-file", target, python)
    listed = {normal(component["name"]) for component in json.loads(target.read_text("utf-8"))["components"]}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {normal(re.split(r"[<>=;\[ ]", line, maxsplit=1)[0]) for line in project["dependencies"]}
    if wanted - listed:
        raise NotReady(f"{target.name} lacks {', '.join(sorted(wanted - listed))}")


def normal(name: str) -> str:
    """Return the name of a package in the spelling of an index."""
    return re.sub("[-_.]+", "-", name).lower()


def run(*command: str | Path) -> str:
    """Return what a command prints. Raise NotReady with its output if it fails."""
    done = subprocess.run(command, cwd=ROOT / "tools", capture_output=True, text=True, timeout=600, check=False)
    if done.returncode != 0:
        raise NotReady(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
