"""Servers that several tests share, the factory, and the places of settings."""

from __future__ import annotations

import pytest

HEAD = """
import smtplib
import urllib.error
import urllib.request

import pytest

def send(mm, subject):
    with smtplib.SMTP(mm.smtp_host, mm.smtp_port, "client.test", timeout=20) as smtp:
        smtp.login(f"~{mm.sandbox_name}", "any")
        smtp.sendmail("shop@example.com", "jane@example.com", f"Subject: {subject}\\n\\n")

def ask(url):
    try:
        headers = {"Authorization": "Basic YWRtaW46Y2hhbmdlbWU="}
        return urllib.request.urlopen(urllib.request.Request(url, headers=headers)).status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code

def names(mm):
    return [domain["domainName"] for domain in mm.atmail.state()["domains"]]

def seed(name):
    return {"format": 1, "vendors": {"atmail": {"domains": [{"domainId": 6, "domainName": name}]}}}

ROLES = "/admin/index.php/api/users/rolelist"
WRONG = "/admin/index.php/api/users/rolelst"
"""


@pytest.fixture
def suite(pytester):
    """Runs test modules in a suite of its own, with a configuration file."""

    def run(*sources: str, ini: str = "", conftest: str = ""):
        if conftest:
            pytester.makeconftest(HEAD + conftest)
        pytester.makeini(
            "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n"
            f"{'' if 'mockmail_vendors' in ini else 'mockmail_vendors = atmail'}\n{ini}\n"
        )
        pytester.makepyfile(**{f"test_{number}": HEAD + source for number, source in enumerate(sources)})
        return pytester.runpytest("-p", "no:randomly", "-p", "no:cacheprovider")

    return run


EACH_TEST_IS_ALONE = """
URLS = set()

@pytest.mark.parametrize("number", [1, 2])
def test_it(mockmail, mockmail_SCOPE, number):
    URLS.add(mockmail.url)
    assert len(URLS) == number
    assert mockmail.url == f"{mockmail_SCOPE.url}/~{mockmail.sandbox_name}"
    assert mockmail_SCOPE.server.sandboxes.names() in ([], ["default"])
    assert len(mockmail.inbox) == len(mockmail.requests) == 0
    assert names(mockmail) == ["yourdomain.com"]
    send(mockmail, "one")
    assert mockmail.inbox.wait_for(subject="one").envelope.auth_user
    assert ask(mockmail.atmail.url + "/users/rolelist") == 200
    mockmail.atmail.seed(domains=[{"domainId": 6, "domainName": "a.example"}])
    mockmail.clock.freeze()
    send(mockmail.sandbox(mockmail.sandbox_name + "-b"), "two")
"""


@pytest.mark.parametrize("scope", ["module", "session"])
def test_each_test_has_a_sandbox_of_a_shared_server(suite, scope):
    suite(EACH_TEST_IS_ALONE.replace("SCOPE", scope), ini=f"mockmail_scope = {scope}").assert_outcomes(passed=2)


def test_module_and_session_scope_share_servers(suite):
    source = """
def test_it(mockmail_module, mockmail_session, urls):
    urls.add((mockmail_module.url, mockmail_session.url))

def test_again(mockmail_module, mockmail_session, urls):
    urls.add((mockmail_module.url, mockmail_session.url))
"""
    suite(
        source,
        source,
        """
def test_end(urls):
    assert len(urls) == len({module for module, _ in urls}) == 2
    assert len({session for _, session in urls}) == 1
""",
        conftest="URLS = set()\n\n@pytest.fixture(scope='session')\ndef urls():\n    return URLS\n",
    ).assert_outcomes(passed=5)


def test_strictness_of_a_shared_server_fails_the_test_at_fault(suite):
    done = suite(
        """
def test_unmatched(mockmail):
    ask(mockmail.url + WRONG)

def test_fault(mockmail):
    mockmail.faults.add("atmail", operation="role.list", status=503)

def test_stub(mockmail):
    mockmail.stubs.add(path="/v9", text="never asked for")

def test_crash(mockmail, monkeypatch):
    monkeypatch.setattr(type(mockmail.server.vendors.get("atmail")), "authorize", lambda *_: 1 / 0)
    ask(mockmail.url + ROLES)

@pytest.mark.mockmail(strict=False)
def test_relaxed(mockmail):
    ask(mockmail.url + WRONG)

def test_good(mockmail):
    assert ask(mockmail.url + ROLES) == 200
""",
        ini="mockmail_scope = session",
    )
    done.assert_outcomes(passed=6, errors=4)
    done.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_unmatched*",
            "mockmail: no operation serves GET /~test-1/admin/index.php/api/users/rolelst (status 400)",
            "*nearest: atmail role.list *",
            "*-- mockmail --*",
            "*ERROR at teardown of test_fault*",
            "mockmail: no call met the fault: atmail role.list: status 503, used 0 of 1 times",
            "*ERROR at teardown of test_stub*",
            "mockmail: no request got the stub 1: any method /v9, *",
            "*ERROR at teardown of test_crash*",
            "mockmail: a handler crashed: GET */users/rolelist -> 500 (atmail role.list)",
        ]
    )
    assert done.stdout.str().count("-- mockmail --") == 4


