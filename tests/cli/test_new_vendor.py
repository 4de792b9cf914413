"""`mockmail new-vendor`."""

from __future__ import annotations

import pytest

from mockmail import cli
from mockmail.cli.new_vendor import FORMATS

VENDOR_FILES = [
    "README.md",
    "__init__.py",
    "authentication.py",
    "dialect.py",
    "errors.py",
    "handlers/__init__.py",
    "handlers/messages.py",
    "operations.py",
    "parameters.py",
    "records.py",
    "seed.json",
    "vendor.py",
]


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Run the verb in an empty folder; return its status, its output and its error output."""
    monkeypatch.chdir(tmp_path)

    def run_verb(*arguments):
        status = cli.main(["new-vendor", *arguments])
        return (status, *capsys.readouterr())

    return run_verb


@pytest.fixture
def checkout(tmp_path):
    """The folders by which a checkout is known."""
    (tmp_path / "mockmail" / "vendors").mkdir(parents=True)
    return tmp_path


def files_below(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("chosen", FORMATS)
def test_each_format_has_the_files_of_the_contract(run, checkout, chosen):
    status, out, err = run("mail_barn", f"--{chosen}")

    assert (status, err) == (0, "")
    assert out.startswith("wrote mockmail/vendors/mail_barn and tests/vendors/mail_barn\n")
    assert files_below(checkout / "mockmail/vendors/mail_barn") == VENDOR_FILES
    assert files_below(checkout / "tests/vendors/mail_barn") == ["message_send.toml", "test_mail_barn_message.py"]


def test_json_is_the_default_format(run, checkout):
    run("sendwell")
    run("json_sendwell", "--json")

    default, chosen = (
        (checkout / "mockmail/vendors" / name / "dialect.py").read_text() for name in ("sendwell", "json_sendwell")
    )
    assert default.replace("sendwell", "json_sendwell").replace("Sendwell", "JsonSendwell") == chosen


def test_placeholders_are_replaced_in_every_spelling(run, checkout):
    run("mail_barn")

    text = (checkout / "mockmail/vendors/mail_barn/vendor.py").read_text()
    assert "class MailBarn(Vendor):" in text
    assert 'name = "mail_barn"' in text
    assert '"MAIL_BARN_TOKEN"' in text
    assert not [path for path in checkout.rglob("*") if path.is_file() and "$" in path.read_text()]


def test_folder_contains_the_package_and_its_tests(run, tmp_path):
    status, out, _ = run("sendwell", "--folder", "new/vendors")

    assert (status, out.splitlines()[0]) == (0, "wrote new/vendors/sendwell and new/vendors/tests/sendwell")
    assert files_below(tmp_path / "new/vendors/sendwell") == VENDOR_FILES
    assert files_below(tmp_path / "new/vendors/tests") == [
        "sendwell/conftest.py",
        "sendwell/message_send.toml",
        "sendwell/test_sendwell_message.py",
    ]


@pytest.mark.parametrize(
    "name",
    ["", "Acme", "1acme", "my-vendor", "a b", "../acme", "class", "_acme", "x" * 25, "\u00e4pfel", "acme\n", "$name"],
)
def test_name_that_is_no_lower_case_identifier_is_refused(run, checkout, name):
    status, out, err = run(name)

    assert (status, out) == (2, "")
    assert err == (
        f"mockmail: a vendor cannot be named {name!r}: use a Python identifier of up to 24 lower-case letters, digits"
        " and underscores\n"
    )
    assert files_below(checkout) == []


@pytest.mark.parametrize("name", ["json", "vendor", "bind"])
def test_name_that_would_hide_an_imported_class_is_refused(run, checkout, name):
    assert run(name) == (2, "", f"mockmail: a vendor cannot be named {name!r}: mockmail has classes of that name\n")


@pytest.mark.parametrize("arguments", [(), ("--folder", "elsewhere")])
def test_name_of_a_vendor_is_refused(run, checkout, arguments):
    assert run("atmail", *arguments) == (
        2,
        "",
        "mockmail: there is a vendor 'atmail' already; choose another name\n",
    )


@pytest.mark.parametrize("existing", ["mockmail/vendors/sendwell", "tests/vendors/sendwell"])
def test_existing_folder_is_refused_and_nothing_is_written(run, checkout, existing):
    (checkout / existing).mkdir(parents=True)

    assert run("sendwell") == (
        2,
        "",
        f"mockmail: {existing} exists already; choose another name, or remove it first\n",
    )
    assert files_below(checkout) == []


def test_folder_that_is_no_checkout_is_refused(run):
    status, out, err = run("sendwell")

    assert (status, out) == (2, "")
    assert err == (
        "mockmail: the current folder is not a checkout of mockmail (it has no mockmail/vendors); go to one, or give a"
        " folder with --folder\n"
    )


@pytest.mark.parametrize("verb", ["env", "new-vendor"])
def test_only_the_chosen_verb_is_loaded(verb):
    assert cli._chosen([verb, "serve"]) == [verb]
