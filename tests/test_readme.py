"""The README does what it prints."""

from __future__ import annotations

import json
import re
import select
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_what_it_links_to_is_there():
    linked = re.findall(r"\]\((?!http)([^)#]+)\)", README)

    assert "docs/container.md" in linked
    assert [link for link in linked if not (Path(__file__).parent.parent / link).exists()] == []


def test_the_pytest_example_passes_as_printed(pytester):
    pytester.makepyfile(blocks("python")[0])
    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=1)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_curl_calls_get_the_answers_that_are_printed(mockmail, tmp_path):
    create, mail_and_view = (block for block in blocks("sh") if "curl -u" in block)
    shown = blocks("xml")[0].strip().removesuffix("…")

    created = run(create, mockmail, tmp_path)
    seen = run(mail_and_view, mockmail, tmp_path)

    assert created.startswith(shown)
    assert "<TotalMessages>1</TotalMessages>" in seen
    assert '"subject": "Hello"' in seen


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_what_serve_says_of_those_calls_is_what_is_printed(served, tmp_path):
    for block in blocks("sh"):
        if "curl -u" in block:
            run(block, served, tmp_path)

    said = served.stop().splitlines()

    told = [without_times(line) for line in said if re.search("INFO +(200 |mail )", line)]
    assert told == without_times(blocks("text")[0]).splitlines()


def without_times(text):
    return re.sub(r"\d+\.\d ms|\d\d:\d\d:\d\d\.\d+", "N", text)


class Served:
    """`mockmail serve` on free ports, as `run` wants to know it."""

    def __init__(self, folder):
        ready, self._output = folder / "ready.json", folder / "output"
        command = [sys.executable, "-m", "mockmail", "serve", "--http-port", "0", "--smtp-port", "0"]
        with self._output.open("w") as output:
            self._process = subprocess.Popen([*command, "--ready-file", str(ready)], stdout=output)
        while not ready.exists():
            assert self._process.poll() is None
            select.select([], [], [], 0.01)
        facts = json.loads(ready.read_text())
        self.url, (self.smtp_host, self.smtp_port) = facts["http"], facts["smtp"].split(":")

    def stop(self):
        """All that it said."""
        self._process.terminate()
        assert self._process.wait(30) == 0
        return self._output.read_text("utf-8")

    def end(self):
        """Whatever came of it."""
        self._process.kill()
        self._process.wait(30)


@pytest.fixture
def served(tmp_path):
    one = Served(tmp_path)
    yield one
    one.end()


def run(script, mockmail, folder):
    """What a shell block prints, with its ports replaced by this server's."""
    script = script.replace("127.0.0.1:8025", mockmail.url.removeprefix("http://"))
    script = script.replace('"127.0.0.1", 1025', f'"{mockmail.smtp_host}", {mockmail.smtp_port}')
    done = subprocess.run(["sh", "-ec", script], capture_output=True, text=True, timeout=30, cwd=folder, check=True)
    return done.stdout
