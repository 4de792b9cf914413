"""The verbs other than `serve`."""

from __future__ import annotations

import socket
import tomllib
from pathlib import Path

import pytest

from mockmail import __version__, cli
from mockmail.cli import healthcheck
from mockmail.server.settings import fields
from mockmail.vendors.atmail import VENDOR

OPERATIONS = {operation.name: operation for operation in VENDOR.operations}


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a command in this process; return its status, its output lines and its error output."""
    monkeypatch.setenv("MOCKMAIL_VENDORS", "atmail")

    def run_command(*arguments):
        status = cli.main(arguments)
        out, err = capsys.readouterr()
        return status, out.splitlines(), err

    return run_command


def test_env_prints_exports_for_a_client(run):
    assert run("env", "atmail") == (
        0,
        [
            "export ATMAIL_URL=http://127.0.0.1:8025/atmail/admin/index.php/api",
            "export ATMAIL_USERNAME=admin",
            "export ATMAIL_PASSWORD=changeme",
        ],
        "",
    )
    assert run("env", "atmail", "--url", "https://mail.test/", "--sandbox", "mine")[1][0] == (
        "export ATMAIL_URL='https://mail.test/~mine/atmail/admin/index.php/api'"
    )
    assert run("env", "atmail", "--url", "http://x;rm -rf")[1][0].startswith("export ATMAIL_URL='http://x;rm -rf/")


def test_env_prints_exports_for_a_client_of_the_smtp_server(run):
    assert run("env", "smtp")[1] == ["export SMTP_HOST=127.0.0.1", "export SMTP_PORT=1025"]
    assert run("env", "smtp", "--url", "http://mail.test:8025", "--smtp-port", "2025", "--sandbox", "mine")[1] == [
        "export SMTP_HOST=mail.test",
        "export SMTP_PORT=2025",
        "export SMTP_USERNAME='~mine'",
        "export SMTP_PASSWORD=any",
    ]
    assert run("env", "smtp", "--smtp-sandboxes", "mine=1026", "--sandbox", "mine")[1][1:] == ["export SMTP_PORT=1026"]
    assert run("env", "smtp", "--smtp-port", "0") == (
        2,
        [],
        "mockmail: smtp_port is 0, a free port; give the server's port with --smtp-port\n",
    )


def test_env_uses_the_settings_of_the_server(run, monkeypatch):
    monkeypatch.setenv("MOCKMAIL_HTTP_PORT", "9025")
    monkeypatch.setenv("MOCKMAIL_HOST", "0.0.0.0")
    assert run("env", "atmail")[1][0] == "export ATMAIL_URL=http://127.0.0.1:9025/atmail/admin/index.php/api"
    assert run("env", "atmail", "--host", "::")[1][0].startswith("export ATMAIL_URL='http://[::1]:9025/atmail/")
    assert run("env", "atmail", "--http-port", "0") == (
        2,
        [],
        "mockmail: http_port is 0, a free port; give the server's URL with --url\n",
    )


@pytest.mark.parametrize("url", ["mockmail:8025", "ftp://mockmail", "http://", "http:///x"])
def test_env_refuses_an_invalid_url(run, url):
    assert run("env", "atmail", "--url", url) == (
        2,
        [],
        f"mockmail: --url must be the server's base URL, such as http://mockmail:8025, not {url!r}\n",
    )


@pytest.mark.parametrize("name", ["a b", "a/b", ".x", "x" * 65])
def test_env_refuses_an_invalid_sandbox_name(run, name):
    status, lines, err = run("env", "atmail", "--sandbox", name)
    assert (status, lines) == (2, [])
    assert err.startswith(f"mockmail: a sandbox cannot be named {name!r}: use up to 64 letters, ")


@pytest.mark.parametrize("verb", ["env", "operations"])
def test_vendor_in_a_folder_is_found(run, monkeypatch, verb):
    monkeypatch.setenv("MOCKMAIL_VENDORS", "")
    status, lines, _ = run(verb, "postcard", "--vendors-dir", str(Path(__file__).parents[1] / "dropin"))
    assert status == 0
    assert "postcard" in lines[0]


@pytest.mark.parametrize("verb", ["env", "operations"])
def test_unknown_vendor_is_refused(run, verb):
    assert run(verb, "nobody") == (2, [], "mockmail: there is no vendor 'nobody'; there are atmail\n")


def test_operations_lists_operations_and_what_is_not_emulated(run):
    status, lines, _ = run("operations")
    assert (status, lines) == run("operations", "atmail")[:2]
    assert lines[0] == "atmail: atmail mail server, 20 operations"
    assert len(lines) == 1 + 2 * 20 + 3
    assert lines[1].split() == [
        "account.create", "GET,POST,PUT,DELETE", "documented", "/admin/index.php/api/accounts/create/{pairs*}",
    ]  # fmt: skip
    assert lines[2].startswith("      ")
    assert lines[2].endswith(f"({OPERATIONS['account.create'].source})")
    assert lines[-1].split(": ")[0].split() == [
        "old.domain.check", "GET", "not", "emulated", "/mail/index.php/api/domain/check/name/{name}",
    ]  # fmt: skip


def config_of(lines):
    """Return the document of the printed file, and the comment of each line by the line's name."""
    comments = {line.partition(" = ")[0]: line.partition("  # ")[2] for line in lines if " = " in line}
    return tomllib.loads("\n".join(lines)), comments


