"""The page for people who come from Mailpit: its blocks work, and its tables are complete."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mockmail.server import mailpit_variables

PAGE = (Path(__file__).parents[2] / "docs" / "from-mailpit.md").read_text("utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_python_blocks_are_tests_that_pass(pytester):
    sources = blocks("python")
    pytester.makepyfile(**{f"test_{number}": source for number, source in enumerate(sources)})

    done = pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:cacheprovider")

    done.assert_outcomes(passed=len(sources))


@pytest.mark.mockmail(strict=False)
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_commands_succeed_in_order(mockmail):
    said = []
    for command in "".join(blocks("sh")).replace("\\\n", "").splitlines():
        given = command.replace("http://127.0.0.1:8025", mockmail.url).replace(
            "curl ", "curl --silent --show-error ", 1
        )
        done = subprocess.run(["sh", "-ec", given], capture_output=True, text=True, timeout=30, check=True)
        said.append(done.stdout)

    sent, found, view, chaos, cleared, listed, to = said
    assert json.loads(found)["messages"][0]["ID"] == json.loads(sent)["ID"]
    assert view.strip() == "<p>Hi</p>"
    assert json.loads(chaos)["Recipient"]["Probability"] == 100
    assert (cleared, json.loads(listed)["total"], json.loads(to)["total"]) == ("", 0, 0)


def test_script_for_node_prints_the_recipient(mockmail, run_node):
    [script] = blocks("js")

    assert run_node("mailpit-api", script.replace("http://127.0.0.1:8025", mockmail.url), {}) == "jane@example.com"


def test_every_variable_that_has_an_effect_is_documented():
    known = {*mailpit_variables.ADDRESSES, *mailpit_variables.SAME, "MP_MAX_MESSAGE_SIZE", "MP_DATABASE"}

    assert {name for name in known if f"`{name}`" not in PAGE} == set()
