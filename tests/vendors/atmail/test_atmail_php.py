"""A PHP program reads every response by SimpleXML's properties."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

CLIENT = Path(__file__).with_name("client.php")


def missing() -> str:
    """Return the reason why the client cannot run, or an empty text."""
    php = shutil.which("php")
    if php is None:
        return "php is not installed"
    modules = subprocess.run([php, "-m"], capture_output=True, text=True, check=True).stdout.lower().split()
    return "" if "simplexml" in modules else "php has no SimpleXML (Debian: php-xml)"


@pytest.fixture
def responses(mockmail):
    """Each action and the response that PHP read, in order."""
    without = missing()
    if without:
        pytest.skip(without)
    url = f"{mockmail.url}/admin/index.php/api"
    ran = subprocess.run(["php", CLIENT, url], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return json.loads(ran.stdout)


def test_php_reads_every_response(responses):
    assert [(action, read["element"], read["status"], read["message"]) for action, read in responses] == [
        ("users/authenticate", "authenticate", "success", "Authentication success"),
        ("users/permissionlist", "permissionlist", "success", ""),
        ("users/rolelist", "rolelist", "success", ""),
        ("users/create", "usercreate", "success", "2"),
        ("users/update", "userupdate", "success", ""),
        ("users/list", "userlist", "success", ""),
        ("users/view", "userview", "success", ""),
        ("users/userpermissionrole", "userpermissionrole", "success", ""),
        ("users/delete", "userdelete", "success", ""),
        ("accounts/create", "accountcreate", "success", "account1@yourdomain.com added"),
        ("accounts/update", "accountupdate", "success", ""),
        ("accounts/update", "accountUpdate", "failed", "User does not exist"),
        ("accounts/view", "accountview", "success", ""),
        ("accounts/list", "accountlist", "success", ""),
        ("accounts/delete", "accountdelete", "success", "Account deleted"),
        ("aliases/create", "aliasescreate", "success", "Success"),
        ("aliases/list", "aliaseslist", "success", ""),
        ("aliases/delete", "aliasesdelete", "success", "Alias(s) removed"),
        ("domain/create", "domaincreate", "success", "Domain added"),
        ("domain/check", "domaincheck", "success", "other.com exists"),
        ("domain/delete", "domaindelete", "success", "Domain with id 2 deleted"),
    ]


def test_php_finds_every_value_by_its_name(responses):
    results: dict = {action: read["results"] for action, read in responses if read["status"] == "success"}

    assert results["users/permissionlist"]["key_1"]["permissionName"] == "account.add"
    assert results["users/rolelist"]["key_1"]["children"]["key_2"]["roleName"] == "subadmin"
    assert results["users/create"] == "2"
    assert results["users/view"]["fullname"] == "Zoë & Co <x>"
    assert results["users/view"]["Domains"] == {"key_0": "yourdomain.com"}
    assert results["accounts/create"]["accounts"]["quota"] == "5"
    assert results["accounts/view"]["lastName"] == "O'Neil"
    assert results["accounts/list"]["key_0"]["accountId"] == "10"
    assert results["accounts/delete"]["username"] == "account1@yourdomain.com"
    assert results["aliases/list"]["key_0"]["DomainPart"] == "yourdomain.com"
    assert results["domain/create"] == "2"
    assert results["domain/delete"] == {"DeletedAccount": "0"}
