"""`mockmail completion`: what the shells complete."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from mockmail import cli


@pytest.fixture
def script(capsys):
    """Return the script for a shell."""

    def make(shell):
        assert cli.main(["completion", shell]) == 0
        return capsys.readouterr().out

    return make


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        (["se"], ["serve"]),
        (["re"], ["requests", "reset"]),
        (["serve", "--http-p"], ["--http-port"]),
        (["env", "s"], ["sendgrid", "ses", "spacedog", "smtp"]),
        (["env", "atmail", "--sand"], ["--sandbox"]),
        (["completion", "z"], ["zsh"]),
        (["nothing", "x"], []),
    ],
)
def test_bash_completes_verbs_flags_and_vendors(script, typed, completed):
    words = " ".join(["mockmail", *typed])
    ask = f"COMP_WORDS=({words}); COMP_CWORD={len(typed)}; _mockmail; printf '%s\\n' \"${{COMPREPLY[@]}}\""

    done = subprocess.run(
        ["bash", "-c", f"{script('bash')}\n{ask}"], capture_output=True, text=True, check=True, timeout=30
    )

    assert sorted(done.stdout.split()) == sorted(completed)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_script_is_valid_for_its_shell(script, shell, tmp_path):
    path = shutil.which(shell)
    if path is None:
        pytest.skip(f"{shell} is not installed")
    file = tmp_path / "script"
    file.write_text(script(shell))

    subprocess.run([path, "-n", str(file)], check=True, timeout=30)


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_script_names_every_verb_and_flag(script, shell):
    text = script(shell)

    for verb in cli.VERBS:
        assert f"{verb}" in text
    assert "http-port" in text
    assert "postmark" in text
