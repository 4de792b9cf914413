"""The pytest plugin, as a suite that has mockmail installed uses it."""

from __future__ import annotations

import pytest

HEAD = """
import smtplib
import urllib.error
import urllib.request

import pytest

def send(mm, subject):
    with smtplib.SMTP(mm.smtp_host, mm.smtp_port, "client.test", timeout=20) as smtp:
        smtp.sendmail("shop@example.com", "jane@example.com", f"Subject: {subject}\\n\\n")

def ask(url):
    try:
        headers = {"Authorization": "Basic YWRtaW46Y2hhbmdlbWU="}
        return urllib.request.urlopen(urllib.request.Request(url, headers=headers)).status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
"""


@pytest.fixture
def suite(pytester, monkeypatch):
    """Runs a test module in a suite of its own."""
    monkeypatch.setenv("MOCKMAIL_VENDORS", "atmail")

    def run(source: str, *flags: str, subprocess: bool = False):
        pytester.makepyfile(HEAD + source)
        loops = ("-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=function")
        given = ("-p", "no:randomly", "-p", "no:cacheprovider", *loops, *flags)
        return pytester.runpytest_subprocess(*given) if subprocess else pytester.runpytest(*given)

    return run


def test_each_test_has_its_own_server(suite):
    suite(
        """
def test_one(mockmail):
    send(mockmail, "one")
    assert mockmail.inbox.wait_for(subject="one").subject == "one"

def test_two(mockmail):
    assert len(mockmail.inbox) == 0
    assert mockmail.atmail.url == mockmail.url + "/atmail/admin/index.php/api"
    assert mockmail.atmail.credentials == {"username": "admin", "password": "changeme"}
    assert ask(mockmail.atmail.url + "/users/rolelist") == 200
    assert mockmail.requests[0].operation == "role.list"

async def test_three(mockmail):
    send(mockmail, "three")
    assert (await mockmail.inbox.wait_for_async(subject="three")).subject == "three"
    assert [one.subject for one in mockmail.inbox] == ["three"]
"""
    ).assert_outcomes(passed=3)


def test_strict_server_fails_a_test_for_unmatched_requests_faults_and_crashes(suite):
    done = suite(
        """
def unserved(mockmail, _):
    ask(mockmail.url + "/admin/index.php/api/users/rolelst")

def unmet(mockmail, _):
    mockmail.faults.add("atmail", operation="role.*", status=503)

def crashed(mockmail, monkeypatch):
    monkeypatch.setattr(type(mockmail.server.vendors.get("atmail")), "authorize", lambda *_: 1 / 0)
    ask(mockmail.url + "/admin/index.php/api/users/rolelist")

WRONG = pytest.mark.parametrize("wrong", [unserved, unmet, crashed])

@WRONG
def test_strict(mockmail, monkeypatch, wrong):
    wrong(mockmail, monkeypatch)

@WRONG
@pytest.mark.mockmail(strict=False)
def test_relaxed(mockmail, monkeypatch, wrong):
    wrong(mockmail, monkeypatch)

def test_that_fails_anyway(mockmail):
    ask(mockmail.url + "/nobody/serves/this")
    assert False
"""
    )
    done.assert_outcomes(passed=6, errors=4, failed=1)
    done.stdout.fnmatch_lines(
        [
            "mockmail: no operation serves GET /admin/index.php/api/users/rolelst (status 400)",
            "*nearest: atmail role.list (GET/POST/PUT/DELETE */users/rolelist/*): 'rolelst' should be 'rolelist'",
            "(turn this check off with @pytest.mark.mockmail(strict=False))",
            "mockmail: no call met the fault: atmail role.[*]: status 503, used 0 of 1 times",
            "mockmail: a handler crashed: GET /admin/index.php/api/users/rolelist -> 500 (atmail role.list)",
            "ZeroDivisionError: division by zero",
        ]
    )


def test_timeout_is_reported_at_the_line_of_the_test(suite):
    done = suite(
        """
def test_one(mockmail):
    mockmail.inbox.wait_for(to="jane@example.com", timeout=0)

async def test_two(mockmail):
    await mockmail.inbox.wait_for_async(to="jane@example.com", timeout=0)

def test_three(mockmail):
    mockmail.inbox.wait_for_count(2, timeout=0)
"""
    )
    done.assert_outcomes(failed=3)
    done.stdout.fnmatch_lines(["*no message matched to='jane@example.com' within 0 s. No message arrived at all."] * 2)
    shown = [line for line in done.outlines if line.endswith(("WaitTimeout", "Error")) and ".py:" in line]
    assert [line.partition(".py:")[0] for line in shown] == ["test_timeout_is_reported_at_the_line_of_the_test"] * 3


