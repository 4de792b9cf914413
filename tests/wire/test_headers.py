"""Request headers that several vendors read."""

from __future__ import annotations

import pytest

from mockmail.wire.headers import basic_credentials, bearer_token, charset_of, media_ranges


@pytest.mark.parametrize(
    ("header", "credentials"),
    [
        ("Basic YWRtaW46Y2hhbmdlbWU=", ("admin", "changeme")),
        ("basic   YWRtaW46Y2hhbmdlbWU= ", ("admin", "changeme")),
        ("Basic YTpiOmM=", ("a", "b:c")),
        ("Basic Og==", ("", "")),
        ("Basic w7w6w58=", ("ü", "ß")),
        ("Basic /Dpi", ("ü", "b")),
        ("Basic YWRtaW4=", None),
        ("Basic !!!!", None),
        ("Basic YWR", None),
        ("Basic YWRtaW46!Y2hhbmdlbWU=", None),
        ("Basic \udcff\xff", None),
        ("Basic", None),
        ("Bearer YWRtaW46Y2hhbmdlbWU=", None),
        ("APIKey YWRtaW46Y2hhbmdlbWU=", None),
        ("", None),
    ],
)
def test_basic_credentials_are_read_or_none(header, credentials):
    assert basic_credentials(header) == credentials


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer re_1", "re_1"),
        ("bearer   re_1 ", "re_1"),
        ("Bearer", ""),
        ("Bearer  ", ""),
        ("Basic re_1", ""),
        ("re_1", ""),
        ("", ""),
    ],
)
def test_bearer_token_is_read_or_empty(header, token):
    assert bearer_token(header) == token


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        ("application/json", None),
        ("application/json; charset=UTF-8", "utf-8"),
        ("text/plain;x=1 ; charset = 'utf-16' ; y=2", "utf-16"),
        ('text/plain; charset="iso-8859-1"', "iso-8859-1"),
        ("text/plain; charset=", None),
    ],
)
def test_charset_of_a_content_type(content_type, charset):
    assert charset_of(content_type) == charset


def test_media_ranges_have_their_quality():
    accept = "TEXT/xml;q=0.5, application/json ; a=b; v=2; q=0.9,*/*;q=x, text/html"
    expected = [("text/xml", 0.5), ("application/json", 0.9), ("*/*", 0.0), ("text/html", 1.0)]
    assert media_ranges(accept) == expected


def test_media_ranges_beyond_the_limit_are_ignored():
    names = [f"text/{number}" for number in range(51)]

    assert [name for name, _ in media_ranges(",".join(names))] == names[:50]
