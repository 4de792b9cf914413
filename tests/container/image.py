"""The image, built and run: `make container-test`. It is no part of `make test`, because it takes minutes."""

from __future__ import annotations

import json
import os
import shlex
import signal
import smtplib
import socket
from pathlib import Path

import pytest
from container.containers import Container, Images
from container.vendor_calls import CALLS, Server

IMAGE = "localhost/mockmail:test"
PORTS = {"http": 8025, "smtp": 1025}
SEED = Path(__file__).parents[2] / "examples" / "seed"
USER = 10001


@pytest.fixture(scope="session")
def images():
    return Images(Path(os.environ["CONTAINER_STATE"]))


@pytest.fixture(scope="session")
def ports():
    """The image's own ports; other ones, by environment, where this machine has them taken."""
    return {kind: port if is_free(port) else free_port() for kind, port in PORTS.items()}


@pytest.fixture(scope="session")
def make(images, ports):
    """Make a container, with further options of `buildah run`."""
    made = []

    def make(*options):
        moved = [f"--env=MOCKMAIL_{kind.upper()}_PORT={port}" for kind, port in ports.items() if port != PORTS[kind]]
        made.append(Container(images, IMAGE, [*moved, *options]))
        return made[-1]

    yield make
    for container in made:
        container.remove()


@pytest.fixture(scope="session")
def server(ports):
    return Server(ports["http"], ports["smtp"])


@pytest.fixture
def running(make):
    """A container that serves, stopped after the test."""
    container = make()
    container.start()
    assert container.health("--wait", "20") == 0
    yield container
    if container.is_running:
        container.stop()


def is_free(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def data_folder(path):
    """A folder as one would mount it at /data: the image's user owns it."""
    path.mkdir()
    os.chown(path, USER, USER)
    return f"--volume={path}:/data"


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

    container.stop()
    assert container.health() == 1


def test_it_runs_as_nobody_in_particular_on_every_address_and_says_so(running, ports):
    status = Path(f"/proc/{running.pid}/status").read_text("ascii")
    assert f"Uid:\t{USER}\t{USER}\t{USER}\t{USER}" in status
    assert "uvloop" in Path(f"/proc/{running.pid}/maps").read_text("utf-8")

    running.stop()

    assert running.lines[0] == (
        f"mockmail 0.1.0 is accessible via http://0.0.0.0:{ports['http']} (SMTP 0.0.0.0:{ports['smtp']})"
    )
    assert any("anyone who reaches this port can use the control API" in line for line in running.lines)


def test_every_vendor_answers_a_call_and_its_mail_comes_in(running, server):
    health = json.loads(server.ask(f"{server.url}/_mockmail/health"))
    assert sorted(health["vendors"]) == sorted(CALLS)

    for vendor, call in CALLS.items():
        printed = running.run("mockmail", "env", vendor, "--url", server.url).stdout
        env = dict(line.removeprefix("export ").split("=", 1) for line in printed.splitlines())
        call(server, {name: shlex.split(value)[0] for name, value in env.items()})

    assert json.loads(server.ask(f"{server.url}/_mockmail/messages"))["total"] == len(CALLS)


def test_seed_documents_in_the_init_folder_are_there_at_the_start(make, server):
    container = make(f"--volume={SEED}:/init:ro")
    container.start()
    assert container.health("--wait", "20") == 0

    state = json.loads(server.ask(f"{server.url}/_mockmail/state"))

    container.stop()
    assert "my.example" in [domain["name"] for domain in state["vendors"]["rackspace"]["domains"]]


def test_what_was_answered_is_there_after_a_kill(make, server, tmp_path):
    container = make(data_folder(tmp_path / "data"))
    container.start()
    assert container.health("--wait", "20") == 0
    server.mail("jane@example.com", "Kept")

    container.stop(signal.SIGKILL)
    container.start()
    assert container.health("--wait", "20") == 0

    assert server.arrived(to="jane@example.com")["subject"] == "Kept"
    assert container.stop()[0] == 0, container.lines


def test_a_data_folder_of_another_user_is_told_in_one_line(make, tmp_path):
    container = make(f"--volume={tmp_path}:/data")

    refused = container.run("mockmail", "serve")

    assert refused.returncode == 2
    assert refused.stderr.splitlines()[0] == "mockmail: /data: cannot be used as a data folder (Permission denied)"


def test_the_stop_signal_ends_it_within_two_seconds_whoever_is_connected(running, ports):
    with (
        smtplib.SMTP("127.0.0.1", ports["smtp"], timeout=10) as smtp,
        socket.create_connection(("127.0.0.1", ports["http"]), timeout=10) as half,
    ):
        smtp.helo()
        half.sendall(b"POST /1/mail HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n")

        status, seconds = running.stop()

        smtp.close()
    assert status == 0
    assert seconds < 2
    assert running.lines[-1] == "mockmail stopped"


def test_the_stop_signal_ends_it_as_process_one(make, ports):
    if ports != PORTS:
        pytest.skip("the image's own ports are taken on this machine")
    container = make()
    container.start_as_first()
    assert container.health("--wait", "20") == 0
    facts = dict(line.split(":\t", 1) for line in Path(f"/proc/{container.pid}/status").read_text("ascii").splitlines())
    assert facts["NSpid"].split()[-1] == "1"

    status, seconds = container.stop()

    assert status == 0
    assert seconds < 2


@pytest.mark.parametrize("tool", ["curl", "wget", "gcc", "git"])
def test_no_tool_is_in_it_that_is_not_needed(running, tool):
    assert running.run("sh", "-c", f"command -v {tool}").stdout == ""


def test_the_source_and_its_tests_are_not_in_it(running):
    assert running.run("sh", "-c", "ls -d /source /opt/mockmail/lib/python*/site-packages/tests").stdout == ""
