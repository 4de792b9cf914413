"""The page's curl commands, run by curl in page order on one fresh server."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from golden import send_mail
from lxml import etree

needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")

PRINTED = """\
curl -i -u "admin:changeme" "https://yourdomain.com/admin/index.php/api/users/authenticate/"
curl -i -u "admin:changeme" "https://yourdomain.com/admin/index.php/api/users/permissionlist/"
curl -i -u "admin:changeme" "https://yourdomain.com/admin/index.php/api/users/rolelist/"
curl -i --data "username=user1&password=changeme&domainIds=1" -u "admin:changeme" "https://yourdomain.com/admin/index.php/api/users/create/"
curl -i --data "userId=2&password=changeme" -u "admin:changeme" "https://yourdomain.com/admin/index.php/api/users/update/"
curl -i -u "admin:changeme" "https://yourdomain.com/admin/index.php/api/users/list/"
curl -i --data "userId=1" -u "admin:changeme" "https://yourdomain.com/admin/index.php/api/users/view/"
curl -i --data "userId=1" -u "admin:changeme" "https://yourdomain.com/admin/index.php/api/users/userpermissionrole/"
curl -i --data "userId=2" -u "admin:changeme" "https://yourdomain.com/admin/index.php/api/users/delete/"
curl -i --data "username=account1@yourdomain.com&password=changeme" -u "admin:changeme" "https://yourdomain.com/admin/index.php/api/accounts/create/"
curl -i --data "username=account1@yourdomain.com&password=changeme" -u "admin:changeme" "https://yourdomain.com/admin/index.php/api/accounts/update/"
curl -i --data "username=account1@yourdomain.com" -u "admin:changeme" "https://yourdomain.com/admin/index.php/api/accounts/view/"
curl -i --data "username=account1@yourdomain.com" -u "admin:changeme" "https://yourdomain.com/admin/index.php/api/accounts/delete/"
curl -i -u "admin:changeme" "https://yourdomain.com/admin/index.php/api/accounts/list/"
curl -i --data "AliasName=test1@yourdomain.com&AliasTo=test2@yourdomain.com&AliasType=Local" -u "admin:changeme" "https://yourdomain.com/admin/index.php/api/aliases/create/"
curl -i -u "admin:changeme" "https://yourdomain.com/admin/index.php/api/aliases/list/"
curl -i --data="AliasName=test1@yourdomain.com" -u "admin:changeme" "https://yourdomain.com/admin/index.php/api/aliases/list/"
curl -i --data "domainName=yourdomain.com" -u "admin:changeme" "https://yourdomain.com/admin/index.php/api/domain/create/"
curl -i -u --data "domainName=yourdomain.com" -u "admin:changeme" "https://yourdomain.com/admin/index.php/api/domain/check/"
curl -i --data "domainName=yourdomain.com" -u "admin:changeme" "https://yourdomain.com/admin/index.php/api/domain/delete/"
""".splitlines()

ACCOUNT = {
    "accountId": "10",
    "createdByUserId": "1",
    "username": "account1@yourdomain.com",
    "password": "CHANGEME",
    "domainId": "1",
    "dateModified": "2017-01-01 00:00:00",
    "dateCreate": "2017-01-01 00:00:00",
    "userStatus": "0",
    "homeDir": "/var/atmail/users/a/c/c/account1@yourdomain.com/",
    "forward": "",
    "autoReply": "",
    "quota": "1024",
    "lastLogin": "",
    "mboxServer": "1",
    "mboxType": "Maildir",
    "groupId": "1",
    "firstName": "",
    "lastName": "",
}
AUTO_REPLY = {"autoReplyEnabled": "0", "autoReplySubject": "", "autoReplyStart": "", "autoReplyEnd": ""}
ALIAS = {
    "AliasName": "test1@yourdomain.com",
    "AliasTo": "test2@yourdomain.com",
    "Domain": "",
    "DateCreate": "2017-01-01 00:00:00",
    "id": "20",
    "aliasType": "Local",
    "DomainPart": "yourdomain.com",
}


@dataclass
class Printout:
    """The output of `curl -i`."""

    head: str
    root: etree._Element

    @property
    def words(self) -> tuple[str, str | None, str | None]:
        """Return the method's element, its status and its message."""
        element = self.root[0]
        return element.tag, element.findtext("status"), element.findtext("response/message")

    @property
    def results(self):
        return tree(self.root.find("*/response/results"))


def tree(element):
    return {child.tag: tree(child) for child in element} if len(element) else element.text or ""


