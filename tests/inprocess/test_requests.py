"""`MockMail.requests`."""

from __future__ import annotations

import pytest
from http_client import send_request

from mockmail.core.errors import UnknownName


def test_requests_are_found_by_every_filter(mockmail):
    assert send_request(mockmail.spacedog.url, "GET", "/1/login").status == 403

    [found] = mockmail.requests.find(vendor="spacedog", method="GET", path="login", status=403)
    assert mockmail.requests.find(operation="session.login") == [found]
    assert mockmail.requests.find(vendor="atmail") == []


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({"vendor": "rackspaec"}, "there is no vendor 'rackspaec'; there are "),
        ({"operation": "mail.sned"}, "there is no operation 'mail.sned'; did you mean mail.send, "),
        ({"vendor": "atmail", "operation": "mail.send"}, "there is no operation 'mail.send'; "),
    ],
)
def test_unknown_name_is_refused_instead_of_matching_nothing(mockmail, asked, complaint):
    with pytest.raises(UnknownName) as caught:
        mockmail.requests.find(**asked)
    assert str(caught.value).startswith(complaint)
