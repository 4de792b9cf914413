"""`MockMail(...)` takes the settings of `mockmail serve`."""

from __future__ import annotations

import dataclasses
import os
import smtplib
import socket

import pytest
from http_client import basic, send_request

from mockmail import MockMail
from mockmail.core.errors import SeedError, UnknownName, UnmetExpectation
from mockmail.inprocess.keywords import OF_THE_COMMAND, ServerKeywords, settings_from, vendors_from
from mockmail.server.settings import SettingError, Settings

ADMIN = {"Authorization": basic("admin", "changeme")}
ACCOUNT = "/admin/index.php/api/accounts/view?accountId=999"


def seed_of(name, number=5):
    return {"format": 1, "vendors": {"atmail": {"domains": [{"domainId": number, "domainName": name}]}}}


def domains(mm):
    return [domain["domainName"] for domain in mm.atmail.state()["domains"]]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def test_settings_in_pairs_take_a_mapping():
    keywords = {"smtp_sandboxes": {"mine": 0, "other": 1026}, "proxy_hosts": {"ad.example.com": "atmail"}}

    settings = settings_from(keywords, vendors_from({"vendors": ["atmail"]}))

    assert dict(settings.smtp_sandboxes) == {"mine": 0, "other": 1026}
    assert dict(settings.proxy_hosts) == {"ad.example.com": "atmail"}


def test_typed_keywords_are_the_settings_of_serve():
    settings = {spec.name for spec in dataclasses.fields(Settings)}

    assert settings >= OF_THE_COMMAND
    assert set(ServerKeywords.__annotations__) == settings - OF_THE_COMMAND | {"options"}


def test_ports_vendors_seed_and_options(tmp_path):
    (tmp_path / "world.json").write_text('{"format": 1, "vendors": {}}')
    port = free_port()

    with MockMail(
        http_port=port,
        vendors=["atmail"],
        seed=[tmp_path / "world.json", seed_of("a.example")],
        options={"atmail": {"failed_status": 418}},
        id_seed="mine",
    ) as mm:
        assert mm.url == f"http://127.0.0.1:{port}"
        assert list(mm.server.vendors.vendors) == ["atmail"]
        assert domains(mm) == ["yourdomain.com", "a.example"]
        assert send_request(mm.url, "GET", ACCOUNT, headers=ADMIN).status == 418
        assert mm.server.settings.world.id_seed == "mine"


def test_one_seed_document_needs_no_list():
    with MockMail(vendors=["atmail"], seed=seed_of("a.example")) as mm:
        assert domains(mm) == ["yourdomain.com", "a.example"]


def test_bounds_are_named_as_on_the_command_line():
    with (
        MockMail(vendors=["atmail"], max_message_bytes=1000) as mm,
        smtplib.SMTP(mm.smtp_host, mm.smtp_port) as smtp,
        pytest.raises(smtplib.SMTPSenderRefused),
    ):
        smtp.sendmail("a@example.com", "b@example.com", "x" * 2000)


def test_state_in_a_data_folder_is_there_for_the_next_server(tmp_path):
    with MockMail(vendors=["atmail"], data_dir=tmp_path) as mm:
        mm.atmail.seed(domains=[{"domainId": 7, "domainName": "kept.example"}])
    with MockMail(vendors=["atmail"], data_dir=str(tmp_path)) as mm:
        assert domains(mm) == ["yourdomain.com", "kept.example"]


@pytest.mark.parametrize(
    ("keywords", "complaint"),
    [
        ({"http_port": "x"}, "http_port must be an integer, not 'x'"),
        ({"http_port": 70000}, "http_port must be from 0 to 65535, not 70000 (given in Python)"),
        ({"http_prot": 1}, "'http_prot' is not a setting; did you mean http_port? `mockmail serve --help` lists them"),
        ({"ready_file": "x"}, "'ready_file' is not a setting; `mockmail serve --help` lists them"),
        (
            {"smtp_sandboxes": {"mine": "x"}},
            "smtp_sandboxes must be NAME=PORT, such as mine=1026, not 'mine=x' (given in Python)",
        ),
        ({"smtp_sandboxes": "mine=1026"}, "smtp_sandboxes must be an array, not 'mine=1026'"),
        ({"allowed_hosts": {"a": "b"}}, "allowed_hosts must be an array, not "),
        ({"vendors": "atmail"}, "vendors must be an array, not 'atmail'"),
        ({"options": {"x": {}}}, "options: there is no vendor 'x'; there are "),
        ({"http_port": 1025, "smtp_port": 1025}, "http_port and smtp_port must differ, but both are 1025"),
    ],
)
def test_wrong_keyword_is_explained(keywords, complaint):
    with pytest.raises(SettingError) as caught:
        MockMail(**keywords)
    assert str(caught.value).startswith(complaint)


