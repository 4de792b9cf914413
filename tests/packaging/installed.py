"""The wheel in an environment of its own: `make dist-test`. It asks the package index: it is no part of `make test`."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import venv
from pathlib import Path

import pytest

from mockmail import __version__

ROOT = Path(__file__).parents[2]
VENDORS = (
    "adaxes",
    "atmail",
    "brevo",
    "mailgun",
    "onlyoffice",
    "postmark",
    "rackspace",
    "resend",
    "sendgrid",
    "ses",
    "spacedog",
)
USER_TEST = """
def test_a_mail_arrives(mockmail):
    import smtplib
    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port) as smtp:
        smtp.sendmail("a@example.com", "b@example.com", "Subject: Hello\\r\\n\\r\\nHi!")
    assert mockmail.inbox.wait_for(to="b@example.com").subject == "Hello"
"""


class Environment:
    """A fresh virtual environment."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=True)
        self._folder = folder

    def run(self, command: str, *arguments: str, cwd: Path | None = None, status: int = 0) -> str:
        """What a command of the environment prints."""
        program = self._folder / "bin" / command
        where = cwd or self._folder
        done = subprocess.run(
            [program, *arguments], cwd=where, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The folder with the sdist, and the wheel that is made of the sdist alone."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return folder


@pytest.fixture(scope="session")
def plain(built, tmp_path_factory):
    """An environment with mockmail and what it depends on, and nothing else."""
    environment = Environment(tmp_path_factory.mktemp("plain"))
    environment.run("pip", "install", "--quiet", str(built / f"mockmail-{__version__}-py3-none-any.whl"))
    return environment


def test_the_command_is_there(plain):
    assert plain.run("mockmail", "--version") == f"mockmail {__version__}\n"


def test_it_is_not_the_checkout_that_runs(plain):
    where = plain.run("python", "-c", "import mockmail; print(mockmail.__file__)")

    assert "site-packages" in where
    assert str(ROOT) not in where


def test_nothing_is_missing_and_nothing_contradicts(plain):
    assert plain.run("pip", "check") == "No broken requirements found.\n"


def test_every_vendor_is_there(plain):
    printed = plain.run("mockmail", "operations").splitlines()

    assert tuple(line.partition(":")[0] for line in printed if not line.startswith(" ")) == VENDORS


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_vendor_serves_its_own_world(plain, vendor):
    script = f"""
import json
from mockmail import MockMail
with MockMail() as mm:
    print(json.dumps(mm.vendor({vendor!r}).state()))
"""
    state = json.loads(plain.run("python", "-c", script))

    assert any(state.values())


def test_a_test_of_ones_own_gets_the_fixture(built, plain, tmp_path):
    plain.run("pip", "install", "--quiet", "pytest")
    (tmp_path / "test_user.py").write_text(USER_TEST, "utf-8")

    printed = plain.run("pytest", "-q", "-W", "error", "test_user.py", cwd=tmp_path)

    assert "1 passed" in printed


def test_tutorial_passes_as_it_is_written(tmp_path):
    text = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
    install, run = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    (tmp_path / "mockmail").symlink_to(ROOT)

    subprocess.run(["sh", "-ec", install], cwd=tmp_path, check=True, capture_output=True, timeout=600)
    for source in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        (tmp_path / "shop" / re.match(r"# (\w+\.py)", source)[1]).write_text(source, "utf-8")
    done = subprocess.run(["sh", "-ec", run], cwd=tmp_path / "shop", check=True, capture_output=True, timeout=60)

    assert b"2 passed" in done.stdout


def test_installed_docs_are_served(plain):
    script = """
from urllib.request import urlopen
from mockmail import MockMail
with MockMail() as mm:
    print(urlopen(f"{mm.url}/_mockmail/docs/tutorial.html").status)
"""

    assert plain.run("python", "-c", script) == "200\n"


def test_types_are_there_for_who_checks_them(plain, tmp_path):
    plain.run("pip", "install", "--quiet", "mypy")
    (tmp_path / "user.py").write_text(
        "from mockmail import Message, MockMail\n\n"
        "with MockMail() as mm:\n"
        "    message: Message = mm.inbox.wait_for(to='a@example.com')\n"
        "    subject: str = message.subject\n"
        "    wrong: int = message.subject\n",
        "utf-8",
    )

    printed = plain.run("mypy", "--strict", "user.py", cwd=tmp_path, status=1)

    assert printed.splitlines()[0].startswith("user.py:6: error: Incompatible types in assignment")
    assert "Found 1 error in 1 file" in printed


def test_the_sdist_installs_the_same(built, plain, tmp_path):
    with tarfile.open(built / f"mockmail-{__version__}.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    folder = tmp_path / f"mockmail-{__version__}"

    plain.run("pip", "install", "--quiet", "--force-reinstall", "--no-deps", str(folder))

    assert plain.run("mockmail", "--version") == f"mockmail {__version__}\n"
