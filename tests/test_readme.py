"""The README does what it prints."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


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


def run(script, mockmail, folder):
    """What a shell block prints, with its ports replaced by this server's."""
    script = script.replace("127.0.0.1:8025", mockmail.url.removeprefix("http://"))
    script = script.replace('"127.0.0.1", 1025', f'"{mockmail.smtp_host}", {mockmail.smtp_port}')
    done = subprocess.run(["sh", "-ec", script], capture_output=True, text=True, timeout=30, cwd=folder, check=True)
    return done.stdout
