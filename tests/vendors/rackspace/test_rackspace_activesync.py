"""ActiveSync services (Rackspace API documentation, "ActiveSync Mobile Service")."""

from __future__ import annotations

import re

from tests.vendors.rackspace.conftest import COMPANY
from tests.vendors.rackspace.signed_client import Client

SERVICES = f"{COMPANY}/ex/activesyncmobileservices"


def test_service_is_attached_shown_and_detached(api: Client, alex: str):
    service = f"{alex}/activesyncmobileservice"
    api.ok("POST", service)
    shown = api.get(service).json
    assert re.fullmatch("alexsmith[0-9]{4}", shown.pop("userName"))
    assert shown == {
        "emailAddress": "alex.smith@example.com",
        "serverAddress": "mex07A.emailsrvr.com",
        "domainAddress": "mex07A.mlsrvr.com",
    }
    assert api.get(alex).json["hasActiveSyncMobileService"] is True
    assert api.get(SERVICES).json == {"offset": 0, "size": 50, "total": 1, "mailboxes": ["alex.smith"]}

    api.ok("DELETE", service)

    gone = (404, "itemNotFoundFault", "User alex.smith@example.com has no active ActiveSync Mobile Service.")
    assert api.get(service).fault == gone
    assert api.delete(service).fault == gone
    assert api.get(alex).json["hasActiveSyncMobileService"] is False
    assert api.get(SERVICES).json["total"] == 0


def test_body_of_an_operation_without_parameters_is_ignored(api: Client, alex: str):
    reply = api.send("POST", f"{alex}/activesyncmobileservice", b"{}", {"Content-Type": "application/json"})
    assert (reply.status, reply.body) == (200, b"")


def test_second_service_of_a_mailbox_is_refused(api: Client, alex: str):
    api.ok("POST", f"{alex}/activesyncmobileservice")
    fault = api.post(f"{alex}/activesyncmobileservice").fault
    assert fault == (400, "badRequestFault", "User alex.smith@example.com has ActiveSync Mobile Service already")


def test_service_of_a_missing_mailbox_is_404(api: Client):
    for reply in (
        api.get(f"{COMPANY}/ex/mailboxes/nobody/activesyncmobileservice"),
        api.post(f"{COMPANY}/ex/mailboxes/nobody/activesyncmobileservice"),
    ):
        assert reply.fault == (404, "itemNotFoundFault", "Mailbox Not Found")


def test_list_is_searched_by_name_and_display_name_and_paged(api: Client, alex: str):
    for path in (alex, f"{COMPANY}/ex/mailboxes/apiexmailbox55", f"{COMPANY}/ex/mailboxes/apiexmailbox6"):
        api.ok("POST", f"{path}/activesyncmobileservice")
    assert api.get(f"{SERVICES}?startswith=api+test").json["mailboxes"] == ["apiexmailbox55", "apiexmailbox6"]
    assert api.get(f"{SERVICES}?contains=Smith").json["mailboxes"] == ["alex.smith"]
    page = api.get(f"{SERVICES}?size=1&offset=2").json
    assert (page["total"], page["mailboxes"]) == (3, ["apiexmailbox6"])
