"""compose.yaml and the examples for CI say what is true of the image, and their calls get through."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import mockmail as package
from mockmail.core.seeds import SeedDocument

ROOT = Path(__file__).parents[2]
CI = {name: (ROOT / "examples" / name).read_text("utf-8") for name in ("github-actions.yml", "gitlab-ci.yml")}
FILES = {**CI, "compose.yaml": (ROOT / "compose.yaml").read_text("utf-8")}


@pytest.mark.parametrize("name", FILES)
def test_the_image_is_of_this_version(name):
    tags = re.findall(r"(?:image|name): \S*mockmail:(\S+)", FILES[name])

    assert tags == [package.__version__]


@pytest.mark.parametrize("name", FILES)
def test_whatever_is_named_has_a_fixed_tag(name):
    images = re.findall(r"(?:image|uses): *(\S+)", FILES[name])

    assert images
    assert [image for image in images if not re.search(r"[:@]v?\d", image)] == []
    assert "latest" not in FILES[name]


@pytest.mark.parametrize("name", CI)
def test_no_variable_of_a_job_is_taken_for_a_setting(name):
    assert re.findall(r"^ +MOCKMAIL_\w+:", CI[name], re.MULTILINE) == []


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("name", CI)
def test_the_seed_and_the_calls_of_a_job_get_through(name, mockmail):
    for command in curl_commands(CI[name], mockmail.url):
        done = subprocess.run(["sh", "-ec", command], capture_output=True, text=True, timeout=30, check=True, cwd=ROOT)
        if "--data" not in command:
            assert isinstance(json.loads(done.stdout), dict)

    assert [one["displayName"] for one in mockmail.rackspace.state()["mailboxes"] if one["domain"] == "my.example"] == [
        "Jane Doe"
    ]


def curl_commands(text, url):
    """The commands as a job's shell gets them, with this server's address."""
    lines = re.sub(r"\\\n *", "", text)
    lines = re.sub(r"- >-\n((?: {6}.*\n)+)", lambda folded: " ".join(folded[1].split()) + "\n", lines)
    found = re.findall(r"^[ -]*(curl --.*)$", lines, re.MULTILINE)
    assert len(found) == 3
    return [re.sub(r"http://[^/ ]+:8025", url, command) for command in found]


def test_compose_publishes_to_this_machine_only():
    ports = re.findall(r'- "([\d.]+:\d+:\d+)"', FILES["compose.yaml"])

    assert ports == ["127.0.0.1:8025:8025", "127.0.0.1:1025:1025"]


def test_the_seed_folder_has_documents_that_a_server_takes():
    seeds = sorted((ROOT / "examples" / "seed").glob("*.json"))

    assert [seed.name for seed in seeds] == ["10-my-company.json"]
    assert list(SeedDocument.read(seeds[0]).vendors) == ["rackspace"]
