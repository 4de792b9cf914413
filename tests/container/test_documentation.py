"""docs/container.md: its calls get through, and what it says of the image and of settings is so."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import mockmail as package
from mockmail import MockMail
from mockmail.control.guard import Guard
from mockmail.server.server_settings import ServerSettings
from mockmail.server.settings import fields

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "container.md").read_text("utf-8")
TOKEN = "s3cret"


def curl_commands():
    shell = "".join(re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)).replace("\\\n", "")
    return [line for line in shell.splitlines() if line.startswith("curl ")]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_its_calls_get_through_in_order(mockmail, tmp_path):
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    assert len(curl_commands()) == 7

    said = [run(command, mockmail.url, tmp_path) for command in curl_commands()]

    health, seeded, reset, messages, waited, kept, given = said
    assert json.loads(health)["status"] == "ok"
    assert (seeded, reset, waited, kept, given) == ("",) * 5
    assert json.loads(messages)["total"] == 0
    assert json.loads((tmp_path / "state.json").read_text("utf-8"))["format"] == 1


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_its_call_with_a_token_is_the_one_that_gets_through(tmp_path):
    with_token = [command for command in curl_commands() if "Authorization" in command]
    without = re.sub(r'--header "[^"]*" ', "", with_token[0])
    assert len(with_token) == 1

    with MockMail(settings=ServerSettings(guard=Guard(token=TOKEN))) as mm:
        assert json.loads(run(with_token[0], mm.url, tmp_path))["total"] == 0
        assert "Bearer" in json.loads(run(without, mm.url, tmp_path))["error"]


def run(command, url, folder):
    """What a shell prints."""
    done = subprocess.run(
        ["sh", "-ec", command.replace("http://127.0.0.1:8025", url).replace("curl ", "curl --silent ", 1)],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        cwd=folder,
        env={"MOCKMAIL_CONTROL_TOKEN": TOKEN},
    )
    return done.stdout


def test_every_variable_that_it_names_is_a_setting():
    named = set(re.findall(r"MOCKMAIL_[A-Z_]+[A-Z]", TEXT))
    known = {f"MOCKMAIL_{one.name.upper()}" for one in fields()} | {"MOCKMAIL_CONFIG"}

    assert "MOCKMAIL_CONTROL_TOKEN" in named
    assert named - known == set()


def test_what_it_says_of_the_image_is_in_the_dockerfile():
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")

    assert set(re.findall(r"mockmail:(\d+\.[\d.]+)", TEXT)) == {package.__version__}
    for said in ("8025 (HTTP), 1025 (SMTP)", "10001:10001", "`/data`", "`/init`", "every 5 seconds", "SIGTERM"):
        assert said in TEXT
    for done in ("EXPOSE 8025 1025", "USER 10001:10001", "VOLUME /data", "MOCKMAIL_INIT_DIR=/init", "--interval=5s"):
        assert done in dockerfile


def test_what_it_links_to_is_there():
    linked = re.findall(r"\]\((?!http)([^)#]+)\)", TEXT)

    assert linked
    assert [link for link in linked if not (ROOT / "docs" / link).exists()] == []