class Page:
    """The page's commands in their order."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lines = iter(PRINTED)

    def run(self, corrected: tuple[str, str] = ("", "")) -> Printout:
        """Run the next command; `corrected` is the text that curl refuses and its replacement."""
        line = next(self._lines).replace(*corrected, 1) if corrected[0] else next(self._lines)
        return run(line.replace("https://yourdomain.com", self._url))


def run(line: str) -> Printout:
    command = ["curl", "--silent", "--show-error", "--max-time", "20", "--noproxy", "*", *shlex.split(line)[1:]]
    printed = subprocess.run(command, capture_output=True, check=True).stdout
    head, _, body = printed.partition(b"\r\n\r\n")
    return Printout(head.decode(), etree.fromstring(body, etree.XMLParser(recover=False)))


@needs_curl
def test_curl_commands_of_the_page_succeed_in_page_order(mockmail):
    mockmail.clock.freeze(datetime(2017, 1, 1, tzinfo=UTC))
    page = Page(mockmail.url)

    response = page.run()
    assert response.head.startswith("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n")
    assert response.words == ("authenticate", "success", "Authentication success")
    response = page.run()
    assert response.words == ("permissionlist", "success", "")
    assert response.results["key_1"] == {
        "permissionId": "2",
        "permissionName": "account.add",
        "permissionDescription": "Right to add accounts",
        "roles": {"key_1": "god"},
    }
    response = page.run()
    assert response.words == ("rolelist", "success", "")
    assert response.results["key_1"]["children"]["key_2"]["roleName"] == "subadmin"
    users(page)
    accounts(page, mockmail)
    aliases(page)
    domains(page)


def users(page):
    response = page.run()
    assert (response.words, response.results) == (("usercreate", "success", "2"), "2")
    response = page.run()
    assert (response.words, response.results) == (("userupdate", "success", ""), "2")
    response = page.run()
    assert response.words == ("userlist", "success", "")
    assert [row["username"] for row in response.results.values()] == ["user1"]
    response = page.run()
    assert response.words == ("userview", "success", "")
    assert response.results["fullname"] == "Initial Admin User"
    assert response.results["Domains"] == {"key_0": "yourdomain.com"}
    response = page.run()
    assert response.words == ("userpermissionrole", "success", "")
    assert response.results == {"permission": {"key_0": "all"}, "role": {"key_1": "god"}}
    response = page.run()
    assert (response.words, response.results) == (("userdelete", "success", ""), "1")


def accounts(page, mockmail):
    response = page.run()
    assert response.words == ("accountcreate", "success", "account1@yourdomain.com added")
    assert response.results == {"accounts": ACCOUNT | AUTO_REPLY}
    response = page.run()
    assert response.words == ("accountupdate", "success", "")
    assert response.results == {"accountId": "10", "username": "account1@yourdomain.com"}
    send_mail(mockmail, ["account1@yourdomain.com"], size=8192)
    response = page.run()
    assert response.words == ("accountview", "success", "")
    assert response.results == ACCOUNT | {"UsedQuota": "0.0078125", "TotalMessages": "1"}
    response = page.run()
    assert (response.words, response.results) == (("accountdelete", "success", "Account deleted"), ACCOUNT)
    response = page.run()  # the page deletes the account before it lists
    assert (response.words, response.results) == (("accountlist", "success", ""), "")


def aliases(page):
    response = page.run()
    assert (response.words, response.results) == (("aliasescreate", "success", "Success"), {"key_0": {"id": "20"}})
    response = page.run()
    assert (response.words, response.results) == (("aliaseslist", "success", ""), {"key_0": ALIAS})
    response = page.run(corrected=('--data="', '--data "'))  # "option --data=...: is unknown"; and it requests a list
    assert (response.words, response.results) == (("aliaseslist", "success", ""), {"key_0": ALIAS})


def domains(page):
    response = page.run()
    assert (response.words, response.results) == (("domaincreate", "failed", "yourdomain is already existing."), "")
    response = page.run(corrected=("-u --data", "--data"))  # curl takes `--data` for a user, and the data for a host
    assert (response.words, response.results) == (("domaincheck", "success", "yourdomain.com exists"), "")
    response = page.run()
    assert (response.words, response.results) == (
        ("domaindelete", "success", "Domain with id 1 deleted"),
        {"DeletedAccount": "0"},
    )


@needs_curl
def test_curl_commands_of_the_page_fail_as_the_page_shows(mockmail):
    api = f"{mockmail.url}/admin/index.php/api"
    failures = [
        ("--data 'userId=2&password=changeme' users/update", ("userupdate", "failed", "User does not exist")),
        ("--data userId=2 users/view", ("userview", "failed", "No matches found")),
        ("--data userId=2 users/delete", ("userdelete", "failed", "No users selected.")),
        ("--data username=a@other.com accounts/create", ("accountcreate", "failed", "Local domain does not exist")),
        ("--data username=a@yourdomain.com accounts/update", ("accountUpdate", "failed", "User does not exist")),
        ("--data username=a@yourdomain.com accounts/view", ("accountview", "failed", "Account does not exist")),
        (
            "--data username=a@yourdomain.com accounts/delete",
            ("accountdelete", "failed", "Single match for User id was not found."),
        ),
        ("--data domainName=other.com domain/check", ("domaincheck", "failed", "other.com does not exist")),
        ("--data domainName=other.com domain/delete", ("domaindelete", "failed", "Domain does not exist")),
    ]
    for line, words in failures:
        options, _, action = line.rpartition(" ")
        assert run(f"curl -i -u admin:changeme {options} {api}/{action}/").words == words
    assert run(f"curl -i -u admin:wrong {api}/users/authenticate/").words == (
        "authenticate",
        "failed",
        "Authentication failed",
    )
