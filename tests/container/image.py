"""The image, built and run: `make container-test`. It is no part of `make test`, because it takes minutes."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import smtplib
import socket
import subprocess
import urllib.error
from pathlib import Path

import pytest
from container.containers import Container, Images
from container.vendor_calls import CALLS, Server, atmail_account

IMAGE = "localhost/mockmail:test"
HTTP, SMTP = 8025, 1025
SEED = Path(__file__).parents[2] / "examples" / "seed"
USER = 10001


@pytest.fixture(scope="session")
def images():
    return Images(Path(os.environ["CONTAINER_STATE"]))


@pytest.fixture
def make(images):
    """Make a container, with further options of `buildah run`; it is gone after the test."""
    made = []

    def make(*options):
        made.append(Container(images, IMAGE, options))
        return made[-1]

    yield make
    for container in made:
        container.remove()


@pytest.fixture
def serve(make):
    """Make a container and wait until it is healthy."""

    def serve(*options):
        container = make(*options)
        container.start()
        assert container.health("--wait", "20") == 0
        return container

    return serve


@pytest.fixture
def server():
    return Server(HTTP, SMTP)


@pytest.fixture
def data(tmp_path):
    """A folder as one would mount it at /data: the image's user owns it."""
    folder = tmp_path / "data"
    folder.mkdir()
    os.chown(folder, USER, USER)
    return folder


@pytest.fixture
def tell(capsys):
    """Say a figure to whoever runs the tests."""

    def tell(words):
        with capsys.disabled():
            print(f" [{words}]", end=" ")  # noqa: T201  # it is for a person

    return tell


def rackspace_domains(server):
    state = json.loads(server.ask(f"{server.url}/_mockmail/state"))
    return [domain["name"] for domain in state["vendors"]["rackspace"]["domains"]]


def environment(container, server, vendor):
    """What `mockmail env` prints in the container."""
    printed = container.run("mockmail", "env", vendor, "--url", server.url).stdout
    lines = dict(line.removeprefix("export ").split("=", 1) for line in printed.splitlines())
    return {name: shlex.split(value)[0] for name, value in lines.items()}


def all_vendors_answer(container, server):
    """A call for each vendor, and a mail each."""
    for vendor, call in CALLS.items():
        call(server, environment(container, server, vendor))
    assert json.loads(server.ask(f"{server.url}/_mockmail/messages"))["total"] == len(CALLS)


def test_the_image_says_what_an_engine_needs(images):
    said = images.configuration(IMAGE)

    assert said["User"] == "10001:10001"
    assert set(said["ExposedPorts"]) == {"8025/tcp", "1025/tcp"}
    assert set(said["Volumes"]) == {"/data"}
    assert said["Healthcheck"]["Test"] == ["CMD", "mockmail", "healthcheck"]
    assert said["StopSignal"] == "SIGTERM"


def test_health_is_red_then_green_then_red(make):
    container = make()
    assert container.health() == 1

    container.start()
    assert container.health("--wait", "20") == 0
    assert container.health() == 0

    assert container.stop()[0] == 0
    assert container.health() == 1


def test_server_runs_as_an_ordinary_user_and_warns_that_other_machines_can_reach_it(serve):
    container = serve()
    status = Path(f"/proc/{container.pid}/status").read_text("ascii")
    assert f"Uid:\t{USER}\t{USER}\t{USER}\t{USER}" in status
    assert "uvloop" in Path(f"/proc/{container.pid}/maps").read_text("utf-8")

    container.stop()

    assert container.lines[0].endswith(
        f" mockmail 0.1.0 is accessible via http://127.0.0.1:{HTTP} (SMTP 127.0.0.1:{SMTP})"
    )
    assert any(line.endswith(" the server listens on 0.0.0.0; other machines can reach it") for line in container.lines)
    control = " anyone who reaches it can use the control API; set --control-token to require a token"
    assert any(line.endswith(control) for line in container.lines)


