"""Request bodies are read as ASP.NET reads them (docs/wire/rackspace.md 1.3)."""

from __future__ import annotations

import gzip

import pytest

from tests.vendors.rackspace.conftest import COMPANY
from tests.vendors.rackspace.signed_client import Client

SIX = f"{COMPANY}/ex/mailboxes/apiexmailbox6"
FORM_ONLY = "The request body must be submitted in Content-Type: application/x-www-form-urlencoded"
MULTIPART = {"Content-Type": "multipart/form-data; boundary=b0"}


def part(name: str, value: str, more: str = "") -> str:
    return f'--b0\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'


def multipart(*parts: str) -> bytes:
    return ("".join(parts) + "--b0--\r\n").encode()


def city(api: Client) -> str:
    return api.get(SIX).json["contactInfo"]["city"]


def test_multipart_form_is_read_without_its_files(api: Client):
    body = multipart(part("city", "Orléans"), part("state", "x" * 3000), part("notes", "a file", '; filename="a.txt"'))

    assert api.send("PUT", SIX, body, MULTIPART).status == 200

    contact = api.get(SIX).json["contactInfo"]
    assert (contact["city"], contact["state"], contact["notes"]) == ("Orléans", "x" * 3000, "")


@pytest.mark.parametrize("media_type", ["multipart/form-data", "multipart/form-data; boundary=other"])
def test_multipart_form_without_its_boundary_is_refused(api: Client, media_type: str):
    reply = api.send("PUT", SIX, multipart(part("city", "x")), {"Content-Type": media_type})

    status, name, message = reply.fault
    assert (status, name) == (400, "badRequestFault")
    assert message.startswith("Invalid form: ")


@pytest.mark.mockmail(options={"rackspace": {"multipart_is_refused": True}})
def test_multipart_form_is_refused_with_the_option(api: Client):
    reply = api.send("PUT", SIX, multipart(part("city", "x")), MULTIPART)

    assert reply.fault == (400, "badRequestFault", FORM_ONLY)
    assert city(api) == ""


def test_body_without_content_type_is_no_form(api: Client):
    reply = api.send("POST", f"{SIX}1", b"displayName=A&password=Secret123&size=1", {"Content-Type": ""})
    assert reply.fault == (400, "badRequestFault", "Missing required field: displayName")

    assert api.send("PUT", SIX, b"city=Blacksburg", {"Content-Type": ""}).status == 200
    assert city(api) == ""


def test_form_on_get_does_not_change_the_query(api: Client):
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    page = api.send("GET", f"{COMPANY}/ex/mailboxes?size=2", b"size=1&contains=nothing", form).json

    assert (page["size"], len(page["mailboxes"])) == (2, 2)


def test_form_with_a_content_encoding_is_read_as_sent(api: Client):
    form = {"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": "gzip"}

    packed = api.send("PUT", SIX, gzip.compress(b"city=Blacksburg", mtime=0), form)
    assert packed.fault == (400, "badRequestFault", "Invalid form: bytes that are not utf-8")
    assert city(api) == ""

    assert api.send("PUT", SIX, b"city=Blacksburg", form).status == 200
    assert city(api) == "Blacksburg"
