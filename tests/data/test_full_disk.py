"""A full disk: the protocols' own `try later` responses, no partial writes, and normal work when there is room."""

from __future__ import annotations

import base64
import json
import os
import re
import resource
import signal
import smtplib
import subprocess
from contextlib import contextmanager
from urllib.parse import quote, urlencode

import pytest
from data.folders import account

TOKEN = {"Adm_Authorization": "YOUR-SECURITY-TOKEN", "Content_Type": "application/json"}
ADMIN = {"Authorization": "Basic " + base64.b64encode(b"admin:changeme").decode()}
FORM = {"Content_Type": "application/x-www-form-urlencoded"}
COOKIE = {"Cookie": "asc_auth_key=864FE52C-1C1C-469F-9308-51DAFEFE7436", "Content_Type": "application/json"}
SIGNED = {
    "User_Agent": "Rackspace Management Interface",
    "X_Api_Signature": "eGbq9/2hcZsRlr1JV1Pi:20010308143725:46VIwd66mOFGG8IkbgnLlXnfnkU=",
}
BACKEND = {"Authorization": "Basic " + base64.b64encode(b"test:hi test").decode(), "Content_Type": "application/json"}
ADAXES = "/adaxes/restApi/api/directoryObjects"
ATMAIL = "/atmail/admin/index.php/api/accounts"
RACKSPACE = "/rackspace/v1/customers/12345678/domains/example.com/ex/mailboxes"


def write(served, vendor, name):
    """Make one write of a vendor, with a name to find it by."""
    if vendor == "adaxes":
        properties = [{"propertyName": "cn", "propertyType": "String", "values": [name]}]
        body = {"createIn": "CN=Users,DC=example,DC=com", "objectType": "user", "properties": properties}
        return served.ask("POST", ADAXES, json.dumps(body), **TOKEN)
    if vendor == "atmail":
        form = urlencode({"username": f"{name}@yourdomain.com", "password": "changeme"})
        return served.ask("POST", f"{ATMAIL}/create/", form, **ADMIN, **FORM)
    if vendor == "onlyoffice":
        body = {"host": "mail.example.com", "port": 25, "senderAddress": "n@example.com", "senderDisplayName": name}
        return served.ask("POST", "/onlyoffice/api/2.0/smtpsettings/smtp", json.dumps(body), **COOKIE)
    if vendor == "rackspace":
        form = urlencode({"displayName": name, "password": "Secret123!@#", "size": "2048"})
        return served.ask("POST", f"{RACKSPACE}/{name}", form, **SIGNED, **FORM)
    return served.ask("PUT", f"/spacedog/1/settings/{name}", "{}", **BACKEND)


def is_there(served, vendor, name):
    """Return whether the result of such a write can be read."""
    if vendor == "adaxes":
        path = f"{ADAXES}?directoryObject={quote(f'CN={name},CN=Users,DC=example,DC=com')}"
        return served.ask("GET", path, **TOKEN).status == 200
    if vendor == "atmail":
        form = urlencode({"username": f"{name}@yourdomain.com"})
        return b"<status>success</status>" in served.ask("POST", f"{ATMAIL}/view/", form, **ADMIN, **FORM).body
    if vendor == "onlyoffice":
        found = served.ask("GET", "/onlyoffice/api/2.0/smtpsettings/smtp", **COOKIE).json["response"]
        return found["senderDisplayName"] == name
    if vendor == "rackspace":
        return served.ask("GET", f"{RACKSPACE}/{name}", **SIGNED).status == 200
    return served.ask("GET", f"/spacedog/1/settings/{name}", **BACKEND).status == 200


def write_until_refused(served):
    """Make small writes until one is refused, and return the names of the others."""
    for number in range(1000):
        if write(served, "spacedog", f"small{number}").status == 503:
            return [f"small{one}" for one in range(number)]
    raise AssertionError("none was refused")


ACCOUNT = json.dumps({"vendors": {"atmail": {"accounts": [account("jane")]}}})
VENDORS = ("adaxes", "atmail", "onlyoffice", "rackspace", "spacedog")
LASTING = ("adaxes", "atmail", "rackspace", "spacedog")
"""The vendors that keep each written name beside the next."""
READABLE = ("adaxes", "rackspace", "spacedog")
"""The vendors whose reads write nothing; atmail stores the time of each login."""


@pytest.fixture
def disk(tmp_path):
    """Mount a disk of three megabytes."""
    path = tmp_path / "disk"
    path.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "mockmail-test", str(path)]
    mounted = (
        subprocess.run(command, capture_output=True, timeout=10, check=False).returncode == 0 if is_root() else False
    )
    if not mounted:
        pytest.skip("no disk can be mounted here")
    yield path
    subprocess.run(["umount", "--lazy", str(path)], timeout=10, check=True)


def is_root():
    return os.geteuid() == 0