def test_every_vendor_answers_a_call_and_its_mail_comes_in(serve, server):
    container = serve()
    health = json.loads(server.ask(f"{server.url}/_mockmail/health"))
    assert sorted(health["vendors"]) == sorted(CALLS)

    all_vendors_answer(container, server)


def test_docs_are_served(serve, server):
    serve()

    assert "Your first passing test" in server.ask(f"{server.url}/_mockmail/docs/tutorial.html")
    assert "max_header_bytes" in server.ask(f"{server.url}/_mockmail/docs/reference/settings.html")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_mail_sent_by_curl_arrives(serve, server):
    serve()
    mail = "From: app@example.org\r\nTo: jane@example.com\r\nSubject: By curl\r\n\r\nHello!\r\n"
    command = ["curl", "--silent", "--show-error", f"smtp://127.0.0.1:{SMTP}", "--upload-file", "-"]
    parties = ["--mail-from", "app@example.org", "--mail-rcpt", "jane@example.com"]

    subprocess.run([*command, *parties], input=mail.encode(), check=True, timeout=30)

    assert server.arrived(to="jane@example.com")["subject"] == "By curl"


def test_with_a_token_it_is_healthy_and_its_control_api_asks_for_it(serve, server):
    container = serve("--env=MOCKMAIL_CONTROL_TOKEN=s3cret")
    assert container.health() == 0

    with pytest.raises(urllib.error.HTTPError, match="401"):
        server.ask(f"{server.url}/_mockmail/messages")
    told = json.loads(server.ask(f"{server.url}/_mockmail/messages", Authorization="Bearer s3cret"))

    container.stop()
    assert told["total"] == 0
    assert not any("control API" in line for line in container.lines)


def test_seed_documents_in_the_init_folder_are_there_at_the_start(serve, server):
    serve(f"--volume={SEED}:/init:ro")

    assert "my.example" in rackspace_domains(server)


def test_vendor_with_written_state_is_not_seeded_again_until_it_is_reset(serve, server, data):
    container = serve(f"--volume={data}:/data")
    domain = {"name": "first.example", "accountNumber": "12345678"}
    server.ask(
        f"{server.url}/_mockmail/state", {"format": 1, "vendors": {"rackspace": {"domains": [domain]}}}, method="PATCH"
    )
    container.stop()

    serve(f"--volume={data}:/data", f"--volume={SEED}:/init:ro")

    assert "first.example" in rackspace_domains(server)
    assert "my.example" not in rackspace_domains(server)
    server.ask(f"{server.url}/_mockmail/reset", {})
    assert "first.example" not in rackspace_domains(server)
    assert "my.example" in rackspace_domains(server)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_what_was_answered_is_there_after_a_restart(serve, server, data, number):
    container = serve(f"--volume={data}:/data")
    env = environment(container, server, "atmail")
    atmail_account(server, env, "create")
    server.mail("jane@yourdomain.com", "Kept")

    container.stop(number)
    container.start()
    assert container.health("--wait", "20") == 0

    assert server.arrived(to="jane@yourdomain.com")["subject"] == "Kept"
    assert "<TotalMessages>1</TotalMessages>" in atmail_account(server, env, "view")
    assert container.stop()[0] == 0, container.lines


def test_a_data_folder_of_another_user_is_told_in_one_line(make, tmp_path):
    container = make(f"--volume={tmp_path}:/data")

    refused = container.run("mockmail", "serve")

    assert refused.returncode == 2
    assert refused.stderr.splitlines()[0] == (
        "mockmail: /data: cannot be used as a data folder (Permission denied);"
        f" name a folder that the user {USER} may write to"
    )


def test_as_another_user_it_keeps_its_state_where_that_user_may_write(serve, data):
    os.chown(data, 1234, 1234)

    container = serve("--user=1234:1234", f"--volume={data}:/data")

    assert container.stop()[0] == 0, container.lines
    assert (data / "mockmail.json").stat().st_uid == 1234


