"""The tutorial, the how-to pages and those of senders: every block of code runs, or is checked otherwise."""

from __future__ import annotations

import json
import os
import re
import shutil
import smtplib
import subprocess
from pathlib import Path

import pytest
import yaml
from node_packages import NODE_MODULES, why_missing

from mockmail import __version__
from mockmail.core.seeds import SeedDocument
from mockmail.server.settings import PREFIX, fields

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.glob("how-to/*.md"), *DOCS.glob("senders/*.md"), *DOCS.glob("tutorial*.md")])
NEEDS = {"fastapi.md": "fastapi", "flask.md": "flask", "hard-coded-hosts.md": "requests"}
THIRD_PARTY_WARNINGS = (
    "-W",
    "ignore:Using `httpx` with `starlette.testclient` is deprecated",
    "-W",
    "ignore:django-anymail has dropped official support for SendGrid",
)
CHECKED = {"python", "sh", "js", "java", "yaml", "json", "text"}


def blocks(page, language):
    return re.findall(rf"```{language}\n(.*?)```", page.read_text("utf-8"), re.DOTALL)


def with_blocks(language):
    return pytest.mark.parametrize(
        "page", [page for page in PAGES if blocks(page, language)], ids=lambda page: page.stem
    )


def test_blocks_have_languages_that_are_checked():
    found = {language for page in PAGES for language in re.findall(r"^```(.+)$", page.read_text("utf-8"), re.MULTILINE)}

    assert found <= CHECKED


@with_blocks("python")
def test_python_blocks_are_tests_that_pass(page, pytester):
    if page.name in NEEDS:
        pytest.importorskip(NEEDS[page.name], reason=f"{NEEDS[page.name]} is not installed: make test installs it")
    sources = blocks(page, "python")
    for source in sources:
        name = re.match(r"# (\w+\.py)\n", source)
        assert name is not None, "begin the block with a comment that names its file"
        (pytester.path / name[1]).write_text(source, "utf-8")

    done = pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:cacheprovider", *THIRD_PARTY_WARNINGS)

    outcomes = done.parseoutcomes()
    assert set(outcomes) == {"passed"}
    assert outcomes["passed"] >= sum(source.count("\ndef test_") for source in sources) > 0


@pytest.fixture
def shell(mockmail, tmp_path):
    """Run a block of a page on the running server, as a user would; return what it prints."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}

    def run(script):
        for address, own in (
            ("127.0.0.1:8025", mockmail.url.partition("//")[2]),
            (":-1025", f":-{mockmail.smtp_port}"),
        ):
            script = script.replace(address, own)
        done = subprocess.run(
            ["sh", "-ec", script],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=tmp_path,
            env=environment,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.mark.mockmail(strict=False)
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@with_blocks("sh")
def test_shell_blocks_succeed_in_order(page, mockmail, shell):
    if page.name == "tutorial.md":
        pytest.skip("they install from the package index: make dist-test runs them")
    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port, "client.test", timeout=20) as smtp:
        smtp.sendmail("shop@example.com", "jane@example.com", "To: jane@example.com\nSubject: Welcome order\n\nHello\n")

    said = [shell(script) for script in blocks(page, "sh")]

    assert len(said) > 0


@pytest.mark.mockmail(strict=False)
@with_blocks("js")
def test_scripts_of_node_pass_on_a_server_with_older_mail(page, mockmail, send, tmp_path):
    sources = blocks(page, "js")
    packages = set(re.findall(r'from "(?!node:)((?:@[\w-]+/)?[\w.-]+)"', "".join(sources)))
    if why := why_missing(*sorted(packages)):
        pytest.skip(why)
    (tmp_path / "node_modules").symlink_to(NODE_MODULES)
    for source in sources:
        name = re.match(r"// ([\w.]+)\n", source)[1]
        source = source.replace("127.0.0.1:8025", mockmail.url.partition("//")[2])  # noqa: PLW2901
        (tmp_path / name).write_text(source.replace("port: 1025", f"port: {mockmail.smtp_port}"), "utf-8")
    variables = dict(mockmail.vendor(page.stem).environment) if page.parent.name == "senders" else {}
    for address in ("jane@example.org", "carol@example.org") if variables else ():
        send(mockmail, "Of the last run", to=address)

    done = subprocess.run(
        [shutil.which("node"), "--test"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"PATH": "/bin"} | variables,
    )

    assert done.returncode == 0, done.stdout
    assert "# pass 0" not in done.stdout


@with_blocks("java")
def test_java_waits_for_a_mail(page, mockmail, send, tmp_path):
    java = shutil.which("java")
    if java is None or shutil.which("javac") is None:
        pytest.skip("a JDK is not installed")
    [source] = blocks(page, "java")
    file = tmp_path / re.match(r"// (\w+\.java)\n", source)[1]
    file.write_text(source, "utf-8")
    send(mockmail, "Welcome")

    done = subprocess.run(
        [java, f"-Dmockmail={mockmail.url}", str(file)], capture_output=True, text=True, timeout=120, check=False
    )

    assert (done.returncode, done.stdout) == (0, "the mail has arrived\n"), done.stderr


@with_blocks("yaml")
def test_yaml_names_settings_and_images_that_exist(page):
    text = "".join(blocks(page, "yaml"))

    assert [document for document in yaml.safe_load_all(text.replace("\nenv:", "\n---\nenv:")) if document]
    assert set(re.findall(rf"{PREFIX}\w+", text)) <= {f"{PREFIX}{spec.name.upper()}" for spec in fields()}
    assert set(re.findall(r"(?<!/)/mockmail:([\w.]+)", text)) <= {__version__}


@with_blocks("json")
def test_json_is_a_seed_that_fits(page, mockmail):
    for text in blocks(page, "json"):
        seed = SeedDocument.from_document(json.loads(text), page.name)
        for vendor, tables in seed.vendors.items():
            mockmail.vendor(vendor).seed(**tables)


def test_error_of_the_tutorial_is_the_one_that_is_shown(pytester):
    page = DOCS / "tutorial.md"
    shop, test, _ = blocks(page, "python")
    pytester.makepyfile(shop=shop.replace("Welcome to the shop", "Hello"))
    pytester.makepyfile(test.replace('to="jane@example.com")', 'subject="Welcome to the shop", timeout=1)'))

    done = pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:cacheprovider")

    [shown] = [line for line in page.read_text("utf-8").splitlines() if line.startswith("mockmail.core.errors.")]
    assert shown in str(done.stdout)


def test_text_blocks_with_commands_name_the_present_version():
    named = {version for page in PAGES for version in re.findall(r"mockmail:(\d+\.[\d.]*\d)", page.read_text("utf-8"))}

    assert named == {__version__}