@contextmanager
def filled(disk):
    """Fill the disk, and free it afterwards."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                pass
    try:
        yield
    finally:
        filler.unlink()


@pytest.fixture
def data(request, tmp_path):
    """The data folder, and what leaves a server no room in it: a disk that is full, or a limit of the system's."""
    if request.param == "disk":
        disk = request.getfixturevalue("disk")
        return disk / "data", lambda _: filled(disk)
    return tmp_path / "data", lambda served: served.limited(resource.RLIMIT_FSIZE, 1)


@pytest.mark.parametrize("data", ["disk", "limit"], indirect=True)
def test_full_disk_refuses_writes_and_loses_nothing(serve_there, data):
    folder, no_room = data
    served = serve_there("--quiet", path=folder)
    for vendor in VENDORS:
        assert write(served, vendor, "before").status in (200, 201), vendor
    assert served.send(b"Subject: before\r\n\r\n")[0] == 250

    with no_room(served):
        taken = write_until_refused(served)
        for vendor in VENDORS:
            answer = write(served, vendor, "refused")
            assert (vendor, answer.status, answer.headers["retry-after"]) == (vendor, 503, "10")
            assert str(folder) not in answer.text
        answer = send_by_spacedog(served, "refused")
        assert (answer.status, answer.json["success"], answer.headers["retry-after"]) == (503, False, "10")
        code, text = served.send(b"Subject: refused\r\n\r\n" + b"x" * 10_000)
        assert (code, text[:6], str(folder) in text) == (452, "4.3.1 ", False)
        assert login(served, "~another")[0] == 235
        assert served.ask("GET", "/~another/_mockmail/messages").json["messages"] == []
        assert served.ask("PATCH", "/~another/_mockmail/state", ACCOUNT, Content_Type="application/json").status == 503
        answer = served.ask("POST", "/_mockmail/reset", "{}", Content_Type="application/json")
        assert (answer.status, answer.headers["retry-after"]) == (503, "10")
        assert [is_there(served, vendor, "before") for vendor in READABLE] == [True] * 3
        assert subjects(served) == ["before"]
        for path in ("messages?subject=before", "messages?text=before", "messages/wait?to=jane@yourdomain.com"):
            assert found_by(served, path) == 1, path
        state = served.ask("GET", "/_mockmail/state")
        assert (state.status, set(VENDORS) <= state.json["vendors"].keys()) == (200, True)

    for vendor in VENDORS[:2]:
        assert write(served, vendor, "after").status == 200, vendor
    assert served.send(b"Subject: after\r\n\r\n")[0] == 250
    assert send_by_spacedog(served, "and after that").status == 200
    served.end()
    again = serve_there("--quiet", path=folder)
    assert [is_there(again, vendor, "before") for vendor in LASTING] == [True] * 4
    assert [is_there(again, "spacedog", name) for name in taken] == [True] * len(taken)
    assert [is_there(again, vendor, "refused") for vendor in VENDORS] == [False] * 5
    assert [is_there(again, vendor, "after") for vendor in VENDORS[:2]] == [True] * 2
    assert subjects(again) == ["and after that", "after", "before"]
    assert again.ask("GET", "/_mockmail/sandboxes").json["sandboxes"][0]["name"] == "default"


def test_removal_of_all_messages_makes_room_on_a_full_disk(serve_there, disk):
    served = serve_there("--vendors", "spacedog", "--quiet", path=disk / "data")
    assert write(served, "spacedog", "before").status == 201
    with filled(disk):
        while served.send(b"Subject: filling\r\n\r\n" + b"x" * 50_000)[0] == 250:
            pass
        (disk / "filler").write_bytes(b"")
        while served.send(b"Subject: filling\r\n\r\n" + b"x" * 50_000)[0] == 250:
            pass
        kept = len(subjects(served))
        assert kept >= 10
        # A record takes less room than a message.
        refused = next(name for name in names_of_records() if write(served, "spacedog", name).status == 503)

        answer = served.ask("DELETE", "/_mockmail/messages")

        assert (answer.status, answer.json) == (200, {"removed": kept})
        assert served.send(b"Subject: later\r\n\r\n" + b"x" * 50_000)[0] == 250
        assert write(served, "spacedog", "after").status == 201
        assert (disk / "data" / "reserve").stat().st_size == 1 << 20
        served.end()
        again = serve_there("--vendors", "spacedog", "--quiet", path=disk / "data")
        assert subjects(again) == ["later"]
        assert [is_there(again, "spacedog", name) for name in ("before", refused, "after")] == [True, False, True]


def names_of_records():
    return (f"filling{number}" for number in range(1000))


def test_removal_of_one_message_works_on_a_full_disk(serve_there, disk):
    served = serve_there("--vendors", "spacedog", "--quiet", path=disk / "data")
    for _ in range(3):
        served.send(b"Subject: before\r\n\r\n" + b"x" * 50_000)
    [first, *_] = served.ask("GET", "/_mockmail/messages").json["messages"]
    with filled(disk):
        write_until_refused(served)
        assert served.ask("DELETE", f"/_mockmail/messages/{first['id']}").status == 204
        assert len(subjects(served)) == 2
        write_until_refused(served)
        assert served.ask("DELETE", "/_mockmail/messages").json == {"removed": 2}