def test_another_verb_may_stand_in_place_of_serve(make, images):
    [entry] = images.configuration(IMAGE)["Entrypoint"]

    assert 'data_dir = "/data"  # MOCKMAIL_DATA_DIR: ' in make().run(entry, "config").stdout


def test_the_stop_signal_ends_it_within_two_seconds_whoever_is_connected(serve, tell):
    container = serve()
    with (
        smtplib.SMTP("127.0.0.1", SMTP, timeout=10) as smtp,
        socket.create_connection(("127.0.0.1", HTTP), timeout=10) as half,
    ):
        smtp.helo()
        half.sendall(b"POST /1/mail HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n")

        status, seconds = container.stop()

        smtp.close()
    tell(f"stopped in {seconds:.2f} s")
    assert status == 0
    assert seconds < 2
    assert container.lines[-1].endswith(" mockmail stopped")


def test_as_process_one_that_may_do_nothing_it_serves_and_stops(make, server, data, tell):
    container = make()
    container.start_confined(data)
    assert container.health("--wait", "20") == 0
    facts = dict(line.split(":\t", 1) for line in Path(f"/proc/{container.pid}/status").read_text("ascii").splitlines())
    assert facts["NSpid"].split()[-1] == "1"
    assert (facts["CapBnd"], facts["CapEff"], facts["NoNewPrivs"]) == ("0" * 16, "0" * 16, "1")
    root = Path(f"/proc/{container.pid}/root")
    assert (os.statvfs(root).f_flag & os.ST_RDONLY, os.statvfs(root / "data").f_flag & os.ST_RDONLY) == (1, 0)

    all_vendors_answer(container, server)
    server.mail("jane@yourdomain.com", "Large", "0123456789" * 500_000)
    assert server.arrived(subject="Large")["size"] > 5_000_000
    status, seconds = container.stop()

    tell(f"stopped in {seconds:.2f} s")
    assert status == 0, container.lines
    assert seconds < 2
    assert (data / "mockmail.json").is_file()


def test_the_image_has_no_shell_and_no_package_manager(make):
    found = listed(make(), "/")

    programs = {path for path in found if "/bin/" in path or "/sbin/" in path}
    assert {path.rpartition("/")[2] for path in programs} & {
        "sh",
        "bash",
        "dash",
        "busybox",
        "apt-get",
        "pip",
        "curl",
    } == set()
    assert "/opt/mockmail/bin/mockmail" in programs


def test_source_and_tests_are_not_in_the_image(make):
    found = listed(make(), "/")

    assert [path for path in found if path.startswith(("/source", "/image"))] == []
    assert [path for path in found if path.startswith("/opt/mockmail/lib") and "/site-packages/tests/" in path] == []


def test_the_image_is_under_90_megabytes(make, tell):
    size = sum(listed(make(), "/").values()) / 1e6

    tell(f"{size:.0f} MB")
    assert size < 90


def test_the_bill_of_materials_names_packages_libraries_and_python(make):
    script = "print(open('/opt/mockmail/sbom.cdx.json').read())"
    document = json.loads(run_python(make(), script))

    named = {component["name"] for component in document["components"]}
    assert {"aiohttp", "lxml", "mockmail", "python", "libc6"} <= named


def run_python(container, script):
    """What a script prints in a container."""
    done = container.run("/opt/mockmail/bin/python", "-c", script)
    assert done.returncode == 0, done.stderr
    return done.stdout


def listed(container, folder):
    """The files below a folder of a container, and the bytes of each."""
    script = f"""
import json, os
files = [os.path.join(place, name) for place, _, names in os.walk({folder!r}) for name in names]
print(json.dumps({{path: os.lstat(path).st_size for path in files if not path.startswith(("/proc", "/sys", "/dev"))}}))
"""
    found: dict[str, int] = json.loads(run_python(container, script))
    return found