def test_config_shows_the_origin_of_each_setting(run, monkeypatch, tmp_path):
    file = tmp_path / "mockmail.toml"
    file.write_text(
        'http_port = 1111\nsmtp_port = 2222\nmax_messages = 5\nrelay_allow = ["a:25", "b:25"]\nquiet = true\n'
        "[options.atmail]\nfailed_status = 418\n"
    )
    monkeypatch.setenv("MOCKMAIL_SMTP_PORT", "3333")
    monkeypatch.setenv("MOCKMAIL_MAX_MESSAGES", "6")
    monkeypatch.setenv("MOCKMAIL_ALLOWED_HOSTS", "a.example, b.example")
    status, lines, _ = run(
        "config", "--config", str(file), "--max-messages", "7", "--control-token", "s3cret", "--no-quiet"
    )
    shown, comments = config_of(lines)
    assert status == 0
    expected = {
        "http_port": (1111, str(file)),
        "smtp_port": (3333, "MOCKMAIL_SMTP_PORT"),
        "max_messages": (7, "flag"),
        "host": ("127.0.0.1", "default"),
        "allowed_hosts": (["a.example", "b.example"], "MOCKMAIL_ALLOWED_HOSTS"),
        "relay_allow": (["a:25", "b:25"], str(file)),
        "quiet": (False, "flag"),
    }
    assert {name: (shown[name], comments[name].partition(": ")[0]) for name in expected} == expected
    assert "control_token" not in shown
    assert next(line for line in lines if "control_token" in line).startswith('# control_token = "***"  # flag: ')
    assert set(shown) - {"options"} | {"control_token"} == {spec.name for spec in fields() if spec.default is not None}
    assert (shown["options"]["atmail"]["failed_status"], shown["options"]["atmail"]["fault_status"]) == (418, 400)
    assert comments["failed_status"].startswith(f"{file}: ")
    assert comments["fault_status"].startswith("default: ")


def test_config_of_every_vendor_is_a_file_that_gives_the_same_settings(run, monkeypatch, tmp_path):
    monkeypatch.setenv("MOCKMAIL_VENDORS", "")
    file = tmp_path / "mockmail.toml"
    first, _ = config_of(run("config", "--host", 'a\x7f"b\\c\n', "--seed", "d,'e.json")[1])
    file.write_text(tomli_of(run("config", "--host", 'a\x7f"b\\c\n', "--seed", "d,'e.json")[1]))

    second, _ = config_of(run("config", "--config", str(file))[1])

    assert first["host"] == 'a\x7f"b\\c\n'
    assert first["seed"] == ["d,'e.json"]
    assert second == first


def tomli_of(lines):
    return "\n".join(line for line in lines if not line.startswith("vendors ="))


def test_option_of_a_wrong_type_is_refused(run, tmp_path):
    file = tmp_path / "mockmail.toml"
    file.write_text("[options.atmail]\nfailed_status = true\n")
    assert run("config", "--config", str(file)) == (
        2,
        [],
        "mockmail: options.atmail.failed_status must be an integer, not True\n",
    )


def test_item_of_a_wrong_type_in_a_list_option_is_refused(run, tmp_path, monkeypatch):
    monkeypatch.setenv("MOCKMAIL_VENDORS", "adaxes")
    file = tmp_path / "mockmail.toml"
    file.write_text('[options.adaxes]\ndisabled_operations = ["SendSms", 1]\n')
    assert run("config", "--config", str(file))[2] == (
        "mockmail: options.adaxes.disabled_operations[1] must be a string, not 1\n"
    )
    file.write_text('[options.adaxes]\ndisabled_operations = ["SendSms"]\n')
    shown, _ = config_of(run("config", "--config", str(file))[1])
    assert shown["options"]["adaxes"]["disabled_operations"] == ["SendSms"]


def test_one_flag_takes_several_names(run):
    names, _ = config_of(run("config", "--allowed-hosts", "a.example, b.example", "--allowed-hosts", "c.example")[1])
    seeds, _ = config_of(run("config", "--seed", "one,two.json", "--seed", "three.json")[1])
    assert names["allowed_hosts"] == ["a.example", "b.example", "c.example"]
    assert seeds["seed"] == ["one,two.json", "three.json"]


