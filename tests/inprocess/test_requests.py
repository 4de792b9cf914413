"""The request journal in Python."""

from __future__ import annotations

from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from mockmail.core.errors import UnknownName


def test_requests_are_found_by_vendor_operation_and_status(mockmail):
    with pytest.raises(HTTPError, match="403") as refused:
        urlopen(f"{mockmail.spacedog.url}/1/login", timeout=10)
    refused.value.close()

    [found] = mockmail.requests.find(vendor="spacedog", method="GET", path="login", status=403)
    assert mockmail.requests.find(operation="session.login") == [found]
    assert mockmail.requests.find(vendor="atmail") == []


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (
            {"vendor": "rackspaec"},
            "there is no vendor 'rackspaec'; there are adaxes, atmail, onlyoffice, rackspace, spacedog",
        ),
        ({"operation": "mail.sned"}, "there is no operation 'mail.sned'; did you mean mail.send, "),
        ({"vendor": "atmail", "operation": "mail.send"}, "there is no operation 'mail.send'; "),
    ],
)
def test_unknown_name_raises_unknown_name(mockmail, asked, expected):
    with pytest.raises(UnknownName) as caught:
        mockmail.requests.find(**asked)
    assert str(caught.value).startswith(expected)
