"""`mockmail.testcontainers`, against a fake Docker API behind which a real server runs."""

from __future__ import annotations

import smtplib
import urllib.request
from pathlib import Path

import pytest
from container.fake_docker import FakeDocker

from mockmail import SeedError, __version__
from mockmail.cli.control_client import CallFailed
from mockmail.server.discovery import VendorNotUsable

core = pytest.importorskip("testcontainers.core.config", reason="testcontainers is not installed")

IMAGE = f"mockmail:{__version__}"
SEEDS = Path(__file__).parents[2] / "examples" / "seed"


@pytest.fixture
def docker(tmp_path, monkeypatch):
    """A fake daemon, to which Testcontainers is directed."""
    with FakeDocker(IMAGE, tmp_path) as docker:
        monkeypatch.setenv("DOCKER_HOST", docker.host)
        monkeypatch.setattr(core.testcontainers_config, "ryuk_disabled", True)
        monkeypatch.setattr(core.testcontainers_config, "connection_mode_override", core.ConnectionMode.docker_host)
        yield docker


@pytest.fixture
def container_class(docker):
    from mockmail.testcontainers import MockMailContainer

    return MockMailContainer


def send(container, subject):
    with smtplib.SMTP(container.smtp_host, container.smtp_port, timeout=20) as smtp:
        smtp.sendmail("shop@example.com", "jane@example.com", f"Subject: {subject}\r\n\r\nHello")


def test_container_serves_until_its_block_ends(docker, container_class):
    with container_class() as container:
        send(container, "Welcome")

        message = container.wait_for(to="jane@example.com", subject="Welcome")

        assert message["subject"] == "Welcome"
        assert not docker.removed
    assert docker.removed
    assert docker.container.request["Image"] == IMAGE
    assert "MOCKMAIL_DATA_DIR=" in docker.container.request["Env"]


def test_client_of_a_vendor_gets_the_address_of_the_container(container_class):
    with container_class() as container:
        environment = container.environment("postmark")

        assert container.client_url("postmark") == f"{container.url}/postmark"
        assert environment["POSTMARK_API_URL"] == container.client_url("postmark")
        with pytest.raises(VendorNotUsable, match="there is no vendor 'postmrak'"):
            container.environment("postmrak")


def test_wait_for_a_message_that_does_not_arrive_fails_with_the_error_of_the_control_api(container_class):
    with container_class() as container, pytest.raises(CallFailed, match="no message"):
        container.wait_for(to="nobody@example.com", timeout=0.1)


def test_reset_removes_messages(container_class):
    with container_class() as container:
        send(container, "Old")
        container.wait_for(subject="Old")

        container.reset()

        assert container.control.get("messages")["total"] == 0


def test_control_token_is_required_and_known_to_the_container(container_class):
    with container_class(control_token="s3cret") as container:
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(f"{container.url}/_mockmail/messages", timeout=20)

        assert container.control.get("messages")["total"] == 0


def test_seeds_of_a_folder_are_in_the_state(container_class):
    with container_class().with_seeds(SEEDS) as container:
        state = container.control.get("state")

    assert "my.example" in [domain["name"] for domain in state["vendors"]["rackspace"]["domains"]]


def test_seed_that_is_not_json_is_refused_before_a_container_starts(docker, container_class, tmp_path):
    (tmp_path / "10.json").write_text("{", "utf-8")

    with pytest.raises(SeedError, match=r"10\.json: is not JSON"):
        container_class().with_seeds(tmp_path)

    assert docker.container is None