def test_settings_file_with_a_byte_order_mark_is_read(run, tmp_path):
    file = tmp_path / "mockmail.toml"
    file.write_bytes(b"\xef\xbb\xbfhttp_port = 9025\n")
    assert config_of(run("config", "--config", str(file))[1])[0]["http_port"] == 9025


def test_service_variables_of_kubernetes_and_docker_are_ignored(run, monkeypatch):
    told = {
        "MOCKMAIL_SERVICE_HOST": "10.0.0.7",
        "MOCKMAIL_SERVICE_PORT": "8025",
        "MOCKMAIL_SERVICE_PORT_SMTP": "1025",
        "MOCKMAIL_PORT": "tcp://10.0.0.7:8025",
        "MOCKMAIL_PORT_8025_TCP": "tcp://10.0.0.7:8025",
        "MOCKMAIL_PORT_8025_TCP_ADDR": "10.0.0.7",
        "MOCKMAIL_NAME": "/job/mockmail",
        "MOCKMAIL_ENV_MOCKMAIL_HOST": "0.0.0.0",
    }
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    assert run("config")[0] == 0


@pytest.mark.parametrize("name", ["MOCKMAIL_PORT", "MOCKMAIL_NAME"])
def test_service_variable_with_another_value_is_refused(run, monkeypatch, name):
    monkeypatch.setenv(name, "8025")
    assert run("config") == (2, [], f"mockmail: {name} is not a setting; `mockmail serve --help` lists them\n")


def test_similar_setting_is_suggested(run, monkeypatch):
    monkeypatch.setenv("MOCKMAIL_HTTPPORT", "8025")
    assert run("config")[2] == (
        "mockmail: MOCKMAIL_HTTPPORT is not a setting; did you mean MOCKMAIL_HTTP_PORT? "
        "`mockmail serve --help` lists them\n"
    )


@pytest.mark.parametrize("verb", ["config", "healthcheck", "serve"])
@pytest.mark.parametrize("token", ["two words", "s3cret\n", "\u043a\u043b\u044e\u0447"])
def test_token_that_no_header_can_carry_is_refused_and_not_shown(run, monkeypatch, verb, token):
    name = "MOCKMAIL_CONTROL_TOKEN"
    monkeypatch.setenv(name, token)
    assert run(verb) == (
        2,
        [],
        f"mockmail: control_token must be printable ASCII characters without spaces ({name})\n",
    )


def test_healthcheck_refuses_port_0(run):
    assert run("healthcheck", "--http-port", "0") == (
        2,
        [],
        "mockmail: http_port is 0, a free port; give the server's port with --http-port\n",
    )


def test_healthcheck_reports_that_nothing_answers(run):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = str(closed.getsockname()[1])
    status, lines, err = run("healthcheck", "--http-port", port)
    assert (status, err) == (1, "")
    assert lines[0].startswith(f"mockmail: nothing answers on 127.0.0.1:{port} (")


def test_healthcheck_of_a_ready_server(mockmail, run):
    port = mockmail.url.rpartition(":")[2]
    assert run("healthcheck", "--http-port", port) == (0, [], "")
    assert run("healthcheck", "--http-port", port, "--wait", "5") == (0, [], "")


def test_healthcheck_waits_until_the_server_is_ready(mockmail, run, monkeypatch):
    asked = []

    def not_yet(host, port, token):
        asked.append((host, port))
        return "not yet" if len(asked) < 3 else None

    monkeypatch.setattr(healthcheck, "_check", not_yet)
    monkeypatch.setattr(healthcheck, "PAUSE", 0)
    assert run("healthcheck", "--wait", "60") == (0, [], "")
    assert asked == [("127.0.0.1", 8025)] * 3


def test_healthcheck_of_another_program_reports_one_line(mockmail, run):
    status, lines, _ = run("healthcheck", "--http-port", str(mockmail.smtp_port))
    assert (status, len(lines)) == (1, 1)
    assert lines[0].startswith(f"mockmail: the program on 127.0.0.1:{mockmail.smtp_port} is not an HTTP server (220 ")


def test_version_is_printed(run, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert (ended.value.code, capsys.readouterr().out) == (0, f"mockmail {__version__}\n")


def test_missing_verb_is_refused(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([])
    assert ended.value.code == 2
    assert "VERB" in capsys.readouterr().err


def test_settings_file_of_the_docs_is_valid(run, monkeypatch, tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "desk.md").read_text("utf-8")
    file = tmp_path / "mockmail.toml"
    file.write_text(page.partition("```toml\n")[2].partition("```")[0])
    monkeypatch.setenv("MOCKMAIL_VENDORS", "rackspace")
    shown, comments = config_of(run("config", "--config", str(file))[1])
    assert (shown["http_port"], shown["seed"], shown["options"]["rackspace"]["writes_per_minute"]) == (
        9025,
        ["seed/company.json"],
        30,
    )
    assert [name for name, comment in comments.items() if comment.startswith(f"{file}: ")] == [
        "http_port",
        "seed",
        "writes_per_minute",
    ]
