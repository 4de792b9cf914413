"""examples/github-action: its files fit one another, and its script starts a server for the steps that follow."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
import yaml

import mockmail as package

ROOT = Path(__file__).parents[2]
ACTION = ROOT / "examples" / "github-action"
SEED = ROOT / "examples" / "seed" / "10-my-company.json"


@pytest.fixture(scope="module")
def action():
    return yaml.safe_load((ACTION / "action.yml").read_text("utf-8"))


@pytest.fixture
def start(tmp_path):
    """Run the script as the action's step does, with an environment in which mockmail is installed already."""
    home = tmp_path / "mockmail"
    (home / "bin").mkdir(parents=True)
    for name, arguments in (("python", ""), ("mockmail", "-m mockmail")):
        program = home / "bin" / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments} "$@"\n', "utf-8")
        program.chmod(0o755)

    def start(**inputs):
        files = {name: str(tmp_path / name) for name in ("GITHUB_OUTPUT", "GITHUB_ENV")}
        ports = {"HTTP_PORT": "0", "SMTP_PORT": "0"}
        variables = {"PACKAGE": "unused", "VENDOR": "", "SEED": "", **ports, **inputs}
        done = subprocess.run(
            ["bash", str(ACTION / "start.sh")],
            env={"PATH": os.environ["PATH"], "RUNNER_TEMP": str(tmp_path), **files, **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return done, written(files["GITHUB_OUTPUT"]), written(files["GITHUB_ENV"])

    yield start
    ready = home / "ready.json"
    if ready.exists():
        os.kill(yaml.safe_load(ready.read_text("utf-8"))["pid"], signal.SIGTERM)
        until = time.monotonic() + 20
        while ready.exists() and time.monotonic() < until:
            time.sleep(0.02)


def written(path):
    """The variables of a file that GitHub reads after a step."""
    lines = Path(path).read_text("utf-8").splitlines() if Path(path).exists() else []
    return dict(line.split("=", 1) for line in lines)


def test_package_is_of_this_version(action):
    assert action["inputs"]["package"]["default"] == f"mockmail=={package.__version__}"


def test_every_variable_of_the_script_is_an_input(action):
    [step] = action["runs"]["steps"]
    used = set(re.findall(r"\$\{?([A-Z_]+)", (ACTION / "start.sh").read_text("utf-8")))

    assert step["run"] == 'bash "$GITHUB_ACTION_PATH/start.sh"'
    assert step["env"] == {name.upper().replace("-", "_"): f"${{{{ inputs.{name} }}}}" for name in action["inputs"]}
    assert used == set(step["env"]) | {"RUNNER_TEMP", "GITHUB_OUTPUT", "GITHUB_ENV"}


def test_outputs_are_those_that_the_script_writes(action, start):
    [step] = action["runs"]["steps"]
    values = {name: output["value"] for name, output in action["outputs"].items()}

    done, outputs, _ = start()

    assert done.returncode == 0, done.stderr
    assert values == {name: f"${{{{ steps.{step['id']}.outputs.{name} }}}}" for name in outputs}


def test_steps_that_follow_find_the_server_its_seed_and_the_settings_of_a_client(start):
    done, outputs, variables = start(VENDOR="rackspace", SEED=str(SEED))

    assert done.returncode == 0, done.stderr
    with urllib.request.urlopen(f"{outputs['url']}/_mockmail/state", timeout=20) as response:
        assert b"my.example" in response.read()
    assert int(outputs["smtp-port"]) > 0
    assert variables["RACKSPACE_URL"].startswith(outputs["url"])


def test_server_that_does_not_start_fails_the_step_with_the_reason(start, tmp_path):
    done, outputs, _ = start(SEED=str(tmp_path / "missing.json"))

    assert done.returncode == 1
    assert done.stdout.startswith("::error::mockmail did not start: ")
    assert "missing.json" in done.stdout
    assert outputs == {}