def test_reserve_leaves_the_room_of_a_small_disk_to_messages(serve_there, disk):
    (disk / "filler").write_bytes(b"x" * (5 << 18))
    served = serve_there("--vendors", "spacedog", "--quiet", path=disk / "data")
    assert not (disk / "data" / "reserve").exists()
    assert served.send(b"Subject: large\r\n\r\n" + (b"x" * 998 + b"\r\n") * 1000)[0] == 250


def test_stopped_server_starts_and_reads_on_a_full_disk(serve_there, disk):
    first = serve_there("--vendors", "spacedog", "--quiet", path=disk / "data")
    write(first, "spacedog", "before")
    first.send(b"Subject: before\r\n\r\n")
    first.end(signal.SIGTERM)
    with filled(disk):
        second = serve_there("--vendors", "spacedog", "--quiet", path=disk / "data")
        assert is_there(second, "spacedog", "before")
        assert found_by(second, "messages?subject=before") == 1
        write_until_refused(second)
    assert write(second, "spacedog", "after").status == 201


def test_server_starts_on_a_full_disk(serve_there, disk):
    first = serve_there("--vendors", "spacedog", path=disk / "data")
    write(first, "spacedog", "before")
    first.send(b"Subject: before\r\n\r\n")
    first.end()
    with filled(disk):
        second = serve_there("--vendors", "spacedog", path=disk / "data")
        assert is_there(second, "spacedog", "before")
        assert subjects(second) == ["before"]
        write_until_refused(second)
    assert write(second, "spacedog", "after").status == 201


def test_new_folder_on_a_full_disk_is_refused_in_one_line(serve_there, disk):
    with filled(disk):
        served = serve_there("--vendors", "atmail", path=disk / "data", wait=False)
        _, errors = served.process.communicate(timeout=30)
    assert served.process.returncode == 2
    assert re.fullmatch(
        r"mockmail: .*/data\S*: cannot be \w+ \(No space left on device\); make room, or choose another folder\n",
        errors.decode(),
    )


def test_read_only_disk_is_refused_in_one_line(serve_there, disk):
    serve_there("--vendors", "spacedog", path=disk / "data").end()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], timeout=10, check=True)
    refused = serve_there("--vendors", "spacedog", path=disk / "data", wait=False)
    _, errors = refused.process.communicate(timeout=30)
    assert refused.process.returncode == 2
    said = f"mockmail: {disk}/data: cannot be used as a data folder (Read-only file system)"
    assert (errors.decode().startswith(said), errors.count(b"\n")) == (True, 1)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_unwritable_folder_is_refused_in_one_line(serve_there, tmp_path):
    (tmp_path / "theirs").mkdir(mode=0o500)
    refused = serve_there("--vendors", "spacedog", path=tmp_path / "theirs", wait=False)
    _, errors = refused.process.communicate(timeout=30)
    assert refused.process.returncode == 2
    said = f"mockmail: {tmp_path}/theirs: cannot be used as a data folder (Permission denied)"
    assert (errors.decode().startswith(said), errors.count(b"\n")) == (True, 1)


@pytest.mark.parametrize(
    "path", ["/atmail/admin/index.php/api/accounts/list", "/%zz", "/~another/atmail/x", "/~%C3%B8/x", "/nobody"]
)
def test_request_for_a_sandbox_that_cannot_be_made_gets_a_response(serve_there, path):
    served = serve_there("--vendors", "atmail", "--quiet")
    with served.limited(resource.RLIMIT_FSIZE, 0):
        answer = served.ask("GET", path)
        assert answer.status in (401, 404, 503)
        assert answer.body.startswith(b"<?xml")
    assert is_there(served, "atmail", "nobody") is False


def send_by_spacedog(served, subject):
    """Send a mail of some size from the platform's account."""
    form = urlencode({"to": "jane@example.com", "subject": subject, "text": "x\n" * 5000})
    return served.ask("POST", "/spacedog/1/mail", form, **{**BACKEND, **FORM})


def login(served, user):
    """Return the response to AUTH."""
    with smtplib.SMTP("127.0.0.1", served.smtp, timeout=20) as client:
        client.ehlo()
        code, text = client.docmd("AUTH", "PLAIN " + base64.b64encode(f"\0{user}\0x".encode()).decode())
        return code, text.decode()[:6]


def found_by(served, path):
    """Return how many messages a search or a wait finds."""
    if path.startswith("messages/wait"):
        body = json.dumps({"to": path.partition("to=")[2], "timeout": 1})
        return served.ask("POST", "/_mockmail/messages/wait", body, Content_Type="application/json").json["total"]
    return served.ask("GET", f"/_mockmail/{path}").json["total"]


def subjects(served):
    return [message["subject"] for message in served.ask("GET", "/_mockmail/messages").json["messages"]]
