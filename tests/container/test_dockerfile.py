"""What the Dockerfile promises, read from it. `make container-test` builds and runs it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import mockmail as package
from mockmail.server.settings import fields

ROOT = Path(__file__).parents[2]


def instructions():
    """`(instruction, words)` for each, in order, lines put together."""
    text = (ROOT / "Dockerfile").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", "")
    return [tuple(line.split(maxsplit=1)) for line in joined.splitlines()]


def last_stage():
    found = instructions()
    start = max(number for number, (name, _) in enumerate(found) if name == "FROM")
    return found[start:]


def words_of(name):
    return [words for instruction, words in last_stage() if instruction == name]


def environment():
    return dict(one.split("=", 1) for words in words_of("ENV") for one in words.split())


def test_build_stage_has_a_fixed_tag_and_the_image_nothing_but_what_is_copied():
    bases = [words for name, words in instructions() if name == "FROM"]

    assert bases == ["python:3.13-slim AS build", "scratch"]


def test_last_stage_runs_no_command():
    assert words_of("RUN") == []


def test_labels_name_the_version_of_the_package():
    arguments = dict(words.split("=", 1) for words in words_of("ARG"))

    assert arguments == {"VERSION": package.__version__, "REVISION": "unknown"}


def test_it_ends_as_a_user_by_number_who_is_not_root():
    assert words_of("USER") == ["10001:10001"]


@pytest.mark.parametrize("name", ["ENTRYPOINT", "CMD"])
def test_what_runs_is_no_shell_so_that_signals_reach_it(name):
    [words] = words_of(name)

    assert json.loads(words) == {"ENTRYPOINT": ["mockmail"], "CMD": ["serve"]}[name]


def test_the_health_check_is_mockmail_itself_and_no_shell():
    [words] = words_of("HEALTHCHECK")

    assert json.loads(words.partition("CMD")[2]) == ["mockmail", "healthcheck"]


def test_the_stop_signal_is_the_one_that_serve_takes():
    assert words_of("STOPSIGNAL") == ["SIGTERM"]


def test_its_ports_are_those_that_serve_has_by_default():
    ports = {one.name: one.default for one in fields()}

    assert words_of("EXPOSE") == [f"{ports['http_port']} {ports['smtp_port']}"]


def test_it_listens_beyond_loopback_and_keeps_state_in_the_volume():
    settings = {name: value for name, value in environment().items() if name.startswith("MOCKMAIL_")}

    assert settings == {"MOCKMAIL_HOST": "0.0.0.0", "MOCKMAIL_DATA_DIR": "/data", "MOCKMAIL_INIT_DIR": "/init"}
    assert words_of("VOLUME") == ["/data"]


def test_the_name_of_no_tool_for_downloads_is_in_it():
    assert not re.search(r"\b(curl|wget|apt-get)\b", " ".join(words for _, words in instructions()))


def test_only_what_the_image_is_made_of_is_sent_to_the_builder():
    lines = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line[:1] not in ("", "#")]
    copied = [words.split()[:-1] for name, words in instructions() if name == "COPY" and "--from" not in words]

    assert lines[0] == "*"
    assert {line[1:] for line in lines if line.startswith("!")} == {source for sources in copied for source in sources}
