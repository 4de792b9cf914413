"""Change a module on purpose, one change at a time, and list the changes that no test notices: `make mutants`.

Cosmic Ray makes the changes, in a copy of the checkout. The tests are those of the module's own name or, without any,
those that import it.
`explained_mutants.toml` has the surviving changes that make no difference, each with the reason.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
COPIED = ("mockmail", "tests", "fixtures", "docs", "examples", "pyproject.toml", "README.md")
EXPLAINED = Path(__file__).parent / "explained_mutants.toml"
BIN = Path(sys.executable).parent

CONFIGURATION = """
[cosmic-ray]
module-path = "{module}"
timeout = {seconds}.0
excluded-modules = []
test-command = '''
    {python} -c "import signal, sys, pytest; signal.alarm({seconds} + 5); sys.exit(pytest.main(sys.argv[1:]))"
    -q -x -p no:randomly -p no:cacheprovider -p no:xdist {tests}
'''

[cosmic-ray.distributor]
name = "local"

[cosmic-ray.filters.operators-filter]
exclude-operators = ["core/ReplaceBinaryOperator_BitOr_.*"]
"""
"""`X | None` of an annotation is not evaluated, so a change of `|` says nothing about the tests.

The alarm ends tests that a change keeps from ending, when the time for all changes is over and nothing else ends them.
"""
SECONDS = 30
"""The time for the tests of one change; a change that takes longer counts as noticed."""


@dataclass(frozen=True)
class Mutant:
    """A change: the removed and the added line, and whether a test noticed it (None: not tried yet)."""

    number: int
    removed: str
    added: str
    noticed: bool | None

    def __str__(self) -> str:
        return f"line {self.number}\n    - {self.removed}\n    + {self.added}"


def main() -> int:
    """Return 0 if every change that was tried is noticed or explained, else 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("module", help="below mockmail/, without .py: wire/forms")
    parser.add_argument("--minutes", type=float, default=10, help="the time for trying changes (10)")
    parser.add_argument("--tests", nargs="+", help="the test files, instead of those that are found")
    parsed = parser.parse_args()
    module = Path("mockmail", f"{parsed.module}.py")
    if not (ROOT / module).is_file():
        parser.error(f"there is no {module}; name a module below mockmail/, such as wire/forms")
    tests = parsed.tests or tests_of(parsed.module)
    if not tests:
        parser.error(f"no test imports {module} or has its name; name test files with --tests")
    print(f"{module}, tested by {' '.join(tests)}", flush=True)
    with tempfile.TemporaryDirectory(prefix="mutants-", ignore_cleanup_errors=True) as folder:
        mutants = try_mutants(Path(folder), module, tests, parsed.minutes)
    return report(parsed.module, mutants)


def tests_of(module: str) -> list[str]:
    """Return the test files with the module's name or, if there are none, those that import it."""
    name = module.rpartition("/")[2]
    dotted = "mockmail." + module.replace("/", ".")
    package, _, last = dotted.rpartition(".")
    imports = re.compile(rf"from {re.escape(dotted)} import|from {re.escape(package)} import .*\b{last}\b")
    files = [path for path in (ROOT / "tests").rglob("test_*.py") if "node_modules" not in path.parts]
    found = [path for path in files if path.stem == f"test_{name}"]
    found = found or [path for path in files if imports.search(path.read_text("utf-8"))]
    return sorted(str(path.relative_to(ROOT)) for path in found)


def try_mutants(folder: Path, module: Path, tests: list[str], minutes: float) -> list[Mutant]:
    """Return the changes of a module, each tried with the tests as far as the time allows."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
        else:
            shutil.copy(source, folder / name)
    configuration = CONFIGURATION.format(module=module, python=sys.executable, seconds=SECONDS, tests=" ".join(tests))
    (folder / "mutants.toml").write_text(configuration, "utf-8")
    run(folder, "cosmic-ray", "init", "mutants.toml", "session.sqlite")
    run(folder, "cr-filter-operators", "session.sqlite", "mutants.toml")
    run(folder, "cosmic-ray", "baseline", "mutants.toml")
    try:
        run(folder, "cosmic-ray", "exec", "mutants.toml", "session.sqlite", seconds=minutes * 60)
    except subprocess.TimeoutExpired:
        print(f"the {minutes:g} minutes are over; MINUTES=N allows more")
    return list(mutants_in(folder / "session.sqlite"))


def run(folder: Path, program: str, *arguments: str, seconds: float = 600) -> None:
    """Run a program on the copy; what it imports as mockmail is the copy. Exit with its output if it fails."""
    environment = {"PYTHONPATH": str(folder), "PATH": f"{BIN}:/usr/local/bin:/usr/bin:/bin", "HOME": str(folder)}
    command = [BIN / program, *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment, timeout=seconds, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{program} {arguments[0]} failed; do the tests pass without changes?\n{done.stdout}{done.stderr}")


def mutants_in(session: Path) -> Iterator[Mutant]:
    """Yield the changes of a session that are not filtered out."""
    from cosmic_ray.work_db import WorkDB, use_db
    from cosmic_ray.work_item import TestOutcome, WorkerOutcome

    with use_db(str(session), WorkDB.Mode.open) as database:
        results = dict(database.results)
        for item in database.work_items:
            result = results.get(item.job_id)
            if result is not None and result.worker_outcome == WorkerOutcome.SKIPPED:
                continue
            lines = (result.diff or "").splitlines() if result else []
            yield Mutant(
                item.mutations[0].start_pos[0],
                changed_line(lines, "-"),
                changed_line(lines, "+"),
                None if result is None else result.test_outcome != TestOutcome.SURVIVED,
            )


def changed_line(diff: list[str], sign: str) -> str:
    """Return the first line of a diff that is removed (`-`) or added (`+`)."""
    return next((line[1:].strip() for line in diff if line[:1] == sign and line[:3] != sign * 3), "")


def report(module: str, mutants: list[Mutant]) -> int:
    """Print the changes that no test noticed, and return the exit status."""
    explained = tomllib.loads(EXPLAINED.read_text("utf-8")).get(module, {})
    survivors = [mutant for mutant in mutants if mutant.noticed is False]
    unexplained = [mutant for mutant in survivors if f"{mutant.removed} -> {mutant.added}" not in explained]
    for mutant in unexplained:
        print(mutant)
    tried = [mutant for mutant in mutants if mutant.noticed is not None]
    print(
        f"{module}: {len(mutants)} changes, {len(tried)} tried, {len(tried) - len(survivors)} noticed by a test, "
        f"{len(survivors) - len(unexplained)} explained, {len(unexplained)} survived"
    )
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