def test_marker_sets_seed_options_and_settings(suite, pytester):
    pytester.makefile(
        ".json", world='{"format": 1, "vendors": {"atmail": {"domains": [{"domainId": 5, "domainName": "a.example"}]}}}'
    )
    suite(
        """
def names(mockmail):
    return [one["domainName"] for one in mockmail.atmail.state()["domains"]]

@pytest.mark.mockmail(seed="world.json")
def test_file(mockmail):
    assert names(mockmail) == ["yourdomain.com", "a.example"]

SEED = {"format": 1, "vendors": {"atmail": {"domains": [{"domainId": 6, "domainName": "b.example"}]}}}

@pytest.mark.mockmail(seed=["world.json", SEED])
def test_both(mockmail):
    assert names(mockmail) == ["yourdomain.com", "a.example", "b.example"]
    mockmail.reset()
    assert names(mockmail) == ["yourdomain.com", "a.example", "b.example"]

@pytest.mark.mockmail(options={"atmail": {"failed_status": 418}}, strict=False)
def test_options(mockmail):
    url = mockmail.url + "/admin/index.php/api/accounts/view?accountId=999"
    assert ask(url) == 418

@pytest.mark.mockmail(max_sandboxes=1, strict=False)
def test_settings(mockmail):
    assert ask(mockmail.url + "/~a/admin/index.php/api/users/rolelist") == 200
    assert ask(mockmail.url + "/~b/admin/index.php/api/users/rolelist") == 503
"""
    ).assert_outcomes(passed=4)


WRONG_MARKERS = {
    "nonsense=1": "*SettingError: 'nonsense' is not a setting; `mockmail serve --help` lists them",
    'seed="nowhere.json"': "*SeedError: *nowhere.json: cannot be read (No such file or directory)",
    'seed={"vendors": 1}': '*SeedError: seed: expected {"format": 1, "vendors": {...}}',
    'seed={"vendors": {"atmial": {}}}': "*SeedError: seed: vendors.atmial: there is no such vendor; there are *",
    'options={"nobody": {}}': "*SettingError: options: there is no vendor 'nobody'; there are atmail",
    'options={"atmail": {"x": 1}}': "*SettingError: options.atmail: 'x' is not an option; expected *",
    'options={"atmail": {"failed_status": "x"}}': (
        "*SettingError: options.atmail.failed_status must be an integer, not 'x'"
    ),
}


def test_invalid_marker_is_explained(suite):
    tests = [
        f"@pytest.mark.mockmail({marker})\ndef test_{number}(mockmail):\n    pass\n"
        for number, marker in enumerate(WRONG_MARKERS)
    ]
    done = suite("\n".join(tests))
    done.assert_outcomes(errors=len(WRONG_MARKERS))
    done.stdout.fnmatch_lines(list(WRONG_MARKERS.values()))


def test_marker_and_fixture_are_listed_by_pytest(suite):
    done = suite("", "--markers")
    done.stdout.fnmatch_lines(["@pytest.mark.mockmail(strict=True, seed=None, **settings): *"])
    done = suite("", "--fixtures")
    done.stdout.fnmatch_lines(["mockmail -- *pytest_plugin.py:*"])


def test_fixture_works_with_several_workers(suite):
    source = "".join(
        f"""
def test_{number}(mockmail):
    send(mockmail, "n{number}")
    assert [one.subject for one in mockmail.inbox] == ["n{number}"]
"""
        for number in range(8)
    )
    suite(source, "-n", "2", subprocess=True).assert_outcomes(passed=8)


def test_suite_without_the_fixture_imports_only_the_plugin(suite):
    suite(
        """
def test_it():
    import sys
    ours = {name for name in sys.modules if name.partition(".")[0] in ("mockmail", "lxml", "tinydb", "aiosmtpd")}
    assert ours == {"mockmail", "mockmail._version", "mockmail.pytest_plugin"}
""",
        "-p",
        "no:aiohttp",
        subprocess=True,
    ).assert_outcomes(passed=1)


