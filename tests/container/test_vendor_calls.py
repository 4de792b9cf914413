"""The calls that `make container-test` makes to the image, made to a server of this process."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from container.vendor_calls import CALLS, Server

from mockmail.server.discovery import built_in_names


def test_every_vendor_has_a_call():
    assert sorted(CALLS) == sorted(built_in_names())


@pytest.mark.parametrize("vendor", CALLS)
def test_call_succeeds_and_its_mail_arrives(mockmail, vendor):
    server = Server(urlsplit(mockmail.url).port, mockmail.smtp_port)

    CALLS[vendor](server, getattr(mockmail, vendor).environment)

    assert len(mockmail.inbox) == 1
