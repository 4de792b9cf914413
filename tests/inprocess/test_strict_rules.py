"""A strict test fails when a fault or a stub was never met."""

from __future__ import annotations


def test_unused_stub_and_smtp_fault_fail_a_strict_test(pytester):
    pytester.makepyfile(
        """
        def test_it(mockmail):
            mockmail.stubs.add(path="/v9", text="never asked for")
            mockmail.smtp_faults.add("rcpt", code=451, times=2)
        """
    )

    loops = ("-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=function")
    result = pytester.runpytest_inprocess("-p", "no:randomly", *loops)

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*no call met the fault: SMTP rcpt: 451 4.0.0 Local error in processing*used 0 of 2 times",
            "*no request got the stub 1: any method /v9, used 0 times, no limit",
        ]
    )


def test_stubbed_path_is_no_unmatched_request(mockmail):
    from http_client import send_request

    mockmail.stubs.add(path="/v9", text="served")
    assert send_request(mockmail.url, "GET", "/v9").text == "served"