def test_requests_without_a_sandbox_fail_at_the_end_of_the_shared_server(suite):
    done = suite(
        """
def test_it(mockmail_session):
    ask(mockmail_session.url + WRONG)

def test_other(mockmail_session):
    pass
"""
    )
    done.assert_outcomes(passed=2, errors=1)
    done.stdout.fnmatch_lines(
        ["*ERROR at teardown of test_other*", "mockmail: no operation serves GET /admin/*", "*1 request:"]
    )


def test_failing_test_shows_its_sandbox_and_the_shared_server(suite):
    done = suite(
        """
def test_it(mockmail):
    send(mockmail, "Welcome")
    assert False
""",
        ini="mockmail_scope = module",
    )
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["*-- mockmail --*", "*shop@example.com to jane@example.com: 'Welcome' (by smtp)"])


def test_marker_sets_seed_and_options_of_its_sandbox(suite):
    done = suite(
        """
@pytest.mark.mockmail(seed=seed("b.example"), options={"atmail": {"failed_status": 418}}, id_seed="x", strict=False)
def test_marked(mockmail):
    assert names(mockmail) == ["yourdomain.com", "b.example"]
    assert ask(mockmail.url + "/admin/index.php/api/accounts/view?accountId=999") == 418
    mockmail.reset()
    assert names(mockmail) == ["yourdomain.com", "b.example"]

def test_plain(mockmail, mockmail_session):
    assert names(mockmail) == ["yourdomain.com", "a.example"]
    assert mockmail_session.server.sandbox_settings == {}

@pytest.mark.mockmail(max_sandboxes=1)
def test_refused(mockmail):
    pass
""",
        ini="mockmail_scope = session",
        conftest='@pytest.fixture(scope="session")\ndef mockmail_settings():\n    return {"seed": seed("a.example")}\n',
    )
    done.assert_outcomes(passed=2, errors=1)
    done.stdout.fnmatch_lines(
        ["*SettingError: the marker of a test with a shared server takes strict, seed, options, id_seed, not *"]
    )


def test_settings_are_overridden_from_file_to_fixture_to_marker(suite, pytester):
    pytester.mkdir("below")
    pytester.makefile(".json", world='{"format": 1, "vendors": {"atmail": {"domains": []}}}')
    done = suite(
        """
@pytest.fixture
def mockmail_settings(tmp_path):
    return {"id_seed": tmp_path.name, "max_sandboxes": 7}

def test_fixture(mockmail, tmp_path):
    settings = mockmail.server.settings
    assert (settings.world.id_seed, settings.max_sandboxes) == (tmp_path.name, 7)
    assert [document.source.rpartition("/")[2] for document in settings.world.seeds] == ["world.json"]
    assert list(mockmail.server.vendors.vendors) == ["atmail", "postmark"]
    ask(mockmail.url + WRONG)

class TestMarker:
    @pytest.fixture
    def mockmail_settings(self):
        return {"strict": True, "vendors": ["postmark"]}

    @pytest.mark.mockmail(vendors=["atmail"], strict=False)
    def test_marker(self, mockmail):
        assert list(mockmail.server.vendors.vendors) == ["atmail"]
        assert mockmail.server.settings.max_sandboxes == 1000
        ask(mockmail.url + WRONG)
""",
        ini="mockmail_strict = false\nmockmail_seed = world.json\nmockmail_vendors = atmail postmark",
    )
    done.assert_outcomes(passed=2)


def test_unknown_scope_is_explained(suite):
    done = suite("def test_it(mockmail):\n    pass\n", ini="mockmail_scope = package")
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["*mockmail_scope must be function, module or session, not 'package'"])


def test_settings_of_a_narrower_scope_than_the_server_are_explained(suite):
    done = suite(
        "@pytest.fixture\ndef mockmail_settings():\n    return {}\n\ndef test_it(mockmail_session):\n    pass\n"
    )
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["*ScopeMismatch*mockmail_settings*"])


def test_factory_runs_servers_in_tests_and_in_fixtures(suite):
    done = suite(
        """
@pytest.fixture(scope="class")
def company(mockmail_factory):
    with mockmail_factory(seed=seed("a.example")) as mm:
        yield mm

class TestIt:
    def test_two(self, company, mockmail_factory):
        with mockmail_factory(strict=False) as other:
            assert other.url != company.url
            assert (names(company), names(other)) == (["yourdomain.com", "a.example"], ["yourdomain.com"])
            ask(other.url + WRONG)

    def test_failing_with_fixture(self, company):
        send(company, "Welcome")
        assert False

    def test_failing_inside(self, mockmail_factory):
        with mockmail_factory() as mm:
            ask(mm.url + ROLES)
            assert False

def test_strict(mockmail_factory):
    with mockmail_factory() as mm:
        ask(mm.url + WRONG)

def test_last():
    assert False
"""
    )
    done.assert_outcomes(passed=1, failed=4)
    done.stdout.fnmatch_lines(
        [
            "*_ TestIt.test_failing_with_fixture _*",
            "*shop@example.com to jane@example.com: 'Welcome' (by smtp)",
            "*_ TestIt.test_failing_inside _*",
            "*#1 GET /admin/index.php/api/users/rolelist -> 200 (atmail role.list)",
            "*_ test_strict _*",
            "mockmail: no operation serves GET /admin/index.php/api/users/rolelst (status 400)",
            "*-- mockmail --*",
            "*_ test_last _*",
        ]
    )
    assert "-- mockmail --" not in done.stdout.str().partition("_ test_last _")[2]