def test_wrong_seed_is_explained():
    with pytest.raises(SeedError, match="seed: expected"):
        MockMail(seed={"vendors": 1})


def test_vendor_of_a_seed_that_is_not_served_is_explained():
    with pytest.raises(SeedError, match=r"seed: vendors\.atmial: there is no such vendor; there are atmail"):
        MockMail(vendors=["atmail"], seed={"format": 1, "vendors": {"atmial": {}}})


def test_strict_server_raises_at_its_end():
    with pytest.raises(UnmetExpectation) as caught, MockMail(strict=True, vendors=["atmail"]) as mm:
        mm.faults.add("atmail", operation="role.list", status=503)
        assert mm.failures() == "mockmail: no call met the fault: atmail role.list: status 503, used 0 of 1 times"
    assert str(caught.value) == (
        "mockmail: no call met the fault: atmail role.list: status 503, used 0 of 1 times\n"
        "(turn this check off with strict=False)"
    )


def test_strict_server_does_not_hide_the_error_of_its_block():
    with pytest.raises(ZeroDivisionError), MockMail(strict=True, vendors=["atmail"]) as mm:
        mm.faults.add("atmail", operation="role.list", status=503)
        1 / 0  # noqa: B018


async def test_strict_server_on_the_running_loop_raises_at_its_end():
    with pytest.raises(UnmetExpectation):
        async with MockMail(strict=True, vendors=["atmail"]) as mm:
            mm.faults.add("atmail", operation="role.list", status=503)


def test_setenv_sets_the_variables_of_several_vendors(mockmail, monkeypatch):
    mockmail.setenv(monkeypatch, "rackspace", "atmail")

    for vendor in (mockmail.rackspace, mockmail.atmail):
        assert {name: os.environ[name] for name in vendor.environment} == dict(vendor.environment)


def test_setenv_sets_the_variables_of_an_smtp_client(mockmail, monkeypatch):
    mockmail.setenv(monkeypatch, "smtp")

    assert (os.environ["SMTP_HOST"], os.environ["SMTP_PORT"]) == (mockmail.smtp_host, str(mockmail.smtp_port))
    assert "SMTP_USERNAME" not in mockmail.smtp_environment


def test_setenv_in_a_sandbox_lets_an_smtp_client_log_in(mockmail, monkeypatch):
    mine = mockmail.sandbox("mine")
    mine.setenv(monkeypatch, "smtp")

    with smtplib.SMTP(os.environ["SMTP_HOST"], int(os.environ["SMTP_PORT"]), timeout=20) as smtp:
        smtp.login(os.environ["SMTP_USERNAME"], os.environ["SMTP_PASSWORD"])
        smtp.sendmail("shop@example.com", "jane@example.com", "Subject: Welcome\r\n\r\n")

    assert (len(mine.inbox), len(mockmail.inbox)) == (1, 0)


def test_variables_of_a_sandbox_with_its_own_smtp_port_have_no_login():
    with MockMail(vendors=["atmail"], smtp_sandboxes={"mine": 0}) as mm:
        mine = mm.sandbox("mine")
        assert dict(mine.smtp_environment) == {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(mine.smtp_port)}
        assert mine.smtp_port != mm.smtp_port


def test_setenv_refuses_an_unknown_name(mockmail, monkeypatch):
    with pytest.raises(UnknownName, match="there is no vendor 'smpt'; there are "):
        mockmail.setenv(monkeypatch, "smpt")


def test_setenv_in_a_sandbox_names_the_sandbox(mockmail, monkeypatch):
    mockmail.sandbox("mine").setenv(monkeypatch, "atmail")

    assert os.environ["ATMAIL_URL"].startswith(f"{mockmail.url}/~mine/atmail")