def test_report_of_a_failing_test_shows_what_the_server_received_and_sent(suite):
    done = suite(
        """
import urllib.parse

def create(mm):
    form = urllib.parse.urlencode({"username": "joe@yourdomain.com", "password": "s3cret"}).encode()
    urllib.request.urlopen(urllib.request.Request(
        mm.atmail.url + "/accounts/create/", form, {"Authorization": "Basic YWRtaW46Y2hhbmdlbWU="}
    ))

@pytest.fixture
def client(mockmail):
    return mockmail

def test_call(client):
    create(client)
    send(client, "Welcome")
    client.faults.add("atmail", operation="role.list", status=503)
    ask(client.atmail.url + "/users/rolelist")
    ask(client.sandbox("mine").url + "/nothing/here")
    assert False

def test_strictness(mockmail):
    ask(mockmail.url + "/nothing/here")

def test_that_passes(mockmail):
    create(mockmail)
"""
    )
    done.assert_outcomes(failed=1, passed=2, errors=1)
    done.stdout.fnmatch_lines_random(
        [
            "*-- mockmail --*",
            "2 requests:",
            "  #1 POST /atmail/admin/index.php/api/accounts/create/ -> 200 (atmail account.create)",
            "  #2 GET /atmail/admin/index.php/api/users/rolelist -> 503 (atmail role.list)",
            "      fault: atmail role.list: status 503, used 1 of 1 times",
            "      refused: injected fault, status 503",
            "1 message:",
            "  shop@example.com to jane@example.com: 'Welcome' (by smtp)",
            "fault atmail role.list: status 503, used 1 of 1 times",
            "~mine: 1 request:",
            "~mine: no messages",
            "1 request:",
            "  #1 GET /nothing/here -> 4* (atmail unmatched)",
            "no messages",
        ]
    )
    assert "s3cret" not in done.stdout.str()
    assert done.stdout.str().count("-- mockmail --") == 2


def test_report_is_bounded(mockmail, send):
    send(mockmail, *[f"n{number}" for number in range(30)])

    assert "30 messages, the last 20:\n" in mockmail.report()
    assert "'n9'" not in mockmail.report()
    assert "'n10'" in mockmail.report()


MISTAKES = [
    'mockmail.requests.find(vendor="x")',
    "mockmail.requests.verify(count=1)",
    "mockmail.requests.wait_for(timeout=0)",
    'mockmail.faults.add("x")',
    'mockmail.faults.add("atmail")',
    'mockmail.faults.limit("atmail", -1)',
    'mockmail.atmail.seed(domains=[{"name": 1}])',
    "mockmail.restore({})",
    'mockmail.reset("x")',
    'mockmail.vendor("x")',
    'len(mockmail.sandbox("!").inbox)',
    "mockmail.inbox.find(query='a ' * 101)",
    "mockmail.clock.set(__import__('datetime').datetime(2024, 1, 1))",
]


def test_mistake_is_reported_at_the_line_of_the_test(suite):
    tests = [f"def test_{number}(mockmail):\n    {mistake}\n" for number, mistake in enumerate(MISTAKES)]

    done = suite("\n".join(tests))

    done.assert_outcomes(failed=len(MISTAKES))
    located = [
        line
        for line in done.outlines
        if ".py:" in line
        and line.endswith(("Error", "Name", "Failed", "Fault", "Value", "Timeout", "Problem", "Expectation", "Query"))
    ]
    assert len(located) == len(MISTAKES)
    assert {line.partition(".py:")[0] for line in located} == {"test_mistake_is_reported_at_the_line_of_the_test"}


def test_failed_comparison_of_two_messages_says_what_differs(suite):
    result = suite(
        """
def test_same(mockmail):
    send(mockmail, "first")
    send(mockmail, "second")
    assert mockmail.inbox[0] == mockmail.inbox[1]
""",
    )

    result.stdout.fnmatch_lines(
        [
            "E * assert <Message * to jane@example.com: 'first'> == <Message * to jane@example.com: 'second'>",
            "E * id: '*' != '*'",
            "E * subject: 'first' != 'second'",
            "E * raw: 18 bytes != 19 bytes",
        ]
    )


def test_failed_search_in_a_message_shows_the_message(suite):
    result = suite(
        """
def test_subject(mockmail):
    send(mockmail, "first")
    message = mockmail.inbox[0]
    assert message.subject == "other", message
""",
    )

    result.stdout.fnmatch_lines(["E * AssertionError: <Message * from '' to jane@example.com: 'first'>"])
