"""compose.yaml and the examples for CI: read as what they are, true of the image, and their calls get through."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

import mockmail as package
from mockmail.core.seeds import SeedDocument
from mockmail.server.discovery import discover

ROOT = Path(__file__).parents[2]
FILES = {
    "github": ROOT / "examples" / "github-actions.yml",
    "gitlab": ROOT / "examples" / "gitlab-ci.yml",
    "compose": ROOT / "compose.yaml",
}
PORTS = ["8025:8025", "1025:1025"]


def document(name):
    return yaml.safe_load(FILES[name].read_text("utf-8"))


@pytest.fixture
def compose():
    return document("compose")["services"]["mockmail"]


@pytest.fixture
def github():
    """The job, and its service."""
    job = document("github")["jobs"]["tests"]
    return job, job["services"]["mockmail"]


@pytest.fixture
def gitlab():
    """The job, and its service."""
    job = document("gitlab")["tests"]
    return job, job["services"][0]


def commands(job):
    """What the job's shell is told, in order."""
    if "steps" in job:
        return [step["run"] for step in job["steps"] if "run" in step]
    return [line for part in ("before_script", "script", "after_script") for line in job[part]]


def addresses(job):
    return set(re.findall(r"http://([^/ ]+):8025", " ".join([*commands(job), *map(str, job_variables(job).values())])))


def job_variables(job):
    return job["env"] if "env" in job else job["variables"]


def test_the_image_is_of_this_version_everywhere(compose, github, gitlab):
    images = [compose["image"], github[1]["image"], gitlab[1]["name"]]

    assert [image.rpartition("/")[2] for image in images] == [f"mockmail:{package.__version__}"] * 3


def test_whatever_else_is_named_has_a_fixed_tag(github, gitlab):
    named = [step["uses"] for step in github[0]["steps"] if "uses" in step] + [gitlab[0]["image"], github[0]["runs-on"]]

    assert [re.search(r"[@:-]v?\d", one) is not None for one in named] == [True, True, True]


def test_compose_publishes_to_this_machine_only(compose):
    assert compose["ports"] == [f"127.0.0.1:{port}" for port in PORTS]


def test_compose_confines_it_and_builds_it_here(compose):
    confined = {"read_only": True, "cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true"]}

    assert {name: compose.get(name) for name in confined} == confined
    assert compose["build"] == "."


def test_what_compose_mounts_is_there_and_where_the_image_looks(compose):
    assert compose["volumes"] == ["data:/data", "./examples/seed:/init:ro"]
    assert list(document("compose")["volumes"]) == ["data"]
    assert (ROOT / "examples" / "seed").is_dir()


def test_a_job_of_github_waits_for_the_images_own_health_check(github):
    _, service = github

    assert service["ports"] == PORTS
    assert '--health-cmd "mockmail healthcheck"' in service["options"]


def test_a_job_reaches_its_service_under_its_name(github, gitlab):
    assert addresses(github[0]) == {"127.0.0.1"}
    assert addresses(gitlab[0]) == {gitlab[1]["alias"]} == {"mockmail"}
    assert (job_variables(github[0])["SMTP_HOST"], job_variables(gitlab[0])["SMTP_HOST"]) == ("127.0.0.1", "mockmail")
    assert {job_variables(job)["SMTP_PORT"] for job, _ in (github, gitlab)} == {"1025"}


def test_no_variable_of_a_job_is_taken_for_a_setting(github, gitlab):
    named = [*job_variables(github[0]), *job_variables(gitlab[0])]

    assert [name for name in named if name.startswith("MOCKMAIL_")] == []


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("name", ["github", "gitlab"])
def test_the_seed_and_the_calls_of_a_job_get_through(name, mockmail, request):
    job, _ = request.getfixturevalue(name)
    called = [command for command in commands(job) if command.startswith("curl")]
    variables = {key: str(value) for key, value in job_variables(job).items()}

    answers = "".join(run(re.sub(r"http://[^/ ]+:8025", mockmail.url, one), variables) for one in called)

    decoder, found = json.JSONDecoder(), []
    while answers.strip():
        one, end = decoder.raw_decode(answers.lstrip())
        found.append(sorted(one))
        answers = answers.lstrip()[end:]
    assert found == [["requests", "total"], ["messages", "total"]]
    assert [one["displayName"] for one in mockmail.rackspace.state()["mailboxes"] if one["domain"] == "my.example"] == [
        "Jane Doe"
    ]


def run(command, variables):
    """What a job's shell prints."""
    done = subprocess.run(
        ["sh", "-ec", command], capture_output=True, text=True, timeout=30, check=True, cwd=ROOT, env=variables
    )
    return done.stdout


def test_the_address_that_a_job_tells_its_application_is_the_vendors(github, gitlab):
    vendor = discover(only=["rackspace"]).get("rackspace")
    hosts = {"127.0.0.1": github, "mockmail": gitlab}

    told = {host: job_variables(job)["MAIL_API_URL"] for host, (job, _) in hosts.items()}

    assert told == {host: vendor.environment_at(f"http://{host}:8025/rackspace")["RACKSPACE_URL"] for host in hosts}


def test_the_seed_folder_has_documents_that_a_server_takes():
    seeds = sorted((ROOT / "examples" / "seed").glob("*.json"))

    assert [seed.name for seed in seeds] == ["10-my-company.json"]
    assert list(SeedDocument.read(seeds[0]).vendors) == ["rackspace"]
